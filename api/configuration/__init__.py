"""What a setting is where none is given, and what no setting is called."""
