"""Rows as an answer: every thing is a claim that cites the sentences which state it, to be verified as any other."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import replace

import anyio.to_thread
from typing_extensions import override

from graph.model import PlacedChunk
from graph.text.tokens import is_east_asian
from retrieval.answer import Claim, Derivation, Draft
from retrieval.answering.citations import verify_claim
from retrieval.facts import texts
from retrieval.facts.by_model import ModelQuery
from retrieval.facts.model import FactRow, FactRows, Stated
from retrieval.finding.broad.passages import as_evidence
from retrieval.model import Evidence, Hit, PathStep, Why
from retrieval.ports import AnswerGenerator
from retrieval.questions.read_question import ReadQuestion

SHOWN = 30
"""Things that an answer names, of each side where sides are compared; the rows have all."""
PASSAGES = 2 * SHOWN


class RowWriter(AnswerGenerator):
    """Writes what rows say, and how complete that is."""

    def __init__(self, rows: FactRows | None, *, zh: bool, read_by: ModelQuery | None = None) -> None:
        """``rows``: None where the question could not be read. ``read_by``: the model that tried, if one did."""
        self._rows = rows
        self._zh = zh
        cost = read_by or ModelQuery(query=None)
        self._draft = Draft(
            abstained=True, calls=cost.calls, tokens=cost.tokens, completion_tokens=cost.completion_tokens,
            degraded=(cost.failure,) if cost.failure else (),
        )  # fmt: skip

    @property
    @override
    def identity(self) -> str:
        return "rows of the graph"

    @override
    async def generate(
        self, read: ReadQuestion, evidence: Sequence[Evidence]
    ) -> AsyncIterator[Claim | Derivation | Draft]:
        rows = self._rows
        if rows is None:
            yield replace(self._draft, notes=(texts.unread_question(zh=self._zh),))
            return
        held, lost = await anyio.to_thread.run_sync(_held, rows, evidence, read)
        for claim in self._led(rows, held, lost):
            yield claim
        yield replace(self._draft, abstained=not held, notes=texts.notes(rows, len(held), lost, zh=self._zh))

    def _led(self, rows: FactRows, held: Sequence[tuple[FactRow, Claim]], lost: int) -> Iterator[Claim]:
        """Claims under the answer's own words: how many, of which side, of which day."""
        sides = rows.query.kind == "compare"
        begun: set[int] = set()
        for row, claim in held:
            side = row.stated[0].condition if sides else 0
            opening = "" if side in begun else texts.opening(rows, side, lost, zh=self._zh)
            if rows.query.kind in {"newest", "oldest"}:
                yield replace(claim, lead=f"\n- {row.dated}: ")
                continue
            gap = "\n\n" if opening and begun else "\n"
            begun.add(side)
            line = f"{opening}\n" if opening else ""
            yield replace(claim, lead=f"{gap}{line}- ")


def _held(
    rows: FactRows, evidence: Sequence[Evidence], read: ReadQuestion
) -> tuple[list[tuple[FactRow, Claim]], int]:  # fmt: skip
    """Claims that their sentences bear out, with their rows, and the number of others; milliseconds for each."""
    markers = {item.placed.chunk.id: item.marker for item in evidence}
    sides = rows.query.kind == "compare"
    claims = [(row, _claim(row, markers, sides=sides)) for row in shown_rows(rows)]
    said = [(row, claim) for row, claim in claims if claim is not None]
    held = [(row, claim) for row, claim in said if verify_claim(claim, evidence, read).citations]
    return held, len(said) - len(held)


def shown_rows(rows: FactRows) -> list[FactRow]:
    """The rows that an answer names: the best ones; of what is compared those of each side, after one another."""
    if rows.query.kind in {"newest", "oldest"}:
        return [row for row in rows.rows if row.dated == rows.rows[0].dated][:SHOWN]
    if rows.query.kind != "compare":
        return list(rows.rows[:SHOWN])
    found = []
    for side in range(len(rows.query.conditions)):
        mine = [_of_side(row, side) for row in rows.rows]
        found += [row for row in mine if row.stated][:SHOWN]
    return found


def _of_side(row: FactRow, side: int) -> FactRow:
    return replace(row, stated=tuple(one for one in row.stated if one.condition == side))


def evidence_of(rows: FactRows) -> tuple[Evidence, ...]:
    """The passages of the sentences that state the rows shown, each with its way through the graph."""
    quoted: dict[str, Evidence] = {}
    for row in shown_rows(rows):
        for one in quoted_of(row):
            quoted.setdefault(one.quote.placed.chunk.id, _evidence(one, rows, len(quoted) + 1))
    return as_evidence(quoted.values(), PASSAGES)


def quoted_of(row: FactRow) -> list[Stated]:
    """For each condition the shortest sentence that states it."""
    best: dict[int, Stated] = {}
    for one in row.stated:
        known = best.get(one.condition)
        if known is None or len(one.quote.text) < len(known.quote.text):
            best[one.condition] = one
    return [best[condition] for condition in sorted(best)]


def _evidence(one: Stated, rows: FactRows, rank: int) -> Evidence:
    placed: PlacedChunk = one.quote.placed
    taken = rows.taken[one.condition]
    path = (
        PathStep(kind="question", id="", label=rows.query.conditions[one.condition].entity),
        PathStep(kind="entity", id=taken.entity_id, label=taken.name),
        PathStep(kind="chunk", id=placed.chunk.id, label=placed.document.title),
    )
    hit = Hit(
        chunk_id=placed.chunk.id, document_id=placed.document.id, rank=rank, score=0.0,
        why=Why(retriever="graph", bridge=one.predicate, path=path),
    )  # fmt: skip
    return Evidence(marker=rank, hit=hit, placed=placed)


def _claim(row: FactRow, markers: Mapping[str, int], *, sides: bool) -> Claim | None:
    """A thing by the name that its passage has (of a side that is compared, the relation as it is stated),
    and the sentences that state it; None where they are no evidence.
    """
    quoted = [one for one in quoted_of(row) if one.quote.placed.chunk.id in markers]
    if not quoted or len(quoted) < len({one.condition for one in row.stated}):
        return None
    first = quoted[0]
    name = first.target if first.out else first.source
    if sides:  # the same thing may stand on both, by the same sentence
        gap = "" if is_east_asian(name) else " "
        name = gap.join((first.source, first.predicate, first.target))
    quotes = tuple((markers[one.quote.placed.chunk.id], one.quote.text) for one in quoted)
    return Claim(text=" ".join(name.split()), quotes=quotes)
