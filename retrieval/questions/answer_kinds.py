"""The kinds of answers that questions ask for."""

from typing import Literal

AnswerType = Literal[
    "person", "time", "number", "place", "kind", "yes_no", "comparison", "list", "definition", "overview", "any"
]
"""What an answer is: somebody, a time, a number, a place, a thing of a named kind (an instrument, which kind of
tree), yes or no, a verdict between two sides (also whether both are so), several things, what something is, or what
the documents are about. ``any`` is everything else, as why and how."""
Unit = Literal["years", "money", "distance", "duration", "age", "weight", "share", "count"]
"""What a number that is asked for counts."""
