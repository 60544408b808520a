"""Bringing files in from the command line, with progress bars and a summary table."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from api.cli.context import PAGE
from api.cli.documents.files import LocalFile
from api.cli.documents.known_files import KnownFiles, Place
from api.cli.documents.reading import by_model, duration, unread
from api.cli.terminal import bars, id_column, out, progress, whole_table
from api.client import FileDocument, Quipu, Unreachable
from api.schemas.jobs import JobBody
from api.schemas.readings import ModelReadingBody, ReadingBody
from graph.errors import NotFoundError, QuipuError
from graph.jobs import TERMINAL
from ingest.outcomes import Update

MAX_ROWS = 40
BAD = frozenset({"failed", "refused"})
_STYLES = {**dict.fromkeys(BAD, "red"), "partly read": "yellow"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How files are brought in: who may read them, None as it is; whether one replaces that of another folder; whether
    what has been read by rule is waited for until a language model has read it as well.
    """

    readers: Sequence[str] | None = None
    replace: bool = False
    by_model: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Uploaded:
    """One file of an ingestion: its id, its job, or why it was refused."""

    document_id: str
    job_id: str | None = None
    deduplicated: bool = False
    problem: str | None = None
    update: Update | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What became of a file, for the table and for machines."""

    id: str
    state: str
    job_id: str | None
    chunks: int
    entities: int
    relations: int
    reading: ReadingBody | None
    model: ModelReadingBody | None
    update: Update | None
    renamed_from: str | None
    note: str


@dataclass(slots=True, kw_only=True)
class _Sent:
    """A file, where it belongs, and what became of it. ``notes`` are for the table."""

    place: Place
    upload: Uploaded
    job: JobBody | None = None
    model: ModelReadingBody | None = None
    notes: list[str] = field(default_factory=list)


def ingest_files(
    client: Quipu, files: Sequence[LocalFile], *, wait: bool, manner: Manner | None = None
) -> list[Brought]:
    """Upload files and, with ``wait``, follow their jobs to the end; one result each.

    A file that has a new name is followed in any case: the document of its old name goes once the new one is there.
    """
    known, manner = KnownFiles(client), manner or Manner()
    with bars() as report:
        sent: list[_Sent] = []
        for file in files:
            report("upload", len(sent), len(files))
            sent.append(_send(client, known.place(file), manner))
        report("upload", len(sent), len(files))
        followed = [one for one in sent if one.upload.job_id and (wait or one.place.renamed)]
        for number in _follow(client, followed):
            report("read", number, len(followed))
    for one in sent:
        if one.place.renamed:
            _end_rename(client, one)
    done = [one for one in sent if one.job is not None and one.job.state == "done"]
    _look_at_models(client, done)
    if manner.by_model:
        _wait_for_models(client, [one for one in done if one.model is not None and one.model.state not in TERMINAL])
    return [_result(one, followed=wait) for one in sent]


def _send(client: Quipu, place: Place, manner: Manner) -> _Sent:
    file, notes = place.file, [place.note] if place.note else []
    if place.taken_by and not manner.replace:
        problem = (
            f"{file.document_id!r} is there from the folder {place.taken_by!r}, with another text; tell them apart by"
            "  --root DIR  or replace it by  --replace"
        )
        upload = Uploaded(document_id=file.document_id, problem=problem)
        return _Sent(place=place, upload=upload)
    readers = manner.readers if manner.readers is not None or not place.renamed else place.renamed.readers
    return _Sent(place=place, upload=_put(client, place, readers), notes=notes)


def _put(client: Quipu, place: Place, readers: Sequence[str] | None) -> Uploaded:
    """Create or replace one document; where ``readers`` is None it keeps those that it has."""
    file = place.file
    given = {} if readers is None else {"readers": readers}
    document = FileDocument.from_path(file.path, metadata={} if place.as_it_is else file.metadata, **given)
    try:
        (entry,) = client.replace_document(file.document_id, document).documents
    except Unreachable:
        raise
    except QuipuError as error:  # the others go on
        return Uploaded(document_id=file.document_id, problem=str(error))
    return Uploaded(
        document_id=file.document_id, job_id=entry.job_id, deduplicated=entry.deduplicated, update=entry.update
    )


def _follow(client: Quipu, sent: Sequence[_Sent]) -> Iterator[int]:
    """Wait for the jobs of what was sent; how many have ended, again and again."""
    for number, one in enumerate(sent):
        yield number
        if one.upload.job_id:
            one.job = client.wait_for_job(one.upload.job_id)
    yield len(sent)


def _look_at_models(client: Quipu, done: Sequence[_Sent]) -> None:
    """Note how far a language model is with what has been read by rule."""
    if len(done) > MAX_ROWS:
        models = {one.id: one.model for one in client.every_document(limit=PAGE)}
        for one in done:
            one.model = models.get(one.upload.document_id)
        return
    for one in done:
        with suppress(NotFoundError):  # it went meanwhile
            one.model = client.get_document(one.upload.document_id).model


def _wait_for_models(client: Quipu, coming: Sequence[_Sent]) -> None:
    """Wait until a language model has read documents, however long; what it has added is noted."""
    told = {""}
    with bars() as report:
        read, total = 0, sum(one.model.chunks_total for one in coming if one.model)
        for one in coming:
            if one.model is None:
                continue
            for job in client.follow_job(one.model.job_id):
                report("by model", read + job.chunks_done, max(total, read + job.chunks_total))
                if job.state == "waiting" and job.error and job.error.detail not in told:
                    told.add(job.error.detail)
                    progress.print(f"It waits for the language model: {job.error.detail}", soft_wrap=True)
            read += job.chunks_total
            total += job.chunks_total - one.model.chunks_total
    _look_at_models(client, coming)


def _end_rename(client: Quipu, one: _Sent) -> None:
    """Withdraw the document of the old name, if that of the new one is there: no answer misses both."""
    old = one.place.renamed
    if old is None or one.upload.problem:
        return
    if one.job is None or one.job.state != "done":
        one.notes.append(f"{old.id!r} has the same bytes, and stays until this one is read")
        return
    client.delete_document(old.id, if_match=old.version)
    one.notes.append(f"renamed from {old.id!r}")


def show_summary(results: Sequence[Brought]) -> None:
    """What became of each file, failures first, and how many there were of each kind."""
    order = ["refused", "failed", "partly read"]
    ranked = sorted(results, key=lambda one: (one.state not in BAD, one.state not in order, one.id))
    ids = id_column("document", (one.id for one in ranked[:MAX_ROWS]))
    read = [column for column in ("by model",) if any(one.model for one in results)]
    table = whole_table(ids, "by rule" if read else "state", *read, "update", "chunks", "entities", "relations", "note")
    for one in ranked[:MAX_ROWS]:
        table.add_row(
            one.id, one.state, *(by_model(one.model) for _ in read), _told(one.update), str(one.chunks),
            str(one.entities), str(one.relations), one.note, style=_STYLES.get(one.state),
        )  # fmt: skip
    out.print(table)
    if len(ranked) > MAX_ROWS:
        out.print(f"… and {len(ranked) - MAX_ROWS} more")
    counts = Counter(one.state for one in results)
    out.print(", ".join(f"{count} {state}" for state, count in sorted(counts.items())))
    to_come = [one.model for one in results if one.model is not None and one.model.state not in TERMINAL]
    if to_come:
        left = max(model.remaining_seconds or 0.0 for model in to_come)
        how_long = f", which takes about {duration(left)}" if left else ""
        out.print(
            f"All that is done can be asked about; the language model has yet to read {len(to_come)} of them{how_long}:"
            " follow it by  quipu jobs,  or have  quipu ingest --wait-for-model  wait for it",
            soft_wrap=True,
        )  # fmt: skip


def _told(update: Update | None) -> str:
    """What an upload did to its document, in short; of one that is new, or stays as it is, the kind says it all."""
    if update is None or not (update.removed or update.kind == "incremental"):
        return update.kind if update else ""
    return f"{update.kind}: {update.kept} kept, {update.added} added, {update.removed} removed"


def _result(one: _Sent, *, followed: bool) -> Brought:
    upload, job = one.upload, one.job if followed or one.place.renamed else None
    update = upload.update or (job.update if job else None)
    state = "refused" if upload.problem else "unchanged" if upload.deduplicated else "accepted"
    notes = [upload.problem] if upload.problem else []
    reading = job.reading if job else None
    if job and state != "refused":
        state = state if upload.deduplicated and job.state == "done" else job.state
        if state == "done" and reading and reading.state == "partly read":
            state = "partly read"
        notes += [job.error.detail] if job.error else []
    notes += [update.reason] if update and update.kind == "full" and update.removed else []
    notes += [f"not read: {unread(reading)}"] if reading and unread(reading) else []
    return Brought(
        id=upload.document_id, state=state, job_id=upload.job_id, chunks=job.chunks_total if job else 0,
        entities=job.entities if job else 0, relations=job.relations if job else 0, reading=reading, model=one.model,
        update=update,
        renamed_from=one.place.renamed.id if one.place.renamed else None, note="; ".join([*notes, *one.notes]),
    )  # fmt: skip
