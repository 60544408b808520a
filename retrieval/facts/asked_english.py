"""How facts are asked for in English: what a question says by its form. Pure."""

import re

from graph.text.stop_words import STOP_WORDS
from graph.text.tokens import words
from graph.text.typed_values import days_in
from retrieval.facts.forms import Form, Joints
from retrieval.facts.model import FactKind, Measure
from retrieval.facts.phrases import is_kind
from retrieval.questions.broad_english import POLITE

_MONTH = r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_DAY = rf"(?:\d{{4}}-\d{{2}}-\d{{2}}|(?:\d{{1,2}} )?{_MONTH} (?:\d{{1,2}}, )?\d{{4}}|\d{{4}})\b"
_BETWEEN = re.compile(rf",? (?:between|from) (?P<a>{_DAY}) (?:and|to|until) (?P<b>{_DAY})", re.IGNORECASE)
_BEFORE = re.compile(rf",? (?:before|prior to|earlier than|until) (?:the year )?(?P<a>{_DAY})", re.IGNORECASE)
_AFTER = re.compile(rf",? (?:after|later than) (?:the year )?(?P<a>{_DAY})", re.IGNORECASE)
_SINCE = re.compile(rf",? (?:since|from) (?:the year )?(?P<a>{_DAY})(?: on(?:wards?)?)?", re.IGNORECASE)
_IN = re.compile(rf",? (?:in|during) (?:the year )?(?P<a>{_DAY})", re.IGNORECASE)
_COUNT = re.compile(r"\bhow many\b|\b(?:what is |give (?:me )?)?the (?:total )?number of\b|^count\b", re.IGNORECASE)
_NEWEST = re.compile(r"\b(?:newest|latest|most recent|(?<=the )last|(?<='s )last)\b", re.IGNORECASE)
_OLDEST = re.compile(r"\b(?:oldest|earliest|(?<=the )first|(?<='s )first)\b", re.IGNORECASE)
_MORE = re.compile(
    r"\b(?:more|fewer|most|fewest|less|greater number of)\b(?! than (?:\d|one|two|three))", re.IGNORECASE
)
_DAYS = {"older": "born founded inception established", "younger": "born", "earlier": "", "later": "", "sooner": ""}
_AMOUNTS = {
    "larger": "", "bigger": "", "smaller": "", "higher": "", "lower": "", "greater": "", "taller": "height",
    "longer": "length", "shorter": "length",
}  # fmt: skip
_WORTH = _DAYS | _AMOUNTS
"""Words that compare what things are worth, and the relations that they ask for where no other word does."""
_COMPARED = re.compile(rf"\b(?:{'|'.join(_WORTH)})\b", re.IGNORECASE)
_OR_AT_END = re.compile(r"[,:;]\s*(?P<names>[^,:;]+ or [^,:;]+?)\s*\??$")
_ASKS = re.compile(
    r"^(?:(?:can|could) you )?(?:list|name|enumerate|show|give|tell)(?: me| us)?(?: all| every| each| some)?(?: of)?"
    r"(?: the)? ",
    re.IGNORECASE,
)
_WHO, _WHERE, _WHEN = (re.compile(rf"\b{word}\b", re.IGNORECASE) for word in ("who[me]?", "where", "when"))
_HEAD = 5
"""Words at the beginning of a question among which the kind of thing asked for is named."""
JOINTS = Joints(
    same=re.compile(
        r"\s*(?:,|and|or|&|,\s*and|as well as|and also|and with|with)\s*(?:the\s+|both\s+)?", re.IGNORECASE
    ),
    parts=re.compile(
        r"(?:,\s*|\s)(?:and|but|while|as well as)(?:\s+(?:who|which|that))?(?:\s+(?:is|are|was|were|have|has|had))?"
        r"(?:\s+also)?\s|,?\s+(?:who|which|that)\s+(?:have\s+|has\s+|had\s+)?also\s|,?\s+also\s|,\s",
        re.IGNORECASE,
    ),
    own=re.compile(
        r"(?P<held>['’]s?\s+(?:[\w-]+\s+){1,3}?)(?=(?:who|that|which|also|were|was|are|is|have|has|had|did|do|does|\w+ed)\b)",
        re.IGNORECASE,
    ),
)
SMALL = STOP_WORDS | frozenset(
    "list name give show tell number count total newest latest recent first last more most fewer many also".split()
)


