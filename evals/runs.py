"""A run on disk: ``run.json`` says what it is, ``rows.jsonl`` grows by one question at a time.

``spent.jsonl`` grows by what each call of a model has cost, those in vain as well.
Each row is on the disk before the next question is asked, so that a run that was killed goes on where it stopped.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import TypeAdapter, ValidationError

from evals.model import Agreement, Judgement, Row, RunInfo
from graph.errors import DependencyError, InputError
from graph.ports.spending import Cost

Purpose = Literal["answers", "judge"]
_INFO: TypeAdapter[RunInfo] = TypeAdapter(RunInfo)
_ROW: TypeAdapter[Row] = TypeAdapter(Row)
_JUDGED: TypeAdapter[tuple[str, Judgement]] = TypeAdapter(tuple[str, Judgement])
_AGREEMENT: TypeAdapter[Agreement] = TypeAdapter(Agreement)
_SPENT: TypeAdapter[tuple[Purpose, int, int]] = TypeAdapter(tuple[Purpose, int, int])
_LINES = ("rows.jsonl", "judged.jsonl", "spent.jsonl")
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run as far as it has come. ``judgements`` maps ids of questions; it is empty without a judge.

    ``spent``: calls and tokens of all attempts by their purpose; a run of an earlier release has none.
    """

    info: RunInfo
    rows: tuple[Row, ...]
    judgements: Mapping[str, Judgement]
    agreement: Agreement | None = None
    spent: Mapping[Purpose, Cost] = field(default_factory=dict)


class RunFolder:
    """One run in one folder."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def begin(self, info: RunInfo) -> RunInfo:
        """Start a run, or go on with the one that is here. Returns the run's info, with the revision it began at.

        Raises:
            InputError: the folder holds another run.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        known = self.info()
        if known is None:
            self._write("run.json", _INFO.dump_json(info, indent=2))
            return info
        differs = [name for name, value in _identity(info).items() if _identity(known)[name] != value]
        if differs:
            raise InputError(f"{self.path} holds another run (it differs in {', '.join(differs)}); name another folder")
        for name in _LINES:
            _drop_half_line(self.path / name)
        return known

    def info(self) -> RunInfo | None:
        """What the run is; None in a folder without one."""
        try:
            raw = (self.path / "run.json").read_bytes()
        except FileNotFoundError:
            return None
        try:
            return _INFO.validate_json(raw)
        except ValidationError as error:
            raise InputError(f"{self.path / 'run.json'} is no run of this version: {_first(error)}") from error

    def add(self, row: Row) -> None:
        """Keep a row for good."""
        self._append("rows.jsonl", _ROW.dump_json(row))

    def add_judgement(self, query_id: str, judgement: Judgement) -> None:
        """Keep a judgement for good."""
        self._append("judged.jsonl", _JUDGED.dump_json((query_id, judgement)))

    def spend(self, purpose: Purpose, cost: Cost) -> None:
        """Keep for good what a call has cost."""
        if cost.calls or cost.tokens:
            self._append("spent.jsonl", _SPENT.dump_json((purpose, cost.calls, cost.tokens)))

    def set_agreement(self, agreement: Agreement) -> None:
        """Write how far the judge agrees with people."""
        self._write("agreement.json", _AGREEMENT.dump_json(agreement, indent=2))

    def finish(self) -> None:
        """Write down that every question has been asked and judged."""
        info = self.load().info
        if not info.finished_at:
            self._write("run.json", _INFO.dump_json(replace(info, finished_at=now()), indent=2))

    def load(self) -> Run:
        """The run. Raises InputError where there is none, or where a line is damaged."""
        info = self.info()
        if info is None:
            raise InputError(f"{self.path} holds no run: run.json is missing")
        agreement = self.path / "agreement.json"
        return Run(
            info=info,
            rows=tuple(self._read("rows.jsonl", _ROW)),
            judgements=dict(self._read("judged.jsonl", _JUDGED)),
            agreement=_AGREEMENT.validate_json(agreement.read_bytes()) if agreement.exists() else None,
            spent=self._spent(),
        )

    def _spent(self) -> Mapping[Purpose, Cost]:
        found: dict[Purpose, Cost] = {}
        for purpose, calls, tokens in self._read("spent.jsonl", _SPENT):
            found[purpose] = found.get(purpose, Cost()) + Cost(calls=calls, prompt_tokens=tokens)
        return found

    def _read(self, name: str, form: TypeAdapter[T]) -> list[T]:
        path = self.path / name
        if not path.exists():
            return []
        found: list[T] = []
        for line, raw in enumerate(path.read_bytes().split(b"\n")[:-1], start=1):
            try:
                found.append(form.validate_json(raw))
            except ValidationError as error:
                raise InputError(f"{path}:{line}: {_first(error)}") from error
        return found

    def _append(self, name: str, line: bytes) -> None:
        with _translated(self.path / name), (self.path / name).open("ab") as file:
            file.write(line + b"\n")
            file.flush()
            os.fsync(file.fileno())

    def _write(self, name: str, content: bytes) -> None:
        part = self.path / f"{name}.part"
        with _translated(self.path / name):
            part.write_bytes(content)
            part.replace(self.path / name)


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DependencyError(f"{path} cannot be written: {error.strerror}") from error


def now() -> str:
    """This moment, ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _identity(info: RunInfo) -> Mapping[str, object]:
    """What must be equal for a folder's run to be continued."""
    return {
        "plan": info.plan, "data set": (info.dataset, info.digest), "settings": dict(info.settings),
        "versions": dict(info.versions), "judge": info.judge,
    }  # fmt: skip


def _drop_half_line(path: Path) -> None:
    """Cut off a last line that was not written to its end."""
    if path.exists():
        whole = path.read_bytes().rfind(b"\n") + 1
        os.truncate(path, whole)


def _first(error: ValidationError) -> str:
    first = error.errors()[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
