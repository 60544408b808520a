"""Whether two sentences speak of the same thing: by the names they begin with, else by the titles they stand under. Pure."""

import re
from functools import lru_cache

from graph.text.names import norm
from graph.text.tokens import is_east_asian
from retrieval.answering.conflicts.labels import label
from retrieval.answering.conflicts.statements import Statement

_PARENTHESES = re.compile(r"\s*[(（]([^()（）]*)[)）]")


def same_subject(one: Statement, other: Statement, *, but: frozenset[str] = frozenset()) -> bool:
    """Symmetric. Titles that a passage never names, like "Notes", say nothing of what it speaks.

    Words in ``but`` are what is said and no subject, wherever they stand: "Edda Brink designed it."
    """
    label_one, label_other = label(one.item.placed), label(other.item.placed)
    if label_one and label_other and label_one.base == label_other.base and label_one.of != label_other.of:
        return False
    mine, theirs = _title(one), _title(other)
    if mine and mine == theirs:
        return True
    if _speaks(mine, one) and _speaks(theirs, other) and not (_names(mine, other) or _names(theirs, one)):
        return False
    if is_east_asian(one.text) or is_east_asian(other.text):
        return not (_speaks(mine, one) or _speaks(theirs, other)) or _names(mine, other) or _names(theirs, one)
    if but & (one.subject | other.subject):
        return True
    return _heads_agree(one, other)


def _heads_agree(one: Statement, other: Statement) -> bool:
    a, b = one.subject, other.subject
    if a and b:
        return bool(a & b) and not (a - other.known or b - one.known)
    if a or b:
        return bool((a or b) & (other.titled if a else one.titled))
    return not one.titled and not other.titled


def _title(statement: Statement) -> str:
    return _base(statement.item.placed.document.title)


@lru_cache(maxsize=4096)
def _base(title: str) -> str:
    return norm(title)


def _qualifier(statement: Statement) -> str:
    found = _PARENTHESES.search(statement.item.placed.document.title)
    return norm(found[1]) if found else ""


def _speaks(title: str, statement: Statement) -> bool:
    return bool(title) and _holds(norm(statement.item.placed.chunk.text), title)


def _names(title: str, statement: Statement) -> bool:
    """Whether a sentence names what another's title does, and not only as a part of its own title."""
    own = _title(statement)
    return bool(title) and _holds(norm(statement.text).replace(own, " ") if own else norm(statement.text), title)


def _holds(text: str, key: str) -> bool:
    return key in text if is_east_asian(key) else f" {key} " in f" {text} "
