"""What a client has done to a service that is killed under it, and what it must therefore find there afterwards.

The client is independent: it keeps its own book, and asks the service over HTTP alone.
"""

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx

GONE = ""
"""The text of a document that is not there."""
PEOPLE = ("Tove Rask", "Ida Holm", "Per Lund", "Kaja Brandt", "Nils Aune")


@dataclass(kw_only=True)
class History:
    """One document: the texts that it may have now, and what it must never show again.

    ``possible`` holds one text once every operation was acknowledged; one that was cut off adds its own. ``settled`` is
    false from an operation on until its outcome was looked at. ``old`` are the code words of earlier texts, ``taken``
    those of texts that were acknowledged: only of these a purge promises that no byte is left.
    """

    id: str
    subject: str = ""
    possible: set[str] = field(default_factory=lambda: {GONE})
    version: int = 0
    settled: bool = True
    old: set[str] = field(default_factory=set)
    taken: set[str] = field(default_factory=set)
    purged: set[str] = field(default_factory=set)

    def acknowledged(self, text: str, version: int) -> None:
        """An operation was acknowledged: nothing earlier holds."""
        self.old |= {word_of(one) for one in self.possible if one not in {GONE, text}}
        self.taken |= {word_of(text)} - {""}
        self.subject = subject_of(text) or self.subject
        self.possible, self.version, self.settled = {text}, version, False

    def cut_off(self, text: str) -> None:
        """Nobody knows whether an operation was accepted."""
        self.possible.add(text)
        self.settled = False

    def purge_acknowledged(self, version: int) -> None:
        """Every text there was has left every byte."""
        self.acknowledged(GONE, version)
        self.purged |= self.old & self.taken


class Book:
    """Every document of one service."""

    def __init__(self, seed: int) -> None:
        self._draw = random.Random(seed)
        self._lock = threading.Lock()
        self._words = 0
        self.documents: dict[str, History] = {}
        self.operations: Counter[str] = Counter()
        self.unnamed: list[str] = []

    def new(self) -> History:
        """A document that the client names."""
        with self._lock:
            one = History(id=f"d{len(self.documents)}")
            self.documents[one.id] = one
            return one

    def text(self, subject: str = "") -> str:
        """A text that no other one equals; its first sentence has a code word of its own, as a name."""
        with self._lock:
            self._words += 1
            if not subject[1:].isdigit():  # the service has named it
                subject = f"u{self._words}"
            lines = [
                f"Gate {self._draw.randrange(10**6)} was opened by {self._draw.choice(PEOPLE)}"
                f" in {self._draw.randrange(1700, 2000)}."
                for _ in range(self._draw.choice((2, 6, 40)))
            ]
            word, bridge = _spelled("Kod", self._words), _spelled(subject[0].upper() + "or", int(subject[1:]))
        return f"{bridge} Bridge was built by {word} Rask. " + " ".join(lines)

    def count(self, operation: str) -> None:
        """One more was acknowledged."""
        with self._lock:
            self.operations[operation] += 1


def word_of(text: str) -> str:
    """The code word of a text."""
    return text.split(" built by ", 1)[1].split(" ", 1)[0] if text else ""


def subject_of(text: str) -> str:
    """The bridge that a text is about."""
    return text.split(" was ", 1)[0]


def _spelled(start: str, number: int) -> str:
    """A word for a number: names have no digits, and no two are alike but for a last letter."""
    syllables = [consonant + vowel for consonant in "bdfgklmnprstvz" for vowel in "aeiou"]
    for _ in range(3):
        number, rest = divmod(number, len(syllables))
        start += syllables[rest]
    return start


