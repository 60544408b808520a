"""One line for every call: who, what, which ids, with what end. No text of documents or questions, and no titles."""
