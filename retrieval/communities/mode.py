"""Answers about a whole collection: search → communities → choose → report → map → reduce, generate and verify."""

import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TypeVar

import anyio
import anyio.to_thread
from typing_extensions import override

from graph.audience import Audience
from graph.errors import DependencyError
from graph.filters import Filters
from graph.view.knowledge_view import KnowledgeViews
from graph.view.snapshot import Snapshot
from retrieval.answer import Answer, Event, EvidenceFound, Step
from retrieval.communities.choosing import NONE, NOWHERE, Chosen, choose
from retrieval.communities.clustering import CommunityMaps
from retrieval.communities.elsewhere import Beyond
from retrieval.communities.global_texts import chose, looked_at, mapped_to, searched, wrote
from retrieval.communities.map_reduce import Mapped, PointsGenerator, Reported, map_reduce
from retrieval.communities.mapping import Read
from retrieval.communities.model import Communities, Level, Listed, Report
from retrieval.communities.model_reports import ModelReports
from retrieval.communities.naming.kinds import kind_asked
from retrieval.communities.naming.named_things import named_things
from retrieval.communities.reports import ReportsByRule, as_evidence
from retrieval.communities.weights import LIMITS, GlobalLimits
from retrieval.communities.whole_questions import is_of_everything
from retrieval.model import Evidence, Gathered, Question
from retrieval.pipeline import Found, QuestionPipeline
from retrieval.ports import AnswerGenerator, AnsweringMode
from retrieval.questions.broad_questions import BroadQuestion

CLUSTER_SECONDS = 60.0
"""How long a question waits for communities; they go on being made for the next one."""

T = TypeVar("T")


