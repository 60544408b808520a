"""How names are normalised and found, in a passage and in a question alike. Pure.

The rules are those of names in running English text (capitalised spans, their parts, quoted strings,
years, titles); ``graph.text.names_chinese`` has those of Chinese. What is found is a *candidate*: whether a
single capitalised word is a name depends on the whole corpus, and is decided when reading.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from graph.model import Span
from graph.text.lookalikes import named_function_words
from graph.text.names_chinese import chinese_names
from graph.text.normal import MARKS, UNSEEN, seen
from graph.text.stop_words import STOP_WORDS
from graph.text.tokens import fold, is_east_asian

NameKind = Literal["title", "name", "part", "quoted", "year", "word"]
MAX_WORDS = 12
MAX_NESTED_WORDS = 8
MAX_NAMES = 400
"""At most so many names of one chunk are kept: a list of ten thousand names is about none of them."""

MAX_REMEMBERED = 100
"""Characters: keys of longer names, which few texts hold twice, are made anew, so that they fill no memory."""

_PARENTHESES = re.compile(r"\([^()]*\)|（[^（）]*）")
_POSSESSIVE = re.compile(r"['’]s\b")
_NOT_ALNUM = re.compile(r"[\W_]+")
_LETTERS = rf"(?:[^\W_][{MARKS}{UNSEEN}]*+)+"
_WORD = re.compile(r"[^\W_]+(?:[.'’&/-][^\W_]+)*")
_MARKED_WORD = re.compile(rf"{_LETTERS}(?:[.'’&/-]{_LETTERS})*")
"""The same with marks and unseen characters in it, as a decomposed text has them: a name is found as it stands."""
_GAP = re.compile(r"[ \t\n]{1,3}|\. |\.|[ ]?& ")
_JOINERS = frozenset(
    """
    of the and de von van der den del la le les du di da dos das el al bin ibn for in on at to y e zu und et
    """.split()
)
_SPLIT = frozenset(
    """
    and of in at for to from on the & y et und
    """.split()
)
_NONE: Mapping[int, int] = {}
_ALSO_NAMES = frozenset({"May", "Will", "More", "Who"})
_FIRST_NAMES = frozenset({"May", "Will"})
"""Names also where a sentence begins, if a capital follows and nothing is asked: "Will Ames wrote"."""
_ARTICLES = ("the ", "a ", "an ")
_QUOTED = re.compile(r"[\"“„«]([^\"“”„«»\n]{2,80})[\"”“»]")
_YEAR = re.compile(r"(?<![\w.,])(?:1[0-9]{3}|20[0-9]{2})(?![\w]|[.,]\d)")
_DAYS_AND_MONTHS = frozenset(
    """
    monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
    september october november december
    """.split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundName:
    """A candidate in its place; ``sentence`` -1 (and ``start == end == 0``) is the title."""

    name: str
    key: str
    kind: NameKind
    sentence: int
    start: int
    end: int


def norm(name: str) -> str:
    """The key of a name: without "(…)", case, accents, 's, punctuation and leading article."""
    return _norm(name) if len(name) <= MAX_REMEMBERED else _norm.__wrapped__(name)


@lru_cache(maxsize=16_384)
def _norm(name: str) -> str:
    bare = _PARENTHESES.sub(" ", name)
    folded = _POSSESSIVE.sub("", fold(seen(bare if bare.strip() else name)))
    key = " ".join(part for part in _NOT_ALNUM.split(folded) if part)
    for article in _ARTICLES:
        if key.startswith(article) and len(key) > len(article):
            return key[len(article) :]
    return key


def _words(text: str, start: int = 0, end: int | None = None) -> Iterator[re.Match[str]]:
    return (_WORD if text.isascii() else _MARKED_WORD).finditer(text, start, len(text) if end is None else end)


def is_single_word(key: str) -> bool:
    """Whether a key is one Latin word or number, which only the corpus can tell to be a name."""
    return " " not in key and not is_east_asian(key)


def nested_names(name: str) -> Iterator[str]:
    """Shorter names that a name of three to eight words may hold at either edge: "Tim Burton" in "American director
    Tim Burton". Whether one is a name, other passages must tell.
    """
    found = list(_words(name))
    count = len(found)
    if 3 <= count <= MAX_NESTED_WORDS:
        for length in range(2, count):
            for first in (0, count - length):
                start, end = found[first].start(), found[first + length - 1].end()
                if _is_capital(name[start:end]):
                    yield name[start:end]


def nested_in(named: Sequence[tuple[str, str, int]]) -> list[tuple[str, str, int]]:
    """Names at the edges of the longer names of a passage, each once, less those it mentions by themselves.

    A name is (key, name as written, sentence); a nested one has the sentence of the first that holds it.
    """
    mentioned = {key for key, _, _ in named}
    found: dict[str, tuple[str, str, int]] = {}
    for _, longer, sentence in named:
        for name in nested_names(longer):
            key = norm(name)
            if key not in mentioned:
                found.setdefault(key, (key, name, sentence))
    return list(found.values())


