"""Answers that name the things of a kind which a whole collection speaks of."""
