"""The operational database: jobs, the lock on the data folder, and what was last seen of the graph."""