def find_names(text: str, sentences: Sequence[Span], title: str = "") -> tuple[FoundName, ...]:
    """Candidates of a passage in reading order, at most ``MAX_NAMES``; the title and its parts first."""
    found = list(_of_title(title))
    for number, sentence in enumerate(sentences):
        for name in _of_sentence(text[sentence.start : sentence.end]):
            start = sentence.start + name.start
            found.append(
                FoundName(
                    name=name.name, key=name.key, kind=name.kind, sentence=number,
                    start=start, end=start + len(name.name),
                )
            )  # fmt: skip
            if len(found) >= MAX_NAMES:
                return tuple(found)
    return tuple(found)


def _of_title(title: str) -> Iterator[FoundName]:
    if not title or len(title) > 300:
        return
    key = norm(title)
    if key:
        yield FoundName(name=title, key=key, kind="title", sentence=-1, start=0, end=0)
    seen = {key}
    bare = _PARENTHESES.sub(" ", title)
    for found in _of_sentence(bare):
        if found.key not in seen and found.kind != "year":
            seen.add(found.key)
            yield FoundName(name=found.name, key=found.key, kind=found.kind, sentence=-1, start=0, end=0)


def _of_sentence(sentence: str) -> Iterator[FoundName]:
    named = dict(_named_words(sentence))
    for start, end in _capital_spans(sentence, named):
        yield from _with_parts(sentence, start, end, named)
    for match in _QUOTED.finditer(sentence):
        yield from _candidate(sentence, match.start(1), match.end(1), "quoted")
    for match in _YEAR.finditer(sentence):
        yield from _candidate(sentence, match.start(), match.end(), "year")
    if is_east_asian(sentence):
        for start, end in chinese_names(sentence):
            yield from _candidate(sentence, start, end, "name")


def _candidate(
    sentence: str, start: int, end: int, kind: NameKind, named: Mapping[int, int] = _NONE
) -> Iterator[FoundName]:
    name = sentence[start:end]
    key = norm(name)
    if not key or key.count(" ") >= MAX_WORDS or (key in STOP_WORDS and named.get(end, -1) < start):
        return
    if kind in {"name", "part"} and is_single_word(key):
        if len(key) < 2 or key.isdigit() or key in _DAYS_AND_MONTHS:
            return
        kind = "word"
    yield FoundName(name=name, key=key, kind=kind, sentence=0, start=start, end=end)


def _capital_spans(sentence: str, named: Mapping[int, int]) -> Iterator[tuple[int, int]]:
    """Runs of capitalised words with function words inside; those at either edge are dropped."""
    run: list[re.Match[str]] = []
    for match in _words(sentence):
        word = match.group()
        if run and not _GAP.fullmatch(sentence, run[-1].end(), match.start()):
            yield from _trimmed(sentence, run, named)
            run = []
        if _is_capital(word) or (run and word in _JOINERS) or (run and word.isdigit() and len(word) < 4):
            run.append(match)
            continue
        if word[0].isdigit() and not word.isdigit():
            run.append(match)
            continue
        yield from _trimmed(sentence, run, named)
        run = []
    yield from _trimmed(sentence, run, named)


def _is_capital(word: str) -> bool:
    return word[0].isupper()


def _named_words(sentence: str) -> Iterator[tuple[int, int]]:
    """End and start of words that look like function words and are names: those in capitals, and those that people
    or bands are called; of others a capital says little, for in a heading all words have one.
    """
    for start, end in named_function_words(sentence):
        if sentence[start:end].isupper() or sentence[start:end] in _ALSO_NAMES:
            yield end, start


def _trimmed(sentence: str, run: list[re.Match[str]], named: Mapping[int, int]) -> Iterator[tuple[int, int]]:
    if not run:
        return
    first, last = 0, len(run)
    kept = [match.end() in named for match in run]
    if run[0].group() in _FIRST_NAMES and len(run) > 1 and sentence[-2:].strip()[-1:] not in {"?", "？"}:
        kept[0] = True
    while first < last and not kept[first] and fold(run[first].group()) in STOP_WORDS:
        first += 1
    while first < last and not kept[last - 1] and _is_function(run[last - 1].group()):
        last -= 1
    if not any(_is_capital(match.group()) for match in run[first:last]):
        return
    for start in range(first, last, MAX_WORDS):
        part = run[start : min(start + MAX_WORDS, last)]
        yield part[0].start(), part[-1].end()


def _is_function(word: str) -> bool:
    return word in _JOINERS or fold(word) in STOP_WORDS


def _with_parts(sentence: str, start: int, end: int, named: Mapping[int, int]) -> Iterator[FoundName]:
    """The span itself, then its parts between joiners and possessives."""
    yield from _candidate(sentence, start, end, "name", named)
    edges: list[tuple[int, int]] = []
    first, last = -1, -1
    for match in _words(sentence, start, end):
        word = match.group()
        if word in _SPLIT:
            if first >= 0:
                edges.append((first, last))
            first = -1
            continue
        first = match.start() if first < 0 else first
        last = match.end()
        possessive = _POSSESSIVE.search(word)
        if possessive:
            edges.append((first, match.start() + possessive.start()))
            first = -1
    if first >= 0:
        edges.append((first, last))
    if edges != [(start, end)]:
        for begin, stop in edges:
            yield from _candidate(sentence, begin, stop, "part", named)
