"""Measures how fresh answers are, by replaying timelines of changes."""
