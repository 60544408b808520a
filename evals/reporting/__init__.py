"""The report of a run: sections, charts, and the page that holds them."""
