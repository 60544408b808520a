"""Bodies of the protocols of others."""