class GlobalMode(AnsweringMode):
    """Answers from reports on the communities that matter for a question.

    Args:
        writer: writes reports with a language model; None: reports and answers are by rule.
        limiter: the threads of questions. Clustering has one of its own, so that it is in the way of none of them.
    """

    def __init__(
        self, pipeline: QuestionPipeline, views: KnowledgeViews, limiter: anyio.CapacityLimiter,
        writer: AnswerGenerator | None = None,
    ) -> None:  # fmt: skip
        self._pipeline = pipeline
        self._views = views
        self._maps = CommunityMaps()
        self._by_rule = ReportsByRule()
        self._by_model = ModelReports(writer) if writer else None
        self._limiter = limiter
        self._clustering = anyio.CapacityLimiter(1)

    async def communities(self, snapshot: Snapshot, level: Level = "fine") -> Communities:
        """The communities of a snapshot. Raises DependencyError where they are not made in time."""
        kept = await self._in_thread(partial(self._maps.kept, snapshot, level))
        if kept is not None:
            return kept
        with anyio.move_on_after(CLUSTER_SECONDS):
            return await anyio.to_thread.run_sync(
                self._maps.of, snapshot, level, limiter=self._clustering, abandon_on_cancel=True
            )
        raise DependencyError(f"the communities are not made after {CLUSTER_SECONDS:.0f} seconds; ask again later")

    async def largest(
        self, workspace: str, audience: Audience, as_of: int | datetime | None, limit: int, level: Level = "fine"
    ) -> Listed:
        """The largest communities that an audience may read of, each with its report by rule, to look at.

        Raises NotFoundError and InputError as every snapshot, and DependencyError.
        """
        taken = partial(self._views.snapshot, workspace, audience=audience, as_of=as_of)
        snapshot = await self._in_thread(lambda: self._views.whole(taken()))
        found = await self.communities(snapshot, level)
        allowed = snapshot.allowed(Filters())

        def reports() -> tuple[Report, ...]:
            return tuple(self._by_rule.of(one, snapshot, allowed, found.seen) for one in found.all[:limit])

        return Listed(communities=found, reports=await self._in_thread(reports))

    def forget(self, workspace: str) -> None:
        """Let go of all that is kept of a workspace, as when a document of it is purged."""
        self._maps.forget(workspace)
        self._by_rule.forget(workspace)

    @property
    def made(self) -> Mapping[str, int]:
        """Reports made so far, by who wrote them."""
        return {"rule": self._by_rule.made, "model": self._by_model.made if self._by_model else 0}

    @property
    def clustered(self) -> int:
        """Snapshots that were clustered so far."""
        return self._maps.clustered

    @override
    async def stream(self, question: Question) -> AsyncIterator[Event]:
        limits = LIMITS[question.effort]
        found = await self._found(question, limits)
        steps = [searched(found)]
        yield steps[-1]
        began = time.perf_counter()
        communities = await self.communities(found.snapshot)
        things = await self._in_thread(partial(self._things, communities, found, limits))
        everything = things is not None or is_of_everything(found.read)
        chosen = choose(communities, found.result.hits, limits.communities, everything=everything)
        steps.append(chose(communities, chosen, found, time.perf_counter() - began))
        yield steps[-1]
        began = time.perf_counter()
        reads = await self._in_thread(partial(self._read, chosen, found, communities.seen))
        reported = Reported(reads=reads)
        if self._by_model is not None and things is None:
            reported = await self._by_model.of_all(reads, question, limits)
        steps.append(wrote(reported, found.read.text, time.perf_counter() - began))
        yield steps[-1]
        began = time.perf_counter()
        beyond = () if self._by_model or everything else _beyond(communities, found)
        mapped = things
        if mapped is None:
            reduced = partial(map_reduce, reported.reads, found.read, limits, everything=everything, beyond=beyond)
            mapped = await self._in_thread(reduced)
        steps.append(mapped_to(mapped, len(reported.reads), found.read.text, time.perf_counter() - began))
        yield steps[-1]
        yield EvidenceFound(evidence=mapped.evidence, revision=found.result.revision)
        note = looked_at(reported.reads, mapped, communities, found.snapshot.size, found.read.text)
        async with aclosing(self._written(found, mapped, steps, note)) as events:  # type: ignore[type-var]
            async for event in events:
                yield reported.charged(event)

    async def _found(self, question: Question, limits: GlobalLimits) -> Found:
        """What a search finds, with a snapshot whose rows can all be seen."""
        found = await self._pipeline.seek(replace(question, mode=question.search_mode, k=limits.hits))
        read = replace(found.read, question=replace(found.read.question, mode="global"))
        snapshot = await self._in_thread(partial(self._views.whole, found.snapshot))
        return replace(found, read=read, snapshot=snapshot)

    def _things(self, communities: Communities, found: Found, limits: GlobalLimits) -> Mapped | None:
        """The things of a kind, of the largest communities, where they are asked for and some are known."""
        asked = kind_asked(found.read)
        if asked is None:
            return None
        largest = choose(communities, found.result.hits, limits.communities, everything=True)
        named = named_things(self._read(largest, found, communities.seen), asked, found.snapshot, limits.sentences)
        return named if named.claims else None

    def _read(self, chosen: Sequence[Chosen], found: Found, seen: str) -> tuple[Read, ...]:
        """The report on each community, and the passages of it that were found."""
        allowed = found.snapshot.allowed(found.read.question.filters)
        return tuple(
            Read(report=self._by_rule.of(one.community, found.snapshot, allowed, seen), found=_passages(one, found))
            for one in chosen
        )

    async def _written(self, found: Found, mapped: Mapped, steps: Sequence[Step], note: str) -> AsyncIterator[Event]:
        """The answer: by the language model from the passages of the points, or the points themselves."""
        points = PointsGenerator(mapped)
        read = replace(found.read, broad=BroadQuestion(kind="overview"))
        events = self._pipeline.write(
            replace(found, read=read), Gathered(evidence=mapped.evidence), before=tuple(steps),
            generator=None if self._by_model else points, instead=points,
        )  # fmt: skip
        async with aclosing(events) as said:  # type: ignore[type-var]
            async for event in said:
                yield _noted(event, note) if isinstance(event, Answer) else event

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await anyio.to_thread.run_sync(work, limiter=self._limiter)


def _noted(answer: Answer, note: str) -> Answer:
    """An answer that says how much was looked at for it; a refusal says what came nearest instead."""
    return answer if answer.abstained else replace(answer, notes=(*answer.notes, note))


def _beyond(communities: Communities, found: Found) -> tuple[Beyond, ...]:
    """All that the search found, best first, as evidence, with its communities."""
    placed = [(communities.of_chunk.get(hit.chunk_id, NOWHERE), found.result.chunks[hit.chunk_id])
              for hit in found.result.hits if hit.chunk_id in found.result.chunks]  # fmt: skip
    return tuple(
        Beyond(item=as_evidence(place, item, communities.all[one] if one >= 0 else NONE), community=one)
        for place, (one, item) in enumerate(placed, start=1)
    )


def _passages(chosen: Chosen, found: Found) -> tuple[Evidence, ...]:
    """Those of a community that the search found, best first, as evidence."""
    placed = [found.result.chunks[chunk] for chunk in chosen.hits if chunk in found.result.chunks]
    return tuple(as_evidence(place, item, chosen.community) for place, item in enumerate(placed, start=1))
