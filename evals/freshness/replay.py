"""Replays a timeline through the public interface of a service and measures how fresh its answers are.

On each day the changes go in while askers ask. Then the questions of the day are asked, every citation is checked
against what the evaluation itself put in, and what was removed is searched for. docs/freshness.md says what is counted.
"""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal, TypeVar

from evals.freshness.ledger import Ledger, Standing, StatementCounts, flat, states
from evals.freshness.model import Asked, Cost, DayResult, FreshnessPlan, FreshnessResult, Probes, Verdict
from evals.freshness.paraphrase import paraphrase
from evals.freshness.ports import Answered, Applied, LivingService
from evals.freshness.probes import Askers, CitationCheck, Read, Tally, probe_over_deletion, probe_retraction
from evals.freshness.timeline import DatedQuery, DatedText, Day, Timeline
from evals.ports import Progress
from graph.errors import InputError

T = TypeVar("T")
Counts = dict[str, tuple[int, int, int]]
"""Chunks, entities and relations that each document contributes."""
DEEP = 100
"""How many passages are asked for where a search is to show a change."""
BEGINNING = 500
"""Characters of the changed text that such a search looks for."""


@dataclass(slots=True)
class _Changes:
    """What the changes of one day did: statements removed, and statements that other documents still make."""

    applied: list[Applied]
    latencies: list[float]
    removed: set[str]
    supported: set[str]
    seconds: float
    never_shown: int = 0


