"""The mode ``facts``: a question in words → a query to the graph's relations → rows → an answer that cites them."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import TypeVar

import anyio
import anyio.to_thread
from typing_extensions import override

from graph.ports.models import LanguageModel
from graph.text.tokens import is_east_asian
from retrieval.answer import Event, EvidenceFound, Step
from retrieval.facts.asked import read_facts
from retrieval.facts.by_model import ModelQuery, ModelQueryReader
from retrieval.facts.facts import Facts
from retrieval.facts.model import MAX_ROWS, FactQuery, FactRows
from retrieval.facts.telling import RowWriter, evidence_of
from retrieval.facts.texts import told_query, told_rows
from retrieval.finding.broad.gathering import gather
from retrieval.model import Gathered, Question
from retrieval.pipeline import Found, QuestionPipeline
from retrieval.ports import AnsweringMode
from retrieval.questions.broad_questions import BroadQuestion
from retrieval.step_texts import BY_MODEL, NOT_RELATIONS

AT_ONCE = 2
"""Questions whose rows are read at the same time; more would only wait for the processor."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A question as a query, and its rows; None where it cannot be read as one. ``by``: what a model made of it."""

    query: FactQuery | None
    rows: FactRows | None
    by: ModelQuery | None = None


class FactsMode(AnsweringMode):
    """Answers from relations, of one snapshot; where they do not answer, it says so and what came nearest."""

    def __init__(self, pipeline: QuestionPipeline, model: LanguageModel | None = None) -> None:
        """``model``: reads a question that the rules read in vain; not where little effort is to be spent."""
        self._pipeline = pipeline
        self._by_model = ModelQueryReader(model) if model is not None else None
        self._limiter = anyio.CapacityLimiter(AT_ONCE)
        self._facts = Facts()

    @override
    async def stream(self, question: Question) -> AsyncIterator[Event]:
        found = await self._pipeline.seek(replace(question, mode=question.search_mode))
        started = time.perf_counter()
        asked = await self._asked(found, question)
        step = Step(
            name="facts", input=told_query(asked.query) if asked.query else "", detail=_detail(asked, question.text),
            seconds=time.perf_counter() - started,
            calls=asked.by.calls if asked.by else 0, tokens=asked.by.tokens if asked.by else 0,
        )  # fmt: skip
        yield step
        # what is said of many things is no statement that another could contradict
        read = replace(
            found.read, question=replace(found.read.question, mode="facts"), broad=BroadQuestion(kind="list")
        )  # fmt: skip
        rows = asked.rows if asked.rows is not None and asked.rows.rows else None
        gathered = await self._in_thread(
            lambda: Gathered(evidence=evidence_of(rows)) if rows else gather(found.read, found.result, found.snapshot)
        )
        yield EvidenceFound(evidence=gathered.evidence, revision=found.result.revision)
        hits = tuple(item.hit for item in gathered.evidence)
        shown = replace(found, read=read, result=replace(found.result, hits=hits))
        writer = RowWriter(asked.rows, zh=is_east_asian(question.text), read_by=asked.by)
        events = self._pipeline.write(shown, gathered, before=(step,), generator=writer)
        async with aclosing(events) as written:  # type: ignore[type-var]
            async for event in written:
                yield event

    async def _asked(self, found: Found, question: Question) -> _Asked:
        """By the rules; where they find no rows, by the model, whose query counts if it finds some."""
        by_rules = await self._in_thread(lambda: self._by_rules(found, question))
        if (by_rules.rows and by_rules.rows.rows) or self._by_model is None or question.effort == "low":
            return by_rules
        read = await self._by_model.read(replace(question, text=found.read.question.text))
        if (query := read.query) is None:
            return replace(by_rules, by=read)
        rows = await self._in_thread(lambda: self._facts.ask(query, found.snapshot))
        return _Asked(query=query, rows=rows, by=read) if rows.rows else replace(by_rules, by=read)

    def _by_rules(self, found: Found, question: Question) -> _Asked:
        query = read_facts(found.read.question.text, found.snapshot, question.filters, MAX_ROWS)
        return _Asked(query=query, rows=None if query is None else self._facts.ask(query, found.snapshot))

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await anyio.to_thread.run_sync(work, limiter=self._limiter)


def _detail(asked: _Asked, question: str) -> str:
    """What was found, for people."""
    by = "" if asked.by is None else f"; {BY_MODEL.told(question) if asked.by.query else asked.by.failure}"
    return (told_rows(asked.rows, question) if asked.rows else NOT_RELATIONS.told(question)) + by
