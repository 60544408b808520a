"""What a question names and asks: the seeds of PageRank and the weights of its stems."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log

from graph.view.snapshot import Snapshot
from retrieval.finding.weights import Weights
from retrieval.questions.read_question import ReadQuestion


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeds:
    """Names by number with their seed weight, and stems with their idf; both may be empty."""

    names: Mapping[int, float]
    stems: Mapping[str, float]


def find_seeds(read: ReadQuestion, snapshot: Snapshot, weights: Weights) -> Seeds:
    """What a question means in one snapshot. What is known under several names is sought under all of them."""
    names: dict[int, float] = {}
    numbers = dict(snapshot.name_numbers(read.names))
    asked = list(numbers)
    others = snapshot.other_names(asked)
    numbers |= snapshot.name_numbers(sorted({name for known in others.values() for name in known} - numbers.keys()))
    for key in asked:
        alike = [numbers[name] for name in (key, *others.get(key, ())) if name in numbers]
        names |= _name_weights(alike, snapshot)
    return Seeds(names=names, stems=_stem_weights(read.stems, snapshot, weights.stems))


def _name_weights(names: Sequence[int], snapshot: Snapshot) -> dict[int, float]:
    """``idf / df`` of one thing, ``df`` being the passages of all its names; each name has its share of them.

    ``idf`` is ``ln((n + 1) / df) / ln(n + 1)``: 1 for a thing in one passage, 0 for one in all.
    """
    frequency = {name: snapshot.name_frequency(name) for name in names}
    df = sum(frequency.values())
    idf = max(0.0, log((snapshot.size + 1) / df) / log(snapshot.size + 1))
    return {name: idf / df * own / df for name, own in frequency.items()}


def _stem_weights(stems: Sequence[str], snapshot: Snapshot, most: int) -> dict[str, float]:
    """Stems with their idf, the ``most`` heaviest of them."""
    weights = {stem: snapshot.stem_idf(stem) for stem in sorted(set(stems))}
    heaviest = sorted(weights, key=lambda stem: (-weights[stem], stem))[:most]
    return {stem: weights[stem] for stem in heaviest}
