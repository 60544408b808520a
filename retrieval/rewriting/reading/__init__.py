"""How a question depends on what was said before it, read from its own words: by language."""
