"""What the words of a question may mean: one thing or several."""
