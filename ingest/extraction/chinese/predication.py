"""What a Chinese clause says of its subject.

A role is told as the attribute of its owner: 林雨桐 – 导师 → 周明远. What is done by somebody (由, 被) is turned round,
as in English; a verb with its 于 or 在 is one predicate: 出生于, 位于, 设在.
"""

import re
from dataclasses import replace

import rjieba

from ingest.extraction.chinese.clause import MOST_WORD, Clause
from ingest.extraction.chinese.words import (
    AGENTS,
    FROM_THEN,
    IS,
    LIGHT,
    NO_STATEMENT,
    OFFICE_ENDS,
    ONE_CHARACTER,
    PERSONAL_VERBS,
    PLACED,
    RANKS,
    STYLES,
)
from ingest.extraction.stating.referring import Referents
from ingest.extraction.stating.stated import End, Rule, Statement, Subject

_COUNTED = re.compile(
    "[一两兩二三几幾]?(?:个|個|种|種|间|間|位|名|所|座|部|条|條|家|款|本|首|张|張|片|群|串|支|项|項|类|類|组|組|枚|只|隻|艘|颗|顆)(?=..)"
)
_EARLY = 6
"""Pieces within which 是 is the verb of a clause."""


class Predication:
    """Reads what follows the subject of a clause.

    Args:
        text: the passage.
        referents: who is spoken of.
    """

    def __init__(self, text: str, referents: Referents) -> None:
        self._text = text
        self._referents = referents
        self._clause = Clause([])
        self.found: list[Statement] = []

    def said(self, clause: Clause, subject: Subject, place: int) -> Subject | None:
        """What a clause says of its subject from a place on; whom the next clause goes on with."""
        self._clause = clause
        if clause.word(place) == "的":
            going_on = self._attribute(subject, place + 1)
            return None if going_on is subject else going_on
        going_on = self._attribute(subject, place)
        if going_on is not subject or going_on is None:
            return going_on
        while place < len(clause):
            word = clause.word(place)
            if word in IS and place < _EARLY:
                self._is_something(subject, place + 1)
                break
            place = self._done_by(subject, place + 1) if word in AGENTS else self._verb(subject, place)
        return subject

    def _attribute(self, subject: Subject, place: int) -> Subject | None:
        """台长是何静文, 口径为65米, 总部设在清江市, 海拔3210米: whom the next clause goes on with."""
        at = self._clause.nouns(place)
        said = self._clause.said(place, at)
        if at == place or at >= len(self._clause) or len(said) > MOST_WORD:
            return subject
        word = self._clause.word(at)
        if word in IS and (word == "是" or not self._clause.is_verb(at - 1)):
            return self._is_held(subject, said, at + 1)
        if self._clause.placed(at) is not None:
            self._placed(subject, at, said)
        elif self._clause.is_measure(at):
            self._state(subject, said, self._clause.measure(at))
        return subject

    def _is_held(self, subject: Subject, role: str, place: int) -> Subject | None:
        """What a role is: a name, of which the next clause goes on to speak, or a value."""
        target = self._last(place)
        if target is None:
            return None
        self._state(subject, role, target, "possession")
        if target.kind != "name":
            return subject
        self._referents.named(target)
        return Subject(ends=(target,), start=self._clause.pieces[-1].start)

    def _last(self, place: int) -> End | None:
        """The name that ends a clause, or a value that is all of it: 是林雨桐的导师周明远, 为65米."""
        last = len(self._clause) - 1
        if place >= last or self._clause.word(last):
            alone = place == last and not self._clause.word(last)
            before_nouns = self._clause.kind(place) == "name" and self._clause.are_nouns(place + 1, last + 1)
            return self._clause.end(place) if alone or before_nouns else None
        if self._clause.kind(last) != "name" or last - place > 4 or not self._clause.is_noun(last - 1):
            return None
        if place + 3 == last and self._clause.word(place + 1) == "的":  # 是A的B C: A's B, too, is C
            owner = Subject(ends=(self._clause.end(place),), start=self._clause.pieces[place].start)
            self._state(owner, self._clause.word(place + 2), self._clause.end(last), "possession")
        return self._clause.end(last)

    def _is_something(self, subject: Subject, place: int) -> None:
        """是天文学家, 是林雨桐的散文集, 是位于清江市的博物馆."""
        last = len(self._clause)
        begin = next((at + 1 for at in range(last - 1, place - 1, -1) if self._clause.word(at) == "的"), place)
        if not self._clause.are_nouns(begin, last):
            return
        if begin == place + 2 and self._clause.kind(place) == "name" and self._is_role(place, begin):
            owner = replace(subject, ends=(self._clause.end(place),))
            for end in subject.ends:
                self._state(owner, self._clause.said(begin, last), end, "definition")
            return
        if self._clause.placed(place) is not None:
            self._placed(subject, place, "")
        start, stop = self._clause.pieces[begin].start, self._clause.pieces[-1].end
        counted = _COUNTED.match(self._text, start, stop)
        start = counted.end() if counted else start
        if 1 < stop - start <= 2 * MOST_WORD:
            self._state(subject, "是", End(start=start, end=stop, kind="phrase"), "definition")
            for one in subject.ends:
                self._referents.is_a(one, self._clause.word(last - 1))

    def _is_role(self, owner: int, begin: int) -> bool:
        """Whether the nouns from a place on are what something of a name is called; 一间唱片公司 is a kind."""
        words = self._clause.said(begin, len(self._clause))
        styled = self._clause.pieces[owner].small.endswith(STYLES)
        return len(words) <= MOST_WORD and not styled and not _COUNTED.match(words)

    def _done_by(self, subject: Subject, place: int) -> int:
        """由长宁大学于1980年设立: 长宁大学 – 设立 → subject. The place after it."""
        if self._clause.kind(place) != "name":
            return len(self._clause)
        agents, at = self._clause.names(place)
        begin = at
        while at < len(self._clause) and (self._clause.word(at) in LIGHT.union(PLACED) or not self._clause.word(at)):
            at += 1
        word = self._clause.word(at)
        if not self._clause.is_verb(at) or self._clause.word(at + 1) == "的" or word in NO_STATEMENT:
            return len(self._clause)
        for end in subject.ends:
            self._state(replace(subject, ends=agents), word, end, after=at)
        for day in range(begin, at):
            if self._clause.kind(day) == "date":
                self._state(subject, f"{word}于", self._clause.end(day), after=at)
        return at + 1

    def _verb(self, subject: Subject, place: int) -> int:
        """A verb with what stands beside it, and the place to go on from: the end where it is not understood."""
        date, at = self._day(place)
        word = self._clause.word(at)
        if word in {*PLACED[:2], "在"}:
            return self._where(subject, at)
        placed = self._clause.placed(at)
        if not (self._clause.is_verb(at) or placed) or self._clause.word(at + 1) == "的" or word[:1] in FROM_THEN:
            return len(self._clause)
        if date is not None and self._says_enough(word):
            self._state(subject, f"{word.rstrip('于於')}于", date, after=at)
        if placed is None:
            return self._object(subject, at)
        self._placed(subject, at, "")
        return len(self._clause)

    def _day(self, place: int) -> tuple[End | None, int]:
        """The day before a verb, and the place after it: 于2003年, 1978年."""
        date = None
        light = self._clause.word(place) in LIGHT
        while light or self._clause.kind(place) == "date" or self._clause.kind(place + 1) == "date":
            if self._clause.kind(place) == "date" and not self._clause.is_range(place):
                date = self._clause.end(place)
            elif not light and self._clause.kind(place) != "date" and self._clause.word(place) not in PLACED:
                break
            place += 1
            light = self._clause.word(place) in LIGHT
        return date, place

    @staticmethod
    def _says_enough(word: str) -> bool:
        """Whether a verb says something by itself."""
        verb = word.rstrip("于於")
        return verb not in NO_STATEMENT and (len(verb) > 1 or verb in ONE_CHARACTER)

    def _where(self, subject: Subject, place: int) -> int:
        """在清江市出生: 出生于."""
        verb = place + 2
        if self._clause.kind(place + 1) != "name" or not self._clause.is_verb(verb):
            return len(self._clause)
        if verb + 1 == len(self._clause) and len(self._clause.word(verb)) == 2:
            self._state(subject, f"{self._clause.word(verb)}于", self._clause.end(place + 1), after=verb)
            return verb + 1
        return verb

    def _placed(self, subject: Subject, place: int, before: str) -> None:
        """位于X; nothing of it where X only describes what follows."""
        placed = self._clause.placed(place)
        if placed is None or self._clause.is_only_before(placed.after):
            return
        described = any(self._clause.word(at) == "的" for at in range(placed.after, len(self._clause)))
        if described and (subject.reference or len(placed.ends) > 1):
            return
        if placed.ends[0].kind == "date" and placed.said.endswith("自"):
            return
        for end in placed.ends:
            self._state(subject, before + placed.said, end, after=placed.after - 1)

    def _object(self, subject: Subject, place: int) -> int:
        """A verb and its objects: 获得过1985年的启明奖, 包括甲、乙和丙. The place after them."""
        verb, at = self._clause.word(place), place + 1
        while self._clause.word(at) in LIGHT:
            at += 1
        if self._clause.kind(at) == "date" and self._clause.word(at + 1) == "的":
            at += 2
        begin, at = at, self._clause.nouns(at)
        if not self._says_enough(verb) or len(self._clause.said(begin, at)) > MOST_WORD:
            return len(self._clause)
        if self._clause.kind(at) == "quantity" and begin == at:
            self._state(subject, verb, self._clause.measure(at), after=at)
        return self._named(subject, verb, at) if self._clause.kind(at) == "name" else len(self._clause)

    def _named(self, subject: Subject, verb: str, place: int) -> int:
        """The names that a verb has as objects; in 担任云岭天文台台长 a role of one. The place after them."""
        ends, after = self._clause.names(place)
        office = verb.endswith(OFFICE_ENDS)
        if after < len(self._clause) and self._clause.word(after) not in LIGHT:
            if office and len(ends) == 1:
                self._office(ends[0], subject, after)
            return len(self._clause)
        for end in ends:
            owner = self._owner_within(end) if office else None
            if owner is None:
                self._state(subject, verb, end, after=after - 1)
            else:
                self._holds(subject, owner, self._text[owner.end : end.end], after - 1)
        return after

    def _holds(self, subject: Subject, owner: End, role: str, after: int) -> None:
        for holder in subject.ends:
            self._state(replace(subject, ends=(owner,)), role, holder, after=after)

    def _owner_within(self, end: End) -> End | None:
        """云岭天文台 in 云岭天文台台长: all but the last word."""
        words = rjieba.tag(self._text[end.start : end.end])
        if len(words) < 2 or words[-1][1][:1] != "n" or len(words[-1][0]) < 2:
            return None
        cut = len(words[-1][0]) + (len(words[-2][0]) if words[-2][0] in RANKS else 0)
        return End(start=end.start, end=end.end - cut) if end.end - cut - end.start > 1 else None

    def _office(self, owner: End, subject: Subject, place: int) -> None:
        """担任X的校长, 任X校长: X – 校长 → subject."""
        begin = place + (self._clause.word(place) == "的")
        words = self._clause.said(begin, len(self._clause))
        nouns = self._clause.are_nouns(begin, len(self._clause))
        if nouns and len(words) <= MOST_WORD and words[-1] not in "后後时時前中":
            self._holds(subject, owner, words, -1)

    def _state(self, subject: Subject, said: str, target: End, rule: Rule = "verb", *, after: int = -1) -> None:
        last = self._clause.pieces[after].end
        for source in subject.ends:
            if said and self._text[source.start : source.end] != self._text[target.start : target.end]:
                self.found.append(
                    Statement(
                        source=source, predicate=said, target=target, start=subject.start,
                        end=max(last, subject.start), rule=rule, reference=subject.reference,
                    )
                )  # fmt: skip
        if said.startswith(PERSONAL_VERBS):
            self._referents.is_person(subject.ends[0])
