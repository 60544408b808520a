"""How text becomes terms: stems of words, characters and pairs for Han. Pure; the same for passage and question.

Words are folded (case, accents) and stemmed by Snowball's English stemmer (Porter 2); English stop
words are dropped. What is written in one with its digits (1.17.13, 2022-08-01, B-52) is a term beside
its parts (of a date beside its year), and the parts of a camelCase identifier are terms beside it. Han
text has no word borders, so each character and each adjacent pair is a term: recall without a
segmenter's mistakes. Kana and Hangul are treated like Han.
"""

import re
import threading
import unicodedata
from functools import lru_cache

import Stemmer

_EAST_ASIAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3040-\u30ff\uac00-\ud7af\U00020000-\U0002fa1f"
_TERM = re.compile(rf"[{_EAST_ASIAN}]+|[^\W_{_EAST_ASIAN}]+(?:['’](?![sS]\b)[^\W_{_EAST_ASIAN}]+)*")
EAST_ASIAN_RUN = re.compile(rf"[{_EAST_ASIAN}]+")
"""Han, kana and Hangul, without a break."""
_LATIN = rf"[^\W_{_EAST_ASIAN}]"
_COMPOUND = re.compile(rf"(?<![\w.+-])(?=[\w.+-]{{0,63}}\d){_LATIN}+(?:[.+-]{_LATIN}+)+")
_DIGIT = re.compile(r"\d")
_ISO_DATE = re.compile(r"(?<![\w.+-])(\d{4})-\d{2}-\d{2}(?![\w+-])")
_CAMEL = re.compile(r"[a-z]+(?:[A-Z][a-z]+)+")
_CAMEL_PART = re.compile(r"[A-Z]?[a-z]+")
_MAX_WORD = 64
_local = threading.local()

STOP_WORDS = frozenset(
    """
    a about above after again against all also although am among an and another any are aren't as at be because
    been before being below between both but by can can't cannot could couldn't did didn't do does doesn't doing
    don't down during each either else ever every few for from further had hadn't has hasn't have haven't having
    he he'd he'll her here hers herself him himself his how however i i'd i'll i'm i've if in into is isn't it
    its itself just let's may me might more most must my myself neither no nor not of off on once one only or
    other ought our ours ourselves out over own per please same shall she she'd she'll should shouldn't since so
    some such than that the their theirs them themselves then there these they they'd they'll they're they've
    this those though through thus to too under until up upon us very was wasn't we we'd we'll we're we've were
    weren't what when where whether which while who whom whose why will with within without won't would wouldn't
    yet you you'd you'll you're you've your yours yourself yourselves s t
    """.split()
)
"""English function words; the usual public lists, merged."""


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
    return _TERM.findall(text)


def plain_words(text: str) -> set[str]:
    """Folded words that a text writes without a capital."""
    return {
        folded
        for word in words(text)
        if word[0].islower() and len(word) > 1 and (folded := fold(word)) not in STOP_WORDS
    }


def stems(text: str) -> list[str]:
    """The terms of a text, in order, with repetition; stop words are left out."""
    found: list[str] = []
    digits = _DIGIT.search(text) is not None
    for word in _TERM.findall(_ISO_DATE.sub(r"\1", text) if digits else text):
        if EAST_ASIAN_RUN.match(word):
            found.extend(word)
            found.extend(word[i : i + 2] for i in range(len(word) - 1))
            continue
        found.extend(_word_stems(word[:_MAX_WORD]))
    if digits:
        found.extend(compound[:_MAX_WORD].lower() for compound in _COMPOUND.findall(text))
    return found


@lru_cache(maxsize=200_000)
def _word_stems(word: str) -> tuple[str, ...]:
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
