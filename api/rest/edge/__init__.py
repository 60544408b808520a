"""What stands around the routes: counted, bounded, refused early. Pure ASGI, and nothing of it reads a body."""
