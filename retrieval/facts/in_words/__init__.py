"""Questions in words, read as queries by rule: their form in each language, and the names that a graph knows."""
