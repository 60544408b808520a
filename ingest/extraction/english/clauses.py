"""The clauses of an English sentence. By rule, from left to right.

A clause is read only from where it can begin, and only while every word of it is understood: a negation, a wish, a
possibility or an unknown construction ends it without a statement. Fewer statements that are right are worth more.
"""

from collections.abc import Sequence
from dataclasses import replace

from ingest.extraction.english.noun_phrases import Phrase, phrase_at
from ingest.extraction.english.predication import Predication
from ingest.extraction.english.roles import role_at
from ingest.extraction.english.sentence import Sentence
from ingest.extraction.english.verbs import verb_group
from ingest.extraction.stating.pieces import Piece
from ingest.extraction.stating.referring import MASCULINE, NEUTER, Referents
from ingest.extraction.stating.stated import End, Statement, Subject
from ingest.extraction.stating.words import (
    BE,
    CLAUSE_WORDS,
    HAVE,
    HIS,
    PREPOSITIONS,
    is_adverb,
    is_finite,
    is_participle,
)

MOST_PIECES = 90
"""Of a sentence; what is longer is mostly a list or a table without its lines."""
_ENDS_OF_CLAUSES = frozenset([",", ";", ":", "–", "—"])
_RELATIVE = frozenset(["who", "which"])
_PRONOUNS = (MASCULINE | NEUTER) - HIS
_UNREAL = frozenset(["if", "whether", "unless", "?"])


class Clauses:
    """Reads the sentences of one passage, in order.

    Args:
        referents: who is spoken of.
    """

    def __init__(self, referents: Referents) -> None:
        self._in = Sentence(referents)
        self._predication = Predication(self._in)
        self._referents = referents
        self._first = True
        self._spoken_of: Subject | None = None

    def read(self, pieces: Sequence[Piece]) -> list[Statement]:
        """What one sentence states."""
        self._in.begin(pieces)
        self._spoken_of = None
        if len(pieces) > MOST_PIECES or any(piece.small in _UNREAL for piece in pieces):
            return []
        place, lead = 0, self._lead()
        while place < len(pieces):
            subject, after = self._subject(place) if self._begins(place) else (None, place)
            if subject is not None and self._goes_with(place, after, lead):
                self._spoken_of = self._spoken_of or subject
                place = self._clause(subject, after, lead if lead and place <= lead.after + 1 else None)
            else:
                place = max(self._beside(place), place + 1)
        if self._spoken_of is not None:
            self._referents.speaks_of(self._spoken_of.ends[0], first=self._first)
        self._first = False
        return self._in.found

    def _lead(self) -> Phrase | None:
        """The day that stands before the first clause: "In 1987 it discovered …"."""
        phrase = phrase_at(self._in.pieces, 1) if self._in.stands(0, ["in", "on", "since"]) else None
        return phrase if phrase and phrase.ends and phrase.ends[0].kind == "date" else None

    def _begins(self, place: int) -> bool:
        """Whether a clause can begin at a place."""
        if place == 0:
            return True
        before = self._in.pieces[place - 1]
        if before.small in _ENDS_OF_CLAUSES or before.is_word(*CLAUSE_WORDS):
            return True
        return place == 2 and self._in.pieces[0].kind == "word" and before.kind == "date"

    def _goes_with(self, place: int, after: int, lead: Phrase | None) -> bool:
        """Whether a subject within a sentence is one, and not the next of a row of names."""
        if place == 0 or self._in.stands(place - 1, [";"]) or (lead is not None and place <= lead.after + 1):
            return True
        if self._in.stands(place - 1, [","]) and self._spoken_of is not None:
            return False
        return verb_group(self._in.pieces, after) is not None

    def _subject(self, place: int) -> tuple[Subject | None, int]:
        """What a clause that begins at a place is about, and the place after it."""
        start = self._in.pieces[place].start
        meant = self._referents.meant(self._in.pieces[place].small) if self._in.stands(place, _PRONOUNS) else None
        if meant is not None:
            return Subject(ends=meant[:1], start=start, reference=meant[1]), place + 1
        role = role_at(self._in, place)
        if role is not None:
            self._spoken_of = self._spoken_of or role[0]
            return role[1], role[2]
        phrase = phrase_at(self._in.pieces, place, subject=True)
        if phrase is None or self._in.stands(phrase.after, ["of", "'"]):
            return None, place
        if phrase.named:
            return Subject(ends=phrase.ends, start=start), phrase.after
        meant = self._referents.of_kind(phrase.head) if phrase.is_only_a_kind else None
        return (Subject(ends=meant[:1], start=start, reference=meant[1]), phrase.after) if meant else (None, place)

    def _clause(self, subject: Subject, place: int, lead: Phrase | None) -> int:
        """What is said of a subject: beside its name, and by the verbs that follow it."""
        place = self._aside(subject, place)
        passive = False
        while (verbs := verb_group(self._in.pieces, place)) is not None:
            if passive and verbs.participle and self._in.stands(verbs.after, PREPOSITIONS):
                verbs = replace(verbs, passive=True)  # "was opened in 1966 and rebuilt by …"
            passive = verbs.passive
            place = self._predication.said(subject, verbs, lead)
            lead = None
            following = place + self._in.stands(place, [","])
            following += self._in.stands(following, ["and", "but"])
            if following == place or not self._goes_on(following):
                break
            place = following
        return place

    def _goes_on(self, place: int) -> bool:
        """Whether another verb of the same subject follows."""
        while is_adverb(self._in.word(place)):
            place += 1
        word = self._in.word(place)
        return word in BE or word in HAVE or is_finite(word) or is_participle(word)

    def _aside(self, subject: Subject, place: int) -> int:
        """What stands between a subject and its verb: ", the founder of NAME,", ", who …,", ", based in NAME,"."""
        if not self._in.stands(place, [","]):
            return place
        at = place + 1
        if self._in.stands(at, _RELATIVE):
            verbs = verb_group(self._in.pieces, at + 1)
            return self._closed(self._predication.said(subject, verbs)) if verbs else len(self._in.pieces)
        after = self._predication.by_participle(subject, at)
        if after is not None:
            return self._closed(after)
        phrase = phrase_at(self._in.pieces, at)
        if phrase and not phrase.ends and phrase.determiner in {"a", "an", "the"}:
            return self._closed(self._predication.defined(subject, phrase, "apposition"))
        return place

    def _closed(self, place: int) -> int:
        """The place after the comma that ends an aside."""
        return place + 1 if self._in.stands(place, [","]) else place

    def _beside(self, place: int) -> int:
        """What is said of a name that is no subject: "NAME's director NAME", "NAME, who …", "NAME written by NAME"."""
        piece = self._in.pieces[place]
        if piece.kind != "name":
            return place
        held = role_at(self._in, place) if piece.possessive else None
        if held is not None:
            return held[2]
        subject = Subject(ends=(End(start=piece.start, end=piece.end),), start=piece.start)
        at = place + 1 + self._in.stands(place + 1, [","])
        if self._in.stands(at, ["who"]):
            verbs = verb_group(self._in.pieces, at + 1)
            return self._predication.said(subject, verbs) if verbs else place
        written = self._predication.by_participle(subject, place + 1) if self._in.stands(place + 2, ["by"]) else None
        return place if written is None else written
