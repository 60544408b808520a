"""How a page is read: words by their places to lines, columns and tables."""
