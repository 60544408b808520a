"""Who holds which role: "its director NAME", "NAME's director, NAME, …", "the mayor of NAME is NAME"."""

from ingest.extraction.english.noun_phrases import Phrase, phrase_at
from ingest.extraction.english.sentence import Sentence
from ingest.extraction.stating.stated import Subject
from ingest.extraction.stating.words import is_noun

Held = tuple[Subject, Subject, int]
"""The owner, the holder, and the place after them."""


def role_at(sentence: Sentence, place: int) -> Held | None:
    """The role that is told at a place, where one is; it is stated."""
    owner = sentence.owner(place)
    if owner is None:
        return _role_is(sentence, place)
    subject, after = owner
    role = phrase_at(sentence.pieces, after)
    if role is None or not role.words or not is_noun(role.head):
        return None
    if role.ends:
        return _held(sentence, subject, role, role, place)
    at = role.after + sentence.stands(role.after, [","])
    holder = phrase_at(sentence.pieces, at)
    if holder is None or not holder.named or holder.words:
        return _is_held(sentence, subject, role, role.after)
    if at > role.after and not sentence.stands(holder.after, [",", "."]):
        return None
    return _held(sentence, subject, role, holder, place)


def _held(sentence: Sentence, owner: Subject, role: Phrase, holder: Phrase, place: int) -> Held | None:
    if not holder.named:
        return None
    sentence.hold(holder, role, owner, "of")
    return owner, Subject(ends=holder.ends, start=sentence.pieces[place].start), holder.after


def _is_held(sentence: Sentence, owner: Subject, role: Phrase, place: int) -> Held | None:
    """ "… is NAME" after a role."""
    holder = sentence.whole_thing(place + 1) if sentence.stands(place, ["is", "was"]) else None
    if holder is None or not holder.named:
        return None
    sentence.hold(holder, role, owner, "of")
    return owner, Subject(ends=holder.ends[:1], start=holder.ends[0].start), holder.after


def _role_is(sentence: Sentence, place: int) -> Held | None:
    """ "The mayor of NAME is NAME"."""
    role = phrase_at(sentence.pieces, place)
    if role is None or role.ends or role.determiner != "the" or not sentence.stands(role.after, ["of"]):
        return None
    owner = phrase_at(sentence.pieces, role.after + 1)
    if owner is None or not owner.named:
        return None
    start = sentence.pieces[place].start
    return _is_held(sentence, Subject(ends=owner.ends[:1], start=start), role, owner.after)
