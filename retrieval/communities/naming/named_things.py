"""The things of a kind that communities speak of, each with the sentence that names it. Reads the snapshot."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from graph.identity import entity_id
from graph.text.held_names import holds_name
from graph.text.tokens import is_east_asian
from graph.view.snapshot import Snapshot
from retrieval.answer import Claim
from retrieval.communities.map_reduce import Mapped
from retrieval.communities.mapping import Read
from retrieval.communities.naming.kinds import is_of_kind
from retrieval.communities.weights import REPORT_LIMITS
from retrieval.model import Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class _Named:
    """A thing under its name as a passage writes it, and the sentence there."""

    key: str
    label: str
    item: Evidence
    quote: str


def named_things(reads: Sequence[Read], asked: str, snapshot: Snapshot, most: int) -> Mapped:
    """At most ``most`` things of a kind, the first of each community before any second; nothing where none is known."""
    found = [list(_of_kind(one, asked, snapshot)) for one in reads]
    turns = (one for turn in zip_longest(*found) for one in turn if one is not None)
    taken: dict[str, _Named] = {}
    for one in turns:
        if len(taken) < most and not any(holds_name(other, one.key) for other in taken):
            taken[one.key] = one
    markers: dict[str, int] = {}
    evidence: list[Evidence] = []
    claims: list[Claim] = []
    for one in taken.values():
        chunk = one.item.placed.chunk.id
        if chunk not in markers:
            markers[chunk] = len(markers) + 1
            evidence.append(replace(one.item, marker=markers[chunk]))
        joint = ("、" if is_east_asian(asked) else ", ") if claims else ""
        claims.append(Claim(text=one.label, quotes=((markers[chunk], one.quote),), lead=joint))
    heard = sum(any(one.key in taken for one in each) for each in found)
    return Mapped(claims=tuple(claims), evidence=tuple(evidence), communities=heard)


def _of_kind(one: Read, asked: str, snapshot: Snapshot) -> Iterator[_Named]:
    """Those of one community, the most telling first, in the passages of its report."""
    names = one.report.community.names[: REPORT_LIMITS.names]
    things = snapshot.things([entity_id(snapshot.workspace, key) for key in names])
    types = {thing.key: thing.type for thing in things.values()}
    numbers = snapshot.name_numbers(names)
    rows = [(row, item) for item in one.report.evidence if (row := snapshot.row(item.placed.chunk.id)) is not None]
    held = [(row, item, set(snapshot.row_names(row)[0].tolist())) for row, item in rows]
    for key in names:
        for row, item, there in held:
            if numbers.get(key) not in there:
                continue
            said = _said(item, snapshot.name_label(numbers[key], row))
            if said and is_of_kind(said[0], types.get(key, ""), asked):
                yield _Named(key=key, label=said[0], item=item, quote=said[1])
                break


def _said(item: Evidence, label: str) -> tuple[str, str] | None:
    """A name as the first sentence of a passage writes it that holds it, and that sentence; None: titles alone do."""
    chunk = item.placed.chunk
    for span in chunk.sentences:
        sentence = chunk.text[span.start : span.end]
        if (found := re.search(re.escape(label), sentence, re.IGNORECASE)) and "\n" not in found.group():
            return found.group(), sentence
    return None
