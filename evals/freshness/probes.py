"""Probes of a freshness evaluation: of citations, of what must be gone, of what must be left, and by askers."""

import random
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from evals.freshness.ledger import Ledger, flat
from evals.freshness.model import Probes
from evals.freshness.ports import Answered, Cited, FactChanges, LivingService
from graph.errors import QuipuError

EXAMPLES = 5
"""How many failures are kept in words."""


class Tally:
    """Counts probes of one kind."""

    def __init__(self) -> None:
        self._made = self._failed = 0
        self._examples: list[str] = []

    def note(self, failed: bool, words: str) -> None:
        """Count one probe; ``words`` describe what is wrong if it failed."""
        self._made += 1
        self._failed += failed
        if failed and len(self._examples) < EXAMPLES:
            self._examples.append(words)

    def result(self) -> Probes:
        """The counts so far."""
        return Probes(made=self._made, failed=self._failed, examples=tuple(self._examples))


class CitationCheck:
    """Tells whether a citation is stale (docs/freshness.md), by the ledger at the answer's revision."""

    def __init__(self, service: LivingService, ledger: Ledger) -> None:
        self._service = service
        self._ledger = ledger
        self._contents: dict[tuple[str, int], str | None] = {}
        self._chunks: dict[tuple[str, int], Mapping[str, str]] = {}

    def stale(self, cited: Cited, revision: int) -> str | None:
        """Why a citation is stale; None if it is live and literal."""
        live = self._ledger.at(cited.document_id, revision)
        if live is None:
            return f"{cited.document_id} is not live at revision {revision}"
        if live.version != cited.version:
            return f"{cited.document_id} is at version {live.version} at revision {revision}, not {cited.version}"
        if self._content(cited, revision)[cited.start : cited.end] != cited.quote:
            return f"{cited.document_id} does not say {cited.quote[:80]!r} there"
        if cited.chunk_id not in self._live_chunks(cited, revision):
            return f"chunk {cited.chunk_id} of {cited.document_id} is not live at revision {revision}"
        return None

    def passage(self, cited: Cited, revision: int) -> str:
        """The text of the passage that is cited."""
        return self._live_chunks(cited, revision).get(cited.chunk_id, "")

    def _content(self, cited: Cited, revision: int) -> str:
        key = (cited.document_id, cited.version)
        if key not in self._contents:
            self._contents[key] = self._service.content(cited.document_id, revision)
        return self._contents[key] or ""

    def _live_chunks(self, cited: Cited, revision: int) -> Mapping[str, str]:
        key = (cited.document_id, cited.version)
        if key not in self._chunks:
            self._chunks[key] = self._service.chunks(cited.document_id, revision)
        return self._chunks[key]


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """An answer received while documents changed; ``floor`` is the newest revision acknowledged before the question."""

    question: str
    floor: int
    answered: Answered


class Askers:
    """Threads that ask one question after another while documents change.

    A ``with`` block starts and ends them. Their answers are kept in ``reads`` and checked afterwards.
    """

    def __init__(self, service: LivingService, ledger: Ledger, questions: Sequence[str], count: int, seed: int) -> None:
        self._ledger = ledger
        self._questions = questions
        self._stop = threading.Event()
        self._failure: QuipuError | None = None
        self.reads: list[Read] = []
        self._threads = [
            threading.Thread(target=self._read, args=(service, random.Random(seed + n)), daemon=True)  # noqa: S311
            for n in range(count if questions else 0)
        ]

    def __enter__(self) -> "Askers":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()
        if self._failure is not None:
            raise self._failure

    def _read(self, service: LivingService, generator: random.Random) -> None:
        try:
            while not self._stop.is_set():
                question = generator.choice(self._questions)
                floor = self._ledger.newest
                self.reads.append(Read(question=question, floor=floor, answered=service.ask(question)))
        except QuipuError as error:
            self._failure = error


def probe_retraction(
    service: LivingService, removed: Iterable[str], entities: Iterable[str], documents: Mapping[str, str | None]
) -> Probes:
    """Whether the service still serves removed statements, removed entities, or the old text of changed documents.

    ``documents`` maps each changed document to its new text, or to None where it was deleted: the service must hold
    exactly that.
    """
    tally = Tally()
    revision = service.revision()
    for statement in removed:
        for mode in ("hybrid", "keyword"):
            left = [hit for hit in service.search(statement, mode=mode) if statement in flat(hit.text)]
            tally.note(bool(left), f"{mode} search still finds {statement[:120]!r}")
    for entity in entities:
        tally.note(service.has_entity(entity), f"entity {entity} is still there")
    for document_id, text in documents.items():
        found = service.content(document_id, revision)
        wrong = found is not None if text is None else found is None or flat(found) != flat(text)
        tally.note(wrong, f"{document_id} does not read as it should")
    return tally.result()


def probe_over_deletion(
    service: LivingService, supported: Iterable[tuple[str, Iterable[str]]],
    facts: FactChanges,
    counts: tuple[Mapping[str, tuple[int, int, int]], Mapping[str, tuple[int, int, int]]], touched: frozenset[str],
) -> Probes:  # fmt: skip
    """Whether something was lost that other documents still state, support or contribute.

    ``supported`` holds statements, each with the documents that make it. Where a search does not show a statement,
    because many passages share its words, the chunks of those documents are looked through. ``facts`` are those
    that are gone or differ. ``counts`` holds what each document contributed before the
    changes and contributes now (chunks, entities, relations). ``touched`` are the changed documents.
    """
    tally = Tally()
    revision = service.revision()
    for statement, holders in supported:
        found = any(statement in flat(hit.text) for hit in service.search(statement, mode="keyword", k=50))
        held = found or any(
            statement in flat(" ".join(service.chunks(holder, revision).values())) for holder in holders
        )
        tally.note(not held, f"no passage says {statement[:120]!r} any more")
    for fact in facts.removed:
        others = sorted(fact.documents - touched)
        tally.note(bool(others), f"lost, though {others} support it: {fact.text}")
    for earlier, later in facts.altered:
        lost = sorted(earlier.documents - touched - later.documents)
        tally.note(bool(lost), f"{lost} no longer support: {earlier.text}")
    before, now = counts
    for document_id in sorted(before.keys() - touched):
        tally.note(now.get(document_id) != before[document_id], f"{document_id} contributes less, untouched")
    return tally.result()
