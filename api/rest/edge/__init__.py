"""What stands around the routes: calls are watched, bounded, refused early; addresses, JSON and forms read strictly."""
