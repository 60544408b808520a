"""The researcher of changes: what documents say since they last changed, or what the newest of them says."""

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime

from typing_extensions import override

from graph.errors import NotFoundError
from graph.model import PlacedChunk, Span
from graph.ports.reading import SharedKnowledge
from retrieval.agents.library import Library
from retrieval.agents.model import Report, Task
from retrieval.agents.ports import Researcher
from retrieval.agents.researching.differences import MOST_DOCUMENTS, ChangedDocument, Differences
from retrieval.agents.researching.reading import PassageReader
from retrieval.agents.researching.time_asked import TimeAsked, read_time
from retrieval.agents.texts import (
    CHANGED,
    NEWEST,
    NO_DAYS,
    NO_TIME,
    NOT_KEPT,
    changed_in,
    further_documents,
    gone,
    left_out,
    not_compared,
    tell,
    unchanged,
)
from retrieval.answer import Claim
from retrieval.answering.dates import dated
from retrieval.budget import Account
from retrieval.finding.broad.passages import as_evidence, of_graph
from retrieval.model import Evidence, Question
from retrieval.questions.read_question import ReadQuestion

MOST_SENTENCES = 12
"""New sentences that are shown of one document; what is left out is told."""

MOST_OF_ADDED = 2
LEAST_HELD = 0.5
"""Share of the terms of a subject that a passage on it must hold."""


def _today() -> date:
    return datetime.now(UTC).date()


class ChangesResearcher(Researcher):
    """Compares versions by rule: a model has nothing to add to what differs."""

    def __init__(self, store: SharedKnowledge, reader: PassageReader, today: Callable[[], date] = _today) -> None:
        """``reader`` reads in the newest document; ``today`` is the day that "last week" is counted back from (UTC)."""
        self._store = store
        self._reader = reader
        self._today = today

    @override
    def takes(self, question: Question) -> bool:
        return read_time(question.text, self._today()) is not None

    @override
    async def research(self, task: Task, library: Library, account: Account) -> Report:
        asked = read_time(task.text, self._today())
        if asked is None:
            return Report(task=task, detail=tell(NO_TIME, zh=library.chinese))
        if asked.kind == "newest":
            return await self._newest(task, asked, library)
        return await self._changed(task, asked, library)

    async def _changed(self, task: Task, asked: TimeAsked, library: Library) -> Report:
        started = time.perf_counter()
        about: tuple[str, ...] = ()
        if asked.subject:
            found, gathered = await library.look(asked.subject)
            about = tuple(dict.fromkeys(item.placed.document.id for item in on_subject(found.read, gathered.evidence)))
        audience = library.question.audience
        compare = Differences(self._store.read_as(audience), library.snapshot)
        try:
            changed, more = await library.in_thread(lambda: _looked_at(compare, asked, about))
        except NotFoundError:
            return Report(task=task, detail=tell(NOT_KEPT, zh=library.chinese))
        zh = library.chinese
        if not changed:
            note = unchanged(asked.since, zh=zh)
            return Report(task=task, detail=note, notes=(note,), seconds=time.perf_counter() - started)
        evidence = as_evidence(of_graph(placed) for one in changed for placed, _ in one.new)
        shown = [one for one in changed if one.new]
        return Report(
            task=task, detail=tell(CHANGED, zh=zh, documents=len(changed), sentences=sum(map(_count, changed))),
            evidence=evidence, claims=tuple(_claims(shown, evidence, zh=zh)), exact=True,
            notes=tuple(_notes(changed, more=more, zh=zh)), seconds=time.perf_counter() - started,
        )  # fmt: skip

    async def _newest(self, task: Task, asked: TimeAsked, library: Library) -> Report:
        started = time.perf_counter()
        found, gathered = await library.look(asked.subject)
        newest, day = of_newest(on_subject(found.read, gathered.evidence), asked.until)
        if day is None:
            return Report(task=task, detail=tell(NO_DAYS, zh=library.chinese), seconds=time.perf_counter() - started)
        reading = await self._reader.quoted(found.read, newest)
        return Report(
            task=task, detail=tell(NEWEST, zh=library.chinese, count=len(newest), day=day.isoformat()),
            evidence=newest, claims=reading.claims, short=reading.short,
            exact=asked.until is not None and bool(reading.claims), seconds=time.perf_counter() - started,
        )  # fmt: skip


