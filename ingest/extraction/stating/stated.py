"""A statement that a sentence makes of two things, and the rules that read statements, each with its certainty."""

from dataclasses import dataclass
from typing import Literal

RULES = "light/2"
"""What has read a relation: this and the rule, as in ``light/2 verb``."""
Rule = Literal["verb", "apposition", "possession", "definition", "mark"]
Reference = Literal["", "title", "subject", "kind"]
Kind = Literal["name", "date", "quantity", "phrase"]


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """One end of a statement: a range of the chunk's text; the document's title where it is empty."""

    start: int
    end: int
    kind: Kind = "name"


TITLE = End(start=0, end=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a clause is about, where that is written, and how it was found out if it is not named there.

    ``reference``: a pronoun or "the company" was taken for the document's ``title``, the ``subject`` before it, or the
    last name of that ``kind``.
    """

    ends: tuple[End, ...]
    start: int
    reference: Reference = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """``source -predicate→ target``, and the range of the text that states it."""

    source: End
    predicate: str
    target: End
    start: int
    end: int
    rule: Rule
    reference: Reference = ""

    @property
    def extractor(self) -> str:
        """What a relation says of how it was read."""
        return f"{RULES} {self.rule}{f' of {self.reference}' if self.reference else ''}"
