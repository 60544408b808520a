"""Measures answers from the graph's relations, on a graph as gold or a model reads it. Prints JSON.

    python -m benchmarks.facts redocred          the gold of extraction/redocred, read on the real path
    python -m benchmarks.facts musique           the recorded extraction of multihop/musique

Questions are drawn from the graph itself: lists, counts and intersections, ``--questions`` of each, by ``--seed``. What
is right is told by going through every relation that the store holds of every document, which shares no code with what
is measured. ``typed`` asks by exact predicate and direction, ``by_meaning`` by the predicate's words, which other
predicates may mean as well (all of the truth has to be found), and ``in_words`` by a sentence; its answer is right if
its things are exactly those of the truth.

The sentences for predicates of Wikidata are those of ``facts_in_words.tsv``; no code of the product knows them. What a
sentence asks for is stated by one predicate, or by those of the column ``also`` as well, ``~`` from the other end (what
a place contains is located in it). Kinds of things are named where all of the truth is of that kind. A graph without
such predicates (musique) is asked nothing in words.

``hub`` is the thing with most relations, asked for all of them.

``--keep`` names a folder for the graph, so that a second run need not read it again; ``--wrong`` prints each question
in words that was answered otherwise.
"""

import argparse
import csv
import json
import random
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Literal

from benchmarks.workbench import hashing_embedder, ingested, recorded_extractor, shared_data
from evals.dataset import CorpusDocument
from graph.filters import Filters
from graph.model import DEFAULT_WORKSPACE, Relation
from graph.stores.sqlite.store import SqliteGraphStore
from graph.view.knowledge_view import KnowledgeViews
from graph.view.merging import aliases_around, members
from graph.view.snapshot import Snapshot
from retrieval.facts.asked import read_facts
from retrieval.facts.facts import Facts
from retrieval.facts.model import MAX_ROWS, FactCondition, FactQuery, FactRows

