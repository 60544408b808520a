"""Bringing files in from the command line, with progress bars and a summary table."""

import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from api.outbound.client import TERMINAL, QuipuClient, Uploaded
from graph.errors import InputError

POLL_SECONDS = 0.2
MAX_ROWS = 40


def find_files(paths: Sequence[Path]) -> list[tuple[str, Path]]:
    """(document id, file) of everything below the paths: ids are relative paths, hidden files are left out.

    Raises:
        InputError: a path that does not exist.
    """
    found: dict[str, Path] = {}
    for path in paths:
        if not path.exists():
            raise InputError(f"{path} does not exist")
        if path.is_file():
            found[path.name] = path
            continue
        for file in sorted(path.rglob("*")):
            relative = file.relative_to(path)
            if file.is_file() and not any(part.startswith(".") for part in relative.parts):
                found[relative.as_posix()] = file
    return sorted(found.items())


def ingest_files(
    client: QuipuClient, files: Sequence[tuple[str, Path]], console: Console, *, wait: bool, readers: Sequence[str] = ()
) -> list[dict[str, Any]]:
    """Upload files and, with ``wait``, follow their jobs to the end; one result each."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description:<10}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("upload", total=len(files))
        uploads: list[Uploaded] = []
        for document_id, path in files:
            uploads.append(client.put_file(document_id, path, readers))
            progress.advance(task)
        jobs: dict[str, dict[str, Any]] = {}
        if wait:
            task = progress.add_task("read", total=len(files))
            open_jobs = {upload.job_id for upload in uploads if upload.job_id}
            while open_jobs:
                for job in client.jobs(sorted(open_jobs)):
                    if job["state"] in TERMINAL:
                        jobs[job["id"]] = job
                        open_jobs.discard(job["id"])
                progress.update(task, completed=len(files) - len(open_jobs))
                if open_jobs:
                    time.sleep(POLL_SECONDS)
            progress.update(task, completed=len(files))
    return [_result(upload, jobs.get(upload.job_id or "")) for upload in uploads]


def show_summary(results: Sequence[dict[str, Any]], console: Console) -> None:
    """What became of each file, failures first, and how many there were of each kind."""
    table = Table("document", "state", "chunks", "entities", "relations", "note")
    ranked = sorted(results, key=lambda result: (result["state"] not in {"failed", "refused"}, result["id"]))
    for result in ranked[:MAX_ROWS]:
        style = "red" if result["state"] in {"failed", "refused"} else None
        table.add_row(
            result["id"], result["state"], str(result["chunks"]), str(result["entities"]), str(result["relations"]),
            result["note"], style=style,
        )  # fmt: skip
    console.print(table)
    if len(ranked) > MAX_ROWS:
        console.print(f"… and {len(ranked) - MAX_ROWS} more")
    counts = Counter(result["state"] for result in results)
    console.print(", ".join(f"{count} {state}" for state, count in sorted(counts.items())))


def _result(upload: Uploaded, job: dict[str, Any] | None) -> dict[str, Any]:
    state = "refused" if upload.problem else "unchanged" if upload.deduplicated else "accepted"
    note = upload.problem or ""
    if job and state != "refused":
        state = state if upload.deduplicated and job["state"] == "done" else job["state"]
        note = job["error"]["detail"] if job["error"] else ""
    job = job or {}
    return {
        "id": upload.document_id, "state": state, "job_id": upload.job_id, "chunks": job.get("chunks_total", 0),
        "entities": job.get("entities", 0), "relations": job.get("relations", 0), "note": note,
    }  # fmt: skip
