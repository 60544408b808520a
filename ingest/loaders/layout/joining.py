"""Words that a drawing took apart: at the ends of lines, letter by letter, into ligatures. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

SOFT_HYPHEN = "\u00ad"
_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st", "ﬓ": "մն"}
_HYPHENS = "-\u2010" + SOFT_HYPHEN
_BROKEN = re.compile(rf"([^\W_][\w'’\-\u2010{SOFT_HYPHEN}]*)([{_HYPHENS}])$")
_FIRST = re.compile(r"[^\W_][\w'’]*(?:[-\u2010][^\W_]\w*)*")
_GOES_ON = frozenset({"and", "or", "to", "und", "oder", "bzw", "sowie", "et", "ou", "y", "o", "e"})
"""After a hyphen that stands for the end of a later word: "pre- and post-war"."""
_SHORT_HALVES = frozenset(
    "up in out off on old all age day end law art two one ten six to of the and run low top".split()
)
"""Short second halves of compounds; other short ones are ends of words ("ing", "cal"), which are words, too."""
_ENDINGS = ("s", "es", "d", "ed", "ing", "ly")
LEAST_LETTERS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """What is known to be a word, in small letters: anywhere, and on this page, where halves of words are, too."""

    lexicon: frozenset[str] = frozenset()
    own: frozenset[str] = frozenset()


def plain(text: str) -> str:
    """Ligatures as letters, without what joins or parts letters unseen."""
    if text.isascii():
        return text
    return "".join(_LIGATURES.get(one, one) for one in text)


def without_soft_hyphens(text: str) -> str:
    """A soft hyphen within a line is not shown."""
    return text.replace(SOFT_HYPHEN, "")


def join_broken(lines: Sequence[str], known: Vocabulary) -> list[str]:
    """Lines whose broken words stand whole in the first of their lines.

    The hyphen is one of the word's own where the halves are known words and the whole is none ("well-known"), where the
    second begins with a capital or a digit, or the first holds a digit or a hyphen already.
    """
    whole = [*lines]
    for place in range(len(whole) - 1):
        broken, first = _BROKEN.search(whole[place]), _FIRST.match(whole[place + 1])
        if broken is None or first is None or first[0].lower() in _GOES_ON:
            continue
        left, right = broken[1], first[0]
        hyphen = "-" if broken[2] != SOFT_HYPHEN and _own_hyphen(left, right, known) else ""
        rest = whole[place + 1][first.end() :]
        closing = re.match(r"\S*", rest)
        tail = closing[0] if closing else ""
        whole[place] = whole[place][: broken.start(2)] + hyphen + right + tail
        whole[place + 1] = rest[len(tail) :].lstrip()
    return [without_soft_hyphens(line) for line in whole]


def close_letters(texts: Sequence[str], gaps: Sequence[float]) -> list[tuple[int, int]]:
    """Which of the words of a line are letters of one word, drawn apart: half-open ranges.

    ``gaps`` stand between them, in heights of a character. Four letters or more are one word where their gaps are
    alike; a wider gap ends a word. Letters in order of the alphabet are a list.
    """
    found: list[tuple[int, int]] = []
    begin = 0
    while begin < len(texts):
        end = begin
        while end < len(texts) and len(texts[end]) == 1 and texts[end].isalpha():
            end += 1
        if end - begin >= LEAST_LETTERS:
            found += _spaced_words(texts, gaps, (begin, end))
        begin = max(end, begin + 1)
    return found


def _spaced_words(texts: Sequence[str], gaps: Sequence[float], run: tuple[int, int]) -> list[tuple[int, int]]:
    begin, end = run
    usual = median(gaps[begin : end - 1])
    if usual > 1.5:
        return []
    cuts = [begin, *(place + 1 for place in range(begin, end - 1) if gaps[place] > 1.6 * usual + 0.05), end]
    words = [(start, stop) for start, stop in pairwise(cuts) if stop - start > 1]
    together = ["".join(texts[start:stop]).lower() for start, stop in words]
    if any(_counts_up(word) for word in together) or max(map(len, together), default=0) < LEAST_LETTERS:
        return []
    return words


def _counts_up(word: str) -> bool:
    return all(ord(second) - ord(first) == 1 for first, second in pairwise(word))


def _own_hyphen(left: str, right: str, known: Vocabulary) -> bool:
    last, half = left.rsplit("-", maxsplit=1)[-1].lower(), re.split("[-\u2010]", right)[0].lower()
    shouted = left.isupper() and right.isupper() and len(left) > 1
    if any(one.isdigit() for one in left) or not (right[0].islower() or shouted):
        return True
    if f"{last}-{half}" in known.own:
        return True
    if any(form in known.own or form in known.lexicon for form in _stems(last + half)):
        return False
    return {last, half} <= known.lexicon and (len(half) > 3 or half in _SHORT_HALVES)


def _stems(word: str) -> list[str]:
    return [word, *(word.removesuffix(ending) for ending in _ENDINGS if word.endswith(ending))]
