"""Algorithms over arrays. Pure."""
