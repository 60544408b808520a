"""Yes or no, where one sentence states exactly what is asked, or its negation. Pure.

"Is the library open on Sunday?" is answered by "The library is closed on Sundays." and by no sentence that leaves a
word of the question out, asks, or limits what it says ("only", "unless", 除非).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import rjieba

from graph.text.stop_words import STOP_WORDS
from graph.text.tokens import EAST_ASIAN_RUN, is_east_asian, stems, words
from retrieval.model import Evidence
from retrieval.questions.english_kinds import without_opening
from retrieval.questions.read_question import ReadQuestion

_OPPOSITES = (
    ("open opens opened opening", "closed close closes shut"),
    ("allowed permitted welcome admitted accepted", "forbidden prohibited banned disallowed"),
    ("included", "excluded extra"),
    ("possible", "impossible"),
    ("required mandatory compulsory obligatory necessary needed", "optional voluntary"),
    ("free", "charged"),
    ("available", "unavailable"),
    ("safe", "unsafe dangerous"),
    ("alive", "dead"),
    ("enabled", "disabled"),
    ("refundable", "non-refundable nonrefundable"),
    ("legal", "illegal"),
)
_POSITIVE = {stem: number for number, (yes, _) in enumerate(_OPPOSITES) for stem in stems(yes)}
_NEGATIVE = {stem: number for number, (_, no) in enumerate(_OPPOSITES) for stem in stems(no)}
_NOT = re.compile(r"\b(?:not|no|never|cannot|neither|nor|without|none|\w+n['’]t)\b", re.IGNORECASE)
_HEDGED = re.compile(
    r"\b(?:but|except|unless|only|however|if|although|though|when|may|might|some|sometimes|usually|often|partly|until|"
    r"before|after|would|used to|formerly)\b|\?", re.IGNORECASE
)  # fmt: skip
_NAME = re.compile(r"\b[A-Z][\w'’-]+")
_MAY = frozenset(stems("can could may allowed permitted possible able bring take use"))
_MODAL = re.compile(
    r"\A(?:can|could|may|am i allowed|are (?:\w+ ){1,3}allowed|is it (?:allowed"
    r"|possible))\b",
    re.IGNORECASE,
)
_HAN_NOT = re.compile(
    r"不(?!仅|但|同|过|断|少|久)|没有|沒有|无法|無法|禁止|不得|无需|無需|未|勿|谢绝|謝絕|严禁"
    r"|嚴禁|请勿|停止"
)
_HAN_CLOSED = re.compile(r"闭馆|閉館|休息|关门|關門|休馆|休館|停业|停業|歇业|关闭|關閉")
_HAN_OPEN = re.compile(r"开[门放馆业]|開[門放館業]|营业|營業")
_HAN_HEDGED = re.compile(r"但|除了|除非|除外|仅|僅|只[有能可在限]|如果|若|例外|可能|部分|有时|通常|[？?吗嗎]")
_HAN_ASKED = re.compile(
    r"请问|請問|是否|是不是|有没有|有沒有|能不能|可不可以|会不会|會不會|对不对|需不需要"
    r"|要不要|能否|可否|[吗嗎么吧？?]|(.)不\1|的|了|在|我|你|们|們"
)
_HAN_WEAK = frozenset(
    "可以 能 会 會 能够 允许 允許 需要 是 有 要 应该 必须 开门 开放 营业 開門 開放 營業 开馆 都 也 还".split()
)
_MOST_NEW = 3
"""Words of a sentence, besides those of the question, that may stand in it for each one that does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """A sentence that says yes or no, at ``start`` to ``end`` of its passage."""

    item: Evidence
    order: int
    yes: bool


def says_so(read: ReadQuestion, evidence: Sequence[Evidence]) -> Stand | None:
    """The sentence that answers a question of yes or no; None where none does, or two say otherwise."""
    if read.answer_type != "yes_no":
        return None
    stands = list(_stands(read.text, evidence))
    return stands[0] if stands and len({stand.yes for stand in stands}) == 1 else None


