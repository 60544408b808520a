"""Data sets in the BEIR convention with Quipu's extensions (docs/datasets.md), checked as they are read.

Thakur et al.: *BEIR: A heterogeneous benchmark for zero-shot evaluation of information retrieval models* (2021).
"""

import csv
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graph.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpusDocument:
    """One document of a corpus."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One question; ``answers`` are all right spellings, empty where there is no gold answer."""

    id: str
    text: str
    answers: tuple[str, ...]
    answerable: bool
    hops: int | None

    @property
    def even(self) -> bool:
        """Whether it belongs to the half that settings may be tuned on: first byte of SHA-256 of the id."""
        return hashlib.sha256(self.id.encode()).digest()[0] % 2 == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """``qrels[query id]`` are the ids of the documents that answer it; ``digest`` hashes all files read."""

    name: str
    corpus: tuple[CorpusDocument, ...]
    queries: tuple[Query, ...]
    qrels: Mapping[str, frozenset[str]]
    digest: str


def load_dataset(folder: Path) -> Dataset:
    """Read ``corpus.jsonl``, ``queries.jsonl`` and ``qrels.tsv``.

    Raises:
        InputError: a missing file, bad JSON, a missing field, an id twice or unknown; names file and line.
    """
    corpus = tuple(
        CorpusDocument(
            id=row["_id"], title=row.get("title") or "", text=_field(row, "text", folder, "corpus.jsonl", line)
        )
        for line, row in _rows(folder / "corpus.jsonl")
    )
    queries = tuple(_query(folder, line, row) for line, row in _rows(folder / "queries.jsonl"))
    known = {document.id for document in corpus}
    asked = {query.id for query in queries}
    qrels: dict[str, set[str]] = {}
    for line, query_id, document_id, score in _qrels(folder / "qrels.tsv"):
        for kind, name, names in (("query", query_id, asked), ("document", document_id, known)):
            if name not in names:
                raise InputError(f"{folder / 'qrels.tsv'}:{line}: unknown {kind} {name!r}")
        if score > 0:
            qrels.setdefault(query_id, set()).add(document_id)
    digest = hashlib.sha256()
    for name in ("corpus.jsonl", "queries.jsonl", "qrels.tsv"):
        digest.update((folder / name).read_bytes())
    return Dataset(
        name=folder.name,
        corpus=corpus,
        queries=queries,
        qrels={query: frozenset(documents) for query, documents in qrels.items()},
        digest=digest.hexdigest(),
    )


def _query(folder: Path, line: int, row: dict[str, Any]) -> Query:
    metadata = row.get("metadata") or {}
    return Query(
        id=row["_id"],
        text=_field(row, "text", folder, "queries.jsonl", line),
        answers=tuple(row.get("answers") or ()),
        answerable=bool(metadata.get("answerable", True)),
        hops=metadata.get("hops"),
    )


def _field(row: dict[str, Any], name: str, folder: Path, file: str, line: int) -> str:
    value = row.get(name)
    if not isinstance(value, str):
        raise InputError(f"{folder / file}:{line}: {name!r} is missing, or no string")
    return value


def _rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    seen: set[str] = set()
    with _open(path) as file:
        for line, text in enumerate(file, start=1):
            if not text.strip():
                continue
            try:
                row = json.loads(text)
            except ValueError as error:
                raise InputError(f"{path}:{line}: bad JSON: {error}") from error
            if not isinstance(row, dict) or not isinstance(row.get("_id"), str):
                raise InputError(f"{path}:{line}: an object with a string '_id' is expected")
            if row["_id"] in seen:
                raise InputError(f"{path}:{line}: id {row['_id']!r} stands twice")
            seen.add(row["_id"])
            yield line, row


def _qrels(path: Path) -> Iterator[tuple[int, str, str, int]]:
    with _open(path) as file:
        for line, row in enumerate(csv.reader(file, delimiter="\t"), start=1):
            if line == 1 and row and row[0] == "query-id":
                continue
            if len(row) != 3 or not row[2].lstrip("-").isdigit():
                raise InputError(f"{path}:{line}: query-id, corpus-id and a whole number are expected")
            yield line, row[0], row[1], int(row[2])


def _open(path: Path) -> Any:
    try:
        return path.open(encoding="utf-8", newline="")
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
