"""Which of several readings holds: the answer that most of them give (self-consistency). Pure.

Wang et al.: *Self-Consistency Improves Chain of Thought Reasoning in Language Models* (ICLR 2023). The readings differ
in the order of their passages, so that they differ also with a model that always says the same to the same.
"""

from collections import Counter
from collections.abc import Sequence
from typing import TypeVar

from graph.text.names import norm
from retrieval.answer import Citation

T = TypeVar("T")
Read = tuple[str, Citation]


def turned(items: Sequence[T], turn: int) -> Sequence[T]:
    """The same items, beginning with another one each turn; as they are in turn 0."""
    start = turn % len(items) if items else 0
    return (*items[start:], *items[:start])


def majority(readings: Sequence[Read | None]) -> tuple[Read | None, int]:
    """What most readings say, None among it, and how many do; of as many votes what was said first."""
    keys = [norm(one[0]) or one[0] if one else None for one in readings]
    if not keys:
        return None, 0
    votes = Counter(keys)
    best = max(keys, key=lambda key: (votes[key], -keys.index(key)))
    return readings[keys.index(best)], votes[best]


def decided(readings: Sequence[Read | None], of: int) -> bool:
    """Whether the readings that are left cannot change what most say."""
    return majority(readings)[1] > of // 2
