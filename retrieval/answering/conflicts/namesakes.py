"""Things of one name: what the question names stands for several of them, and it does not say for which. Pure."""

from collections import defaultdict
from collections.abc import Sequence

from graph.text.tokens import is_east_asian
from retrieval.answering.conflicts.asked import Asked
from retrieval.answering.conflicts.labels import Label, label
from retrieval.answering.conflicts.statements import Heard
from retrieval.answering.weights import CONFLICT_WEIGHTS


def namesakes(asked: Asked, statements: Sequence[Heard]) -> list[Heard]:
    """One sentence about each of the things, the best; fewer than two where the question names one thing."""
    found: dict[str, list[tuple[Heard, Label]]] = defaultdict(list)
    for one in statements:
        own = label(one.item.placed)
        if own and _named(own, asked):
            found[own.base].append((one, own))
    told_apart = (_told_apart(found[base], asked) for base in sorted(found, key=lambda base: (-len(base), base)))
    return next((sides for sides in told_apart if len(sides) > 1), [])


def _told_apart(labelled: Sequence[tuple[Heard, Label]], asked: Asked) -> list[Heard]:
    """Of each thing its best sentence, where the question has no word that tells one of them from the others."""
    behind = [own.of for _, own in labelled]
    if any(asked.says(word) for word in frozenset.union(*behind) - frozenset.intersection(*behind)):
        return []
    sides: list[tuple[Heard, Label]] = []
    for one, own in sorted(labelled, key=lambda pair: (-_worth(pair[0], asked), pair[0].text)):
        if len(sides) == CONFLICT_WEIGHTS.sides:
            break
        if _answers(one, asked) and all(_other_thing(one, own, *side) for side in sides):
            sides.append((one, own))
    return [one for one, _ in sides]


def _other_thing(one: Heard, own: Label, other: Heard, its: Label) -> bool:
    if one.item.placed.document.id == other.item.placed.document.id:
        return False
    return not (own.of <= its.of or its.of <= own.of)


def _named(own: Label, asked: Asked) -> bool:
    """Whether the question has the name."""
    if is_east_asian(own.base):
        return own.base in asked.key
    return len(own.base) > 2 and f" {own.base} " in f" {asked.key} "


def _answers(one: Heard, asked: Asked) -> bool:
    """Whether the passage holds most of the question: of a question in two steps it holds the first alone."""
    whole = one.asked | asked.held("", one.item.placed.chunk.text)
    return len(whole) >= CONFLICT_WEIGHTS.asked * len(asked.all)


def _worth(one: Heard, asked: Asked) -> float:
    """Terms of the question that a sentence itself holds, and one more if it has the shape of an answer."""
    return len(asked.held("", one.text)) + (asked.shape is not None and asked.shape.search(one.text) is not None)
