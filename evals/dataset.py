"""Data sets in the BEIR convention with Quipu's extensions (docs/datasets.md), checked as they are read.

Thakur et al.: *BEIR: A heterogeneous benchmark for zero-shot evaluation of information retrieval models* (2021).
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graph.errors import InputError
from graph.parsing import read_json
from retrieval.model import Utterance

_GRADE = re.compile(r"-?[0-9]{1,9}")


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpusDocument:
    """One document of a corpus."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One question. ``answers`` holds every right spelling; it is empty where there is no gold answer.

    ``steps`` are the documents that the hops of the question rest on, in order. ``passages`` maps a document to the
    passage in it that answers, where the data set names one. ``history`` is what was said before the question.
    """

    id: str
    text: str
    answers: tuple[str, ...]
    answerable: bool
    hops: int | None
    steps: tuple[str, ...]
    passages: Mapping[str, str]
    history: tuple[Utterance, ...] = ()

    @property
    def even(self) -> bool:
        """Whether settings may be tuned on the question: the first byte of its id's SHA-256 is even."""
        return hashlib.sha256(self.id.encode("utf-8", "replace")).digest()[0] % 2 == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """A corpus, questions, and what answers them.

    ``qrels[query id]`` maps each document that answers the question to its grade, which is above 0. ``digest`` is the
    SHA-256 (hex) of all files that were read.
    """

    name: str
    corpus: tuple[CorpusDocument, ...]
    queries: tuple[Query, ...]
    qrels: Mapping[str, Mapping[str, int]]
    digest: str

    @property
    def gradable(self) -> tuple[Query, ...]:
        """The questions with something to compare with: gold documents, gold answers, or that nothing answers."""
        return tuple(query for query in self.queries if query.id in self.qrels or query.answers or not query.answerable)


