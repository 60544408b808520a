"""Resident indexes, derived from the store and never the truth."""
