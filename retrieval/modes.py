"""The ways in which passages are looked for and questions are answered, by name. Nothing else is imported for them."""

from typing import Literal, get_args

SearchMode = Literal["hybrid", "vector", "keyword", "graph"]
"""How passages are looked for. Each is also a mode of answering: from what was found at once."""
Mode = Literal["hybrid", "vector", "keyword", "graph", "facts", "global", "reason", "agents"]
"""How a question is answered."""
AskedMode = Literal["hybrid", "vector", "keyword", "graph", "facts", "global", "reason", "agents", "auto"]
"""How a question wants to be answered; ``auto`` leaves the choice to the shape of the question."""
SEARCH_MODES: tuple[SearchMode, ...] = get_args(SearchMode)
Effort = Literal["low", "medium", "high"]
"""What an answer may cost, in calls, tokens and steps."""
