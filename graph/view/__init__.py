"""What a question sees of the graph: everything at one revision."""