class Findings:
    """Counts of what must not be, and the first of each kind. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.counts: Counter[str] = Counter()
        self.examples: dict[str, list[str]] = {}

    def note(self, kind: str, what: str) -> None:
        """Something that must not be."""
        with self._lock:
            self.counts[kind] += 1
            self.examples.setdefault(kind, [])
            if len(self.examples[kind]) < 5:
                self.examples[kind].append(what)


class Inspector:
    """Compares a service with a book."""

    def __init__(self, http: httpx.Client, book: Book, findings: Findings) -> None:
        self._http = http
        self._book = book
        self._note = findings.note

    def deletions(self, documents: Iterable[History]) -> None:
        """What was deleted is found nowhere, from the acknowledgement on: before the jobs of others are done, too."""
        for one in documents:
            if one.possible == {GONE}:
                self._content(one)
                self._old_words(one)

    def everything(self, documents: Iterable[History], asked: Callable[[History], bool]) -> None:
        """Call once every job has ended: content and list; of those to be ``asked`` for, search and answers as well."""
        listed = self._listed()
        for identifier, times in listed.items():
            if times == 1 and self._unacknowledged(identifier):
                continue  # it will be sent again, and must be recognised then
            if times > 1 or identifier not in self._book.documents:
                ours = identifier in self._book.documents
                self._note("doubled", f"{identifier} is listed {times} times, and is ours: {ours}")
        for one in documents:
            text = self._content(one)
            if (text != GONE) != (one.id in listed):
                self._note("half", f"{one.id}: the list and the content do not agree")
            one.old |= {word_of(other) for other in one.possible if other not in {GONE, text}}
            one.possible = {text}
            if asked(one) and text != GONE:
                self._whole(one, text)
            if asked(one):
                self._old_words(one)
            one.settled = True

    def _unacknowledged(self, identifier: str) -> bool:
        if identifier in self._book.documents:
            return False
        return self._http.get(f"/v1/documents/{identifier}/content").text in self._book.unnamed

    def _content(self, one: History) -> str:
        answer = self._http.get(f"/v1/documents/{one.id}/content")
        text = answer.text if answer.status_code == 200 else GONE
        if answer.status_code not in {200, 404}:
            self._note("refused", f"{one.id}: {answer.status_code} {answer.text[:200]}")
        elif text not in one.possible:
            kind = "found after deletion" if one.possible == {GONE} else "lost"
            self._note(kind, f"{one.id}: shows {word_of(text)!r}, not one of {sorted(map(word_of, one.possible))}")
        return text

    def _whole(self, one: History, text: str) -> None:
        shown = self._http.get(f"/v1/documents/{one.id}").json()
        chunks = self._http.get(f"/v1/documents/{one.id}/chunks").json()
        if " ".join(chunk["text"] for chunk in chunks) != text or not shown["entities"]:
            self._note("half", f"{one.id}: {len(chunks)} chunks, {shown['entities']} entities")
        if shown["version"] < one.version:
            self._note("lost", f"{one.id}: version {shown['version']}, {one.version} was acknowledged")
        word = word_of(text)
        hits = [hit for hit in self._search(word) if word in hit["text"]]
        if len(hits) != 1 or hits[0]["document_id"] != one.id:
            self._note("lost" if not hits else "doubled", f"{one.id}: {len(hits)} passages with {word!r} at search")
        answer = self._ask(subject_of(text))
        if word not in answer["answer"] or not any(cited["document_id"] == one.id for cited in answer["citations"]):
            self._note("lost", f"{one.id}: the answer {answer['answer']!r} does not tell {word!r}")

    def _old_words(self, one: History) -> None:
        """No code word of an earlier text comes up; the newest few are looked for."""
        for word in sorted(one.old)[-2:]:
            if any(word in hit["text"] for hit in self._search(word)):
                self._note("found after deletion", f"{one.id}: {word!r} at search")
        if one.subject and one.old:
            answer = self._ask(one.subject)
            told = " ".join((answer["answer"], *(cited["quote"] for cited in answer["citations"])))
            for word in one.old:
                if word in told:
                    self._note("found after deletion", f"{one.id}: {word!r} in an answer")

    def _listed(self) -> Counter[str]:
        listed: Counter[str] = Counter()
        cursor: str | None = ""
        while cursor is not None:
            page = self._http.get("/v1/documents", params={"limit": 500, "cursor": cursor}).json()
            listed.update(document["id"] for document in page["documents"])
            cursor = page["next_cursor"]
        return listed

    def _search(self, word: str) -> list[dict[str, Any]]:
        answer = self._http.post("/v1/search", json={"query": word, "k": 5, "mode": "keyword"})
        answer.raise_for_status()
        return list(answer.json()["hits"])

    def _ask(self, subject: str) -> dict[str, Any]:
        answer = self._http.post("/v1/ask", json={"question": f"Who built {subject}?"})
        answer.raise_for_status()
        return dict(answer.json())


def purged_words(book: Book) -> Iterator[str]:
    """Code words that must stand in no byte."""
    for one in book.documents.values():
        yield from one.purged
