"""Whether a side is what a question says of it: "both film directors", "which singer is American". Pure."""

import re
from collections.abc import Sequence

from graph.text.tokens import stems
from retrieval.answering.stated.countries import countries_in
from retrieval.answering.stated.statements import Stated, Value, predicate_of

_HOLDS = {
    "musician": "singer"
    " guitarist drummer rapper pianist composer songwriter bassist vocalist violinist singer-songwriter",
    "singer": "vocalist singer-songwriter",
    "actor": "actress",
    "writer": "author novelist poet playwright journalist essayist screenwriter",
    "author": "writer novelist",
    "director": "filmmaker",
    "film": "movie feature",
    "feature": "film movie",
    "movie": "film feature",
    "artist": "painter sculptor illustrator",
    "publication": "magazine newspaper journal periodical",
    "periodical": "magazine newspaper journal",
    "band": "group duo trio quartet",
    "group": "band duo trio quartet",
    "plant": "genus tree shrub herb",
    "company": "corporation manufacturer firm",
    "university": "college",
    "school": "college university academy",
    "dog": "breed hound terrier retriever",
}
"""What a word of the question stands for as well, where a document says it by a narrower word."""
TOLD_ELSEWHERE = re.compile(
    r"\b(?:in|by|from|for|at|on|to|with|has|have|had|born|won|wrote|play|live|work)\b"
    r"|\w{3,}ed\W*\Z",
    re.I,
)
"""Words of a question that ask for more than what its sides are."""
_SAYS_NOTHING = frozenset(stems("types kinds members people from located based known considered name named made"))
_KNOWN = {stem: frozenset(stems(narrower)) for word, narrower in _HOLDS.items() for stem in stems(word)}


def asked_stems(rest: str, sides: Sequence[str]) -> frozenset[str]:
    """What the question says of both of its sides, without its names; countries are left to :func:`is_of_country`."""
    bare = re.sub(
        r"\b(?:which|what|who|both|same|between|are|is|was|were|do|does|did|either|or"
        r"|and)\b",
        " ",
        rest,
        flags=re.I,
    )
    for _, start, end in reversed(list(countries_in(bare))):
        bare = bare[:start] + " " + bare[end:]
    return frozenset(stems(bare)) - _SAYS_NOTHING - frozenset(stem for side in sides for stem in stems(side))


def kind_holds(
    wanted: frozenset[str], country: frozenset[str], stated: Stated, *, told: bool
) -> tuple[bool | None, Value]:
    """Whether a defining sentence says all that is asked. None where it neither says it nor something else instead.

    ``told``: something is asked that another sentence may tell, as where they were born.
    """
    start, end = predicate_of(stated)
    value = Value(stated=stated, start=start, end=_ending(stated.text, start, end))
    said = frozenset(stems(stated.text[start:]))
    missing = {stem for stem in wanted if stem not in said and not _KNOWN.get(stem, frozenset()) & said}
    found = frozenset(name for name, at, _ in countries_in(stated.text) if start <= at < end)
    if country and not country & found:
        return (False if found else None), value
    return (True if not missing else None if told or len(missing) == len(wanted) else False), value


def _ending(text: str, start: int, end: int) -> int:
    """Up to the end of the first clause."""
    stop = re.compile(r"[,;.，。；](?:\s|$|(?<=[，。；]))").search(text, start, end)
    return stop.start() if stop and stop.start() > start else end