class FreshnessRun:
    """One run over one service whose knowledge base is empty at the start."""

    def __init__(self, timeline: Timeline, plan: FreshnessPlan, service: LivingService) -> None:
        self._timeline = timeline
        self._plan = plan
        self._service = service
        self._ledger = Ledger()
        self._statements = StatementCounts()
        self._check = CitationCheck(service, self._ledger)
        self._random = random.Random(plan.seed)  # noqa: S311
        self._settings = service.settings()
        without = self._settings.get("QUIPU_LLM", "none") == "none"
        self._judged_by: Literal["quotes", "answer"] = "quotes" if without else "answer"
        self._first_answers: list[tuple[DatedQuery, int, Answered]] = []

    def run(self, progress: Progress) -> FreshnessResult:
        """Replay every day.

        Raises:
            InputError: the knowledge base is not empty, or a text of the timeline was refused.
            DependencyError: the service failed.
        """
        if self._service.documents():
            raise InputError(f"the knowledge base at {self._service.url} is not empty; a timeline needs an empty one")
        started, began = datetime.now(UTC), time.perf_counter()
        days: list[DayResult] = []
        chosen = self._timeline.days[: self._plan.days]
        counts: Counts = {}
        for number, day in enumerate(chosen):
            progress(day.date, number, len(chosen))
            result, counts = self._day(day, counts)
            days.append(result)
        progress("as of past days", len(chosen), len(chosen))
        past, past_right = self._past()
        return FreshnessResult(
            dataset=self._timeline.name, digest=self._timeline.digest, judged_by=self._judged_by, plan=self._plan,
            settings=self._settings, days=tuple(days), past=past, past_right=past_right,
            started_at=started.isoformat(timespec="seconds"), seconds=round(time.perf_counter() - began, 2),
        )  # fmt: skip

    def _day(self, day: Day, before: Counts) -> tuple[DayResult, Counts]:
        """One day, given what each document contributed on the day before; what it contributes now comes back."""
        since, citations = self._ledger.newest, Tally()
        changes, reads = self._apply_while_asked(day, self._plan.readers if before else 0)
        for read in reads:
            self._note_citations(read.answered, citations)
        chosen = self._drawn(day.queries, self._plan.questions)
        asked = tuple(self._ask(query, citations) for query in chosen)
        others = [replace(query, text=paraphrase(query.text, query.id)) for query in chosen]
        paraphrased = tuple(self._ask(query, citations) for query in others) if self._plan.paraphrased else ()
        now = self._service.documents()
        retraction, over_deletion = self._probe(day, changes, since or self._ledger.newest, (before, now))
        result = DayResult(
            date=day.date,
            revision=self._ledger.newest,
            documents=len(now),
            changed=sum(change.text is not None for change in day.changes),
            removed=sum(change.text is None for change in day.changes),
            asked=asked,
            citations=citations.result(),
            reads_meanwhile=len(reads),
            late_reads=sum(read.answered.revision < read.floor for read in reads),
            retraction=retraction,
            over_deletion=over_deletion,
            never_shown=changes.never_shown,
            latencies=tuple(round(seconds, 4) for seconds in changes.latencies),
            cost=_cost(changes, now),
            paraphrased=paraphrased,
        )
        return result, now

    def _apply_while_asked(self, day: Day, count: int) -> tuple[_Changes, Sequence[Read]]:
        """The day's changes, and what so many askers read while they were made."""
        questions = [query.text for query in day.queries]
        with Askers(self._service, self._ledger, questions, count, self._plan.seed) as askers:
            changes = self._apply(day)
        return changes, askers.reads

    def _probe(self, day: Day, changes: _Changes, since: int, counts: tuple[Counts, Counts]) -> tuple[Probes, Probes]:
        """Whether all that was removed is gone, and whether all that others hold is left."""
        facts = self._service.changed_facts(since, self._ledger.newest)
        gone = self._service.removed_entities(since, self._ledger.newest)
        most = self._plan.statements
        removed = self._drawn(sorted(changes.removed), most)
        entities = self._drawn(gone, most)
        texts = {change.id: change.text for change in day.changes}
        retraction = probe_retraction(self._service, removed, entities, texts)
        supported = [(one, self._ledger.holders(one)) for one in self._drawn(sorted(changes.supported), most)]
        return retraction, probe_over_deletion(self._service, supported, facts, counts, frozenset(texts))

    def _apply(self, day: Day) -> _Changes:
        """Make a few changes one by one, each timed until a search shows it, and the others together."""
        done = _Changes(applied=[], latencies=[], removed=set(), supported=set(), seconds=0.0)
        started = time.perf_counter()
        timed = self._drawn(day.changes, self._plan.latencies) if self._ledger.newest else []
        for change in timed:
            self._note(change, self._timed(change, done), done)
        rest = [change for change in day.changes if change not in timed]
        sent = self._service.send([change for change in rest if change.text is not None], self._plan.media_type)
        for change in rest:
            gone = change.text is None
            applied = self._service.delete(change.id) if gone else self._service.finished(sent[change.id])
            self._note(change, applied, done)
        done.seconds = time.perf_counter() - started
        live = "\n".join(map(flat, self._ledger.texts(self._ledger.newest).values()))
        done.removed = {one for one in done.removed if not self._statements.made(one) and one not in live}
        done.supported = {one for one in done.supported if self._statements.made(one)}
        return done

    def _note(self, change: DatedText, applied: Applied, done: _Changes) -> None:
        before = self._ledger.at(change.id, self._ledger.newest)
        removed, supported = self._statements.change(before.text if before else None, change.text)
        done.removed |= removed
        done.supported |= supported
        done.applied.append(applied)
        self._ledger.note(change.id, Standing(revision=applied.revision, version=applied.version, text=change.text))

    def _timed(self, change: DatedText, done: _Changes) -> Applied:
        """Make one change, and note how long after its acknowledgement the first search shows it."""
        if change.text is None:
            applied = self._service.delete(change.id)
            acknowledged = time.perf_counter()
            self._wait_until(change, lambda version: version is None, done)
            done.latencies.append(time.perf_counter() - acknowledged)
            return applied
        sent = self._service.send([change], self._plan.media_type)[change.id]
        acknowledged = time.perf_counter()
        self._wait_until(change, lambda version: version is not None and version >= sent.version, done)
        done.latencies.append(time.perf_counter() - acknowledged)
        return self._service.finished(sent)

    def _wait_until(self, change: DatedText, shows: Callable[[int | None], bool], done: _Changes) -> None:
        """Search for the document's beginning until ``shows`` accepts the version found, or patience ends."""
        query = f"{change.title} {(change.text or '')[:BEGINNING]}"
        deadline = time.perf_counter() + self._plan.patience
        while time.perf_counter() < deadline:
            hits = self._service.search(query, mode="keyword", k=DEEP)
            if shows(next((hit.version for hit in hits if hit.document_id == change.id), None)):
                return
        done.never_shown += 1

    def _ask(self, query: DatedQuery, citations: Tally) -> Asked:
        answered = self._service.ask(query.text)
        self._note_citations(answered, citations)
        self._first_answers.append((query, answered.revision, answered))
        quotes = "\n".join(cited.quote for cited in answered.cited)
        passages = "\n".join(self._check.passage(cited, answered.revision) for cited in answered.cited)
        right = states(self._judged(answered), query.answers)
        outdated = [value for value in query.stale_answers if states(f"{quotes}\n{answered.text}", [value])]
        verdict: Verdict = "right" if right else "stale" if outdated else "other"
        return Asked(
            id=query.id, question=query.text, hops=query.hops, verdict=verdict,
            in_passages=states(passages, query.answers),
            abstained=answered.abstained, seconds=round(answered.seconds, 4), answer=answered.text,
            stale_not_live=bool(outdated) and not self._live(outdated, answered.revision), answers=query.answers,
            gold_cited=bool(query.gold & {cited.document_id for cited in answered.cited}),
        )  # fmt: skip

    def _judged(self, answered: Answered) -> str:
        """What must hold the right value: the quotes that answer, or the text of a model's answer."""
        if self._judged_by == "answer":
            return answered.said
        return "\n".join(cited.quote for cited in answered.cited if cited.answers)

    def _live(self, values: Sequence[str], revision: int) -> bool:
        """Whether each of the values stands in some live text."""
        texts = self._ledger.texts(revision).values()
        return all(any(states(text, [value]) for text in texts) for value in values)

    def _note_citations(self, answered: Answered, tally: Tally) -> None:
        for cited in answered.cited:
            stale = self._check.stale(cited, answered.revision)
            tally.note(stale is not None, stale or "")

    def _past(self) -> tuple[Probes, float]:
        """Ask questions again as of the revision of their first answer, which must come back word for word.

        Returns the probes, and the share of the answers that are right.
        """
        tally, right = Tally(), 0
        again = self._drawn(self._first_answers, self._plan.past)
        for query, revision, first in again:
            answered = self._service.ask(query.text, as_of=revision)
            same = (answered.text, answered.cited, answered.revision) == (first.text, first.cited, revision)
            tally.note(not same, f"{query.text!r} as of revision {revision}")
            right += states(self._judged(answered), query.answers)
        return tally.result(), round(right / len(again), 4) if again else 0.0

    def _drawn(self, items: Sequence[T], most: int | None) -> list[T]:
        """At most ``most`` items, drawn by the plan's seed, in their order."""
        if most is None or len(items) <= most:
            return list(items)
        return [items[place] for place in sorted(self._random.sample(range(len(items)), most))]


def _cost(changes: _Changes, now: Counts) -> Cost:
    applied = changes.applied
    return Cost(
        documents=len(applied), chunks=sum(one.chunks for one in applied),
        chunks_new=sum(one.chunks_new for one in applied), calls=sum(one.calls for one in applied),
        tokens=sum(one.tokens for one in applied), seconds=round(changes.seconds, 3),
        rebuild_chunks=sum(chunks for chunks, _, _ in now.values()),
    )  # fmt: skip