def _looked_at(
    compare: Differences, asked: TimeAsked, about: Sequence[str]
) -> tuple[tuple[ChangedDocument, ...], bool]:
    """What changed, and whether more did than was looked at."""
    since = compare.revision_on(asked.since) if asked.since is not None else None
    if asked.subject:
        if asked.since is not None and since is None:
            return (), False  # nothing here is as old as that: it is a day that documents speak of
        return compare.changed(about, since), False
    if asked.since is None:
        return compare.changed(compare.last_written(), None), False
    documents = compare.documents_since(since or 0)
    return compare.changed(documents, since or 0), len(documents) > MOST_DOCUMENTS


def on_subject(read: ReadQuestion, evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """The passages that hold, with their titles, as much of what is asked about as any; none if that is little."""
    texts = {item.marker: f"{item.placed.document.title} {item.placed.chunk.text}" for item in evidence}
    held = {marker: len(read.terms.held(text)) for marker, text in texts.items()}
    most = max(held.values(), default=0)
    if most < LEAST_HELD * len(read.terms.all):
        return ()
    return tuple(item for item in evidence if held[item.marker] == most)


def of_newest(evidence: Sequence[Evidence], until: date | None) -> tuple[tuple[Evidence, ...], date | None]:
    """The passages of the newest day that documents state, up to ``until``; no day where there is no choice of days."""
    days = {item.marker: day for item in evidence if (day := dated(item.placed.document)) is not None}
    fitting = {day for day in days.values() if until is None or day <= until}
    if not fitting or len(set(days.values())) < 2:
        return (), None
    newest = max(fitting)
    return tuple(item for item in evidence if days.get(item.marker) == newest), newest


def _count(changed: ChangedDocument) -> int:
    return sum(len(spans) for _, spans in changed.new)


def _most(changed: ChangedDocument) -> int:
    """How many sentences of a document are shown: of one that was added, the first ones say what it is."""
    return MOST_SENTENCES if changed.before is not None else MOST_OF_ADDED


def _sentences(changed: ChangedDocument) -> Iterator[tuple[PlacedChunk, Span]]:
    return ((placed, span) for placed, spans in changed.new for span in spans)


def _claims(changed: Sequence[ChangedDocument], evidence: Sequence[Evidence], *, zh: bool) -> Iterator[Claim]:
    """New sentences as they stand, under the title of their document and the day of its version."""
    markers = {item.placed.chunk.id: item.marker for item in evidence}
    for one in changed:
        day = one.document.updated_at.date()
        lead = f"\n\n{changed_in(one.document.title, day, added=one.before is None, zh=zh)}\n- "
        for placed, span in list(_sentences(one))[: _most(one)]:
            text = placed.chunk.text[span.start : span.end].strip()
            if placed.chunk.id in markers and any(map(str.isalnum, text)):
                quotes = ((markers[placed.chunk.id], text),)
                yield Claim(text=" ".join(text.split()), quotes=quotes, lead=lead)
                lead = "\n- "


def _notes(changed: Sequence[ChangedDocument], *, more: bool, zh: bool) -> Iterator[str]:
    for one in changed:
        if (count := _count(one)) > _most(one):
            yield left_out(_most(one), count, one.document.title, zh=zh)
        if one.gone:
            yield gone(one.gone, one.document.title, zh=zh)
        if not one.whole:
            yield not_compared(one.document.title, zh=zh)
    if more:
        yield further_documents(MOST_DOCUMENTS, zh=zh)
