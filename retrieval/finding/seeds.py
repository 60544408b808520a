"""What a question names and asks: the seeds of the walk and the weights of its terms."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log

from graph.model import Span
from graph.text.names import find_names, norm
from graph.text.tokens import is_east_asian, stems, words
from graph.view.snapshot import Snapshot

MAX_STEMS = 64
"""Terms of a question that count, the rarest first: a pasted page is no better question than a line."""
MAX_QUESTION = 2_000
"""Characters of a question in which names are looked for."""
_NGRAM = 8
_HAN_NGRAM = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeds:
    """Names by number with their seed weight, and stems with their idf; both may be empty."""

    names: Mapping[int, float]
    stems: Mapping[str, float]


def find_seeds(text: str, snapshot: Snapshot) -> Seeds:
    """Read a question against one snapshot. What is known under several names is sought under all of them."""
    weights: dict[int, float] = {}
    numbers = dict(snapshot.name_numbers(sorted(set(_keys(text[:MAX_QUESTION])))))
    asked = list(numbers)
    others = snapshot.other_names(asked)
    numbers |= snapshot.name_numbers(sorted({name for names in others.values() for name in names} - numbers.keys()))
    for key in asked:
        names = [numbers[name] for name in (key, *others.get(key, ())) if name in numbers]
        weights |= _name_weights(names, snapshot)
    return Seeds(names=weights, stems=_stem_weights(text, snapshot))


def _name_weights(names: Sequence[int], snapshot: Snapshot) -> dict[int, float]:
    """``idf / df`` of one thing, ``df`` being the passages of all its names; each name has its share of them.

    ``idf`` is ``ln((n + 1) / df) / ln(n + 1)``: 1 for a thing in one passage, 0 for one in all.
    """
    frequency = {name: snapshot.name_frequency(name) for name in names}
    df = sum(frequency.values())
    idf = max(0.0, log((snapshot.size + 1) / df) / log(snapshot.size + 1))
    return {name: idf / df * own / df for name, own in frequency.items()}


def _stem_weights(text: str, snapshot: Snapshot) -> dict[str, float]:
    """Stems of the question with their idf, the heaviest ``MAX_STEMS``."""
    weights = {stem: snapshot.stem_idf(stem) for stem in sorted(set(stems(text)))}
    heaviest = sorted(weights, key=lambda stem: (-weights[stem], stem))[:MAX_STEMS]
    return {stem: weights[stem] for stem in heaviest}


def _keys(text: str) -> Iterator[str]:
    """Keys of whatever may be a name: by the rules of passages, and every n-gram that may be known."""
    for found in find_names(text, [Span(start=0, end=len(text))]):
        yield found.key
    run = words(text)
    folded = [norm(word) for word in run]
    capitals = any(character.isupper() for character in text)
    for start in range(len(run)):
        if is_east_asian(run[start]):
            yield from _substrings(run[start])
            continue
        shortest = 2 if capitals else 1
        for length in range(shortest, min(_NGRAM, len(run) - start) + 1):
            key = norm(" ".join(folded[start : start + length]))
            if key:
                yield key


def _substrings(run: str) -> Iterator[str]:
    for start in range(len(run)):
        for length in range(2, min(_HAN_NGRAM, len(run) - start) + 1):
            yield run[start : start + length]
