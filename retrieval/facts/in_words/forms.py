"""What the form of a question says, and which of its words stand round which name. Pure; the same for all languages."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from retrieval.facts.model import SLOT, FactKind, Measure


@dataclass(frozen=True, slots=True, kw_only=True)
class Joints:
    """How a language joins names and clauses.

    ``same``: between two names that share a clause, whole. ``parts``: where one clause ends and the next begins.
    ``own``: what the first name has (its ``held`` group), before the second clause begins.
    """

    same: "re.Pattern[str]"
    parts: "re.Pattern[str]"
    own: "re.Pattern[str]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A question without the words that only give its form, and what these say. ``small`` words begin no name."""

    text: str
    kind: FactKind
    joints: Joints
    small: frozenset[str]
    type: str = ""
    before: str = ""
    after: str = ""
    measure: Measure = "count"

    def clauses(self, names: Sequence[tuple[int, int]]) -> tuple[str, ...]:
        """For each name its clause, with the slot in its place. A name in a clause of several shares it."""
        heads, tails, shares = [self.text[: names[0][0]]], list[str](), list[bool]()
        for (_, end), (start, _) in pairwise(names):
            between = self.text[end:start]
            same = self.joints.same.fullmatch(between) is not None
            tail, head = ("", "") if same else self._parted(between)
            tails.append(tail)
            heads.append(head)
            shares.append(same)
        tails.append(self.text[names[-1][1] :])
        found: list[str] = []
        for place in range(len(names)):
            first, last = place, place
            while first and shares[first - 1]:
                first -= 1
            while last < len(shares) and shares[last]:
                last += 1
            found.append(f"{heads[first]}{SLOT}{tails[last]}")
        return tuple(found)

    def _parted(self, between: str) -> tuple[str, str]:
        """The end of one clause, and the beginning of the next."""
        if (own := self.joints.own.match(between)) is not None:
            return between[: own.end("held")], between[own.end("held") :]
        parts = self.joints.parts.search(between)
        return (between[: parts.start()], between[parts.end() :]) if parts else ("", between)
