"""How text becomes terms: stems of words, characters and pairs for Han. Pure; the same for passage and question.

Terms are cut from the normal form of a text (``graph.text.normal``). Words are folded (case, accents) and stemmed by
Snowball's English stemmer (Porter 2); English stop words are dropped, unless their capitals say that they are names
(``graph.text.lookalikes``). What is written in one with its digits (1.17.13, 2022-08-01, B-52) is a term beside
its parts (of a date beside its year), as is the value of a number that is written otherwise than in digits, and the
parts of a camelCase identifier are terms beside it. Han text has no word borders, so each character and each
adjacent pair is a term: recall without a segmenter's mistakes. Kana and Hangul are treated like Han. Of Thai, Lao,
Khmer and Burmese, which have no word borders either, each pair of letters with their marks is a term.
"""

import re
import threading
import unicodedata
from functools import lru_cache
from itertools import pairwise

import Stemmer

from graph.text.lookalikes import lookalikes
from graph.text.normal import MARKS, normal
from graph.text.number_values import values, without_separators
from graph.text.stop_words import STOP_WORDS

_EAST_ASIAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3040-\u30ff\uac00-\ud7af\U00020000-\U0002fa1f"
_TERM = re.compile(rf"[{_EAST_ASIAN}]+|[^\W_{_EAST_ASIAN}]+(?:['’](?![sS]\b)[^\W_{_EAST_ASIAN}]+)*")
EAST_ASIAN_RUN = re.compile(rf"[{_EAST_ASIAN}]+")
"""Han, kana and Hangul, without a break."""
_LATIN = rf"[^\W_{_EAST_ASIAN}]"
_MARK = re.compile(f"[{MARKS}]")
_MARKED = rf"(?:{_LATIN}[{MARKS}]*+)"
_MARKED_TERM = re.compile(rf"[{_EAST_ASIAN}]+|{_MARKED}+(?:['’](?![sS]\b){_MARKED}+)*")
_UNPARTED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
"""Thai, Lao, Burmese, Khmer."""
_CLUSTER = re.compile(rf"[^{MARKS}][{MARKS}]*+")
_COMPOUND = re.compile(rf"(?<![\w.+-])(?=[\w.+-]{{0,63}}\d){_LATIN}+(?:[.+-]{_LATIN}+)+")
_DIGIT = re.compile(r"\d")
_ISO_DATE = re.compile(r"(?<![\w.+-])(\d{4})-\d{2}-\d{2}(?![\w+-])")
_CAMEL = re.compile(r"[a-z]+(?:[A-Z][a-z]+)+")
_CAMEL_PART = re.compile(r"[A-Z]?[a-z]+")
_MAX_WORD = 64
_local = threading.local()


def is_east_asian(text: str) -> bool:
    """Whether the text holds any Han, kana or Hangul character."""
    return EAST_ASIAN_RUN.search(text) is not None


def east_asian_share(text: str) -> float:
    """Share of Han, kana and Hangul among the letters and digits of a text; 0 for a text without any."""
    letters = sum(1 for character in text if character.isalnum())
    return sum(len(run) for run in EAST_ASIAN_RUN.findall(text)) / letters if letters else 0.0


def fold(text: str) -> str:
    """Lower case without accents."""
    if text.isascii():
        return text.lower()
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))


def words(text: str) -> list[str]:
    """Runs of letters and digits, and runs of East Asian characters, as written."""
    return (_MARKED_TERM if _is_marked(text) else _TERM).findall(text)


def plain_words(text: str) -> set[str]:
    """Folded words that a text writes without a capital."""
    return {
        folded
        for word in words(normal(text))
        if word[0].islower() and len(word) > 1 and (folded := fold(word)) not in STOP_WORDS
    }


def stems(text: str) -> list[str]:
    """The terms of a text, in order, with repetition; stop words are left out."""
    text = without_separators(normal(text))
    found: list[str] = []
    digits = _DIGIT.search(text) is not None
    for word in words(_ISO_DATE.sub(r"\1", text) if digits else text):
        if EAST_ASIAN_RUN.match(word):
            found.extend(word)
            found.extend(word[i : i + 2] for i in range(len(word) - 1))
        else:
            found.extend(_word_stems(word[:_MAX_WORD]))
    if digits:
        found.extend(compound[:_MAX_WORD].lower() for compound in _COMPOUND.findall(text))
    found.extend(values(text))
    found.extend(lookalikes(text))
    return found


def _is_marked(text: str) -> bool:
    return not text.isascii() and _MARK.search(text) is not None


@lru_cache(maxsize=16_384)
def _word_stems(word: str) -> tuple[str, ...]:
    if _UNPARTED.match(word):
        letters = _CLUSTER.findall(word)
        return tuple(one + other for one, other in pairwise(letters)) or (word,)
    parts = _CAMEL_PART.findall(word) if _CAMEL.fullmatch(word) else []
    return tuple(stem for stem in map(_stem, [word, *parts]) if stem)


def _stem(word: str) -> str:
    folded = fold(word).replace("’", "'")
    if folded in STOP_WORDS:
        return ""
    stemmer = getattr(_local, "stemmer", None)
    if stemmer is None:
        stemmer = _local.stemmer = Stemmer.Stemmer("english", 0)
    return str(stemmer.stemWord(folded))
