"""What the rooms above may ask of the stores, indexes and models: protocols of at most six methods."""
