"""What the evidence states of a named thing: dates, sizes, countries, in sentences about it."""
