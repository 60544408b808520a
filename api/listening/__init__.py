"""Where the service can listen: told before a library is loaded."""
