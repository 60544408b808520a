"""Documents on their way through the pipeline: what has been made of each, and their vectors."""
