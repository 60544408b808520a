"""How an English question depends on what was said before it. Pure.

It is read by its words: which of them stand for something that the question does not name itself, and whether it asks
at all or only names what else to ask about.
"""

import re
from collections.abc import Iterator

from graph.model import Span
from graph.text.names import FoundName, find_names
from graph.text.stop_words import STOP_WORDS
from graph.text.tokens import fold
from retrieval.questions.english_nouns import kind_of
from retrieval.rewriting.generic_words import GENERIC
from retrieval.rewriting.reading.dependence import ALONE, Dependence, Form, Lack, Reference
from retrieval.rewriting.reading.english_words import (
    ABOUT,
    ASKS_BARELY,
    BREAK,
    CORRECTS,
    DEFINITE,
    DENIES,
    DOES_IT,
    EMPTY_IT,
    EMPTY_THERE,
    HER_OBJECT,
    INDEFINITE,
    INVERTED,
    ITEM,
    JOINED,
    MODIFIER,
    MOST_BARE_WORDS,
    NOT_POINTING,
    NUMBERS,
    ONE,
    OPENING,
    PARTICIPLES,
    POINTING,
    PRONOUN,
    SENTENCE,
    THAT_REFERS,
    VERB,
)


def read_english(text: str) -> Dependence:
    """What an English question lacks."""
    corrected = _corrected(text)
    about = ABOUT.match(text)
    if corrected is not None:
        return corrected
    if about and not about["tail"] and _trimmed(about["rest"]):
        return _said(_trimmed(about["rest"]), "counterpart")
    opened = OPENING.match(text)
    core = text[opened.end() if opened else 0 :].strip()
    barely = ASKS_BARELY.match(core)
    if barely and _is_noun(barely["noun"]):
        return Dependence(lack="asking", rest=_trimmed(core))
    if core and not VERB.search(core) and len(core.split()) <= MOST_BARE_WORDS:
        return _said(_trimmed(core), "counterpart" if JOINED.match(text) or MODIFIER.match(core) else "bare")
    references = _references(text)
    if references:
        return Dependence(lack="reference", references=references)
    return ALONE if not core or _names_something(text) else Dependence(lack="subject")


def _said(rest: str, lack: Lack) -> Dependence:
    return Dependence(lack=lack, rest=rest, references=_references(rest))


def _corrected(text: str) -> Dependence | None:
    """What a correction means instead; a whole question among the words is one by itself."""
    found = CORRECTS.match(text)
    denied = None if found else DENIES.match(text)
    if denied and (VERB.search(denied["rest"]) or len(denied["rest"].split()) > MOST_BARE_WORDS):
        denied = None
    found = found or denied
    if found is None:
        return None
    rest = _trimmed(found["rest"])
    if VERB.search(rest) and len(rest.split()) > 2:
        inner = read_english(rest)
        return inner if inner.lack in {"nothing", "subject"} else None
    return Dependence(lack="correction", rest=rest, references=_references(rest)) if rest else None


def _trimmed(rest: str) -> str:
    return rest.strip(" \t\n?.!,;:…")


def _is_noun(word: str | None) -> bool:
    return not word or kind_of(word) != "any" or word.lower() in {"one", "ones", "kind", "type", "else", "company"}


def _references(text: str) -> tuple[Reference, ...]:
    """Words of a question that stand for something it does not name, in order; none overlaps another."""
    empty = [found.span() for rule in (EMPTY_IT, EMPTY_THERE, DOES_IT) for found in rule.finditer(text)]
    kept: list[Reference] = []
    for one in sorted(_candidates(text), key=lambda each: (each.start, -each.end)):
        inside = any(start <= one.start and one.end <= end for start, end in empty)
        if not inside and (not kept or one.start >= kept[-1].end) and not _bound(text, one):
            kept.append(one)
    return tuple(kept)


