"""What relations answer: lists, counts, intersections and comparisons, every row with its quotes."""
