"""Pages for people: the web page, and that of the interface."""
