"""Standing questions, answered again when their evidence changes."""
