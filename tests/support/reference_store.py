"""An obviously correct model of the graph store: every revision is a full copy of what is live."""

from collections import Counter
from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from graph.audience import UNRESTRICTED, Audience
from graph.errors import NotFoundError, Superseded
from graph.long_change import AnyChange, gathered
from graph.model import (
    Alias,
    Difference,
    Document,
    Entity,
    Fact,
    FloatArray,
    GraphChange,
    GraphCounts,
    IndexDelta,
    IndexRow,
    Mention,
    PlacedChunk,
    Relation,
    Removal,
    RevisionRecord,
    Verdict,
)
from graph.ports.browsing import Neighbours
from graph.rights import Readers, Rights, applied, given, purged

State = dict[str, GraphChange]


class ReferenceStore:
    """The store ports for one workspace at a time, in memory."""

    def __init__(self) -> None:
        self._states: dict[str, list[State]] = {}
        self._logs: dict[str, list[RevisionRecord]] = {}
        self._barriers: dict[tuple[str, str], tuple[int, bool]] = {}
        self._horizons: dict[str, int] = {}
        self._verdicts: dict[str, list[tuple[int, Verdict]]] = {}
        self._rights: dict[tuple[str, str], Rights] = {}
        self.audience = UNRESTRICTED

    # --- audiences

    def read_as(self, audience: Audience) -> "ReferenceStore":
        """The same store, whose every read begins with the documents that the audience may read."""
        if audience.unrestricted:
            return self
        bound = copy(self)
        bound.audience = audience
        return bound

    def rights(self, workspace: str, document_ids: Sequence[str] | None = None) -> dict[str, Rights]:
        return {
            document: held
            for (place, document), held in self._rights.items()
            if place == workspace and (document_ids is None or document in document_ids)
        }

    def may_read(self, workspace: str, document_id: str | None) -> bool:
        held = self._rights.get((workspace, document_id or ""))
        return held is None or self.audience.may_read(held.readers)

    def set_readers(self, workspace: str, document_id: str, version: int, readers: Readers) -> int:
        states = self._history(workspace)
        live = states[-1].get(document_id)
        before = self._rights.get((workspace, document_id), Rights())
        after = given(before, version, readers, live.document.version if live else None)
        self._keep(workspace, document_id, after)
        if replace(before, version=0) != replace(after, version=0):
            states.append(dict(states[-1]))
            self._log(workspace).append(record(len(states) - 1, "rights", document_id, version))
        return len(states) - 1

    def _keep(self, workspace: str, document_id: str, rights: Rights) -> None:
        self._rights[workspace, document_id] = rights
        if rights.plain:
            del self._rights[workspace, document_id]

    def barriers(self, workspace: str) -> dict[str, int]:
        return {document: version for (place, document), (version, _) in self._barriers.items() if place == workspace}

    # --- writing

    def apply(self, workspace: str, changes: Sequence[AnyChange]) -> tuple[int, ...]:
        states, log, barriers = list(self._history(workspace)), list(self._log(workspace)), dict(self._barriers)
        revisions, promoted = [], []
        for change in map(gathered, changes):
            identity, version = change.document.id, change.document.version
            live = states[-1].get(identity)
            if live is not None and live.document.version == version and same(live, change):
                revisions.append(self._since(states, identity))
                continue
            barrier, removed = barriers.get((workspace, identity), (0, False))
            if version < barrier or (version == barrier and removed):
                raise Superseded("older")
            barriers[workspace, identity] = (version, False)
            states.append({**states[-1], identity: change})
            rights = applied(self._rights.get((workspace, identity), Rights()), version)
            promoted.append((identity, rights))
            log.append(record(len(states) - 1, "apply", identity, version))
            revisions.append(len(states) - 1)
        self._states[workspace], self._logs[workspace], self._barriers = states, log, barriers
        for identity, rights in promoted:
            self._keep(workspace, identity, rights)
        return tuple(revisions)

    def remove(self, workspace: str, document_id: str, version: int) -> Removal:
        states = self._history(workspace)
        barrier, _ = self._barriers.get((workspace, document_id), (0, False))
        if version < barrier:
            raise Superseded("older")
        self._barriers[workspace, document_id] = (version, True)
        gone = GraphCounts()
        if document_id in states[-1]:
            gone = counts_of([states[-1][document_id]])
            states.append({key: value for key, value in states[-1].items() if key != document_id})
            self._log(workspace).append(record(len(states) - 1, "remove", document_id, version))
        return Removal(revision=len(states) - 1, gone=gone)

    def purge(self, workspace: str, document_id: str, version: int) -> Removal:
        states = self._history(workspace)
        barrier, _ = self._barriers.get((workspace, document_id), (0, False))
        if version < barrier:
            raise Superseded("older")
        self._barriers[workspace, document_id] = (version, True)
        held = any(document_id in state for state in states)
        self._keep(workspace, document_id, purged(self._rights.get((workspace, document_id), Rights()), version))
        for state in states:
            state.pop(document_id, None)
        if held:
            states.append(dict(states[-1]))
            self._log(workspace).append(record(len(states) - 1, "purge", document_id, version))
        return Removal(revision=len(states) - 1, gone=GraphCounts())

    def sweep(self, workspace: str, keep_from: int) -> GraphCounts:
        states = self._history(workspace)
        self._horizons[workspace] = max(self._horizons.get(workspace, 0), min(keep_from, len(states) - 1))
        for old in range(self._horizons[workspace]):
            states[old] = {}
        states.append(dict(states[-1]))
        self._log(workspace).append(record(len(states) - 1, "sweep", None, None))
        return GraphCounts()

    def decide(self, workspace: str, verdicts: Sequence[Verdict]) -> int:
        states = self._history(workspace)
        new = [v for v in verdicts if v not in self.verdicts(workspace, len(states) - 1)]
        if new:
            states.append(dict(states[-1]))
            self._log(workspace).append(record(len(states) - 1, "merge", None, None))
            self._verdicts.setdefault(workspace, []).extend((len(states) - 1, v) for v in new)
        return len(states) - 1

    # --- reading

    def revision(self, workspace: str) -> int:
        return len(self._history(workspace)) - 1

    def revision_at(self, workspace: str, moment: datetime) -> int:
        return max((r.revision for r in self._log(workspace) if r.committed_at <= moment), default=0)

    def log(self, workspace: str, since: int, until: int) -> tuple[RevisionRecord, ...]:
        return tuple(
            r for r in self._log(workspace) if since < r.revision <= until and self.may_read(workspace, r.document_id)
        )

    def documents(self, workspace: str, revision: int, **options: object) -> tuple[Document, ...]:
        state = self._at(workspace, revision)
        after = str(options.get("after", ""))
        limit = int(str(options.get("limit", 100)))
        return tuple(state[key].document for key in sorted(state) if key > after)[:limit]

    def document(self, workspace: str, document_id: str, revision: int) -> Document:
        return self._one(workspace, document_id, revision).document

    def text(self, workspace: str, document_id: str, revision: int) -> str:
        return self._one(workspace, document_id, revision).text

    def document_chunks(self, workspace: str, document_id: str, revision: int) -> tuple[PlacedChunk, ...]:
        change = self._one(workspace, document_id, revision)
        return tuple(
            PlacedChunk(chunk=chunk, position=position, document=change.document)
            for chunk, position in zip(change.chunks, change.positions, strict=True)
        )

    def chunks(self, workspace: str, ids: Sequence[str], revision: int) -> tuple[PlacedChunk, ...]:
        placed = {
            item.chunk.id: item
            for key in self._at(workspace, revision)
            for item in self.document_chunks(workspace, key, revision)
        }
        return tuple(placed[identity] for identity in ids if identity in placed)

    def counts(self, workspace: str, revision: int) -> GraphCounts:
        return counts_of(list(self._at(workspace, revision).values()))

    def document_counts(self, workspace: str, document_id: str, revision: int) -> GraphCounts:
        change = self._at(workspace, revision).get(document_id)
        return counts_of([change] if change else [])

    def entity(self, workspace: str, entity_id: str, revision: int) -> Entity:
        found = [m for m in self._mentions(workspace, revision) if m[1].entity_id == entity_id]
        if not found:
            raise NotFoundError(entity_id)
        return Entity(
            id=entity_id, key=found[0][1].key, name=most_frequent([m.name for _, m in found]),
            type=most_frequent([m.type for _, m in found]), mentions=len(found), documents=len({d for d, _ in found}),
        )  # fmt: skip

    def mentions(self, workspace: str, entity_id: str, revision: int, *, limit: int = 100) -> tuple[Mention, ...]:
        found = [m for _, m in self._mentions(workspace, revision) if m.entity_id == entity_id]
        return tuple(sorted(found, key=lambda m: (m.chunk_id, m.start)))[:limit]

    def relations(self, workspace: str, entity_id: str, revision: int, *, limit: int = 100) -> tuple[Relation, ...]:
        found = [
            relation
            for change in self._at(workspace, revision).values()
            for relation in change.relations
            if entity_id in (relation.source_id, relation.target_id)
        ]
        return tuple(sorted(found, key=lambda r: (r.chunk_id, r.start, r.predicate)))[:limit]

    def find_entities(self, workspace: str, key: str, revision: int, *, limit: int = 20) -> tuple[Entity, ...]:
        living = {m.entity_id for _, m in self._mentions(workspace, revision)}
        found = [one for one in self.entities(workspace, sorted(living), revision).values() if key in one.key]
        return tuple(sorted(found, key=lambda one: (-one.mentions, one.key, one.id))[:limit])

    def entities(self, workspace: str, entity_ids: Sequence[str], revision: int) -> dict[str, Entity]:
        living = {m.entity_id for _, m in self._mentions(workspace, revision)}
        return {one: self.entity(workspace, one, revision) for one in entity_ids if one in living}

    def neighbours(
        self, workspace: str, entity_ids: Sequence[str], revision: int, *, limit: int = 100
    ) -> Neighbours:  # fmt: skip
        ends = [
            (relation.source_id, relation.target_id)
            for change in self._at(workspace, revision).values() for relation in change.relations
        ]  # fmt: skip
        tied = Counter(
            other for pair in ends for one, other in (pair, pair[::-1])
            if one in entity_ids and other not in entity_ids
        )  # fmt: skip
        found = sorted(tied, key=lambda other: (-tied[other], other))
        return Neighbours(ids=tuple(found[:limit]), count=len(found))

    def relations_among(
        self, workspace: str, entity_ids: Sequence[str], revision: int, *, each: int = 5, limit: int = 1000
    ) -> tuple[Relation, ...]:
        shown: Counter[tuple[str, str, str]] = Counter()
        kept = []
        for relation in self.relations_of(workspace, revision):
            fact = relation.source_id, relation.predicate, relation.target_id
            if {relation.source_id, relation.target_id} <= set(entity_ids) and shown[fact] < each:
                shown[fact] += 1
                kept.append(relation)
        return tuple(sorted(kept, key=lambda r: (r.chunk_id, r.start, r.predicate)))[:limit]

    def relations_of(self, workspace: str, revision: int) -> list[Relation]:
        """Every live relation, by chunk id and start."""
        found = [r for change in self._at(workspace, revision).values() for r in change.relations]
        return sorted(found, key=lambda r: (r.chunk_id, r.start))

    def horizon(self, workspace: str) -> int:
        return self._horizons.get(workspace, 0)

    def verdicts(self, workspace: str, revision: int) -> tuple[Verdict, ...]:
        self._at(workspace, revision)
        newest = {(v.first_id, v.second_id): v for since, v in self._verdicts.get(workspace, []) if since <= revision}
        living = {m.entity_id for _, m in self._mentions(workspace, revision)}
        return tuple(newest[pair] for pair in sorted(newest) if self.audience.unrestricted or living.issuperset(pair))

    def aliases(
        self, workspace: str, revision: int, *, entity_ids: Sequence[str] | None = None, limit: int = 10_000
    ) -> tuple[Alias, ...]:
        verdicts = {(v.first_id, v.second_id): v for v in self.verdicts(workspace, revision)}
        living = {m.entity_id for _, m in self._mentions(workspace, revision)}
        stated = [
            alias
            for change in self._at(workspace, revision).values()
            for alias in change.aliases
            if (alias.first_id, alias.second_id) not in {pair for pair, v in verdicts.items() if not v.same}
        ]
        decided = [
            Alias(first_id=first, second_id=second, reason=v.reason)
            for (first, second), v in verdicts.items()
            if v.same and {first, second} <= living
        ]
        wanted = None if entity_ids is None else set(entity_ids)
        found = [a for a in stated + decided if wanted is None or wanted & {a.first_id, a.second_id}]
        return tuple(sorted(found, key=lambda a: (a.first_id, a.second_id, a.chunk_id, a.start)))[:limit]

    def rows(self, workspace: str, revision: int) -> Iterator[IndexRow]:
        for change in self._at(workspace, revision).values():
            for chunk, vector in zip(change.chunks, change.vectors, strict=True):
                mentions = tuple(m for m in change.mentions if m.chunk_id == chunk.id)
                yield IndexRow(chunk=chunk, title=change.document.title, vector=vector, mentions=mentions)

    def delta(self, workspace: str, since: int, until: int) -> IndexDelta:
        raise NotImplementedError("the state machine derives it from rows")

    def vectors(self, workspace: str, chunk_ids: Sequence[str]) -> dict[str, FloatArray]:
        raise NotImplementedError("what closed chunks are still held is a store's own affair")

    def changed_documents(self, workspace: str, since: int, until: int, **page: object) -> tuple[object, ...]:
        before, now = ({d.id: d for d in self.documents(workspace, r, limit=1000)} for r in (since, until))
        return differences(before, now, page)

    def changed_entities(self, workspace: str, since: int, until: int, **page: object) -> tuple[object, ...]:
        before, now = (
            {m.entity_id: self.entity(workspace, m.entity_id, r) for _, m in self._mentions(workspace, r)}
            for r in (since, until)
        )
        return differences(before, now, page)

    def changed_facts(self, workspace: str, since: int, until: int, **page: object) -> tuple[object, ...]:
        before, now = (facts(self._at(workspace, r)) for r in (since, until))
        return differences(before, now, page)

    # --- ContributionReader

    def contribution(self, workspace: str, document_id: str, revision: int) -> GraphChange:
        return self._one(workspace, document_id, revision)

    # --- inside

    def _history(self, workspace: str) -> list[State]:
        return self._states.setdefault(workspace, [{}])

    def _log(self, workspace: str) -> list[RevisionRecord]:
        return self._logs.setdefault(workspace, [])

    def _at(self, workspace: str, revision: int) -> State:
        if revision < self._horizons.get(workspace, 0):
            raise NotFoundError("swept")
        state = self._history(workspace)[revision]
        return {document: change for document, change in state.items() if self.may_read(workspace, document)}

    def _one(self, workspace: str, document_id: str, revision: int) -> GraphChange:
        found = self._at(workspace, revision).get(document_id)
        if found is None:
            raise NotFoundError(document_id)
        return found

    def _mentions(self, workspace: str, revision: int) -> list[tuple[str, Mention]]:
        return [(key, m) for key, change in self._at(workspace, revision).items() for m in change.mentions]

    def _since(self, states: list[State], document_id: str) -> int:
        revision = len(states) - 1
        while revision and states[revision - 1].get(document_id) is states[-1][document_id]:
            revision -= 1
        return revision


