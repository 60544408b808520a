"""Names and terms: how a text is read, the same for a passage and for a question. Pure."""