def load_dataset(folder: Path, *, needs_corpus: bool = True, shown: str | None = None) -> Dataset:
    """Read ``corpus.jsonl``, ``queries.jsonl`` and ``qrels.tsv`` (or ``qrels/test.tsv``, as BEIR packs it).

    Args:
        folder: where the files are.
        needs_corpus: where False, ``corpus.jsonl`` may be missing, and ids of documents are then not checked.
        shown: what messages call the folder, where they must not tell its path.

    Raises:
        InputError: a file or a field is missing, JSON is bad, or an id stands twice or is unknown. The message names
            file and line.
    """
    files = _Files(folder, shown or str(folder))
    has_corpus = needs_corpus or (folder / "corpus.jsonl").exists()
    corpus = tuple(_document(row) for row in files.rows("corpus.jsonl")) if has_corpus else ()
    queries = tuple(_query(row) for row in files.rows("queries.jsonl"))
    known = {document.id for document in corpus} if has_corpus else None
    asked = {query.id for query in queries}
    qrels: dict[str, dict[str, int]] = {}
    for place, query_id, document_id, score in files.qrels():
        if query_id not in asked:
            raise InputError(f"{place}: unknown query {query_id!r}")
        if known is not None and document_id not in known:
            raise InputError(f"{place}: unknown document {document_id!r}")
        if document_id in qrels.get(query_id, {}):
            raise InputError(f"{place}: query {query_id!r} and document {document_id!r} stand twice")
        qrels.setdefault(query_id, {})[document_id] = score
    positive = {query: {document: score for document, score in grades.items() if score > 0}
                for query, grades in qrels.items()}  # fmt: skip
    return Dataset(
        name=folder.name,
        corpus=corpus,
        queries=queries,
        qrels={query: grades for query, grades in positive.items() if grades},
        digest=files.digest(),
    )


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of a JSONL file; ``place`` is its file and line."""

    place: str
    fields: Mapping[str, Any]

    def text(self, name: str, default: str | None = None) -> str:
        value = self.fields.get(name)
        if value is None and default is not None:
            return default
        if not isinstance(value, str):
            raise InputError(f"{self.place}: {name!r} is missing, or no string")
        return value

    def bad(self, complaint: str) -> InputError:
        return InputError(f"{self.place}: {complaint}")


def _document(row: _Row) -> CorpusDocument:
    return CorpusDocument(id=row.text("_id"), title=row.text("title", ""), text=row.text("text"))


def _query(row: _Row) -> Query:
    answers = row.fields.get("answers") or []
    if not isinstance(answers, list) or not all(isinstance(answer, str) for answer in answers):
        raise row.bad("'answers' is a list of strings")
    metadata = row.fields.get("metadata") or {}
    if not isinstance(metadata, dict):
        raise row.bad("'metadata' is an object")
    hops = metadata.get("hops")
    if hops is not None and not isinstance(hops, int):
        raise row.bad("'metadata.hops' is a whole number")
    supports = [step.get("support") for step in _objects(metadata.get("decomposition"))]
    passages = {
        str(item["document"]): str(item["passage"])
        for item in _objects(metadata.get("evidence"))
        if "document" in item and "passage" in item
    }
    return Query(
        id=row.text("_id"), text=row.text("text"), answers=tuple(answers),
        answerable=bool(metadata.get("answerable", True)), hops=hops,
        steps=tuple(support for support in supports if isinstance(support, str)), passages=passages,
        history=tuple(_utterance(row, said) for said in _objects(metadata.get("history"))),
    )  # fmt: skip


def _utterance(row: _Row, said: Mapping[str, Any]) -> Utterance:
    speaker, text = said.get("speaker"), said.get("text")
    if speaker not in ("user", "agent") or not isinstance(text, str):
        raise row.bad("'metadata.history' holds utterances: 'speaker' is user or agent, 'text' a string")
    return Utterance(speaker="user" if speaker == "user" else "agent", text=text)


def _objects(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


class _Files:
    """The files of one data set, hashed as they are read."""

    def __init__(self, folder: Path, shown: str) -> None:
        self._folder = folder
        self._shown = shown
        self._hash = hashlib.sha256()

    def digest(self) -> str:
        return self._hash.hexdigest()

    def rows(self, name: str) -> Iterator[_Row]:
        """The objects of a JSONL file, each with an ``_id`` of its own."""
        seen: dict[str, int] = {}
        for line, raw in self._lines(name):
            place = f"{self._shown}/{name}:{line}"
            try:
                fields = read_json("the line", raw)
            except InputError as error:
                raise InputError(f"{place}: bad JSON: {error}") from error
            if not isinstance(fields, dict) or not isinstance(fields.get("_id"), str):
                raise InputError(f"{place}: an object with a string '_id' is expected")
            identity = fields["_id"]
            if identity in seen:
                raise InputError(f"{place}: id {identity!r} stands on line {seen[identity]} already")
            seen[identity] = line
            yield _Row(place, fields)

    def qrels(self) -> Iterator[tuple[str, str, str, int]]:
        """(file and line, query id, document id, score)."""
        packed = not (self._folder / "qrels.tsv").exists() and (self._folder / "qrels" / "test.tsv").exists()
        name = "qrels/test.tsv" if packed else "qrels.tsv"
        for line, raw in self._lines(name):
            place = f"{self._shown}/{name}:{line}"
            try:
                row = raw.decode("utf-8").rstrip("\r\n").split("\t")
            except UnicodeDecodeError as error:
                raise InputError(f"{place}: no UTF-8: {error}") from error
            if line == 1 and row[0] == "query-id":
                continue
            if len(row) != 3 or not _GRADE.fullmatch(row[2].strip()):
                raise InputError(f"{place}: query-id, corpus-id and a whole number are expected, between tabs")
            yield place, row[0], row[1], int(row[2])

    def _lines(self, name: str) -> Iterator[tuple[int, bytes]]:
        try:
            with (self._folder / name).open("rb") as file:
                self._hash.update(f"{name}\n".encode())
                for line, raw in enumerate(file, start=1):
                    self._hash.update(raw)
                    if raw.strip():
                        yield line, raw
        except OSError as error:
            raise InputError(f"{self._shown}/{name} cannot be read: {error.strerror}") from error
