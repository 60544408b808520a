"""How a question depends on what was said before it: the values that its language's rules give."""

from dataclasses import dataclass
from typing import Literal

Form = Literal["person", "thing", "place", "several", "noun"]
"""What a word that refers stands for: "she", "it", "there", "they", "the company"."""
Lack = Literal["nothing", "reference", "counterpart", "correction", "asking", "bare", "subject"]
"""What a question needs of what was said before.

``reference``: a word in it stands for something named there. ``counterpart``: it names another thing or moment, and
asks of that what was asked before ("what about 1990?"). ``correction``: it says what was meant. ``asking``: it is a
bare question word ("why?"). ``bare``: it is a phrase and asks nothing. ``subject``: it asks, and says not of what.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A word at ``[start, end)`` of a question that stands for something said before.

    ``noun`` is what the question calls it ("the company"), in a form to compare. ``number`` counts items of a list from
    1, -1 is the last one. ``points``: it says "this" or "that", and not only "the".
    """

    start: int
    end: int
    form: Form
    possessive: bool = False
    noun: str = ""
    number: int = 0
    points: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependence:
    """What a question lacks. ``rest`` is what it says of its own where it is a counterpart, a correction or bare."""

    lack: Lack
    references: tuple[Reference, ...] = ()
    rest: str = ""


ALONE = Dependence(lack="nothing")
