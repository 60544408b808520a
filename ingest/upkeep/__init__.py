"""What is done rarely: verifying, retention, moving a graph, re-embedding, catching up."""
