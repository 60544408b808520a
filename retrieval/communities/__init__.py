"""What a whole collection is about: communities of the names in it, reports on them, and answers from those."""
