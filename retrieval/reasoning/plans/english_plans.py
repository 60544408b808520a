"""Questions of a plan, by the words of an English question. Pure.

What a question describes instead of naming it ("the director of X", "X's mother", "the city where X died") is asked
for first, the innermost description before the one around it, and its answer takes its place. Names stand as single
signs while this is done, so that a rule sees where one begins and ends.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from retrieval.questions.english_kinds import without_opening
from retrieval.questions.english_nouns import kind_of
from retrieval.reasoning.model import SubQuestion

MOST_SPLIT = 4
"""Descriptions of one question that are asked for by themselves."""
_FIRST = 0xE000
"""Signs for names are taken from the private use area, which no question has of its own."""
_NAME = "(?:[\ue000-\ue0ff]|#\\d{1,2})"
_SMALL = (
    "the a an of in on at by for to from with and or that which who whom whose what where when why how is was are were"
    " be been did do does has have had can could will would it its he she his her they their this these those there as"
    " than both same before after during not into about between become became"
)
_NOUN = rf"\b(?!(?:{'|'.join(_SMALL.split())})\b)[a-z][a-z-]*\b"
_NOUNS = rf"{_NOUN}(?: {_NOUN}){{0,3}}?"
_THING = (
    r"(?:the |a |an )?"
    r"(?:(?:film|movie|song|book|novel|album|band|company|play|series|city|town|village|state|country) )?"
)
_ONE_OF = r"(?:(?:place|date|city|country|cause) of (?:birth|death|origin|citizenship)|head of (?:state|government))"
_NO_THING = (
    r"(?:names?|kinds?|types?|parts?|members?|instances?|amount|percentage|number|time|end|terms?|use|reign|out|one"
    r"|charge|inception|creation|founding|formation|establishment|start|beginning|birth|death|majority|meaning)"
)
"""What stands before "of" and is nothing that could be asked for by itself."""
_MODIFIER = (
    r"(?:[a-z]+(?:al|ic|ive|ous|ary|est|ian)|main|first|second|third|last|birth|home|alma|older|younger|eldest|high)"
)
_AUX = r"(?:is|was|are|were|did|does|has|had)"
_PREPOSITION = r"(?:of|in|on|at|by|for|to|from|with|into|as)"
_STRANDED = rf"(?: {_PREPOSITION}(?! (?:the|a|an|his|her|its)\b| {_NAME}))?+"
"""A preposition at the end of a clause: "the country he is from"."""
_DONE = r"(?:[a-z]+ed|born|found|held|set|made|built|from|died|lived|began|located|part|a citizen|a member)"
_FEW = r"(?:(?!(?:that|which|who|where|when|what|and|or|did|does)\b)[\w'’.-]+ ){0,5}?"
_POSSESSIVE = re.compile(r"['’]s?\Z")
_ENDS = rf"(?=\W*\Z|,|\s(?:{_AUX}|and|or|that|which|who|where|when|in|on|at|to|from|by|with|for)\b)"


@dataclass(frozen=True, slots=True)
class _Description:
    """Where a description stands, and what is asked for it."""

    start: int
    end: int
    asks: str


def english_plan(question: str, names: Sequence[tuple[int, int]]) -> tuple[SubQuestion, ...]:
    """Questions that lead to the answer; none where there is nothing to split. ``names``: where names stand in it."""
    text = without_opening(question)
    shift = question.rfind(text) if text else 0
    signs, masked = _masked(text, [(start - shift, end - shift) for start, end in names if start >= shift])
    asked: list[str] = []
    described: dict[int, str] = {}
    while len(asked) < MOST_SPLIT and (found := _innermost(masked)) is not None:
        number = len(asked) + 1
        head = f"{masked[: found.start]}#{number}{masked[found.end :]}"
        if _asks_only_for(head, number):
            break
        asked.append(found.asks)
        described[number] = masked[found.start : found.end]
        masked = head
    if not asked:
        return ()
    texts = [*asked, masked]
    return tuple(
        SubQuestion(number=number, text=_unmasked(one, signs), instead=_instead(one, described, signs))
        for number, one in enumerate(texts, start=1)
    )


def _instead(text: str, described: Mapping[int, str], signs: Mapping[str, str]) -> Mapping[int, str]:
    """What the question itself calls what has no answer, for each placeholder of a text."""

    def words(number: int) -> str:
        return re.sub(r"#(\d{1,2})", lambda found: words(int(found[1])), described[number])

    return {int(one): _unmasked(words(int(one)), signs) for one in re.findall(r"#(\d{1,2})", text)}


def _masked(text: str, names: Sequence[tuple[int, int]]) -> tuple[dict[str, str], str]:
    """A text with a sign for each name, and what the signs stand for; of names that overlap the longest counts."""
    taken: list[tuple[int, int]] = []
    for start, end in sorted(names, key=lambda one: (one[0] - one[1], one[0])):
        if all(end <= other[0] or other[1] <= start for other in taken):
            taken.append((start, end))
    signs: dict[str, str] = {}
    for start, end in sorted(taken, reverse=True)[:200]:
        name = _POSSESSIVE.sub("", text[start:end])
        sign = chr(_FIRST + len(signs))
        signs[sign] = name
        text = text[:start] + sign + text[start + len(name) :]
    return signs, re.sub('["“”]?([\ue000-\ue0ff])["“”]?', r"\1", text)


def _unmasked(text: str, signs: Mapping[str, str]) -> str:
    return "".join(signs.get(one, one) for one in text)


def _asks_only_for(head: str, number: int) -> bool:
    """Whether nothing is left to ask once a description has its answer."""
    return (
        re.fullmatch(
            rf"\W*(?:(?:who|what|which|name)\b\W*(?:(?:is|was|are|were|does|did)\b)?|in (?:what|which))?"
            rf"\W*(?:the )?(?:name of )?(?:the )?#{number}(?: (?:is|was|called|named|from|located|born|in)){{0,2}}\W*",
            head,
            re.IGNORECASE,
        )
        is not None
    )


def _innermost(masked: str) -> _Description | None:
    """The shortest description of the question that has a name in it and no other description."""
    found = sorted(_descriptions(masked), key=lambda one: (one.end - one.start, one.start))
    return next(iter(found), None)


def _descriptions(masked: str) -> Iterator[_Description]:
    for pattern, form in _FORMS:
        for found in pattern.finditer(masked):
            asks = " ".join(form.format(**_parts(found)).split())
            yield _Description(found.start("all"), found.end("all"), asks + "?")


def _parts(found: re.Match[str]) -> dict[str, str]:
    parts = {name: (text or "") for name, text in found.groupdict().items()}
    noun = parts.get("noun", "").strip()
    person = kind_of(noun.split()[-1]) == "person" if noun else False
    return {**parts, "who": "Who is" if person else "What is", "which": f"Which {noun}"}


_FORMS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(rf"(?P<all>(?:the )?(?P<of>{_NAME}['’]s?)"
                rf" (?P<noun>{_ONE_OF}|(?:{_MODIFIER} )*(?!{_NO_THING}\b){_NOUN}))\b"), "{who} {of} {noun}"),
    (re.compile(rf"(?P<all>(?:[Tt]he )?(?P<noun>{_ONE_OF}|(?!(?:{_NOUN} ){{0,3}}{_NO_THING} of){_NOUNS})"
                rf" of (?P<of>{_THING}{_NAME}))(?!['’]s)"), "{who} the {noun} of {of}"),
    (re.compile(rf"(?P<all>the (?P<of>{_NAME}) (?P<noun>director|performer|singer|author|writer|composer|producer"
                rf"|founder|manufacturer|publisher|owner|designer|creator|developer|birthplace))\b"),
     "{who} the {noun} of {of}"),
    (re.compile(rf"(?P<all>the (?P<noun>{_NOUNS}) (?:that|which|who) (?!{_NAME})(?P<does>{_FEW}{_THING}{_NAME}))"
                rf"(?!['’]s| (?:is|was|turns) )"), "{which} {does}"),
    (re.compile(rf"(?P<all>the (?P<noun>{_NOUNS}) (?:(?:where|(?:in|from|to|at|on|by) which|that|which|whom) )?"
                rf"(?P<of>{_THING}{_NAME}) (?P<does>(?:{_AUX} )?{_DONE}{_STRANDED}))\b"), "{which} {of} {does}"),
    (re.compile(rf"(?P<all>the (?P<noun>{_NOUNS}) (?:(?:where|(?:in|from|to|at|on|by) which|that|which|whom) )?"
                rf"(?P<of>{_THING}{_NAME}) (?P<does>(?:{_AUX}|(?:{_AUX} )?{_NOUN}){_STRANDED})){_ENDS}"),
     "{which} {of} {does}"),
    (re.compile(rf"(?P<all>the (?P<noun>{_NOUNS}) (?P<does>(?:[a-z]+ed|[a-z]{{2,}}ing|made|built|led|sung|won|held|born"
                rf"|known|written|run|set|fed|near) (?:{_FEW}){_THING}{_NAME}))(?!['’]s)"), "{which} {does}"),
)  # fmt: skip
