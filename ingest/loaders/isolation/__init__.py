"""The parser process: what it gives up, how it reads one document, and how the service speaks with it."""
