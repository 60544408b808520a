"""The bytes of a SQLite file below its rows: what is left over in pages, and which pages were written."""
