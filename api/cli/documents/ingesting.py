"""Bringing files in from the command line, with progress bars and a summary table."""

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Column, Table

from api.cli.documents.files import LocalFile
from api.cli.documents.known_files import KnownFiles, Place
from api.cli.documents.reading import unread
from api.outbound.client import TERMINAL, QuipuClient, Uploaded

POLL_SECONDS = 0.2
MAX_ROWS = 40
BAD = frozenset({"failed", "refused"})
_STYLES = {**dict.fromkeys(BAD, "red"), "partly read": "yellow"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How files are brought in: who may read them, None as it is; whether one replaces that of another folder."""

    readers: Sequence[str] | None = None
    replace: bool = False


@dataclass(slots=True, kw_only=True)
class _Sent:
    """A file, where it belongs, and what became of it. ``notes`` are for the table."""

    place: Place
    upload: Uploaded
    job: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def ingest_files(
    client: QuipuClient, files: Sequence[LocalFile], console: Console, *, wait: bool, manner: Manner | None = None
) -> list[dict[str, Any]]:
    """Upload files and, with ``wait``, follow their jobs to the end; one result each.

    A file that has a new name is followed in any case: the document of its old name goes once the new one is there.
    """
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description:<10}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    known = KnownFiles(client)
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("upload", total=len(files))
        sent: list[_Sent] = []
        for file in files:
            sent.append(_send(client, known.place(file), manner or Manner()))
            progress.advance(task)
        followed = [one for one in sent if one.upload.job_id and (wait or one.place.renamed)]
        if followed:
            task = progress.add_task("read", total=len(followed))
            for done in _follow(client, followed):
                progress.update(task, completed=done)
    for one in sent:
        if one.place.renamed:
            _end_rename(client, one)
    return [_result(one, followed=wait) for one in sent]


def _send(client: QuipuClient, place: Place, manner: Manner) -> _Sent:
    file, notes = place.file, [place.note] if place.note else []
    if place.taken_by and not manner.replace:
        problem = (
            f"{file.document_id!r} is there from the folder {place.taken_by!r}, with another text; tell them apart by"
            "  --root DIR  or replace it by  --replace"
        )
        upload = Uploaded(document_id=file.document_id, job_id=None, deduplicated=False, problem=problem)
        return _Sent(place=place, upload=upload)
    readers = manner.readers if manner.readers is not None or not place.renamed else place.renamed["readers"]
    upload = client.put_file(file.document_id, file.path, readers, {} if place.as_it_is else file.metadata)
    return _Sent(place=place, upload=upload, notes=notes)


def _follow(client: QuipuClient, sent: Sequence[_Sent]) -> Iterator[int]:
    """Wait for the jobs of what was sent; how many have ended, again and again."""
    waiting = {one.upload.job_id: one for one in sent if one.upload.job_id}
    every = {job_id: [one for one in sent if one.upload.job_id == job_id] for job_id in waiting}
    while waiting:
        for job in client.jobs(sorted(waiting)):
            if job["state"] in TERMINAL:
                del waiting[job["id"]]
                for one in every[job["id"]]:
                    one.job = job
        yield len(sent) - len(waiting)
        if waiting:
            time.sleep(POLL_SECONDS)


def _end_rename(client: QuipuClient, one: _Sent) -> None:
    """Withdraw the document of the old name, if that of the new one is there: no answer misses both."""
    old = one.place.renamed
    if old is None or one.upload.problem:
        return
    if one.job.get("state") != "done":
        one.notes.append(f"{old['id']!r} has the same bytes, and stays until this one is read")
        return
    client.delete_document(old["id"], purge=False, if_match=old["version"])
    one.notes.append(f"renamed from {old['id']!r}")


def show_summary(results: Sequence[dict[str, Any]], console: Console) -> None:
    """What became of each file, failures first, and how many there were of each kind."""
    table = Table(Column("document", overflow="fold"), "state", "update", "chunks", "entities", "relations", "note")
    order = ["refused", "failed", "partly read"]
    ranked = sorted(results, key=lambda one: (one["state"] not in BAD, one["state"] not in order, one["id"]))
    for result in ranked[:MAX_ROWS]:
        table.add_row(
            result["id"], result["state"], _told(result["update"]), str(result["chunks"]), str(result["entities"]),
            str(result["relations"]), result["note"], style=_STYLES.get(result["state"]),
        )  # fmt: skip
    console.print(table)
    if len(ranked) > MAX_ROWS:
        console.print(f"… and {len(ranked) - MAX_ROWS} more")
    counts = Counter(result["state"] for result in results)
    console.print(", ".join(f"{count} {state}" for state, count in sorted(counts.items())))


def _told(update: Mapping[str, Any] | None) -> str:
    """What an upload did to its document, in short; of one that is new, or stays as it is, the kind says it all."""
    if update is None or not (update["removed"] or update["kind"] == "incremental"):
        return update["kind"] if update else ""
    return f"{update['kind']}: {update['kept']} kept, {update['added']} added, {update['removed']} removed"


def _result(one: _Sent, *, followed: bool) -> dict[str, Any]:
    upload, job = one.upload, one.job if followed or one.place.renamed else {}
    update = upload.update or job.get("update")
    state = "refused" if upload.problem else "unchanged" if upload.deduplicated else "accepted"
    notes = [upload.problem] if upload.problem else []
    reading = job.get("reading")
    if job and state != "refused":
        state = state if upload.deduplicated and job["state"] == "done" else job["state"]
        if state == "done" and reading and reading["state"] == "partly read":
            state = "partly read"
        notes += [job["error"]["detail"]] if job["error"] else []
    notes += [update["reason"]] if update and update["kind"] == "full" and update["removed"] else []
    notes += [f"not read: {unread(reading)}"] if reading and unread(reading) else []
    return {
        "id": upload.document_id, "state": state, "job_id": upload.job_id, "chunks": job.get("chunks_total", 0),
        "entities": job.get("entities", 0), "relations": job.get("relations", 0), "reading": reading, "update": update,
        "renamed_from": one.place.renamed["id"] if one.place.renamed else None, "note": "; ".join([*notes, *one.notes]),
    }  # fmt: skip
