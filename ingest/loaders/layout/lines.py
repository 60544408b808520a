"""Words to the pieces of lines that stand together, and those to the text of a line. Pure."""

import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

from ingest.loaders.layout.joining import close_letters
from ingest.loaders.layout.places import Word, joined_box
from ingest.loaders.layout.reading_order import Piece

_SPACE, _GLUE = 0.85, 0.08
"""Between two words of a piece, in heights: the widest gap; less than the second is none."""
_SAME_LINE = 0.5


def pieces_of(words: Sequence[Word]) -> list[Piece]:
    """Words that stand beside one another with no more than a space between, as pieces."""
    chains: list[list[Word]] = []
    open_at: dict[int, list[list[Word]]] = defaultdict(list)
    for word in sorted(words, key=lambda one: (one.box[0], -one.box[3])):
        chain = _chain_before(word, open_at)
        if chain is None:
            chain = []
            chains.append(chain)
        chain.append(word)
        rows = open_at[_row(word)]
        if not any(chain is one for one in rows):
            rows.append(chain)
    return [
        Piece(
            text=" ".join(word.text for word in chain), box=joined_box([word.box for word in chain]), words=tuple(chain)
        )
        for chain in chains
    ]  # fmt: skip


def line_text(words: Sequence[Word]) -> str:
    """The text of words that stand on one line, as it is written: near ones together, letters drawn apart as words."""
    ordered = sorted(words, key=lambda word: word.box[0])
    texts = [word.text for word in ordered]
    gaps = [(after.box[0] - before.box[2]) / max(before.height, after.height) for before, after in pairwise(ordered)]
    texts, gaps = _merged(texts, gaps, _glued(gaps, _GLUE + _spacing(ordered)))
    texts, _ = _merged(texts, gaps, _filled(close_letters(texts, gaps), len(texts)))
    return " ".join(_in_writing(texts))


def written_leftwards(texts: Sequence[str]) -> bool:
    """Whether most letters are of a script that runs from right to left."""
    ways = [unicodedata.bidirectional(one) for text in texts for one in text]
    return sum(way in {"R", "AL"} for way in ways) > sum(way == "L" for way in ways)


def _row(word: Word) -> int:
    return int((word.box[1] + word.box[3]) / 16)


def _chain_before(word: Word, open_at: dict[int, list[list[Word]]]) -> list[Word] | None:
    """The piece that this word goes on, if any: the nearest on its line."""
    best: tuple[float, list[Word]] | None = None
    row = _row(word)
    for near in (row - 1, row, row + 1):
        for chain in open_at.get(near, ()):
            last = chain[-1]
            gap = word.box[0] - last.box[2]
            height = min(word.height, last.height)
            shared = min(word.box[3], last.box[3]) - max(word.box[1], last.box[1])
            beside = shared > _SAME_LINE * height and -height < gap < _SPACE * max(word.height, last.height)
            if beside and (best is None or abs(gap) < best[0]):
                best = (abs(gap), chain)
    return best[1] if best else None


def _in_writing(texts: Sequence[str]) -> Sequence[str]:
    return texts[::-1] if len(texts) > 1 and written_leftwards(texts) else texts


def _spacing(words: Sequence[Word]) -> float:
    """How far the letters of a line stand apart, in heights: of those that stand in a word with others."""
    gaps = sum(len(word.text) - 1 for word in words)
    height = max((word.height for word in words), default=1.0)
    return sum(word.spacing for word in words) / gaps / height if gaps > 1 else 0.0


def _glued(gaps: Sequence[float], nearest: float) -> list[tuple[int, int]]:
    cuts = [0, *(place + 1 for place, gap in enumerate(gaps) if gap > nearest), len(gaps) + 1]
    return list(pairwise(cuts))


def _filled(ranges: Sequence[tuple[int, int]], length: int) -> list[tuple[int, int]]:
    """Ranges, and each place between them as one of its own."""
    found: list[tuple[int, int]] = []
    at = 0
    for start, end in [*ranges, (length, length)]:
        found += [(place, place + 1) for place in range(at, start)]
        if end > start:
            found.append((start, end))
        at = end
    return found


def _merged(texts: list[str], gaps: list[float], ranges: Sequence[tuple[int, int]]) -> tuple[list[str], list[float]]:
    return (
        ["".join(_in_writing(texts[start:end])) for start, end in ranges],
        [gaps[end - 1] for _, end in ranges[:-1]],
    )
