"""A document comes in: load, chunk, extract, resolve, embed, plan, apply."""
