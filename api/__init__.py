"""Every way in: REST, command line, settings and wiring."""