def facts(state: State) -> dict[tuple[str, str, str], Fact]:
    chunks: dict[tuple[str, str, str], set[tuple[str, str]]] = {}
    for document_id, change in state.items():
        for r in change.relations:
            chunks.setdefault((r.source_id, r.predicate, r.target_id), set()).add((document_id, r.chunk_id))
    return {
        key: Fact(
            source_id=key[0], predicate=key[1], target_id=key[2], passages=len(found),
            documents=tuple(sorted({document_id for document_id, _ in found})),
        )
        for key, found in chunks.items()
    }  # fmt: skip


def differences(before: dict[Any, Any], now: dict[Any, Any], page: dict[str, Any]) -> tuple[object, ...]:
    found = [
        Difference(before=before.get(key), after=now.get(key))
        for key in sorted(before.keys() | now.keys())
        if before.get(key) != now.get(key) and ("after" not in page or key > page["after"])
    ]
    return tuple(found[: page.get("limit", 100)])


def same(one: GraphChange, other: GraphChange) -> bool:
    def key(change: GraphChange) -> object:
        document = change.document
        return (
            document.title, document.metadata, document.stage, change.text, change.positions, change.mentions,
            change.relations, change.aliases,
        )  # fmt: skip

    return key(one) == key(other)


def record(revision: int, kind: str, document_id: str | None, version: int | None) -> RevisionRecord:
    return RevisionRecord(
        revision=revision, kind=kind, document_id=document_id, version=version, committed_at=datetime.now(UTC)  # type: ignore[arg-type]
    )  # fmt: skip


def counts_of(changes: Sequence[GraphChange]) -> GraphCounts:
    return GraphCounts(
        documents=len(changes),
        chunks=sum(len(change.chunks) for change in changes),
        mentions=sum(len(change.mentions) for change in changes),
        entities=len({m.entity_id for change in changes for m in change.mentions}),
        relations=sum(len(change.relations) for change in changes),
    )


def most_frequent(values: Sequence[str]) -> str:
    counts = Counter(values)
    return min(counts, key=lambda value: (-counts[value], value))
