"""What in a question may be one of several things of the graph, where nothing that was said decides which.

Four kinds, each seen by its words and by the graph: a kind of thing of which nothing was said ("the library"), one of
which the last answer told several ("the plan"), a name that several bear ("Holm", 王教授), and a question that does not
say of what it asks ("What are the requirements?").
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from graph.filters import Filters
from graph.model import Entity
from graph.text.names import norm
from graph.text.stop_words import STOP_WORDS
from graph.text.tokens import is_east_asian, stems
from graph.view.snapshot import Snapshot
from retrieval.rewriting.asking_back import Candidate
from retrieval.rewriting.exchanges import Exchange
from retrieval.rewriting.generic_words import GENERIC
from retrieval.rewriting.known_names import FindsNames
from retrieval.rewriting.meaning.candidates import (
    MOST_CANDIDATES,
    bearing,
    called,
    fitting,
    is_name_itself,
    of_surname,
    told,
)
from retrieval.rewriting.reading.chinese_subject import lacks_subject
from retrieval.rewriting.reading.english_words import PARTICIPLES
from retrieval.rewriting.things import ends_as_thing

MOST_PASSAGES = 20_000
"""Passages of a base in which is looked for several things: a look for the names that hold a word reads all names."""
_NO_NOUN = (
    r"of|for|to|in|on|at|with|from|that|which|who|whose|is|are|was|were|be|been|and|or|but|has|have|had|can|could|will|would|do"
    r"|does|did|by|as|get|gets|it|so|then|than"
)
_THE = re.compile(
    rf"\b(?P<article>[Tt]he|[Tt]his)(?P<noun>(?: (?!(?:{_NO_NOUN})\b)[A-Za-z][\w-]*){{1,4}}?)(?P<owns>['’]s)?"
    r"(?=(?P<after>\s*(?:\W*\Z|[,;?.!])|(?<=['’]s) |\s+(?:of|for|to|in|on|at|with|from|that|which|who|whose|where|when"
    r"|between|by|is|are|was|were|be|do|does|did|has|have|had|can|could|will|would|should|may|might|must|and|or|but|recently"
    r"|[a-z]+(?:ed|ish|ize|ise|ate))\b))"
)
_RESTRICTS = re.compile(
    r"\s+(?:of|for|to|on|at|with|from|that|which|who|whose|where|when|between|by)\b|\s+in (?:the )?[a-z]"
)
_ENDS = re.compile(r"\s*(?:\W*\Z|[,;?.!])|\s+(?:in (?:the )?[A-Z]|recently|[a-z]+ish)")
_ADJUNCT = re.compile(r"\b(?:in|at|from|during|near|to)(?: the)? \Z", re.IGNORECASE)
_TYPE_OF = re.compile(r"[Tt]his (?:type|kind|sort|form) of (?P<noun>[a-z]+)\b")
_PART_OF = re.compile(r"\b[Tt]he (?P<noun>season|episode|edition|version|volume|release|chapter)(?= of (?:the )?[A-Z])")
_ARTICLES = "(?:The|This|That|Each|Any|Every|No|An?)"
_OF_NAME = re.compile(r" (?P<noun>[a-z][\w-]*)(?=\s*(?:\W*\Z|[,;?.!]))")
_WHOLE = frozenset({"country", "state", "nation"})
_SINGULAR = frozenset({"series", "species"})
_ONE_OF_ITS_KIND = frozenset(
    """
    government internet world sun moon earth law public economy market environment past future weather sky ground police
    army media press country nation state community society family people web news war peace president truth rest end
    beginning middle top bottom left right morning evening night day week month year moment time place way answer
    question number amount name history problem issue reason result effect cause case fact same opposite following
    process procedure system situation difference other price cost value age size weight height length pricing default
    usa uk us eu un away meantime performance collection corpus knowledge
    """.split()
)
"""Nouns with which "the" tells of nothing that was named: there is one of it, or what it is of goes without saying."""
_TELLS_APART = re.compile(
    r"\b(?:first|second|third|last|latest|newest|oldest|largest|biggest|smallest|highest|best|most|main|only|next"
    r"|current|new|previous|original|whole|entire|average|general|common|typical)\b"
)
_HAN_ADDRESSED = re.compile(
    r"(?<![\u4e00-\u9fff])(?P<name>[\u4e00-\u9fff])(?:教授|先生|女士|老师|博士|院士|主任|经理|医生|校长)"
)
_ASKS_OF_NOTHING = re.compile(
    r"\A\W*(?:(?:and|so|please)\W+)?(?:(?:what|who|when|where|which|how (?:much|long|high|many))(?:['’]s| is| are| was"
    r"| were)? the (?:[a-z]+ ){0,2}[a-z]+|how (?:much|long)(?: is it| does it (?:cost|take))?)\W*\Z",
    re.IGNORECASE,
)
_NEAR = 0.7
"""Share of the best passage's score that passages of other documents must have to fit as well."""
_LOOKED_AT = 10
_BEFORE = 10
"""Characters before a name in which a word may tell which is meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Several:
    """The words ``[start, end)`` of a question that may mean any of ``candidates``; or all of it, without a subject."""

    start: int
    end: int
    candidates: tuple[Candidate, ...] = ()


def several_meant(
    text: str, exchanges: Sequence[Exchange], find: FindsNames, snapshot: Snapshot, *, named: bool
) -> Several | None:
    """What of a question may mean several things; None where it is certain, or where nothing shows that it is not.

    ``named``: something was found that its words stand for; then only what the last answers told several of counts.
    """
    if snapshot.size > MOST_PASSAGES:
        return None
    said = "\n".join(f"{one.standalone}\n{one.answer}" for one in exchanges)
    found = next(_told_of(text, exchanges, find), None)
    found = found or next(_kinds(text, said, exchanges, find, snapshot, named=named), None)
    if found is not None or named:
        return found
    return (
        (None if is_east_asian(text) else next(_kinds_of_a_name(text, find, snapshot), None))
        or next(_names(text, said, find, snapshot), None)
        or (None if exchanges else _of_nothing(text, find, snapshot))
    )


def things_called(noun: str, snapshot: Snapshot) -> tuple[Candidate, ...]:
    """Things of the graph that a noun may mean where nothing was called so."""
    return told(called(noun, snapshot), snapshot) if noun else ()


def _kinds(
    text: str, said: str, exchanges: Sequence[Exchange], find: FindsNames, snapshot: Snapshot, *, named: bool
) -> Iterator[Several]:
    """ "The library": a kind of thing, and neither the question nor what was said tells which."""
    if is_east_asian(text):
        return
    spoken = set(stems(said))
    for start, end, noun, ends in _types(text) if named else _definite(text, find):
        if not set(stems(noun.rsplit(maxsplit=1)[-1])) & spoken:
            found = called(noun, snapshot)
            fit = fitting(found, stems(f"{text[:start]} {text[end:]}"), snapshot)
            fit = fit if len(fit) > 1 else found
            if len(fit) > 1 or (exchanges and not fit and ends):
                yield Several(start=start, end=end, candidates=told(fit, snapshot))


def _told_of(text: str, exchanges: Sequence[Exchange], find: FindsNames) -> Iterator[Several]:
    """ "The plan", after an answer that told several plans."""
    if exchanges and not is_east_asian(text):
        for start, end, noun, _ in _definite(text, find):
            listed = _listed(noun, exchanges)
            if listed:
                yield Several(start=start, end=end, candidates=tuple(Candidate(name=name) for name in listed))


def _types(text: str) -> Iterator[tuple[int, int, str, bool]]:
    """As below, of each "this type of …"."""
    for found in _TYPE_OF.finditer(text):
        yield found.start(), found.end(), found["noun"], True


def _definite(text: str, find: FindsNames) -> Iterator[tuple[int, int, str, bool]]:
    """(start, end, noun, whether nothing follows) of each "the …" and "this …" that nothing in its question names."""
    yield from _types(text)
    for found in _PART_OF.finditer(text):
        yield found.start(), found.end(), found["noun"], True
    names = [(start, end) for start, end in find(text) if not text[start:end].islower()]
    for found in _THE.finditer(text):
        words = found["noun"].split()
        while len(words) > 1 and words[-1].lower() in PARTICIPLES:
            words.pop()
        noun, end = " ".join(words), found.start("noun") + 1 + len(" ".join(words))
        after = text[end:]
        beside = [
            (first, last) for first, last in names
            if (last <= found.start() and not _ADJUNCT.search(text[:first])) or (first < end and last > found.start())
            or (first >= end and not found["owns"] and not _ADJUNCT.search(text[:first]))
        ]  # fmt: skip
        bound = set(stems(words[-1])) & set(stems(text[: found.start()]))
        free = not beside and not bound and (found["owns"] or not _RESTRICTS.match(after))
        whole = found["owns"] and noun in _WHOLE
        if (whole or _is_kind(noun)) and (free or found["article"].lower() == "this"):
            yield found.start(), end, noun, bool(found["owns"] or _ENDS.match(after))


def _kinds_of_a_name(text: str, find: FindsNames, snapshot: Snapshot) -> Iterator[Several]:
    """ "The New York county": one of several, in or of what is named, where no such thing has that name."""
    for start, end in find(text):
        found = _OF_NAME.match(text, end)
        if found is None or not text[:start].lower().endswith("the ") or not _is_kind(found["noun"]):
            continue
        whole = norm(text[start : found.end()])
        if not any(one.key == whole for one in snapshot.entities(whole, 1)):
            several = called(found["noun"], snapshot)
            if len(several) > 1:
                yield Several(start=start, end=found.end(), candidates=told(several, snapshot))


def _is_kind(noun: str) -> bool:
    head = noun.rsplit(maxsplit=1)[-1]
    singular = not head.endswith("s") or head.endswith(("ss", "us", "is")) or head in _SINGULAR
    plain = head not in STOP_WORDS and head not in GENERIC and head.lower() not in _ONE_OF_ITS_KIND
    return singular and plain and (head.islower() or head.isupper()) and _TELLS_APART.search(noun) is None


def _listed(noun: str, exchanges: Sequence[Exchange]) -> tuple[str, ...]:
    """Things called so that the last answer told of, several, where its question spoke of none alone."""
    head = re.escape(noun.rsplit(maxsplit=1)[-1])
    answers = "\n".join(one.answer for one in exchanges[-2:])
    called_so = re.compile(
        rf"((?:(?!(?:The|This|That|Each|Any|Every|No|A|An) )(?:[A-Z][\w-]*|[a-z]+-[a-z]+) ){{1,3}}{head})s?\b"
    )
    found = {norm(name): name for name in called_so.findall(answers)}
    alone = re.search(rf"(?<!\beach )(?<!\bevery )(?<!\bany )\b{head}\b", exchanges[-1].standalone) is not None
    return tuple(found.values())[:MOST_CANDIDATES] if len(found) > 1 and not alone else ()


def _names(text: str, said: str, find: FindsNames, snapshot: Snapshot) -> Iterator[Several]:
    """Names that several things bear, and of which no longer one was said."""
    for start, end, found in _borne_in_chinese(text, snapshot) if is_east_asian(text) else _borne(text, find, snapshot):
        key = norm(f"{text} {said}")
        if len(found) > 1 and not any(one.key in key for one in found):
            fit = fitting(found, stems(f"{text[:start]} {text[end:]}"), snapshot)
            if len(fit) > 1:
                yield Several(start=start, end=end, candidates=told(fit, snapshot))


def _borne(text: str, find: FindsNames, snapshot: Snapshot) -> Iterator[tuple[int, int, list[Entity]]]:
    for start, end in find(text):
        name = text[start:end]
        apart = _TELLS_APART.search(text[max(0, start - _BEFORE) : start]) is not None
        if not apart and (ends_as_thing(name) if " " in name else name.lower() not in GENERIC):
            found = bearing(name, snapshot)
            if len(found) > 1 and (" " in name or not is_name_itself(name, found, snapshot)):
                yield start, end, found


def _borne_in_chinese(text: str, snapshot: Snapshot) -> Iterator[tuple[int, int, list[Entity]]]:
    for found in _HAN_ADDRESSED.finditer(text):
        yield found.start(), found.end(), of_surname(found["name"], snapshot)


def _of_nothing(text: str, find: FindsNames, snapshot: Snapshot) -> Several | None:
    """A question that names nothing of which it asks, and that passages of several documents answer alike."""
    chinese = is_east_asian(text)
    if find(text) or not (lacks_subject(text) if chinese else _ASKS_OF_NOTHING.match(text)):
        return None
    rows, scores = snapshot.matching(stems(text), _LOOKED_AT, snapshot.allowed(Filters()))
    near = [int(row) for row, score in zip(rows, scores, strict=True) if score >= _NEAR * scores[0]]
    titles = dict(snapshot.sources(near))
    if len(titles) < 2:
        return None
    candidates = tuple(Candidate(name=title or document) for document, title in titles.items())
    return Several(start=0, end=len(text), candidates=candidates[:MOST_CANDIDATES])
