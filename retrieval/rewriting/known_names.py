"""Names in a text: those that the rules of names find, and those that the graph knows, however they are written."""

from collections.abc import Callable, Iterator, Sequence
from functools import cache

from graph.model import Span
from graph.text.names import find_names, norm
from graph.text.stop_words import STOP_WORDS
from graph.text.tokens import EAST_ASIAN_RUN, fold, is_east_asian
from graph.view.snapshot import Names
from retrieval.questions.function_words import FUNCTION_WORDS
from retrieval.rewriting.chinese_topics import chinese_names_of
from retrieval.rewriting.generic_words import GENERIC, WORD

Spans = list[tuple[int, int]]
FindsNames = Callable[[str], Spans]
"""Half-open ranges of names in a text, in order; none overlaps another."""
MOST_CHARACTERS = 600
"""Of a text in which names are looked for: of a long one its beginning."""
_WORDS = 8
_HAN = 12


def names_by_rule(text: str) -> Spans:
    """Names that the rules find in a text, without a word that only begins it."""
    text = text[:MOST_CHARACTERS]
    if is_east_asian(text):
        return longest(chinese_names_of(text))
    spans = []
    for name in find_names(text, [Span(start=0, end=len(text))]):
        begins = name.kind == "word" and not text[: name.start].strip(" \"'(“")
        if name.kind != "year" and not (begins and fold(name.name) in GENERIC):
            spans.append((name.start, name.end))
    return longest(_owners_apart(text, spans))


def _owners_apart(text: str, spans: Sequence[tuple[int, int]]) -> Spans:
    """Names without the 's of an owner."""
    return [(start, end - 2 if text[end - 2 : end] in {"'s", "’s"} else end) for start, end in spans]


def longest(spans: Sequence[tuple[int, int]]) -> Spans:
    """The longest of those that overlap, in order."""
    kept: Spans = []
    for start, end in sorted(set(spans), key=lambda span: (span[0] - span[1], span[0])):
        if not any(first < end and start < last for first, last in kept):
            kept.append((start, end))
    return sorted(kept)


def names_known(snapshot: Names) -> FindsNames:
    """Names by rule, and those that a snapshot knows; of these also what is written without a capital.

    Each text is looked through once, for as long as the function is kept: a rewriting asks again for the same ones.
    """

    @cache
    def find(text: str) -> Spans:
        text = text[:MOST_CHARACTERS]
        candidates = list(_candidates(text))
        known = snapshot.name_numbers([key for key, _, _ in candidates])
        spans = [(start, end) for key, start, end in candidates if key in known]
        return longest([*_owners_apart(text, spans), *names_by_rule(text)])

    return find


def _candidates(text: str) -> Iterator[tuple[str, int, int]]:
    """(normalised, start, end) of whatever may be a name in a text."""
    for run in EAST_ASIAN_RUN.finditer(text):
        for start in range(run.start(), run.end()):
            for end in range(start + 2, min(start + _HAN, run.end()) + 1):
                if text[start:end] not in FUNCTION_WORDS:
                    yield norm(text[start:end]), start, end
    found = [match for match in WORD.finditer(text) if not is_east_asian(match.group())]
    for first, match in enumerate(found):
        for last in range(first, min(first + _WORDS, len(found))):
            start, end = match.start(), found[last].end()
            if _may_be(text[start:end], first == 0) and not EAST_ASIAN_RUN.search(text, start, end):
                yield norm(text[start:end]), start, end


def _may_be(name: str, begins: bool) -> bool:
    words = name.split()
    edges = (fold(words[0]), fold(words[-1]))
    if any(edge in STOP_WORDS for edge in edges):
        return False
    if len(words) == 1:
        return name[0].isupper() and not (begins and edges[0] in GENERIC)
    return edges[0] not in GENERIC and edges[1] not in GENERIC
