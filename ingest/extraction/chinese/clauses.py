"""The clauses of a Chinese sentence: whom each is about, which goes on until a clause names another."""

from collections.abc import Sequence

from graph.model import Span
from ingest.extraction.chinese.clause import MOST_WORD, Clause
from ingest.extraction.chinese.pieces import clauses_of
from ingest.extraction.chinese.predication import Predication
from ingest.extraction.chinese.words import (
    AGENTS,
    DENIED,
    IS,
    LIGHT,
    NEUTER,
    PERSONAL,
    PLACED,
    PLACED_ALONE,
    THIS,
    YET,
)
from ingest.extraction.stating.referring import Referents
from ingest.extraction.stating.stated import End, Reference, Statement, Subject
from ingest.model import ExtractedName

_OWN = "其"
_VERBS = LIGHT | IS | AGENTS | PLACED_ALONE


class ChineseClauses:
    """Reads the Chinese sentences of one passage, in order.

    Args:
        text: the passage.
        referents: who is spoken of.
    """

    def __init__(self, text: str, referents: Referents) -> None:
        self._text = text
        self._referents = referents
        self._predication = Predication(text, referents)
        self._clause = Clause([])
        self._subject: Subject | None = None
        self._first = True

    def read(self, sentence: Span, names: Sequence[ExtractedName], titles: frozenset[str]) -> list[Statement]:
        """What one sentence states."""
        self._predication.found, self._subject = [], None
        spoken_of = None
        for number, pieces in enumerate(clauses_of(self._text, sentence, names, titles)):
            self._clause = Clause(pieces)
            place = self._find_subject(first=number == 0)
            spoken_of = spoken_of or self._subject
            if self._subject is not None and not any(self._clause.word(at) in DENIED for at in range(len(pieces))):
                of_own = self._clause.word(place - 1) == _OWN
                going_on = self._predication.said(self._clause, self._subject, place)
                self._subject = None if of_own else going_on
        if spoken_of is not None:
            self._referents.speaks_of(spoken_of.ends[0], first=self._first)
        self._first = False
        return self._predication.found

    def _find_subject(self, *, first: bool) -> int:
        """Whom a clause is about, and the place after that; a clause that names none goes on with the one before."""
        place = self._after_days()
        if place >= len(self._clause):
            return place
        if self._clause.kind(place) == "name":
            return self._named(place, first=first)
        start = self._clause.pieces[place].start
        meant = self._meant(place, first=first)
        if meant is not None:
            self._subject = Subject(ends=(meant[0],), start=start, reference=meant[1])
            return meant[2]
        if self._clause.tag(place) in {"n", "r"}:
            if not self._is_of_subject(place):
                self._subject = None
            elif self._subject is None and first:
                self._goes_on_with_document(start)
        elif first and self._begins_with_verb(place):
            self._goes_on_with_document(start)
        return 0 if self._subject else place

    def _after_days(self) -> int:
        place = 0
        while self._clause.kind(place) == "date" or self._clause.word(place) in LIGHT | YET or self._is_on_day(place):
            place += 1
        return place

    def _is_on_day(self, place: int) -> bool:
        return self._clause.word(place) in PLACED and self._clause.kind(place + 1) == "date"

    def _goes_on_with_document(self, start: int) -> None:
        meant = self._referents.last()
        self._subject = Subject(ends=meant[:1], start=start, reference=meant[1]) if meant else None

    def _begins_with_verb(self, place: int) -> bool:
        placed = self._clause.placed(place) is not None
        return self._clause.tag(place) in {"v", "d"} or placed or self._clause.kind(place) == "quantity"

    def _named(self, place: int, *, first: bool) -> int:
        """A name that begins a clause: what it is about, unless it only stands beside the subject, or before a noun."""
        ends, after = self._clause.names(place)
        word = self._clause.word(after)
        if self._clause.is_verb(after) and self._clause.word(after + 1) == "的":
            self._subject = None
            return len(self._clause)
        verb = self._clause.is_verb(after) or self._clause.placed(after) is not None
        verb = verb or self._clause.kind(after) == "date"
        alone = first and after == len(self._clause)
        if word in _VERBS or word == "的" or verb or alone:
            meant = self._referents.of_chinese_kind(self._text[ends[0].start : ends[0].end]) if len(ends) == 1 else None
            self._subject = Subject(
                ends=meant[:1] if meant else ends, start=self._clause.pieces[place].start,
                reference=meant[1] if meant else "",
            )  # fmt: skip
            return after
        if self._clause.goes_on_later(after):
            self._subject = None
        return len(self._clause)

    def _is_of_subject(self, place: int) -> bool:
        """Whether a noun that begins a clause is something of its subject: 总部设在, 首任台长是, 海拔3210米."""
        at = self._clause.nouns(place)
        length = len(self._clause.said(place, at))
        if at == place or length > MOST_WORD:
            return False
        if self._clause.placed(at) is not None:
            return length <= 2
        return self._clause.word(at) in IS or self._clause.is_measure(at)

    def _meant(self, place: int, *, first: bool) -> tuple[End, Reference, int] | None:
        """Whom 他, 其 and 该公司 mean, and the place after."""
        word, noun, after = self._clause.word(place), self._clause.word(place), place + 1
        if word == _OWN and not first:
            return (self._subject.ends[0], self._subject.reference, after) if self._subject else None
        if word in PERSONAL | NEUTER:
            meant = self._referents.meant_in_chinese(personal=word in PERSONAL, own=word == _OWN)
            return (*meant, after) if meant else None
        this = next((one for one in THIS if word.startswith(one)), "")
        if this and word == this:
            noun, after = self._clause.word(after), after + 1
        elif this:
            noun = word[len(this) :]
        elif len(word) < 2 or not self._clause.is_noun(place):
            return None
        meant = self._referents.of_chinese_kind(noun) if noun else None
        return (*meant, after) if meant else None
