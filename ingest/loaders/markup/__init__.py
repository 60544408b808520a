"""Formats of XML: books, feeds, and whatever else is made of elements."""
