"""Protocols of others in which the knowledge base can be used; one file a protocol."""