def form_of(question: str) -> Form:
    """What an English question says by its form."""
    text = _bare(question)
    text, before, after = _window(text)
    kind: FactKind = "list"
    measure: Measure = "count"
    if _COUNT.search(text):
        kind, text = "count", _COUNT.sub("which", text, count=1)
    asked = _type_of(text)
    if (compared := _OR_AT_END.search(text)) or re.match(
        r"(?:did|does|do|has|have|is|was|are) .+ or ", text, re.IGNORECASE
    ):
        more, worth = _MORE.search(text), _COMPARED.search(text)
        if more or worth:
            kind, measure = "compare", "count" if more else "value"
            asked = _thing_in(text) if more else "date" if worth and worth[0].lower() in _DAYS else "number"
            text = _about_sides(_MORE.sub("", text, count=1), compared is not None)
            text = _COMPARED.sub(lambda found: _WORTH[found[0].lower()], text)
    elif kind == "list" and _NEWEST.search(text):
        kind, text = "newest", _NEWEST.sub("", text, count=1)
    elif kind == "list" and _OLDEST.search(text):
        kind, text = "oldest", _OLDEST.sub("", text, count=1)
    text = " ".join(text.split())
    return Form(
        text=text, kind=kind, joints=JOINTS, small=SMALL, before=before, after=after, measure=measure,
        type=asked,
    )  # fmt: skip


def _bare(question: str) -> str:
    """Without polite words before it and marks after it, and what is asked to be listed as a question."""
    text = question.replace("’", "'").strip()
    for form in POLITE:
        text = re.sub(f"^{form}", "", text, flags=re.IGNORECASE)
    text = re.sub(r"[\s?!.]+$", "", text)
    return _ASKS.sub("which ", text) if _ASKS.match(text) and not re.match(r"name of", text, re.IGNORECASE) else text


def _window(text: str) -> tuple[str, str, str]:
    """The text without the time it is limited to; the days that this lies before and after."""
    for pattern, side in ((_BETWEEN, "both"), (_BEFORE, "before"), (_AFTER, "after"), (_SINCE, "since"), (_IN, "in")):
        if (found := pattern.search(text)) is None:
            continue
        day = days_in(found["a"])[0]
        rest = text[: found.start()] + text[found.end() :]
        if side == "both":
            return rest, _next(days_in(found["b"])[0]), _before(day)
        if side == "in":
            return (rest, _next(day), _before(day)) if _names_more(rest) else (text, "", "")
        return rest, day if side == "before" else "", {"after": day, "since": _before(day)}.get(side, "")
    return text, "", ""


def _names_more(text: str) -> bool:
    """Whether a question names something beside the time it is limited to."""
    return any(word[0].isupper() for word in words(text)[1:])


def _before(day: str) -> str:
    """A day or year just before, so that the given one is after it."""
    return str(int(day[:4]) - 1) if len(day) == 4 else f"{int(day[:4]) - 1}-12-31"


def _next(day: str) -> str:
    return str(int(day[:4]) + 1)


def _about_sides(text: str, at_end: bool) -> str:
    """ "Who founded more, A or B" as "A or B founded": what is compared does what is asked."""
    if not at_end:
        return text
    found = _OR_AT_END.search(text)
    if found is None:
        return text
    rest = re.sub(
        r"^(?:who|which|what)\b(?: (?:one|of (?:them|these|the two)))?", "", text[: found.start()], flags=re.IGNORECASE
    )
    return f"{found['names']} {rest.strip()}"


def _thing_in(text: str) -> str:
    """The kind of thing that is compared: the first common word for one."""
    return next((word.lower() for word in words(text) if word.islower() and is_kind(word)), "")


def _type_of(text: str) -> str:
    """The kind of thing asked for, where a common word names it at the beginning."""
    for word in words(text)[:_HEAD]:
        if word[0].isupper() and not word.isupper() and words(text)[0] != word:
            break
        if is_kind(word):
            return word.lower()
    beginning = " ".join(words(text)[:2])
    for pattern, kind in ((_WHO, "who"), (_WHERE, "where"), (_WHEN, "date")):
        if pattern.search(beginning):
            return kind
    return ""