def _stands(question: str, evidence: Sequence[Evidence]) -> Iterator[Stand]:
    chinese = is_east_asian(question)
    asked = _han_words(question) if chinese else _english_words(question)
    if len(asked) < 2:
        return
    for item in evidence:
        chunk = item.placed.chunk
        around = " ".join((item.placed.document.title, *chunk.headings))
        for order, span in enumerate(chunk.sentences):
            text = chunk.text[span.start : span.end]
            yes = _han_stand(question, asked, text, around) if chinese else _stand(question, asked, text, around)
            if yes is not None:
                yield Stand(item=item, order=order, yes=yes)


def _english_words(question: str) -> frozenset[str]:
    return frozenset(stems(without_opening(question)))


def _stand(question: str, asked: frozenset[str], text: str, around: str) -> bool | None:
    said = frozenset(stems(text))
    if _HEDGED.search(text) or len(said) > _MOST_NEW * len(asked):
        return None
    yes, no = _side(asked)
    missing = asked - said - frozenset(stems(around)) - yes.keys() - no.keys()
    if _MODAL.match(without_opening(question)):
        missing -= _MAY
    if missing or not (asked & said) or _turned(question, text):
        return None
    opposed = _agreement(said, yes, no)
    if opposed is None:
        return None
    negated = len(_NOT.findall(text)) % 2 == 1
    return opposed != negated if not _NOT.search(question) else None


def _turned(question: str, text: str) -> bool:
    """Whether names stand in another order than in the question: who did it to whom may have been turned round."""
    names = [name for name in _NAME.findall(without_opening(question)[1:]) if name in text]
    places = [text.index(name) for name in names]
    return places != sorted(places)


def _side(asked: frozenset[str]) -> tuple[dict[str, int], dict[str, int]]:
    """Of the question's words, those of a pair of opposites."""
    yes = {stem: _POSITIVE[stem] for stem in asked if stem in _POSITIVE}
    return yes, {stem: _NEGATIVE[stem] for stem in asked if stem in _NEGATIVE}


def _agreement(said: frozenset[str], yes: dict[str, int], no: dict[str, int]) -> bool | None:
    """Whether a sentence has the question's side of its pair of opposites, or the other; None where it has neither."""
    pairs = {*yes.values(), *no.values()}
    if not pairs:
        return True
    same = any(
        (stem in _POSITIVE and _POSITIVE[stem] in yes.values())
        or (stem in _NEGATIVE and _NEGATIVE[stem] in no.values())
        for stem in said
    )
    other = any(
        (stem in _NEGATIVE and _NEGATIVE[stem] in yes.values())
        or (stem in _POSITIVE and _POSITIVE[stem] in no.values())
        for stem in said
    )
    return same if same != other else None


def _han_words(question: str) -> frozenset[str]:
    bare = _HAN_ASKED.sub(" ", question)
    found = [word for run in EAST_ASIAN_RUN.findall(bare) for word in rjieba.cut(run)]
    latin = [word.lower() for word in words(bare) if not is_east_asian(word) and word.lower() not in STOP_WORDS]
    return frozenset((*found, *latin))


def _han_stand(question: str, asked: frozenset[str], text: str, around: str) -> bool | None:
    if _HAN_HEDGED.search(text) or len(text) > 12 + 4 * sum(map(len, asked)):
        return None
    known = (text + around).lower()
    if any(word not in known for word in asked - _HAN_WEAK) or not any(
        word in text.lower() for word in asked - _HAN_WEAK
    ):
        return None
    if _HAN_NOT.search(re.sub(r"(.)不\1|有没有|是不是", "", question)):
        return None
    negated = len(_HAN_NOT.findall(text)) % 2 == 1
    if _HAN_OPEN.search(question):
        closed = _HAN_CLOSED.search(text) is not None
        return None if closed == (_HAN_OPEN.search(text) is not None) else closed == negated
    weak = [word for word in asked & _HAN_WEAK if word not in {"都", "也", "还", "是", "会"}]
    states = any(word in text for word in weak) or not weak or negated
    return not negated if states else None
