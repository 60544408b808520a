"""What a verb says of its subject: objects, agents, places and days, and what the subject is."""

from ingest.extraction.english.noun_phrases import Phrase, phrase_at
from ingest.extraction.english.sentence import Sentence
from ingest.extraction.english.verbs import VerbGroup, verb_group
from ingest.extraction.stating.stated import End, Rule, Subject
from ingest.extraction.stating.words import PREPOSITIONS, is_noun, is_participle, told

MOST_PREPOSITIONS = 6
_ROLES = frozenset(["of", "for", "at", "in", "on", "to", "from", "by", "near"])
_PLACES = frozenset(["in", "at", "near", "from", "on"])
_NOT_BY_ITSELF = frozenset(["between", "among"])
"""Prepositions that say nothing of one name alone."""


class Predication:
    """Reads what follows a subject in a sentence."""

    def __init__(self, sentence: Sentence) -> None:
        self._in = sentence

    def said(self, subject: Subject, verbs: VerbGroup, lead: Phrase | None = None) -> int:
        """What verbs say of their subject, and the place after that. Nothing where it is denied or only possible.

        ``lead`` is the day that stands before the clause.
        """
        if verbs.unreal:
            return verbs.after
        if verbs.copula:
            return self._is_something(subject, verbs.after)
        if "born" in verbs.words:
            self._in.referents.is_person(subject.ends[0])
        before = len(self._in.found)
        place, said = self._objects(subject, verbs)
        agents = True
        for _ in range(MOST_PREPOSITIONS if said else 0):
            after = self._with_preposition(subject, verbs, said, place, agents=agents)
            if after is None:
                break
            agents = agents and (self._in.stands(place, ["in", "at"]) or self._in.pieces[after - 1].kind != "name")
            place = after
        if lead is not None and (len(self._in.found) > before or verbs.past):
            self._in.state(subject, f"{said} {self._in.pieces[0].small}", lead.ends[0], place)
        return place

    def by_participle(self, subject: Subject, place: int) -> int | None:
        """ "… founded in 1904 by NAME": what a participle says of a subject; None where none stands there."""
        word = self._in.word(place)
        if not is_participle(word) or not self._in.stands(place + 1, PREPOSITIONS):
            return None
        return self.said(subject, VerbGroup(after=place + 1, words=(word,), passive=True))

    def defined(self, subject: Subject, phrase: Phrase, rule: Rule) -> int:
        """ "a town in NAME", "the founder of NAME", "a film directed by NAME and written by NAME"."""
        after = phrase.after
        thing = self._in.thing(after + 1) if self._in.stands(after, _ROLES) else None
        if phrase.determiner in {"a", "an"} and is_noun(phrase.head):
            for end in subject.ends:
                self._in.referents.is_a(end, phrase.head)
            self._kind(subject, phrase, thing, rule)
        if thing and not thing.ends:
            return thing.after
        if thing and thing.named and self._in.name_ends(thing.after):
            for end in thing.ends:
                said = f"{phrase.common} {self._in.pieces[after].small}"
                self._in.state(subject, said, end, thing.after, rule)
            return self._described(subject, self._wider(thing, after))
        return self._described(subject, thing.after if thing else after)

    def _objects(self, subject: Subject, verbs: VerbGroup) -> tuple[int, str]:
        """What follows a verb without a preposition: the place after it, and what has been said so far."""
        phrase = self._in.thing(verbs.after)
        if phrase is None:
            return verbs.after, verbs.told
        if not phrase.ends:
            return phrase.after, "" if phrase.holds_names else f"{verbs.told} {phrase.common}"
        if phrase.named and not self._in.name_ends(phrase.after):
            return phrase.after, ""
        for verb in verbs.words[-1:] if verbs.passive else verbs.words:
            for end in phrase.ends:
                predicate = f"was {verb}" if verbs.passive and phrase.named else told(verb)
                self._in.state(subject, predicate, end, phrase.after)
        return phrase.after, verbs.told

    def _with_preposition(
        self, subject: Subject, verbs: VerbGroup, said: str, place: int, *, agents: bool
    ) -> int | None:
        """One preposition and what it goes with; None where there is none, or it is not understood."""
        word = self._in.pieces[place].small if self._in.stands(place, PREPOSITIONS) else ""
        if not word:
            return None
        span = self._from_to(place)
        if span is not None:
            self._in.state(subject, said, span, place + 4)
            return place + 4
        thing = self._in.thing(place + 1)
        if thing is not None and not thing.ends:
            return self._deeper(subject, f"{said} {word}", thing) if place == verbs.after else None
        if thing is None or (thing.named and not self._in.name_ends(thing.after)):
            return None
        if word == "by" and verbs.passive and thing.named:
            self._turned(subject, verbs, thing if agents else Phrase(after=thing.after))
            return thing.after
        if self._says_something(word, thing, by_itself=place > verbs.after and said == verbs.told):
            for end in thing.ends:
                self._in.state(subject, f"{said} {word}", end, thing.after)
        return self._wider(thing, place)

    @staticmethod
    def _says_something(word: str, thing: Phrase, *, by_itself: bool) -> bool:
        """Whether a preposition with a thing is a statement; "of" after a name belongs to the name."""
        if word in _NOT_BY_ITSELF or (word == "of" and by_itself):
            return False
        return word != "to" or thing.named

    def _wider(self, thing: Phrase, place: int) -> int:
        """ "in Emporia, Virginia, United States": each lies in the next. The place after them."""
        after, inner = thing.after, thing.ends[-1]
        if not self._in.stands(place, _PLACES) or len(thing.ends) > 1 or not thing.named:
            return after
        while self._in.stands(after, [","]) and after + 1 < len(self._in.pieces):
            piece = self._in.pieces[after + 1]
            closed = after + 2 >= len(self._in.pieces) or self._in.stands(after + 2, [",", ".", ";"])
            if piece.kind != "name" or piece.possessive or not closed or self._is_listed(after + 2):
                break
            outer = End(start=piece.start, end=piece.end)
            begin = Subject(ends=(inner,), start=inner.start)
            self._in.state(begin, "in", outer, after + 2, "apposition")
            inner, after = outer, after + 2
        return after

    def _is_listed(self, place: int) -> bool:
        """Whether names with commas between them end with "and": a list, and no place within another."""
        while place < len(self._in.pieces) and (self._in.pieces[place].kind == "name" or self._in.stands(place, [","])):
            place += 1
        return self._in.stands(place, ["and", "or", "as"])

    def _deeper(self, subject: Subject, said: str, phrase: Phrase) -> int | None:
        """ "stands at the foot of NAME": the name after the common words of a preposition."""
        place = phrase.after
        thing = self._in.whole_thing(place + 1) if self._in.stands(place, _ROLES) else None
        if thing is None or phrase.holds_names:
            return None
        for end in thing.ends:
            self._in.state(subject, f"{said} {phrase.common} {self._in.pieces[place].small}", end, thing.after)
        return self._wider(thing, place)

    def _turned(self, subject: Subject, verbs: VerbGroup, agents: Phrase) -> None:
        """ "X was founded by Y": Y founded X."""
        for agent in agents.ends:
            for verb in verbs.words:
                for end in subject.ends:
                    self._in.add(agent, told(verb), end, subject, agents.after, "verb")

    def _from_to(self, place: int) -> End | None:
        """ "between 1958 and 1963", "from 1984 to 2003": one value."""
        pieces = self._in.pieces[place : place + 4]
        if len(pieces) < 4 or pieces[1].kind != "date" or pieces[3].kind != "date":
            return None
        if not pieces[0].is_word("between", "from") or not pieces[2].is_word("and", "to", "until"):
            return None
        return End(start=pieces[0].start, end=pieces[3].end, kind="date")

    def _is_something(self, subject: Subject, place: int) -> int:
        """What follows "is": what kind of thing the subject is, and of what or where."""
        phrase = phrase_at(self._in.pieces, place)
        if phrase is not None:
            return phrase.after if phrase.ends else self.defined(subject, phrase, "definition")
        thing = self._in.whole_thing(place + 1) if self._in.stands(place, _PLACES) else None
        if thing is None or not thing.named:
            return place
        self._in.state(subject, f"is {self._in.pieces[place].small}", thing.ends[0], thing.after)
        return self._wider(thing, place)

    def _kind(self, subject: Subject, phrase: Phrase, thing: Phrase | None, rule: Rule) -> None:
        """ "is a holding company"; "is a group of companies", and not "is a part" where it is one of a name."""
        last, after = phrase.words[-1].end, phrase.after
        if self._in.stands(after, ["-"]):
            return
        if self._in.stands(after, ["of"]):
            if thing is None or thing.ends:
                return
            last, after = thing.words[-1].end, thing.after
        self._in.state(subject, "is a", End(start=phrase.words[0].start, end=last, kind="phrase"), after, rule)

    def _described(self, subject: Subject, place: int) -> int:
        """ "… directed by NAME and written by NAME", "… who founded NAME", after what a subject is said to be."""
        at = place + self._in.stands(place, [","])
        if self._in.stands(at, ["who", "which", "that"]):
            verbs = verb_group(self._in.pieces, at + 1)
            return self.said(subject, verbs) if verbs else place
        while (after := self.by_participle(subject, at)) is not None:
            place = after
            at = place + self._in.stands(place, [","])
            at += self._in.stands(at, ["and"])
        return place