SETS = {"redocred": ("extraction/redocred", "gold.jsonl"), "musique": ("multihop/musique", "extractions.jsonl")}
IN_WORDS = Path(__file__).with_name("facts_in_words.tsv")
LEAST, MOST = 1, 40
"""Things of an answer, for a list or a count to be drawn."""
KINDS = {"people": {"PER"}, "places": {"LOC"}, "organizations": {"ORG"}, "companies": {"ORG"}}
Kind = Literal["list", "count", "intersect"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One condition, and the things (all names of each together) that satisfy it."""

    name: str
    entity_id: str
    predicate: str
    out: bool
    answers: frozenset[tuple[str, ...]]
    in_words: frozenset[tuple[str, ...]] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A question with its truth; ``words`` is empty where there are none for its predicates."""

    kind: Kind
    parts: tuple[Part, ...]
    words: str

    @property
    def truth(self) -> frozenset[tuple[str, ...]]:
        return frozenset.intersection(*(part.answers for part in self.parts))

    @property
    def truth_in_words(self) -> frozenset[tuple[str, ...]]:
        return frozenset.intersection(*(part.in_words for part in self.parts))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """How a predicate of Wikidata is asked for: things that ``clause``, and a ``question`` about its target."""

    things: str
    clause: str
    question: str
    also: tuple[str, ...]


class Truth:
    """What the graph states, read relation by relation."""

    def __init__(self, store: SqliteGraphStore) -> None:
        self._store = store
        self.revision = store.revision(DEFAULT_WORKSPACE)
        self.names: dict[str, str] = {}
        self.types: dict[str, set[str]] = defaultdict(set)
        self.relations: set[Relation] = set()
        self._joined: dict[str, tuple[str, ...]] = {}
        for document in store.documents(DEFAULT_WORKSPACE, self.revision, limit=100_000):
            change = store.contribution(DEFAULT_WORKSPACE, document.id, self.revision)
            self.relations |= set(change.relations)
            for mention in change.mentions:  # the longest: another part of a name may be that of somebody else
                known, name = self.names.get(mention.entity_id, ""), mention.name.strip().removesuffix("'s")
                self.names[mention.entity_id] = max(known, name, key=lambda name: (len(name), name))
                self.types[mention.entity_id].add(mention.type)

    def joined(self, entity: str) -> tuple[str, ...]:
        """All names of the thing that an entity is."""
        if entity not in self._joined:
            aliases = aliases_around(self._store, DEFAULT_WORKSPACE, [entity], self.revision)
            self._joined[entity] = members(entity, aliases)
        return self._joined[entity]

    def parts(self, wordings: dict[str, Wording]) -> list[Part]:
        """Every condition that some relation satisfies, in a fixed order."""
        found: dict[tuple[tuple[str, ...], str, bool], set[tuple[str, ...]]] = defaultdict(set)
        for one in self.relations:
            source, target = self.joined(one.source_id), self.joined(one.target_id)
            if source != target:
                found[source, one.predicate, True].add(target)
                found[target, one.predicate, False].add(source)

        def in_words(ids: tuple[str, ...], predicate: str, out: bool) -> frozenset[tuple[str, ...]]:
            also = wordings[predicate].also if predicate in wordings else ()
            every = [(predicate, out), *((one.lstrip("~"), out != one.startswith("~")) for one in also)]
            return frozenset().union(*(found.get((ids, *one), ()) for one in every))

        return [
            Part(
                name=self.names[ids[0]], entity_id=ids[0], predicate=predicate, out=out, answers=frozenset(answers),
                in_words=in_words(ids, predicate, out),
            )
            for (ids, predicate, out), answers in sorted(found.items())
        ]  # fmt: skip

    def are(self, things: frozenset[tuple[str, ...]], kind: str) -> bool:
        """Whether all of some things are of the kind that a plural names; others than the common kinds have no type."""
        types = KINDS.get(kind)
        told = [{each for one in thing for each in self.types[one]} & {"PER", "LOC", "ORG"} for thing in things]
        return all(each <= types if types else not each for each in told)


def drawn(truth: Truth, wordings: dict[str, Wording], many: int, generator: random.Random) -> Iterator[Drawn]:
    """Lists, counts and intersections, as many of each."""
    parts = [one for one in truth.parts(wordings) if not wordings or one.predicate in wordings]
    several = [one for one in parts if LEAST < len(one.answers) <= MOST]
    for one in generator.sample(several, min(many, len(several))):
        yield Drawn(kind="list", parts=(one,), words=_in_words("list", (one,), wordings, truth))
    counted = [one for one in parts if not one.out and LEAST < len(one.answers) <= MOST]
    for one in generator.sample(counted, min(many, len(counted))):
        yield Drawn(kind="count", parts=(one,), words=_in_words("count", (one,), wordings, truth))
    pairs = list(_meeting(parts, generator, many))
    for pair in pairs:
        yield Drawn(kind="intersect", parts=pair, words=_in_words("intersect", pair, wordings, truth))


def _meeting(parts: Sequence[Part], generator: random.Random, many: int) -> Iterator[tuple[Part, Part]]:
    """Pairs of conditions on the same things, by different things, neither of which holds all that the other does."""
    by_answer: dict[tuple[str, ...], list[Part]] = defaultdict(list)
    for part in parts:
        if not part.out and 1 < len(part.answers) <= 4 * MOST:
            for answer in part.answers:
                by_answer[answer].append(part)
    answers = [answer for answer, each in sorted(by_answer.items()) if len(each) > 1]
    seen: set[tuple[Part, Part]] = set()
    for answer in generator.sample(answers, len(answers)):
        one, other = generator.sample(by_answer[answer], 2)
        told_apart = one.name != other.name and not (one.answers <= other.answers or other.answers <= one.answers)
        if told_apart and (one, other) not in seen:
            seen.add((one, other))
            yield one, other
        if len(seen) == many:
            return


def _in_words(kind: Kind, parts: tuple[Part, ...], wordings: dict[str, Wording], truth: Truth) -> str:
    if not wordings:
        return ""
    first, clauses = wordings[parts[0].predicate], []
    if kind == "list" and parts[0].out:
        return first.question.format(x=parts[0].name)
    for part in parts:
        clauses.append(wordings[part.predicate].clause.format(x=part.name))
    asked = "How many" if kind == "count" else "Which"
    held = frozenset.intersection(*(part.in_words for part in parts))
    things = first.things if truth.are(held, first.things) else "things"
    return f"{asked} {things} {' and '.join(clauses)}?"


def figures(
    questions: Sequence[Drawn], facts: Facts, snapshot: Snapshot, truth: Truth, wrong: bool
) -> dict[str, object]:
    """The share of questions answered exactly, in each way of asking, by kind."""
    right: dict[str, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    abstained, seconds = 0, list[float]()
    for question in questions:
        for way, exact in (("typed", True), ("by_meaning", False)):
            rows = facts.ask(_query(question, exact=exact), snapshot)
            things = _things(rows, truth)
            found = things == question.truth and _counts(rows, question) if exact else things >= question.truth
            right[way][question.kind].append(found)
        if question.words:
            began = time.perf_counter()
            query = read_facts(question.words, snapshot, Filters(), MAX_ROWS)
            answer = facts.ask(query, snapshot) if query else None
            seconds.append(time.perf_counter() - began)
            things = _things(answer, truth) if answer else frozenset()
            abstained += not things
            right["in_words"][question.kind].append(things == question.truth_in_words)
            if wrong and things != question.truth_in_words:
                _show(question, answer, things, truth)
    return {
        way: {
            "questions": sum(map(len, each.values())),
            "right": round(sum(map(sum, each.values())) / sum(map(len, each.values())), 3),
            **{kind: f"{sum(one)}/{len(one)}" for kind, one in each.items()},
        }
        for way, each in right.items()
    } | (
        {
            "abstained_in_words": abstained,
            "milliseconds_in_words": {"median": round(1000 * median(seconds)), "most": round(1000 * max(seconds))},
        }
        if seconds
        else {}
    )


def hub(facts: Facts, snapshot: Snapshot, truth: Truth) -> dict[str, object]:
    """The thing with most relations, and the time to ask for all of them."""
    ends = Counter(end for one in truth.relations for end in (one.source_id, one.target_id))
    condition = FactCondition(entity=max(ends, key=lambda end: (ends[end], end)))
    began = time.perf_counter()
    rows = facts.ask(FactQuery(kind="count", conditions=(condition,)), snapshot)
    seconds = time.perf_counter() - began
    relations = sum(one.relations for one in rows.taken[0].predicates)
    passages = rows.completeness.passages
    return {"relations": relations, "things": rows.count, "passages": passages, "seconds": round(seconds, 2)}


def _query(question: Drawn, *, exact: bool) -> FactQuery:
    conditions = tuple(
        FactCondition(
            entity=part.name, predicate=part.predicate, direction="out" if part.out else "in", exact=exact
        )
        for part in question.parts
    )  # fmt: skip
    return FactQuery(kind=question.kind, conditions=conditions, limit=MAX_ROWS)


def _things(rows: FactRows, truth: Truth) -> frozenset[tuple[str, ...]]:
    return frozenset(truth.joined(row.entity_id) for row in rows.rows)


def _counts(rows: FactRows, question: Drawn) -> bool:
    return rows.count == len(question.truth) and all(row.stated for row in rows.rows)


def _show(question: Drawn, found: FactRows | None, things: frozenset[tuple[str, ...]], truth: Truth) -> None:
    taken = [[(each.predicate, each.out) for each in one.predicates] for one in found.taken] if found else []
    asked = [(one.entity, one.predicate) for one in found.query.conditions] if found else []
    names = sorted(truth.names[one[0]] for one in question.truth_in_words)
    got = sorted(truth.names[one[0]] for one in things)
    meant = [(part.predicate, part.out) for part in question.parts]
    print(f"{question.words}\n   asked {asked} type {found and found.query.type!r}\n   took {taken}, meant {meant}"
          f"\n   right {names[:6]}\n   found {got[:6]} ({len(got)}/{len(names)})", file=sys.stderr)  # fmt: skip


def wordings_of() -> dict[str, Wording]:
    """How predicates of Wikidata are asked for."""
    with IN_WORDS.open(encoding="utf-8") as file:
        return {
            row["predicate"]: Wording(
                things=row["things"],
                clause=row["clause"],
                question=row["question"],
                also=tuple(filter(None, row["also"].split("|"))),
            )
            for row in csv.DictReader(file, delimiter="\t")
        }


def run(name: str, keep: Path, many: int, seed: int, wrong: bool) -> dict[str, object]:
    """One data set: read, if the folder does not hold its graph, then asked."""
    folder, extractions = SETS[name]
    path = keep / f"{name}.sqlite"
    if not path.exists():
        corpus = [
            CorpusDocument(id=row["_id"], title=row["title"], text=row["text"])
            for row in map(json.loads, (shared_data() / folder / "corpus.jsonl").open(encoding="utf-8"))
        ]
        with (
            recorded_extractor(shared_data() / folder, extractions) as (extractor, _),
            ingested(corpus, extractor, hashing_embedder(), SqliteGraphStore(path)),
        ):
            pass
    store = SqliteGraphStore(path)
    try:
        truth = Truth(store)
        wordings = wordings_of() if name == "redocred" else {}
        questions = list(drawn(truth, wordings, many, random.Random(seed)))
        snapshot = KnowledgeViews(store).snapshot(DEFAULT_WORKSPACE)
        found = figures(questions, Facts(), snapshot, truth, wrong) | {"hub": hub(Facts(), snapshot, truth)}
    finally:
        store.close()
    return {"set": name, "relations": len(truth.relations), "seed": seed, **found}


def main() -> None:
    """Parse the command line and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("set", choices=sorted(SETS))
    parser.add_argument("--questions", type=int, default=67, help="of each kind")
    parser.add_argument("--seed", type=int, default=19)
    parser.add_argument("--keep", type=Path, help="a folder for the graph")
    parser.add_argument("--wrong", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="quipu-bench-") as scratch:
        keep = given.keep or Path(scratch)
        keep.mkdir(parents=True, exist_ok=True)
        print(json.dumps(run(given.set, keep, given.questions, given.seed, given.wrong), indent=2))


if __name__ == "__main__":
    main()
