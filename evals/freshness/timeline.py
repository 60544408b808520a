"""Reads dated data sets (docs/datasets.md): what documents said from which day on, and what was right on which day."""

import csv
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graph.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedText:
    """A document as it reads from a day on; ``text`` is None from the day of its deletion."""

    id: str
    title: str
    text: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedQuery:
    """A question with the answers that are right on one day, those that were right before, and its gold documents."""

    id: str
    text: str
    answers: tuple[str, ...]
    stale_answers: tuple[str, ...]
    hops: int
    gold: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day of a timeline: its changes, and the questions to ask after them."""

    date: str
    changes: tuple[DatedText, ...]
    queries: tuple[DatedQuery, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """Days in order. ``digest`` is the SHA-256 (hex) of all files that were read."""

    name: str
    days: tuple[Day, ...]
    digest: str


def load_timeline(folder: Path) -> Timeline:
    """Read ``versions.jsonl``, ``queries.jsonl`` and, if it is there, ``qrels.tsv``.

    Raises:
        InputError: a file or a field is missing, JSON is bad, or a question is of a day without texts. The message
            names file and line.
    """
    reader = _TimelineFiles(folder)
    changes: dict[str, list[DatedText]] = {}
    for place, row in reader.rows("versions.jsonl"):
        text = None if row.get("deleted") else _text(place, row, "text")
        one = DatedText(id=_text(place, row, "_id"), title=str(row.get("title") or ""), text=text)
        changes.setdefault(_text(place, row, "version"), []).append(one)
    gold = reader.gold()
    queries: dict[str, list[DatedQuery]] = {}
    for place, row in reader.rows("queries.jsonl"):
        day, query = _query(place, row, gold)
        if day not in changes:
            raise InputError(f"{place}: no text of versions.jsonl is of the day {day!r} of 'as_of'")
        queries.setdefault(day, []).append(query)
    days = tuple(
        Day(date=day, changes=tuple(changes[day]), queries=tuple(queries.get(day, ()))) for day in sorted(changes)
    )
    return Timeline(name=folder.name, days=days, digest=reader.digest())


def _query(place: str, row: dict[str, Any], gold: dict[str, set[str]]) -> tuple[str, DatedQuery]:
    metadata = row.get("metadata") or {}
    if not isinstance(metadata, dict) or not isinstance(metadata.get("as_of"), str):
        raise InputError(f"{place}: 'metadata.as_of' is missing: the day that the question is about")
    identity = _text(place, row, "_id")
    return metadata["as_of"], DatedQuery(
        id=identity, text=_text(place, row, "text"), answers=tuple(row.get("answers") or ()),
        stale_answers=tuple(metadata.get("stale_answers") or ()), hops=int(metadata.get("hops") or 1),
        gold=frozenset(gold.get(identity, ())),
    )  # fmt: skip


def _text(place: str, row: dict[str, Any], name: str) -> str:
    value = row.get(name)
    if not isinstance(value, str):
        raise InputError(f"{place}: {name!r} is missing, or no string")
    return value


class _TimelineFiles:
    """The files of one timeline, hashed as they are read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._hash = hashlib.sha256()

    def digest(self) -> str:
        return self._hash.hexdigest()

    def rows(self, name: str) -> Iterator[tuple[str, dict[str, Any]]]:
        for line, text in enumerate(self._read(name).rstrip("\n").split("\n"), start=1):
            place = f"{self._folder / name}:{line}"
            try:
                row = json.loads(text)
            except ValueError as error:
                raise InputError(f"{place}: bad JSON: {error}") from error
            if not isinstance(row, dict):
                raise InputError(f"{place}: an object is expected")
            yield place, row

    def gold(self) -> dict[str, set[str]]:
        if not (self._folder / "qrels.tsv").exists():
            return {}
        found: dict[str, set[str]] = {}
        lines: Sequence[str] = self._read("qrels.tsv").splitlines()
        for number, row in enumerate(csv.reader(lines[1:], delimiter="\t"), start=2):
            if len(row) != 3:
                raise InputError(f"{self._folder / 'qrels.tsv'}:{number}: query-id, corpus-id and score are expected")
            found.setdefault(row[0], set()).add(row[1])
        return found

    def _read(self, name: str) -> str:
        try:
            data = (self._folder / name).read_bytes()
            text = data.decode("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"{self._folder / name} cannot be read: {error}") from error
        self._hash.update(data)
        return text
