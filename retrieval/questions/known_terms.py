"""How often the knowledge base holds what a question asks about. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import log


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownTerms:
    """How many passages hold each term of a question, of ``size`` that whoever asks may read, before filters.

    ``names`` maps normalised names of the question to other names of the same thing.
    """

    size: int
    holding: Mapping[str, int]
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def rarity(self, term: str) -> float:
        """``ln(1 + (n - df + .5) / (df + .5))``, as of BM25; highest for a term that no passage holds."""
        df = self.holding.get(term, 0)
        return log(1 + (max(self.size - df, 0) + 0.5) / (df + 0.5))

    def unknown(self, term: str) -> bool:
        """Whether no passage holds a term. A term that was not looked up is not unknown."""
        return self.holding.get(term) == 0
