"""A query to the relations of a graph, at a snapshot: things → relations → predicates meant → rows with quotes."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from graph.errors import InputError
from graph.model import Entity
from graph.view.snapshot import Snapshot
from retrieval.facts.dating import day_of, is_before, is_day, value_of
from retrieval.facts.kinds import fits
from retrieval.facts.model import (
    MAX_CONDITIONS,
    MAX_ROWS,
    MAX_WORDS,
    Completeness,
    FactCondition,
    FactQuery,
    FactRow,
    FactRows,
    Quote,
    Stated,
    Taken,
    TakenPredicate,
)
from retrieval.facts.phrases import asked_relation, content_words
from retrieval.facts.predicates import Candidate, meant
from retrieval.facts.reading import FactReading, Link, Surrounding

MOST_DATED = 500
"""Things whose own relations are read for their dates, where the sentences that name them have none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Satisfied:
    """What satisfies one condition: by the id that a thing is shown as, the links that say so."""

    number: int
    around: Surrounding
    taken: Taken
    links: Mapping[str, tuple[Link, ...]]


class Facts:
    """Answers queries from snapshots. It holds nothing, and can write nothing."""

    def ask(self, query: FactQuery, snapshot: Snapshot) -> FactRows:
        """The rows that a snapshot has for a query, the best supported first; newest and oldest by their days.

        Raises:
            InputError: a query without conditions, or one that is out of bounds.
        """
        check_query(query)
        return _Answering(query, snapshot).rows()


def check_query(query: FactQuery) -> None:
    """Raise InputError for what cannot be asked."""
    least = 2 if query.kind in {"intersect", "compare"} else 1
    if not least <= len(query.conditions) <= MAX_CONDITIONS:
        raise InputError(
            f"{len(query.conditions)} conditions; {query.kind} takes between {least} and {MAX_CONDITIONS}"
        )  # fmt: skip
    if not 1 <= query.limit <= MAX_ROWS:
        raise InputError(f"limit is {query.limit}; it must be between 1 and {MAX_ROWS}")
    texts = [query.type, *(text for one in query.conditions for text in (one.entity, one.predicate))]
    if any(len(text) > MAX_WORDS for text in texts):
        raise InputError(f"a name, a predicate or a type is longer than {MAX_WORDS} characters")
    if any(not one.entity.strip() for one in query.conditions):
        raise InputError("a condition names no entity")
    if any(day and not is_day(day) for day in (query.dated_before, query.dated_after)):
        raise InputError("a day, a month or a year is written as in 1999-07-04, 1999-07 or 1999")


