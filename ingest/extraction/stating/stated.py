"""A statement that a sentence makes of two things, and the rules that read statements, each with its certainty."""

from collections.abc import Mapping
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


_CERTAINTY: Mapping[str, float] = {
    "verb": 0.9, "apposition": 0.9, "possession": 0.9, "definition": 0.9,
}  # fmt: skip
"""Share of the relations of a rule that state what their sentence states, as read by people (docs/extraction.md)."""
_REFERRED: Mapping[str, float] = {"title": 0.95, "subject": 0.8, "kind": 0.9}
"""Share of the pronouns and "the company" that were taken for whom they mean; a factor."""


def certainty(extractor: str) -> float | None:
    """How likely a relation states what its sentence states, by the rule that read it; None for what is no rule."""
    name, _, rule = extractor.partition(" ")
    kind, _, reference = rule.partition(" of ")
    if name != RULES or kind not in _CERTAINTY:
        return None
    return round(_CERTAINTY[kind] * _REFERRED.get(reference, 1.0), 2)
