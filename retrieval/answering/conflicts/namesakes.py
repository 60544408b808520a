"""Things of one name: what the question names stands for several of them, and it does not say for which. Pure."""

from collections.abc import Sequence

from retrieval.answering.conflicts.asked import Asked
from retrieval.answering.conflicts.statements import Statement


def namesakes(asked: Asked, statements: Sequence[Statement], cited: Sequence[Statement]) -> list[Statement]:
    return []
