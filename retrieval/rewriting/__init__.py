"""A question that depends on what was said before it becomes one that stands alone."""
