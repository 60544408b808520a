"""What may be guessed of a sentence: whether it is about what a question names, and says what it asks. Pure.

A wrong step costs more than a missing one, so that a guess must stand in a sentence that is about all that the question
names (by itself, or by the title over it) and that has a word for nearly all else that it says.
"""

import re
from collections.abc import Iterator

from graph.model import Span
from graph.text.held_names import holds_name, norm_text
from graph.text.names import find_names, norm
from graph.text.tokens import is_east_asian
from retrieval.answering.short.spans import spans_of
from retrieval.answering.stated.countries import countries_in
from retrieval.questions.answer_kinds import AnswerType
from retrieval.questions.english_nouns import kind_of
from retrieval.questions.question_words import asked_noun
from retrieval.questions.read_question import ReadQuestion
from retrieval.questions.related_words import RelatedWords
from retrieval.questions.terms import is_character

_WORD = re.compile(r"\w+")
_LATIN_WORD = re.compile(r"[a-z][a-z-]+")
SHAPED: frozenset[AnswerType] = frozenset({"person", "place", "time", "number"})
"""Kinds that have a shape of their own."""
_FAR = 1000
MANY = 3
"""Words of a question of which one may be said otherwise than any rule knows."""
NEAR = 80
"""Characters between the answer and the words that ask, at most."""
_VERB = re.compile(
    r"\b(?:[a-z]+(?:-[a-z]+)*ed|(?:re)?built|[a-z]+ught|made|won|held|led|wrote|sang|owns|bought|sold|found|ran|gave|took|shot|sent|lost|drew|flew|rules"
    r"|makes|plays|uses|began|became)\b"
)
"""Ends the noun that is asked for: "which company built …"."""
_OF_SOMETHING = re.compile(r"\W*(?:who|what) (?:is|was|are|were) ", re.IGNORECASE)
""""What is the population of X": the noun says what is asked, and is not only the kind of it."""
_KIN = re.compile(
    r"\b(?:father|mother|parents?|sons?|daughters?|child|children|brothers?|sisters?|siblings?|wife|husband|spouse|married)\b"
)
_OF_A_PEOPLE = re.compile(r"(?:the )?[A-Z][a-z]+(?:ish|ese|ian|ean|ench|tch|panish|erman|reek)")
_ACROSS = (
    ("born birthplace birth", "出生 生于 诞生"), ("died death", "去世 逝世 病逝"),
    ("founded established founder", "成立 创立 创办 设立 建于"),
    ("built", "建造 建成 建于"), ("made manufactured", "制造 生产"), ("written wrote author book", "著 写 作者 代表作"),
    ("succeeded successor replaced", "接替 接任 继任"), ("teacher taught", "老师 导师"), ("headquarters", "总部"),
    ("population inhabitants", "人口 居民"), ("studied graduated educated", "毕业 就读"),
    ("award prize won received", "获得 获奖"),
)  # fmt: skip
"""Words of English and of Chinese for one relation."""
_INSTITUTION_OF = re.compile(
    r"\b(?:University|College|Bank|Institute|Museum|Academy|Republic|Kingdom|Church|Bishop|Gulf) of (?:the )?\Z"
)
_INSTITUTION_HAN = re.compile(
    "[\u4e00-\u9fff]{0,4}?(?:大学|大學|学院|學院|公司|集团|集團|工?厂|工?廠|天文台|博物馆|博物館|图书馆|圖書館|研究所|出版社|银行|銀行|基金会|協會|协会)"
)
_ORGANISATION = re.compile(
    r"\b(?:Company|Corporation|Inc|Ltd|Group|Works|Records|University|College|Institute|Network|Society)\b"
)
_BY = re.compile(r"\bby\s+(?:the\s+)?\Z|由\Z")
_WOMAN, _MAN = re.compile(r"\b(?:mother|wife|daughter|sister)\b"), re.compile(r"\b(?:father|husband|son|brother)\b")
_OF_A_MAN = re.compile(r"(?:King|Prince|Emperor|Duke|Sir|Lord|Mr|Count)\b")
_OF_A_WOMAN = re.compile(r"(?:Queen|Princess|Empress|Duchess|Lady|Mrs|Miss|Countess)\b")
_ASIDE = re.compile(r"\b(?:on|in|at|from|to|of|after|against|during|since|near)\s+(?:the\s+)?\Z")
"""What stands before a name that a sentence only mentions, where it is asked who did something."""
_PEOPLES = re.compile(
    r"\b(?:languages?|nationalit|country|countries|nations?|people|ethnic|citizen|spoken|where|place)", re.IGNORECASE
)
_NO_ANSWER = re.compile(r"\d|\A(?:DVD|CD|LP|EP|TV|AM|FM|I|He|She|It|They|This|The|In|On|At|Using|Release)\b")


