"""A sentence that is being read: its pieces, what is found in it, and the noun phrases that stand in it."""

from collections.abc import Iterable, Sequence

from ingest.extraction.english.noun_phrases import Phrase, phrase_at
from ingest.extraction.stating.pieces import Piece
from ingest.extraction.stating.referring import Referents
from ingest.extraction.stating.stated import End, Rule, Statement, Subject
from ingest.extraction.stating.words import CLAUSE_WORDS, HIS, PREPOSITIONS, is_adverb, is_finite, is_noun

_NO_NOUNS = PREPOSITIONS | CLAUSE_WORDS


class Sentence:
    """One sentence after the other of a passage; ``pieces`` are those of the one that is read.

    Args:
        referents: who is spoken of.
    """

    def __init__(self, referents: Referents) -> None:
        self.referents = referents
        self.pieces: Sequence[Piece] = ()
        self.found: list[Statement] = []

    def begin(self, pieces: Sequence[Piece]) -> None:
        """Go on to the next sentence."""
        self.pieces, self.found = pieces, []

    def stands(self, place: int, words: Iterable[str]) -> bool:
        """Whether one of these words or marks stands at a place."""
        if not 0 <= place < len(self.pieces):
            return False
        piece = self.pieces[place]
        return piece.kind in {"word", "mark"} and piece.small in words

    def word(self, place: int) -> str:
        """The word at a place, in small letters; empty where none stands."""
        held = place < len(self.pieces) and self.pieces[place].kind == "word"
        return self.pieces[place].small if held else ""

    def owner(self, place: int) -> tuple[Subject, int] | None:
        """Whose something is ("its", "NAME's"), and the place after that."""
        if self.stands(place, HIS):
            meant = self.referents.meant(self.pieces[place].small)
            if meant is None:
                return None
            return Subject(ends=meant[:1], start=self.pieces[place].start, reference=meant[1]), place + 1
        at = place + self.stands(place, ["the"])
        if at < len(self.pieces) and self.pieces[at].possessive:
            named = self.pieces[at]
            return Subject(ends=(End(start=named.start, end=named.end),), start=named.start), at + 1
        return None

    def thing(self, place: int) -> Phrase | None:
        """A noun phrase, where "the company" is the name that it means, and "its director NAME" is NAME."""
        owner = self.owner(place)
        if owner is not None:
            held = phrase_at(self.pieces, owner[1])
            if held is not None and held.words and held.named:
                self.hold(held, held, owner[0], "of")
                return Phrase(after=held.after, ends=held.ends)
            return Phrase(after=held.after, words=held.words) if held and held.words else None
        phrase = phrase_at(self.pieces, place)
        if phrase is not None and phrase.is_only_a_kind and not self.stands(phrase.after, ["of"]):
            meant = self.referents.of_kind(phrase.head)
            return Phrase(after=phrase.after, ends=meant[:1]) if meant else phrase
        return phrase

    def whole_thing(self, place: int) -> Phrase | None:
        """Names or a value at a place, where they end there: not NAME of "NAME station"."""
        thing = self.thing(place)
        if thing is None or not thing.ends or (thing.named and not self.name_ends(thing.after)):
            return None
        return thing

    def name_ends(self, place: int) -> bool:
        """Whether a name ends before a place, and is not part of "NAME station" or "NAME's house"."""
        if place >= len(self.pieces):
            return True
        piece = self.pieces[place]
        if self.pieces[place - 1].possessive or piece.kind in {"name", "number"}:
            return False
        noun = piece.kind == "word" and is_noun(piece.small) and piece.small not in _NO_NOUNS
        return not noun or is_adverb(piece.small) or is_finite(piece.small)

    def hold(self, holders: Phrase, role: Phrase, owner: Subject, preposition: str) -> None:
        """A role that the names of a phrase have: "mayor of"."""
        if not role.common:
            return
        for holder in holders.ends:
            for end in owner.ends:
                self.add(holder, f"{role.common} {preposition}", end, owner, holders.after, "possession")

    def state(self, subject: Subject, predicate: str, target: End, after: int, rule: Rule = "verb") -> None:
        """What is said of a subject, up to a place."""
        for end in subject.ends:
            self.add(end, predicate, target, subject, after, rule)

    def add(self, source: End, predicate: str, target: End, subject: Subject, after: int, rule: Rule) -> None:
        """A statement that stands between the beginning of a subject and a place."""
        end = self.pieces[after - 1].end
        if source == target or not predicate.strip():
            return
        self.found.append(
            Statement(
                source=source, predicate=" ".join(predicate.split()), target=target, start=min(subject.start, end),
                end=end, rule=rule, reference=subject.reference,
            )
        )  # fmt: skip
