"""The embedded graph store, and how a SQLite file is opened."""
