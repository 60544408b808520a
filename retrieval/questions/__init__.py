"""The question: what is read in its text, once, before anything is looked up."""
