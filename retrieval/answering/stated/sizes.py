"""Quantities with a unit, or with the word for what is counted, as comparisons need them. Pure."""

import re
from collections.abc import Iterator, Sequence

from retrieval.answering.stated.statements import Stated, Value

_NUMBER = (
    r"(?P<number>\d{1,3}(?:[,  ]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)\s?(?P<times>million|billion|thousand|万"
    r"|亿|萬|億)?"
)
_TIMES = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "万": 1e4, "萬": 1e4, "亿": 1e8, "億": 1e8}
_LENGTHS = {
    "km": 1e3, "kilometre": 1e3, "kilometer": 1e3, "公里": 1e3, "千米": 1e3, "m": 1.0, "metre": 1.0, "meter": 1.0,
    "米": 1.0, "公尺": 1.0,
    "cm": 0.01, "厘米": 0.01, "公分": 0.01, "mi": 1609.34, "mile": 1609.34, "英里": 1609.34, "ft": 0.3048,
    "feet": 0.3048, "foot": 0.3048, "英尺": 0.3048,
}  # fmt: skip
_AREAS = {
    "km2": 1e6, "km²": 1e6, "square kilometre": 1e6, "square kilometer": 1e6, "sq km": 1e6, "平方公里": 1e6,
    "平方千米": 1e6, "square mile": 2.59e6, "sq mi": 2.59e6, "acre": 4046.86, "hectare": 1e4, "ha": 1e4, "公顷": 1e4,
    "m2": 1.0, "m²": 1.0, "square metre": 1.0, "square meter": 1.0, "平方米": 1.0,
}  # fmt: skip
_POPULATION = re.compile(
    rf"(?:\bpopulation\b[^.;]{{0,40}}?"
    rf"|人口[^。；]{{0,12}}?)(?<![\d,.]){_NUMBER}(?!\s?年)",
    re.IGNORECASE,
)
_INHABITANTS = re.compile(
    rf"(?<![\d,.]){_NUMBER} ?(?:(?:permanent |registered )?(?:inhabitants|residents|people live|live there)|名?居民)",
    re.IGNORECASE,
)
_CENSUS = re.compile(r"\b(?:in|of|at the|from) (?:1[89]|20)\d{2}\b|(?:1[89]|20)\d{2}年|\b(?:1[89]|20)\d{2} [Cc]ensus")


def sizes_of(cue: str, statements: Sequence[Stated]) -> Iterator[tuple[Value, float]]:
    """What the sentences give for a quantity, in metres, square metres or heads."""
    for stated in statements:
        for start, end, amount in _amounts(cue, stated.text):
            yield Value(stated=stated, start=start, end=end), amount


def _amounts(cue: str, text: str) -> Iterator[tuple[int, int, float]]:
    if cue in {"population", "size"}:
        masked = _CENSUS.sub(lambda found: "x" * len(found[0]), text)
        for words in (_POPULATION, _INHABITANTS):
            for found in words.finditer(masked):
                yield found.start("number"), found.end(), _amount(found)
    if cue in {"area", "size"}:
        yield from _measured(text, _AREAS)
    if cue in {"height", "length"}:
        yield from _measured(text, _LENGTHS)


def _measured(text: str, units: dict[str, float]) -> Iterator[tuple[int, int, float]]:
    names = "|".join(sorted(map(re.escape, units), key=len, reverse=True))
    for found in re.finditer(rf"(?<![\d,.]){_NUMBER}[ -]?(?P<unit>{names})(?:s|es)?(?![\w²])", text):
        yield found.start("number"), found.end(), _amount(found) * units[found["unit"]]


def _amount(found: re.Match[str]) -> float:
    return float(re.sub(r"[,  ]", "", found["number"])) * _TIMES.get(found["times"] or "", 1.0)
