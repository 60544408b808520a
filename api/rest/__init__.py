"""The REST face: application, security, problems, routes."""
