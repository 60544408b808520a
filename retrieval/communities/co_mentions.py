"""The graph of names of a snapshot: two names are tied where texts mention them together. Reads the snapshot."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graph.algorithms.communities import NameGraph
from graph.filters import Filters
from graph.text.stop_words import STOP_WORDS
from graph.view.snapshot import Snapshot

IN_SENTENCE, IN_NEXT = 2, 1
"""What it counts that two names stand in one sentence, or in one and the next."""
UNIT = 4096
"""The weight of two names that are mentioned once each, in one sentence each next to the other's."""
LEAST = UNIT / 64
"""Weight of the average pair of names from which on two groups of names are one community.

More makes more and smaller communities; a change moves as few of them from 1/8 to 1/256 (docs/global.md).
"""
LEAST_BROAD = UNIT / 1024
"""The same for broad communities, each of which is one or several of the others whole."""
MOST_BESIDE = 40
"""Mentions that one mention is tied to at most, in the order of the text: a long table ties no thousands."""
_SENTENCES = 2**16
"""More than the sentences of any row."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CoMentions:
    """Names and where they stand. Rows and names are parallel arrays, one entry for each name of each row.

    ``names`` are places in ``graph.keys``; ``frequency`` counts the rows of each.
    """

    graph: NameGraph
    rows: NDArray[np.int64]
    names: NDArray[np.int64]
    frequency: NDArray[np.int64]


def co_mentions(snapshot: Snapshot) -> CoMentions:
    """All of a snapshot. What only a title names is left out: titles name files as often as things."""
    rows = np.flatnonzero(snapshot.allowed(Filters()))
    owners, numbers, sentences = _mentions(snapshot, rows.tolist())
    known = np.unique(numbers)
    keys = [snapshot.name_key(number) for number in known.tolist()]
    order = sorted((place for place in range(len(keys)) if _is_thing(keys[place])), key=keys.__getitem__)
    places = np.full(int(known.max()) + 1 if len(known) else 1, -1, dtype=np.int64)
    places[known[order]] = np.arange(len(order))
    names = places[numbers]
    kept = names >= 0
    # each name once in each sentence, by row, sentence and name: in no order of arrival
    codes = np.unique((owners[kept] * _SENTENCES + sentences[kept]) * max(len(order), 1) + names[kept])
    spots, names = codes // max(len(order), 1), codes % max(len(order), 1)
    owned = np.unique(spots // _SENTENCES * max(len(order), 1) + names)
    frequency = np.bincount(owned % max(len(order), 1), minlength=len(order))
    return CoMentions(
        graph=_graph(tuple(keys[place] for place in order), spots, names, frequency),
        rows=owned // max(len(order), 1), names=owned % max(len(order), 1), frequency=frequency,
    )  # fmt: skip


def _mentions(
    snapshot: Snapshot, rows: Sequence[int]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Row, name and sentence of each mention in the texts."""
    owners, numbers, sentences = [], [], []
    for row in rows:
        names, where = snapshot.row_names(row)
        in_text = where >= 0
        numbers.append(names[in_text])
        sentences.append(where[in_text])
        owners.append(np.full(len(numbers[-1]), row, dtype=np.int64))
    none = np.empty(0, dtype=np.int64)
    return tuple(np.concatenate([none, *parts]).astype(np.int64) for parts in (owners, numbers, sentences))  # type: ignore[return-value]


def _is_thing(key: str) -> bool:
    """Whether a name may be that of a thing: it has a letter, and a word that says something."""
    words = [word for word in key.split() if any(map(str.isalpha, word))]
    return any(word not in STOP_WORDS and (len(word) > 1 or not word.isascii()) for word in words)


def _graph(
    keys: tuple[str, ...], spots: NDArray[np.int64], names: NDArray[np.int64], frequency: NDArray[np.int64]
) -> NameGraph:
    """Ties of all pairs of mentions that are at most a sentence apart; ``spots`` are sentences, ascending."""
    ends = np.searchsorted(spots, spots + 1, side="right")
    beside = np.minimum(ends - np.arange(len(spots)) - 1, MOST_BESIDE)
    first = np.repeat(np.arange(len(spots)), beside)
    second = first + 1 + np.arange(len(first)) - np.repeat(np.cumsum(beside) - beside, beside)
    # the last sentence of a row and the first of the next are neighbours in number alone
    together = (spots[first] // _SENTENCES == spots[second] // _SENTENCES) & (names[first] != names[second])
    first, second = first[together], second[together]
    low, high = np.minimum(names[first], names[second]), np.maximum(names[first], names[second])
    worth = np.where(spots[first] == spots[second], IN_SENTENCE, IN_NEXT)
    codes, at = np.unique(low * max(len(keys), 1) + high, return_inverse=True)
    counted = np.bincount(at, weights=worth, minlength=len(codes))
    sources, targets = codes // max(len(keys), 1), codes % max(len(keys), 1)
    return NameGraph(
        keys=keys, sources=sources, targets=targets, weights=_weights(counted, frequency[sources], frequency[targets])
    )


def _weights(
    counted: NDArray[np.integer | np.floating], one: NDArray[np.int64], other: NDArray[np.int64]
) -> NDArray[np.int64]:
    """How much two names belong together: common mentions by the geometric mean of how often each is mentioned."""
    return np.maximum(np.rint(UNIT * counted / np.sqrt((one * other).astype(np.float64))), 1).astype(np.int64)
