"""Several agents at one question: a planner, researchers side by side, a critic, a writer."""
