"""Formats that are text: what stands in the file is what is read."""
