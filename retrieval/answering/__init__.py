"""Writing an answer from evidence, and verifying what it cites."""
