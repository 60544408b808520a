"""Adapters of embedders: MiniLM and others by sentence-transformers, and E5 as a package carries it."""
