"""What the extracting model is told: instructions and an example, the same for every chunk of a language."""
