"""Reading a chunk: by rule, and by a language model."""