class _Answering:
    """One query, on one snapshot."""

    def __init__(self, query: FactQuery, snapshot: Snapshot) -> None:
        self._query = query
        self._snapshot = snapshot
        self._reading = FactReading(snapshot, query.filters)
        self._untyped = 0
        self._undated = 0
        self._bounded = False

    def rows(self) -> FactRows:
        """Everything, of one revision."""
        satisfied = [self._satisfied(number, one) for number, one in enumerate(self._query.conditions)]
        every = list(dict.fromkeys(thing for one in satisfied for thing in one.links))
        if self._query.kind != "compare":
            every = [thing for thing in every if all(thing in one.links for one in satisfied)]
        found = self._ordered(self._dated([self._row(thing, satisfied) for thing in self._typed(every)]))
        taken = tuple(self._counted(one, found) for one in satisfied)
        return FactRows(
            revision=self._snapshot.revision, query=self._query, rows=tuple(found[: self._query.limit]),
            count=len(found), taken=taken, completeness=self._completeness(satisfied, len(found)),
            leading=_leading(taken, self._query) if self._query.kind == "compare" else None,
        )  # fmt: skip

    def _satisfied(self, number: int, condition: FactCondition) -> _Satisfied:
        thing = self._reading.named(condition.entity, literally=condition.exact)
        around = self._reading.around(thing)
        shown = self._reading.shown([link.other for link in around.links])
        wanted = self._wanted(condition, around, shown)
        links: dict[str, list[Link]] = {}
        used: Counter[tuple[str, bool]] = Counter()
        for link in around.links:
            key = link.relation.predicate, link.out
            if key in wanted and link.other in shown and shown[link.other].id not in thing.ids:
                links.setdefault(shown[link.other].id, []).append(link)
                used[key] += 1
        predicates = tuple(
            TakenPredicate(predicate=predicate, out=out, relations=many)
            for (predicate, out), many in sorted(used.items(), key=lambda item: (-item[1], item[0]))
        )
        taken = Taken(
            entity_id=thing.entity_id, name=thing.name, predicates=predicates, candidates=thing.candidates
        )  # fmt: skip
        held = {one: tuple(each) for one, each in links.items()}
        return _Satisfied(number=number, around=around, taken=taken, links=held)

    def _wanted(
        self, condition: FactCondition, around: Surrounding, shown: Mapping[str, Entity]
    ) -> frozenset[tuple[str, bool]]:  # fmt: skip
        """The predicates, as they are written, and directions that a condition asks for."""
        allowed = {"out": (True,), "in": (False,), "either": (True, False)}[condition.direction]
        groups: dict[tuple[str, bool], list[Link]] = {}
        for link in around.links:
            if link.out in allowed:
                groups.setdefault((link.relation.predicate, link.out), []).append(link)
        if not condition.predicate.strip():
            return frozenset(groups)
        written = frozenset(key for key in groups if _plain(key[0]) == _plain(condition.predicate))
        if condition.exact or (written and not content_words(condition.predicate)):
            return written
        candidates = [self._candidate(key, links, shown) for key, links in groups.items()]
        found = meant(asked_relation(condition.predicate), candidates)
        return frozenset((one.predicate, one.out) for one in found)

    def _candidate(self, key: tuple[str, bool], links: Sequence[Link], shown: Mapping[str, Entity]) -> Candidate:
        known = [shown[link.other].type for link in links if link.other in shown]
        told = [fits(each, self._query.type, literally=False) for each in known] if self._query.type else []
        share = 1 / len(known) if known else 0.0
        return Candidate(
            predicate=key[0], out=key[1], relations=len(links),
            fitting=told.count(True) * share, unfitting=told.count(False) * share,
        )  # fmt: skip

    def _typed(self, things: Sequence[str]) -> list[str]:
        """Things but those of another type than the one asked for: where that cannot be told, they are kept."""
        if not self._query.type:
            return list(things)
        shown = self._reading.shown(things)
        literally = all(one.exact for one in self._query.conditions)
        told = {one: fits(shown[one].type, self._query.type, literally=literally) for one in things if one in shown}
        self._untyped = sum(1 for fit in told.values() if fit is None)
        return [one for one, fit in told.items() if fit is not False]

    def _row(self, thing: str, satisfied: Sequence[_Satisfied]) -> FactRow:
        entity = self._reading.shown([thing])[thing]
        stated = tuple(
            self._stated(one, link) for one in satisfied for link in one.links.get(thing, ())
        )  # fmt: skip
        return FactRow(
            entity_id=entity.id, name=entity.name, type=entity.type, stated=stated,
            value=value_of(entity.name, entity.type),
        )  # fmt: skip

    def _stated(self, satisfied: _Satisfied, link: Link) -> Stated:
        relation, placed = link.relation, satisfied.around.passages[link.relation.chunk_id]
        start, end = relation.start, relation.end
        inside = [one for one in placed.chunk.sentences if one.start < end and start < one.end]
        live = self._reading.live
        return Stated(
            condition=satisfied.number, source=live[relation.source_id].name, predicate=relation.predicate,
            target=live[relation.target_id].name, out=link.out, extractor=relation.extractor,
            quote=Quote(
                placed=placed, start=min([start, *(one.start for one in inside)]),
                end=max([end, *(one.end for one in inside)]),
            ),
        )  # fmt: skip

    def _dated(self, rows: Sequence[FactRow]) -> list[FactRow]:
        """Rows with their days, where days are asked for, without those that have none or not the right one."""
        query = self._query
        if not (query.dated_before or query.dated_after or query.kind in {"newest", "oldest"}):
            return list(rows)
        own = {row.entity_id: _own_day(row) for row in rows}
        undated = [thing for thing, day in own.items() if not day]
        self._bounded = len(undated) > MOST_DATED
        near = self._reading.names_near(undated[:MOST_DATED])
        related = {thing: day_of(names) for thing, names in near.items()}
        dated = [replace(row, dated=own[row.entity_id] or related.get(row.entity_id, "")) for row in rows]
        known = [row for row in dated if row.dated]
        self._undated = len(dated) - len(known)
        return [
            row
            for row in known
            if (not query.dated_before or is_before(row.dated, query.dated_before))
            and (not query.dated_after or is_before(query.dated_after, row.dated))
        ]

    def _ordered(self, rows: Sequence[FactRow]) -> list[FactRow]:
        in_order = sorted(rows, key=lambda row: (-len(row.stated), row.name, row.entity_id))
        if self._query.kind in {"newest", "oldest"}:
            in_order.sort(key=lambda row: row.dated, reverse=self._query.kind == "newest")
        return in_order

    def _counted(self, satisfied: _Satisfied, rows: Sequence[FactRow]) -> Taken:
        """What a condition was taken to ask, with how many things satisfy it; where things are compared, of these."""
        compared = self._query.kind == "compare"
        mine = [row for row in rows if row.entity_id in satisfied.links] if compared else []
        return replace(
            satisfied.taken, count=len(mine) if compared else len(satisfied.links),
            values=tuple(sorted({row.value for row in mine if row.value})),
        )  # fmt: skip

    def _completeness(self, satisfied: Sequence[_Satisfied], count: int) -> Completeness:
        passages = {chunk_id: placed for one in satisfied for chunk_id, placed in one.around.passages.items()}
        return Completeness(
            passages=len(passages), unread=sum(one.document.stage == "rules" for one in passages.values()),
            cut=max(count - self._query.limit, 0), undated=self._undated, untyped=self._untyped,
            bounded=self._bounded or any(one.around.bounded for one in satisfied),
        )  # fmt: skip


def _plain(predicate: str) -> str:
    return " ".join(predicate.casefold().split())


def _own_day(row: FactRow) -> str:
    if row.value and is_day(row.value.partition("/")[0]):
        return row.value.partition("/")[0]
    return day_of(one.quote.text for one in row.stated)


def _leading(taken: Sequence[Taken], query: FactQuery) -> int | None:
    """The condition with most, or with the greatest value; None where several have, or nothing can be compared."""
    if query.measure == "count":
        sizes: list[Decimal | str | None] = [Decimal(one.count) for one in taken]
    else:
        sizes = [_greatest(one.values) for one in taken]
    if any(one is None for one in sizes) or len({type(one) for one in sizes}) > 1 or not any(sizes):
        return None
    known = [one for one in sizes if one is not None]
    greatest = max(known)
    return known.index(greatest) if known.count(greatest) == 1 else None


def _greatest(values: Sequence[str]) -> Decimal | str | None:
    """The greatest amount, or the latest day."""
    if not values:
        return None
    days = [one.partition("/")[0] for one in values]
    if all(map(is_day, days)):
        return max(days)
    try:
        return max(map(Decimal, values))
    except InvalidOperation:
        return None
