"""Names in Chinese text: book-title marks, quotes, and what the segmenter tags as a proper noun. Pure.

``rjieba`` is the Rust port of jieba (dictionary plus hidden Markov model); its tags nr, ns, nt, nz mark
persons, places, organisations and other proper nouns. Neighbouring ones are joined as well: 中国 + 联通.
"""

import re
from collections.abc import Iterator

import rjieba

from graph.text.tokens import is_east_asian

MAX_LENGTH = 20
_MARKED = re.compile(r"[《〈「『“【]([^《》〈〉「」『』“”【】\n]{2,40})[》〉」』”】]")
_PROPER = frozenset({"nr", "ns", "nt", "nz", "nrt", "nrfg"})
_TAIL = frozenset({"n", "nz", "nt", "ns", "ng", "j"})


def chinese_names(sentence: str) -> Iterator[tuple[int, int]]:
    """Half-open ranges of names in a sentence, each once."""
    seen: set[tuple[int, int]] = set()
    for start, end in _ranges(sentence):
        if (start, end) not in seen and 2 <= end - start <= MAX_LENGTH * 2:
            seen.add((start, end))
            yield start, end


def _ranges(sentence: str) -> Iterator[tuple[int, int]]:
    for match in _MARKED.finditer(sentence):
        yield match.start(1), match.end(1)
    start, run_start, run_length = 0, -1, 0
    for word, tag in rjieba.tag(sentence):
        end = start + len(word)
        proper = tag in _PROPER and is_east_asian(word)
        if proper:
            yield start, end
        if proper or (run_start >= 0 and tag in _TAIL and is_east_asian(word)):
            run_start = start if run_start < 0 else run_start
            run_length += 1
        else:
            if run_length > 1 and start - run_start <= MAX_LENGTH:
                yield run_start, start
            run_start, run_length = -1, 0
        start = end
    if run_length > 1 and start - run_start <= MAX_LENGTH:
        yield run_start, start
