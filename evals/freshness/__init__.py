"""How fresh answers are: timelines replayed, stale citations, retraction, over-deletion."""
