"""Sources that say different things: of which not all can be true, or which speak of several things of one name."""
