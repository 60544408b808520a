"""Formats made of tags."""