def _candidates(text: str) -> Iterator[Reference]:
    yield from _pronouns(text)
    for found in ITEM.finditer(text):
        yield Reference(start=found.start(), end=found.end(), form="noun", number=NUMBERS[found["which"].lower()])
    for found in POINTING.finditer(text):
        if _points(text, found):
            several = found["word"].lower() in {"these", "those"}
            noun = _noun_of(found["noun"])
            end = found.end("noun") - len(found["noun"]) + len(noun)
            yield Reference(
                start=found.start(),
                end=end,
                form="noun" if noun else "several" if several else "thing",
                noun=noun.strip().lower(),
                points=True,
            )
    for found in ONE.finditer(text):
        group = "one" if found["one"] else "other"
        yield Reference(start=found.start(group), end=found.end(group), form="thing")
    if not _names_something(text):
        for found in DEFINITE.finditer(text):
            ends = not text[found.end() :].strip(" ?.!,;")
            noun = _subject_of(text[: found.start()], found["noun"], ends=ends)
            if noun.lower() not in STOP_WORDS:
                end = found.end("noun") - len(found["noun"]) + len(noun)
                yield Reference(start=found.start(), end=end, form="noun", noun=noun.lower())


def _subject_of(before: str, words: str, *, ends: bool) -> str:
    """A noun phrase without the verb of the question, which stands behind it where an auxiliary is before it."""
    noun, _, last = words.rpartition(" ")
    inverted = INVERTED.search(before)
    if not noun or inverted is None:
        return words
    verb = last.lower() in PARTICIPLES or last.lower().endswith("ed") or (ends and not inverted["be"])
    return noun if verb else words


def _pronouns(text: str) -> Iterator[Reference]:
    for found in PRONOUN.finditer(text):
        group = found.lastgroup or ""
        possessive = group in {"owner", "its", "their"}
        if group == "her":
            possessive = HER_OBJECT.match(text, found.end()) is None
        form: Form = "person"
        if group in {"thing", "its"}:
            form = "thing"
        elif group in {"several", "their"}:
            form = "several"
        elif group == "place":
            form = "place"
        yield Reference(start=found.start(), end=found.end(), form=form, possessive=possessive)


def _points(text: str, found: re.Match[str]) -> bool:
    """Whether "this", "that" and the like point at something: "that" may only join clauses."""
    word, after = found["word"].lower(), text[found.end("word") :]
    if NOT_POINTING.match(after) or re.match(r" (?:who|which|that)\b", after):
        return False
    if word in {"said", "such a", "such an"}:
        return bool(found["noun"]) and word != "said"
    return word != "that" or THAT_REFERS.search(text[: found.start()]) is not None


def _noun_of(words: str) -> str:
    """The words of a noun, up to one that can only follow it."""
    kept = ""
    for word in re.findall(r" [^ ]+", words):
        if fold(word.strip()) in GENERIC or word.endswith(("ly", "able", "ed")):
            break
        kept += word
    return kept


def _bound(text: str, one: Reference) -> bool:
    """Whether the question itself names, before such a word, what it stands for."""
    before = text[: one.start]
    sentences = SENTENCE.split(before)
    if len(sentences) > 1 and any(_content(sentence) for sentence in sentences[:-1]):
        return one.form != "person" or _tells_of_one(" ".join(sentences[:-1]))
    if one.number or one.form == "noun":
        return False
    last = max((name.end for name in _names(before)), default=-1)
    if last >= 0 and (one.possessive or BREAK.search(before, last)):
        return True
    indefinite = INDEFINITE.search(before)
    return indefinite is not None and BREAK.search(before, indefinite.end()) is not None


def _tells_of_one(said: str) -> bool:
    """Whether sentences name somebody, or say "a singer", "my wife": "he" and "she" are no group of people."""
    words = [word.lower() for word in re.findall(r"[\w'’-]+", said)]
    named = any(" " in found.name for found in _names(said))
    return named or any(kind_of(word) == "person" and not word.endswith("s") for word in words)


def _content(sentence: str) -> bool:
    """Whether a sentence says something that a later word may stand for."""
    opened = OPENING.match(sentence)
    rest = sentence[opened.end() if opened else 0 :]
    if _references(rest):
        return False
    return len([word for word in re.findall(r"[\w'’-]+", rest) if word.lower() not in STOP_WORDS]) >= 2


def _names(text: str) -> list[FoundName]:
    """Names of a text, without a word that only begins it."""
    found = find_names(text, [Span(start=0, end=len(text))])
    return [
        name
        for name in found
        if name.kind != "year" and not (name.kind == "word" and not text[: name.start].strip(" \"'"))
    ]


def _names_something(text: str) -> bool:
    return bool(_names(text))
