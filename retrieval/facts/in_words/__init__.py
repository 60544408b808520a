"""How facts are asked for in words: what the form of a question says, in each language."""