class Relation:
    """What a question asks of the things that it names, and where a sentence says it."""

    def __init__(self, read: ReadQuestion) -> None:
        named = {term for start, end in names_in(read.text) for term in read.terms.held(read.text[start:end])}
        noun = _VERB.split(asked_noun(read.text))[0]
        kind = frozenset[str]() if _OF_SOMETHING.match(read.text) else read.terms.held(noun)
        self._terms = frozenset(term for term in read.terms.all if not is_character(term)) - named - kind
        self._read = read
        self._related = RelatedWords(read.text, sorted(self._terms))

    def said(self, text: str) -> float:
        """How many of its words a sentence has, or has other words for."""
        held = self._read.terms.held(text) & self._terms
        others = (self._related.held(text) | self._across(text)) & self._terms
        return len(held) + 0.8 * len(others - held)

    def says(self, text: str) -> bool:
        """Whether a sentence with what it stands under says all of them, or of many all but one."""
        if not self._terms:
            return False
        held = (self._read.terms.held(text) | self._related.held(text) | self._across(text)) & self._terms
        return len(held) >= len(self._terms) - (len(self._terms) > MANY)

    def _across(self, text: str) -> frozenset[str]:
        """Terms that a text in the other language has a word for."""
        chinese = is_east_asian(text)
        if chinese == is_east_asian(self._read.text):
            return frozenset()
        found = [
            english if chinese else han for english, han in _ACROSS
            if re.search(han.replace(" ", "|") if chinese else rf"\b(?:{english.replace(' ', '|')})\b", text)
        ]  # fmt: skip
        return self._read.terms.held(" ".join(found)) | frozenset()

    def distance(self, text: str, start: int, end: int) -> int:
        """Characters from a span to the nearest word of the relation; what stands before that counts twice as far."""
        best = _FAR
        for word in _WORD.finditer(text):
            if start <= word.start() < end or not self.said(word[0]):
                continue
            away = start - word.end() if word.end() <= start else 2 * (word.start() - end)
            best = min(best, max(away, 0))
        return best


def names_in(text: str) -> Iterator[tuple[int, int]]:
    """Where names stand in a text."""
    for found in find_names(text, [Span(start=0, end=len(text))]):
        if found.kind in {"name", "quoted", "word"} and found.sentence >= 0:
            yield found.start, found.end


def outer(names: Iterator[str]) -> frozenset[str]:
    """Names that are no part of another."""
    found = {one for one in names if one}
    return frozenset(one for one in found if not any(one != other and holds_name(other, one) for other in found))


def is_about(text: str, title: str, names: frozenset[str]) -> bool:
    """Whether a sentence names all names, by itself or by the title over it."""
    said = norm_text(f"{title}. {text}")
    return all(holds_name(said, one) for one in names)


def asked_kind(read: ReadQuestion) -> AnswerType:
    """The kind of answer, by a noun of the question where the words that ask do not tell."""
    if read.answer_type in SHAPED or is_east_asian(read.text):
        return read.answer_type
    kinds = [kind_of(word) for word in _LATIN_WORD.findall(read.text)]
    return next((kind for kind in reversed(kinds) if kind in SHAPED), "any")


def candidates(kind: AnswerType, text: str, title: str, read: ReadQuestion) -> Iterator[tuple[int, int]]:
    """Where a sentence holds what could be the answer; a person may also be a company, and a place a country."""
    found = spans_of(kind, text, f"{read.text} {title}") if kind in SHAPED else []
    kin = _KIN.search(read.text) is not None
    for start, end in found:
        if kind in {"time", "number"}:
            yield start, end
        elif _fits(text[start:end], title, read, kin) and (kin or kind != "person" or not _ASIDE.search(text[:start])):
            yield _whole(text, start, end)
    if found or kind in {"time", "number"}:
        return
    asked, over = norm(read.text), norm(title)
    for start, end in names_in(text):
        key = norm(text[start:end])
        if (
            key
            and not _opens(text, start, end)
            and not holds_name(asked, key)
            and not holds_name(over, key)
            and _fits(text[start:end], title, read, kin)
        ) and (kind != "person" or kin or _BY.search(text[:start]) or _ORGANISATION.search(text[start:end])):
            yield _whole(text, start, end)


def _opens(text: str, start: int, end: int) -> bool:
    """Whether a span is one word that begins its sentence, with a capital for that alone: "Production began …"."""
    return start == 0 and text[start:end].isalpha() and not is_east_asian(text[start:end]) and not text[:end].isupper()


def _whole(text: str, start: int, end: int) -> tuple[int, int]:
    """A name with what makes it that of an institution: "University of Lakeholm" and not the town, 长宁大学."""
    before, after = _INSTITUTION_OF.search(text, 0, start), _INSTITUTION_HAN.match(text, end)
    return before.start() if before else start, after.end() if after and is_east_asian(text[start:end]) else end


def _fits(span: str, title: str, read: ReadQuestion, kin: bool) -> bool:
    """Whether a name can be an answer at all: no people or language where none is asked, no other name of the same."""
    if is_east_asian(span):
        return True
    if (
        _NO_ANSWER.search(span)
        or not any(map(str.isupper, span))
        or (span[0].islower() and not span.startswith("the "))
    ):
        return False
    if (_WOMAN.search(read.text) and _OF_A_MAN.match(span)) or (_MAN.search(read.text) and _OF_A_WOMAN.match(span)):
        return False
    if not _PEOPLES.search(read.text) and (_OF_A_PEOPLE.fullmatch(span) or _demonym(span)):
        return False
    named = " ".join(read.text[start:end] for start, end in names_in(read.text))
    own = {word for word in norm(f"{title} {named}").split() if len(word) > 3}
    return kin or _ORGANISATION.search(span) is not None or not own.intersection(norm(span).split())


def _demonym(span: str) -> bool:
    return any(
        (start, end) == (0, len(span)) and span.endswith(("an", "sh", "ch", "se", "i"))
        for _, start, end in countries_in(span)
    )
