"""Parts of the wiring, each of a few concrete classes."""
