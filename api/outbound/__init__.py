"""What goes out: the client of a running service, and webhooks."""
