"""Chains against their definition: every pair of passages tried, one at a time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from math import log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from table_snapshot import Passage, TableSnapshot, placed

from retrieval.finding.chains import BestPairs, Pair, Pool, find_links, score_pairs
from retrieval.finding.prior import Affinity
from retrieval.finding.seeds import Seeds
from retrieval.finding.weights import WEIGHTS, Weights

NAMES = ["ada", "brig", "cove", "dale"]
STEMS = ["mill", "river", "star"]
TERMS = [
    "prior", "bridge", "title_named", "title_shared", "relation", "behind", "unplaced", "coverage", "affinity",
    "unlinked", "bridge_asked", "bridge_title", "bridge_relation", "late",
]  # fmt: skip


@dataclass
class World:
    """A small graph, a question and the passages that may open a chain."""

    passages: Sequence[Passage]
    sentences: Sequence[Sequence[frozenset[str]]]
    asked: dict[str, float]
    stems: dict[str, float]
    mass: Sequence[float]
    vector: Sequence[float] | None
    allowed: Sequence[bool]
    firsts: Sequence[int]
    weights: Weights = WEIGHTS

    def __post_init__(self) -> None:
        self.snapshot = TableSnapshot(self.passages)
        self.vectors = np.array([each.vector for each in self.passages], np.float32)

    def found(self) -> tuple[Pool, BestPairs]:
        snapshot, size = self.snapshot, len(self.passages)
        numbers = {snapshot.keys.index(name): idf for name, idf in self.asked.items() if name in snapshot.keys}
        vector = None if self.vector is None else np.array(self.vector, np.float32)
        scores = np.linspace(1, 0, size, dtype=np.float32) if vector is None else self.vectors @ vector
        every = np.arange(size, dtype=np.int32)
        nearest = every[: self.nearest]
        affinity = Affinity(rows=nearest, scores=scores[: self.nearest], vector=vector, keyword_rows=every)
        pool = Pool(
            every, Seeds(names=numbers, stems=self.stems), affinity, np.array(self.mass), snapshot, self.weights  # type: ignore[arg-type]
        )  # fmt: skip
        firsts = np.array(self.firsts, np.int32)
        links = find_links(firsts, snapshot, np.array(self.allowed, np.bool_), self.weights)  # type: ignore[arg-type]
        return pool, score_pairs(links, [self.sentences[row] for row in self.firsts], pool)

    # --- the definition

    @property
    def nearest(self) -> int:
        """Without vectors only the first passages have an affinity; with them, all."""
        return (len(self.passages) + 1) // 2

    def names(self, row: int) -> set[str]:
        return {name for name, _ in self.passages[row].mentions}

    def idf(self, name: str) -> float:
        n = len(self.passages)
        return log((n + 1) / len(self.snapshot.rows_of(name))) / log(n + 1)

    def shared(self, first: int, second: int) -> set[str]:
        n = len(self.passages)
        cap = min(250, max(self.weights.hub_least, n // self.weights.hub_part))
        return {
            name for name in self.names(first) & self.names(second) if len(self.snapshot.rows_of(name)) <= cap
        }  # fmt: skip

    def share(self, held: set[str] | frozenset[str]) -> float:
        total = sum(self.stems.values())
        return sum(idf for stem, idf in self.stems.items() if stem in held) / total if total else 0.0

    def relation(self, first: int, name: str) -> float:
        places = {place for held, place in self.passages[first].mentions if held == name}
        holding = [self.share(s) for number, s in enumerate(self.sentences[first]) if number in places]
        if not holding:
            return self.weights.unplaced
        return self.weights.behind * (max(holding) - max(self.share(s) for s in self.sentences[first]))

    def affinity(self, first: int, second: int) -> float:
        if self.vector is None:
            scores = np.linspace(1, 0, len(self.passages), dtype=np.float32)
            scores[self.nearest :] = 0
            return float(scores[first] + scores[second]) / 2
        both = self.vectors[first] + self.vectors[second]
        return float(both @ np.array(self.vector) / max(np.linalg.norm(both), 1e-3))

    def together(self, first: int, second: int) -> float:
        prior = log(self.mass[first] + 1e-6) + log(self.mass[second] + 1e-6)
        held = {*self.passages[first].stems, *self.passages[second].stems}
        weights = self.weights
        affinity = weights.affinity * self.affinity(first, second)
        return weights.prior * prior + weights.coverage * self.share(held) + affinity

    def bridge_value(self, first: int, second: int, name: str) -> float:
        value = self.idf(name) * (self.weights.bridge_asked if name in self.asked else 1.0)
        value += self.weights.bridge_title * (name == self.passages[second].title_name)
        return value + self.weights.bridge_relation * self.relation(first, name)

    def linked(self, first: int, second: int) -> dict[str, float]:
        """The score of a pair for each name that may be its bridge: several only where they are worth the same."""
        shared = self.shared(first, second)
        value = {name: self.bridge_value(first, second, name) for name in shared}
        free = [self.idf(name) for name in shared if name not in self.asked]
        title = self.passages[second].title_name
        weights = self.weights
        score = weights.bridge * max(free, default=0.0)
        score += weights.title_named * (title in shared and title not in self.asked)
        score += weights.title_shared * (self.passages[first].title_name in shared)
        score += self.together(first, second)
        best = max(value.values())
        return {
            name: score + weights.relation * self.relation(first, name)
            for name in shared
            if value[name] >= best - 1e-6
        }  # fmt: skip

    def pairs(self) -> dict[tuple[int, int, str | None], float]:
        """Every pair that counts, by first and second passage and bridge."""
        scores: dict[tuple[int, int, str | None], float] = {}
        for number, first in enumerate(self.firsts):
            late = self.weights.late if number >= self.weights.leading else 0.0
            for second in range(len(self.passages)):
                if second == first:
                    continue
                if self.allowed[second] and self.shared(first, second):
                    for name, score in self.linked(first, second).items():
                        scores[first, second, name] = score - late
                elif second in self.firsts[number + 1 :]:
                    scores[first, second, None] = self.together(first, second) + self.weights.unlinked - late
        return scores


@st.composite
def worlds(draw: st.DrawFn) -> World:
    size = draw(st.integers(1, 6))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    sentences = [
        [frozenset(stem for stem in STEMS if random.random() < 0.4) for _ in range(random.integers(0, 3))]
        for _ in range(size)
    ]
    passages: list[Passage] = []
    for row in range(size):
        title = draw(st.sampled_from([None, *NAMES[:2]]))
        named = {name for name in NAMES if random.random() < 0.4}
        mentions = [(name, int(random.integers(-1, 2))) for name in sorted(named)]
        if title:
            mentions.append((title, -1))
        vector = random.normal(size=3)
        passages.append(
            Passage(
                placed=placed(f"chunk-{random.integers(1000)}-{row}", "x"), mentions=tuple(mentions), title_name=title,
                stems=tuple(stem for stem in STEMS if random.random() < 0.5),
                vector=tuple((vector / np.linalg.norm(vector)).tolist()),
            )
        )  # fmt: skip
    question = random.normal(size=3)
    weights = draw(st.sampled_from([WEIGHTS, replace(WEIGHTS, hub_least=2), replace(WEIGHTS, leading=1)]))
    return World(
        passages=passages,
        sentences=sentences,
        asked={name: float(random.random()) for name in NAMES if random.random() < 0.3},
        stems={stem: float(random.random()) for stem in STEMS if random.random() < 0.8},
        mass=[float(random.random() ** 4) for _ in range(size)],
        vector=draw(st.sampled_from([None, (question / np.linalg.norm(question)).tolist()])),
        allowed=[bool(random.random() < 0.8) for _ in range(size)],
        firsts=draw(st.permutations(range(size)))[: draw(st.integers(0, size))],
        weights=weights,
    )


@settings(max_examples=150, deadline=None)
@given(worlds())
def test_a_passage_has_its_best_pair(world: World) -> None:
    pool, best = world.found()
    pairs = world.pairs()
    for row in range(len(world.passages)):
        mine = {key: score for key, score in pairs.items() if row in key[:2]}
        pair = best.pair(int(pool.place(np.array([row]))[0]))
        if not mine:
            assert pair is None
            continue
        assert pair is not None
        bridge = None if pair.bridge is None else world.snapshot.keys[pair.bridge]
        assert (pair.first, pair.second, bridge) in mine
        assert mine[pair.first, pair.second, bridge] == pytest.approx(pair.score, abs=1e-4)
        # a pair whose bridge may be one of two counts with either
        least = {key[:2]: min(s for k, s in mine.items() if k[:2] == key[:2]) for key in mine}
        assert pair.score >= max(least.values()) - 1e-4


@pytest.mark.parametrize("term", TERMS)
def test_every_term_counts(term: str) -> None:
    """Somewhere among some graphs a best pair is worth something else once a term is gone."""
    assert best_scores(WEIGHTS) != best_scores(replace(WEIGHTS, **{term: 0.0}))


@cache
def best_scores(weights: Weights) -> list[list[float]]:
    found: list[list[float]] = []
    for seed in range(25):
        world = random_world(seed)
        world.weights = replace(weights, leading=1)
        found.append(world.found()[1].score.tolist())
    return found


def random_world(seed: int) -> World:
    random = np.random.default_rng(seed)
    passages = [
        Passage(
            placed=placed(f"c{row}", "x"),
            mentions=tuple((name, int(random.integers(-1, 2))) for name in NAMES if random.random() < 0.6),
            stems=tuple(stem for stem in STEMS if random.random() < 0.5),
        )
        for row in range(5)
    ]
    passages = [
        replace(each, title_name=each.mentions[0][0] if each.mentions and random.random() < 0.6 else None)
        for each in passages
    ]
    sentences = [[frozenset(stem for stem in STEMS if random.random() < 0.5) for _ in range(2)] for _ in passages]
    return World(
        passages=passages, sentences=sentences, asked={"ada": 0.5}, stems={"mill": 1.0, "river": 0.5},
        mass=random.random(5).tolist(), vector=None, allowed=[True] * 5, firsts=[0, 1, 2],
    )  # fmt: skip


def chain(*, ids: Sequence[str], allowed: Sequence[bool] = (True, True, True)) -> World:
    """The first passage shares "ada" with two others that are alike in everything but their ids."""
    shared = (("ada", 0),)
    return World(
        passages=[Passage(placed=placed(each, "x"), mentions=shared, stems=("mill",)) for each in ids],
        sentences=[[frozenset({"mill"})]] * 3, asked={}, stems={"mill": 1.0}, mass=[0.5, 0.1, 0.1], vector=[1.0],
        allowed=list(allowed), firsts=[0],
    )  # fmt: skip


@pytest.mark.parametrize(("ids", "second"), [(["f", "a", "b"], 1), (["f", "b", "a"], 2)])
def test_of_equal_pairs_the_one_with_the_first_chunk_id_counts(ids: list[str], second: int) -> None:
    _, best = chain(ids=ids).found()
    pair = best.pair(0)
    assert pair is not None
    assert (pair.first, pair.second, pair.bridge) == (0, second, 0)


def test_a_passage_that_is_not_allowed_is_in_no_chain() -> None:
    _, best = chain(ids=["f", "a", "b"], allowed=[True, False, True]).found()
    assert best.pair(1) is None
    assert [pair.second for row in (0, 2) if (pair := best.pair(row))] == [2, 2]


def test_a_name_in_too_many_passages_links_nothing() -> None:
    world = chain(ids=["f", "a", "b"])
    world.weights = replace(WEIGHTS, hub_least=3)
    assert world.found()[1].pair(0) is not None
    world.weights = replace(WEIGHTS, hub_least=2)
    assert world.found()[1].pair(0) is None


@pytest.mark.parametrize("names", [("ada", "brig"), ("brig", "ada")])
def test_of_equal_names_the_first_by_its_key_is_the_bridge(names: tuple[str, str]) -> None:
    shared = tuple((name, 0) for name in names)
    world = chain(ids=["f", "a", "b"])
    world = replace(world, passages=[replace(each, mentions=shared) for each in world.passages])
    pair = world.found()[1].pair(0)
    assert pair is not None
    assert pair.bridge is not None
    assert world.snapshot.keys[pair.bridge] == "ada"


def test_an_empty_graph_has_no_pairs() -> None:
    world = World(
        passages=[], sentences=[], asked={}, stems={}, mass=[], vector=None, allowed=[], firsts=[]
    )  # fmt: skip
    pool, best = world.found()
    assert len(pool.rows) == len(best.score) == 0


def test_of_equal_offers_the_first_is_kept() -> None:
    pool, _ = chain(ids=["f", "a", "b"]).found()
    best = BestPairs(pool)
    best.offer(0, np.array([1]), np.array([1.0]), np.array([0]))
    best.offer(2, np.array([0, 1]), np.array([1.0, 2.0]), np.array([-1, -1]))
    best.offer(2, np.array([], np.int64), np.array([]), np.array([], np.int64))
    best.offer(0, np.array([2]), np.array([1.0]), np.array([-1]))
    assert best.pair(0) == Pair(first=0, second=1, bridge=0, score=1.0)
    assert best.pair(1) == best.pair(2) == Pair(first=2, second=1, bridge=None, score=2.0)
