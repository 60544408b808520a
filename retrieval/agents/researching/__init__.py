"""Researchers: each looks in one kind of knowledge, and says what it found with the evidence for it."""
