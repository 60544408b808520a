"""The answer out of what was found: by a language model from all the evidence, or the sentences that were found.

Both are claims, still to be verified as those of every answer are.
"""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace

import anyio
from typing_extensions import override

from graph.errors import DependencyError, TokensUsedUp
from graph.ports.spending import paid_by
from graph.prompting import NoLongerWanted
from graph.text.tokens import is_east_asian
from retrieval.answer import Claim, Derivation, Draft, LiteralSpan
from retrieval.answering.citations import verify_claim
from retrieval.answering.extractive.generator import ExtractiveGenerator
from retrieval.answering.extractive.speaking import told_of_whom
from retrieval.answering.short.short_answers import derive
from retrieval.budget import Account
from retrieval.model import Evidence
from retrieval.ports import AnswerGenerator
from retrieval.questions.read_question import ReadQuestion
from retrieval.reasoning.merging import markers_of
from retrieval.reasoning.model import Finding, ReasoningState
from retrieval.reasoning.texts import CERTAIN, NOT_FOUND, tell

Part = Claim | Derivation | Draft
BY_WAY_OF = {"en": "By way of: ", "zh": "依据："}


class FindingsGenerator(AnswerGenerator):
    """Quotes the sentences that the questions of the plan were answered by."""

    def __init__(self, state: ReasoningState) -> None:
        self._state = state
        self._extractive = ExtractiveGenerator()

    @property
    @override
    def identity(self) -> str:
        return "extractive"

    @override
    async def generate(self, read: ReadQuestion, evidence: Sequence[Evidence]) -> AsyncIterator[Part]:
        for part in await self._parts(read, evidence):
            yield part

    async def _parts(self, read: ReadQuestion, evidence: Sequence[Evidence]) -> Sequence[Part]:
        """What rules are sure of; the chain that came to its end; what answers the whole; what is certain."""
        zh = is_east_asian(read.text)
        if self._state.plan.kind == "joined" and self._state.answers:
            return self._with_notes(evidence, [tell(NOT_FOUND, zh=zh, question=one) for one in self._state.unanswered])
        if derive(read, evidence) is None and self._came_to_its_end():
            return self._found(evidence)
        async with aclosing(self._extractive.generate(read, evidence)) as written:  # type: ignore[type-var]
            parts = [part async for part in written]
        if len(parts) > 1 or not any(one.citation for one in self._state.findings):
            return parts
        return self._with_notes(evidence, (tell(CERTAIN, zh=zh),))

    def _with_notes(self, evidence: Sequence[Evidence], notes: Sequence[str]) -> Sequence[Part]:
        """What was found to parts, and what is to be said of the rest."""
        return tuple(
            replace(one, notes=tuple(notes)) if isinstance(one, Draft) else one for one in self._found(evidence)
        )

    def _came_to_its_end(self) -> bool:
        """Whether every question of the plan has an answer: what is missing in between leaves nothing to go on with."""
        plan, answered = self._state.plan, self._state.answers
        return plan.kind != "one" and all(one.number in answered for one in plan.questions)

    def _found(self, evidence: Sequence[Evidence]) -> Sequence[Part]:
        markers = markers_of(evidence)
        told = self.sentences(evidence)
        last = self._state.findings[-1] if self._state.findings else None
        draft = Draft(abstained=not told)
        if last is None or last.short is None or self._state.plan.kind != "chain" or not self._came_to_its_end():
            return (*told, draft)
        spans = tuple(_placed(span, last, markers) for span in last.short.derived_from)
        return Derivation(words="", claims=told, short=replace(last.short, derived_from=spans)), draft

    def sentences(self, evidence: Sequence[Evidence]) -> tuple[Claim, ...]:
        """The sentences that answered the plan's questions, in their order, each once."""
        claims = list(dict.fromkeys(self._claims(markers_of(evidence))))
        return tuple(told_of_whom(claims, evidence))

    def _claims(self, markers: Mapping[str, int]) -> Iterator[Claim]:
        for finding in self._state.findings:
            cited = finding.citation
            if cited is not None and cited.chunk_id in markers:
                yield Claim(text=cited.quote, quotes=((markers[cited.chunk_id], cited.quote),))


def _placed(span: LiteralSpan, finding: Finding, markers: Mapping[str, int]) -> LiteralSpan:
    """A span by the marker that its passage has in the merged evidence."""
    chunks = {item.marker: item.placed.chunk.id for item in finding.evidence}
    return replace(span, marker=markers.get(chunks.get(span.marker, ""), 0))


class BudgetedGenerator(AnswerGenerator):
    """A generator within what is left of a budget; what it has not finished by then is left out.

    Where there is no budget for it, where it fails, and where it finds no answer in what answered the plan, the
    sentences that were found are the answer.
    """

    def __init__(self, inner: AnswerGenerator, instead: FindingsGenerator, account: Account, needed: int) -> None:
        """``needed``: tokens that a prompt with its answer takes at most."""
        self._inner = inner
        self._instead = instead
        self._account = account
        self._needed = needed

    @property
    @override
    def identity(self) -> str:
        return self._inner.identity

    @override
    async def generate(self, read: ReadQuestion, evidence: Sequence[Evidence]) -> AsyncIterator[Part]:
        parts, lack = await self._written(read, evidence)
        if parts and not lack:
            for part in (*parts[:-1], *self._by_way_of(parts, read, evidence), *parts[-1:]):
                yield part
            return
        async with aclosing(self._instead.generate(read, evidence)) as others:  # type: ignore[type-var]
            async for part in others:
                yield replace(part, degraded=lack) if isinstance(part, Draft) else part

    def _by_way_of(self, parts: Sequence[Part], read: ReadQuestion, evidence: Sequence[Evidence]) -> Iterator[Claim]:
        """Sentences of the plan's answers whose passages the text leaves out: without them nobody could follow it."""
        claims = [part for part in parts if isinstance(part, Claim)]
        cited = {one.marker for claim in claims for one in verify_claim(claim, evidence, read).citations}
        if not cited:
            return
        lead = "\n\n" + BY_WAY_OF["zh" if is_east_asian(read.text) else "en"]
        for claim in self._instead.sentences(evidence):
            if claim.quotes[0][0] not in cited:
                yield replace(claim, lead=lead)
                lead = claim.lead

    async def _written(self, read: ReadQuestion, evidence: Sequence[Evidence]) -> tuple[list[Part], tuple[str, ...]]:
        """What the inner generator wrote, and why it was not let, or what failed."""
        lacking = self._account.lacks(tokens=self._needed)
        if lacking:
            return [], (f"the budget has no {lacking} left for a language model to write: sentences are quoted",)
        parts: list[Part] = []
        try:
            with anyio.move_on_after(self._account.seconds_left) as limit, paid_by(self._account.pay):
                async with aclosing(self._inner.generate(read, evidence)) as written:  # type: ignore[type-var]
                    async for part in written:
                        parts.append(part)
        except TokensUsedUp:
            raise
        except NoLongerWanted:
            lacking = self._account.lacks() or "seconds"
            return [], (f"the budget has no {lacking} left for a language model to write: sentences are quoted",)
        except DependencyError as error:
            return [], (f"the language model failed to write, sentences are quoted: {error}",)
        if limit.cancelled_caught:
            return [], ("the language model took longer than the budget allows: sentences are quoted",)
        wrote = any(not isinstance(part, Draft) for part in parts)
        return parts, () if wrote else ("the language model found no answer: what was found before is quoted",)
