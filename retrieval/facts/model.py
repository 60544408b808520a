"""What can be asked of the graph's relations, and the rows that answer. No text ever becomes a query of a store."""

from dataclasses import dataclass, field
from typing import Literal

from graph.filters import Filters
from graph.model import PlacedChunk

FactKind = Literal["list", "count", "intersect", "compare", "newest", "oldest"]
"""``compare`` sets conditions side by side; the others ask for what satisfies all of them."""
Direction = Literal["out", "in", "either"]
"""``out``: the named thing is the source of the relation, the answer its target; ``in``: the other way round."""
Measure = Literal["count", "value"]
SLOT = "_"
"""Stands in a predicate that is asked for in words where the named thing stands: "founded by _", "_'s capital"."""
MAX_CONDITIONS = 8
MAX_ROWS = 1_000
MAX_WORDS = 1_000
"""Characters of a name, a predicate or a type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FactCondition:
    """``entity -predicate→ answer`` or the other way round.

    ``entity`` is a name as the graph knows it, another name of the same thing, or an entity's id. ``predicate`` is
    taken by its meaning, so that "founder of _" finds ``founded by``; where it is ``exact``, as it is written, case
    aside. Empty: any.
    """

    entity: str
    predicate: str = ""
    direction: Direction = "either"
    exact: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FactQuery:
    """A question to the relations that hold in a snapshot.

    ``type`` is a type of the graph, or a word for one ("company", 人物). ``filters`` are those of the documents that
    state a relation. ``dated_before`` and
    ``dated_after`` are days, months or years in ISO 8601, themselves excluded. At most
    ``limit`` rows are given; all are counted. ``measure`` is what is compared: how many there are, or what they are
    worth (dates, amounts).
    """

    kind: FactKind
    conditions: tuple[FactCondition, ...]
    type: str = ""
    filters: Filters = field(default_factory=Filters)
    dated_before: str = ""
    dated_after: str = ""
    measure: Measure = "count"
    limit: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """Where a relation is stated: ``text`` is the literal sentence, at ``start`` to ``end`` of the chunk's text."""

    placed: PlacedChunk
    start: int
    end: int

    @property
    def text(self) -> str:
        """The sentence, or the sentences."""
        return self.placed.chunk.text[self.start : self.end]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """One relation that supports a row: the condition (from 0) that it satisfies, its ends by name, what read it.

    ``out``: its source is the thing that the condition names.
    """

    condition: int
    source: str
    predicate: str
    target: str
    out: bool
    extractor: str
    quote: Quote


@dataclass(frozen=True, slots=True, kw_only=True)
class FactRow:
    """A thing that satisfies the conditions, once, whatever its names; and what states that it does.

    ``dated`` is a day, month or year in ISO 8601: its own where it is a date, else that of the sentence that states
    the relation, else the earliest date that is related to it; empty where there is none, or none was asked for.
    ``value`` is what it is worth where it is a date or an amount.
    """

    entity_id: str
    name: str
    type: str
    stated: tuple[Stated, ...]
    dated: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenPredicate:
    """A predicate that a condition was taken to mean, in which direction, and how many relations have it."""

    predicate: str
    out: bool
    relations: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What one condition was taken to ask: the thing it names, by id and name, and the predicates.

    ``entity_id`` is empty where no such thing is known; ``candidates`` are then names that hold the one asked for.
    ``count`` is the number of things that satisfy it alone, ``values`` are those of them that are dates or amounts.
    """

    entity_id: str
    name: str
    predicates: tuple[TakenPredicate, ...] = ()
    candidates: tuple[str, ...] = ()
    count: int = 0
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Completeness:
    """How far the rows can be all there is.

    ``passages``: those that mention a named thing, all of them looked at; of these ``unread`` were read by rule alone,
    for their documents wait for the language model or none is set. ``cut``: rows that the limit left off. ``undated``:
    things left out because no date of them is known; ``untyped``: things kept though their type cannot be compared
    with the one asked for. ``bounded``: a thing has more relations, mentions or answers than are read.
    """

    passages: int = 0
    unread: int = 0
    cut: int = 0
    undated: int = 0
    untyped: int = 0
    bounded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FactRows:
    """The answer to a query at a revision.

    ``count`` is the number of all rows, those that the limit left off among them. Where things are compared, the rows
    are those of every condition, each told by ``Stated.condition``, ``leading`` is the condition (from 0) with most, or
    with the greatest value; None where they are equal or cannot be compared.
    """

    revision: int
    query: FactQuery
    rows: tuple[FactRow, ...]
    count: int
    taken: tuple[Taken, ...]
    completeness: Completeness
    leading: int | None = None
