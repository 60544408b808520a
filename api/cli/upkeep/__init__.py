"""Commands about the work of the service, and about data folders as a whole."""
