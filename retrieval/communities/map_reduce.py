"""From reports to the points of an answer, and what all of it cost. Pure."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace

from typing_extensions import override

from retrieval.answer import Answer, Claim, Derivation, Draft, Event
from retrieval.communities.elsewhere import Beyond, elsewhere
from retrieval.communities.mapping import Read, points_of, reduce, told
from retrieval.communities.weights import GlobalLimits
from retrieval.model import Evidence
from retrieval.ports import AnswerGenerator
from retrieval.questions.read_question import ReadQuestion

NEAREST = 10
"""Passages that a language model, or a refusal, is left with where no sentence has enough of the question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """Reports on the communities of a question, what their calls cost, and what kept further ones from being made."""

    reads: tuple[Read, ...]
    drafts: tuple[Draft, ...] = ()
    lacks: tuple[str, ...] = ()

    @property
    def calls(self) -> int:
        """Calls of language models."""
        return sum(draft.calls for draft in self.drafts)

    @property
    def tokens(self) -> int:
        """Tokens of these calls."""
        return sum(draft.tokens for draft in self.drafts)

    def charged(self, event: Event) -> Event:
        """An answer with what its reports cost."""
        if not isinstance(event, Answer):
            return event
        completion = sum(draft.completion_tokens for draft in self.drafts)
        return replace(
            event, calls=event.calls + self.calls, tokens=event.tokens + self.tokens,
            completion_tokens=event.completion_tokens + completion, degraded=(*event.degraded, *self.lacks),
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapped:
    """The points of an answer as claims, lines of further passages, and the evidence that they cite."""

    claims: tuple[Claim, ...]
    lines: tuple[Claim, ...] = ()
    evidence: tuple[Evidence, ...]
    communities: int


def map_reduce(
    reads: Sequence[Read], read: ReadQuestion, limits: GlobalLimits, *, everything: bool,
    beyond: Sequence[Beyond] = (),
) -> Mapped:  # fmt: skip
    """What the communities say to a question, each its best first, within the limits.

    ``beyond``: what the search found, best first; lines tell which of it speaks of the question, where anything does.
    """
    points = [points_of(one, read) for one in reads]
    taken = reduce(points, limits.sentences, everything=everything)
    claims, evidence = told(reads, taken)
    if not claims:
        nearest = [item for one in reads for item in one.found][:NEAREST]
        evidence = tuple(replace(item, marker=marker) for marker, item in enumerate(nearest, start=1))
    lines, more = elsewhere(beyond, read, [point for _, point in taken], limits) if claims else ((), ())
    return Mapped(
        claims=claims, lines=lines, evidence=(*evidence, *more), communities=len({place for place, _ in taken})
    )  # fmt: skip


class PointsGenerator(AnswerGenerator):
    """Says the points of an answer as they are, and where more is."""

    def __init__(self, mapped: Mapped) -> None:
        self._mapped = mapped

    @property
    @override
    def identity(self) -> str:
        return "extractive"

    @override
    async def generate(
        self, read: ReadQuestion, evidence: Sequence[Evidence]
    ) -> AsyncIterator[Claim | Derivation | Draft]:
        for claim in (*self._mapped.claims, *self._mapped.lines):
            yield claim
        yield Draft(abstained=not self._mapped.claims)
