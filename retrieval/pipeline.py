"""A question, top to bottom: snapshot → search → read → gather → generate and verify."""

import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar, cast

import anyio
import anyio.to_thread

from graph.errors import InputError, StillBeingRead
from graph.ports.own_writes import NothingUnderWay, OwnWrites
from graph.tracing import span, traced
from graph.view.knowledge_view import KnowledgeViews
from graph.view.snapshot import Snapshot
from retrieval.answer import Answer, Citation, Event, EvidenceFound, Step, Token
from retrieval.answering.answer_texts import INSTEAD
from retrieval.answering.sufficiency import judged
from retrieval.answering.writing import Writing
from retrieval.finding.broad.gathering import gather
from retrieval.finding.known_terms import known_terms
from retrieval.finding.spelling import respelled
from retrieval.model import MAX_QUESTION, Evidence, Gathered, Question, SearchResult, Why
from retrieval.modes import Mode
from retrieval.ports import AnswerGenerator, Retriever
from retrieval.questions.read_question import ReadQuestion
from retrieval.step_texts import AT_REVISION, PASSAGES, WRITTEN

MAX_HITS = 100
WAIT_SECONDS = 5.0
"""How long a question waits for its ``min_revision``."""
AFTER_SECONDS = 10.0
"""How long it waits for what was acknowledged under the tokens of its ``after``."""
POLL_SECONDS = 0.02

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a search found, for which reading of the question, in which snapshot."""

    read: ReadQuestion
    snapshot: Snapshot
    result: SearchResult


class QuestionPipeline:
    """Answers questions over one set of views. It can write nothing."""

    def __init__(
        self, *, views: KnowledgeViews, retriever: Retriever, generator: AnswerGenerator,
        limiter: anyio.CapacityLimiter, own_writes: OwnWrites | None = None, instead: AnswerGenerator | None = None,
    ) -> None:  # fmt: skip
        """``instead``: writes where nothing holds of what a language model wrote; None: then there is no answer."""
        self._views = views
        self._retriever = retriever
        self._generator = generator
        self._instead = instead
        self._limiter = limiter
        self._own_writes = own_writes or NothingUnderWay()

    def search(self, question: Question) -> SearchResult:
        """Passages for a question, at one revision.

        Raises:
            InputError: an empty or too long question, or ``k`` out of 1..100.
            RevisionNotReached: ``min_revision`` lies ahead.
        """
        check_question(question)
        return self._search(question, WAIT_SECONDS).result

    async def find(self, question: Question) -> SearchResult:
        """As :meth:`search`, for the event loop: no thread is held while ``min_revision`` and ``after`` are waited for.

        Raises:
            StillBeingRead: what was acknowledged under ``after`` is not to be read yet.
            NotFoundError: nothing was acknowledged under it.
        """
        return (await self.seek(question)).result

    async def seek(self, question: Question) -> "Found":
        """As :meth:`find`, with the snapshot it was found in: for modes that look more than once, or elsewhere."""
        check_question(question)
        missed = await self._awaited(question)
        found = await self._in_thread(lambda: self._search(question, 0.0))
        return replace(found, result=replace(found.result, notes=(*missed, *found.result.notes)))

    async def in_snapshot(self, question: Question, work: Callable[[Snapshot], T]) -> T:
        """What ``work`` reads in the snapshot that a question is about, in a thread; waits and errors as :meth:`find`.

        Nothing of its text is read.
        """
        await self._awaited(question)

        def looked() -> T:
            snapshot = self._views.snapshot(
                question.workspace, audience=question.audience, as_of=question.as_of,
                min_revision=question.min_revision, wait_seconds=0.0,
            )  # fmt: skip
            return work(snapshot)

        return await self._in_thread(looked)

    async def _awaited(self, question: Question) -> tuple[str, ...]:
        """Wait for what a question wants to read, without a thread; what of it no answer will contain."""
        missed = await self._contained(question)
        if question.min_revision is not None:
            reached = partial(self._views.reached, question.workspace, question.min_revision)
            with anyio.move_on_after(WAIT_SECONDS):
                while not await self._in_thread(reached):
                    await anyio.sleep(POLL_SECONDS)
        return missed

    async def _contained(self, question: Question) -> tuple[str, ...]:
        """Wait until the answer contains what the question wants to read; what of it no answer will contain."""
        if not question.after:
            return ()
        standing = await self._own_writes.settled(
            question.workspace, question.audience, question.after, AFTER_SECONDS
        )  # fmt: skip
        if standing.pending:
            raise StillBeingRead(standing.told, pending=standing.pending)
        return tuple(f"not in this answer: {one}" for one in standing.missed)

    def _search(self, question: Question, wait_seconds: float) -> "Found":
        """What :meth:`search` finds for a question that can be asked, and what it was found by and in."""
        started = time.perf_counter()
        # counted before the snapshot is taken: 0 then says that it contains all that had been acknowledged
        pending = 0 if question.as_of is not None else self._own_writes.pending(question.workspace, question.audience)
        snapshot = self._views.snapshot(
            question.workspace, audience=question.audience, as_of=question.as_of, min_revision=question.min_revision,
            wait_seconds=wait_seconds,
        )  # fmt: skip
        viewed = time.perf_counter() - started
        found = self._look(question, snapshot)
        timings = {"view": viewed, **found.result.timings}
        return replace(found, result=replace(found.result, pending=pending, timings=timings))

    async def look(self, text: str, found: "Found") -> "Found":
        """What is found to another question in the snapshot of one before, for the same audience and with its filters.

        Raises InputError and DependencyError.
        """
        question = replace(found.read.question, text=text)
        check_question(question)
        return await self._in_thread(lambda: self._look(question, found.snapshot))

    def _look(self, question: Question, snapshot: Snapshot) -> "Found":
        started = time.perf_counter()
        with span("seed"):
            question, spelled = respelled(question, snapshot)
            read = self._retriever.read(question)
        with span("search", {"quipu.mode": question.mode, "quipu.revision": snapshot.revision}):
            hits = self._retriever.search(read, snapshot)
            read = replace(read, known=known_terms(read, snapshot))
        found = time.perf_counter()
        rows = [row for hit in hits if (row := snapshot.row(hit.chunk_id)) is not None]
        chunks = {placed.chunk.id: placed for placed in snapshot.chunks(rows).values()}
        result = SearchResult(
            revision=snapshot.revision,
            hits=tuple(hit for hit in hits if hit.chunk_id in chunks),
            chunks=chunks,
            degraded=snapshot.degraded,
            notes=(*spelled, *(() if hits else _notes(question, snapshot))),
            timings={"search": found - started, "read": time.perf_counter() - found},
        )
        return Found(read=read, snapshot=snapshot, result=result)

    async def ask(self, question: Question) -> Answer:
        """The answer as a whole; see :meth:`search` for errors, and DependencyError from the generator."""
        return await whole(self.stream(question))

    async def stream(self, question: Question) -> AsyncIterator[Event]:
        """The answer as it comes about: steps, evidence, text, citations, and last the answer itself."""
        async with aclosing(self.tell(await self.seek(question))) as events:  # type: ignore[type-var]
            async for event in events:
                yield event

    async def tell(self, found: "Found") -> AsyncIterator[Event]:
        """An answer from what was found, as it comes about; see :meth:`stream`."""
        searched = Step(
            name="search", input=found.read.text, seconds=sum(found.result.timings.values()),
            detail=AT_REVISION.told(found.read.text, count=len(found.result.hits), revision=found.result.revision),
        )  # fmt: skip
        yield searched
        gathered = await self._in_thread(traced("gather")(lambda: gather(found.read, found.result, found.snapshot)))
        yield EvidenceFound(evidence=gathered.evidence, revision=found.result.revision)
        async with aclosing(self.write(found, gathered, before=(searched,))) as events:  # type: ignore[type-var]
            async for event in events:
                yield await self._in_thread(partial(judged, found.read, event)) if isinstance(event, Answer) else event

    async def write(
        self, found: "Found", gathered: Gathered, *, before: tuple[Step, ...] = (),
        generator: AnswerGenerator | None = None, instead: AnswerGenerator | None = None,
    ) -> AsyncIterator[Event]:  # fmt: skip
        """What is verified of an answer that rests on ``gathered`` alone: text, citations, a step, and the answer.

        Args:
            found: the question as it was read, its snapshot, and what the search says of itself.
            gathered: the evidence.
            before: steps that the answer shows as taken before.
            generator: who writes; None: who writes in this service.
            instead: who writes where this service has somebody write instead of a language model; None: the same.

        Raises DependencyError.
        """
        started = time.perf_counter()
        generator = generator or self._generator
        writing = Writing(found.read, gathered.evidence, gathered.overview)
        async with aclosing(self._written(writing, generator, gathered.evidence)) as events:  # type: ignore[type-var]
            async for event in events:
                yield event
        if (lack := writing.unverified) and self._instead is not None:
            async with aclosing(self._written(writing, instead or self._instead, gathered.evidence)) as events:  # type: ignore[type-var]
                async for event in events:
                    yield event
            lack += "" if writing.abstained else INSTEAD
        for event in await self._in_thread(partial(list[Token | Citation], writing.end())):
            yield event
        generated = Step(
            name="generate", input=PASSAGES.told(found.read.text, count=len(gathered.evidence)),
            detail=WRITTEN.told(found.read.text, summary=writing.summary, writer=generator.identity),
            seconds=time.perf_counter() - started,
            calls=writing.draft.calls, tokens=writing.draft.tokens,
        )  # fmt: skip
        yield generated
        answer = _answer(found, writing, (*before, generated))
        yield replace(answer, degraded=(*answer.degraded, lack)) if lack else answer

    async def _written(
        self, writing: Writing, generator: AnswerGenerator, evidence: Sequence[Evidence]
    ) -> AsyncIterator[Token | Citation]:
        """What is verified of what a generator writes. Not in the event loop: that takes time, and others share it."""
        async with aclosing(generator.generate(writing.read, evidence)) as parts:  # type: ignore[type-var]
            async for part in parts:
                for event in await self._in_thread(partial(list[Token | Citation], writing.add(part))):
                    yield event

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await anyio.to_thread.run_sync(work, limiter=self._limiter)


def _notes(question: Question, snapshot: Snapshot) -> tuple[str, ...]:
    """A filter that no document can fit is told apart from one that none fits."""
    unknown = snapshot.unknown_fields(question.filters) if question.filters else ()
    return tuple(f'unknown filter field "{field}": no document has it' for field in unknown)


def _answer(sought: Found, writing: Writing, steps: tuple[Step, ...]) -> Answer:
    found, used = sought.result, {citation.chunk_id for citation in writing.citations}
    return Answer(
        text=writing.text,
        citations=tuple(writing.citations),
        abstained=writing.abstained,
        revision=found.revision,
        mode=cast(Mode, sought.read.question.mode),
        steps=steps,
        conflict=writing.conflict,
        refusal=writing.refusal,
        short_answer=writing.short_answer,
        paths=_distinct_paths([hit.why for hit in found.hits if hit.chunk_id in used]),
        degraded=(*found.degraded, *writing.draft.degraded),
        notes=(*found.notes, *writing.draft.notes),
        pending=found.pending,
        dropped_citations=writing.dropped_citations,
        dropped_sentences=writing.dropped_sentences,
        calls=writing.draft.calls,
        tokens=writing.draft.tokens,
        completion_tokens=writing.draft.completion_tokens,
        timings={**found.timings, "generate": steps[-1].seconds},
    )


def _distinct_paths(whys: Sequence[Why]) -> tuple[Why, ...]:
    """Each path once, though both of its passages are cited."""
    return tuple({why.path: why for why in reversed(whys)}.values())[::-1]


async def whole(events: AsyncIterator[Event]) -> Answer:
    """The answer that a stream ends with."""
    async with aclosing(events) as stream:  # type: ignore[type-var]
        async for event in stream:
            if isinstance(event, Answer):
                return event
    raise AssertionError("a stream ends with its answer")


def check_question(question: Question) -> None:
    """Raise InputError for what cannot be asked."""
    if not question.text.strip():
        raise InputError("the question is empty")
    if len(question.text) > MAX_QUESTION:
        raise InputError(f"the question has {len(question.text)} characters; the limit is {MAX_QUESTION}")
    if not 1 <= question.k <= MAX_HITS:
        raise InputError(f"k is {question.k}; it must be between 1 and {MAX_HITS}")
