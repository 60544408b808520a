"""How a document was read, in words for a terminal."""

from collections.abc import Iterator, Mapping

from api.cli.terminal import moment
from api.schemas.documents import DocumentBody
from api.schemas.readings import ModelReadingBody, ReadingBody, SkippedBody

_STATES = {"whole": "whole", "partly read": "partly: see “not read”", "unknown": "not known until it is read again"}


def unread(reading: ReadingBody) -> str:
    """What a reader of the file sees and its text does not hold; empty where that is nothing."""
    missing = [one for one in reading.skipped if one.unread]
    replaced = [f"{reading.replaced} bytes that are no {reading.encoding or 'text'}"] * bool(reading.replaced)
    return "; ".join([*map(_skipped, missing), *replaced])


def duration(seconds: float) -> str:
    """A time as people tell it: seconds below two minutes, minutes below two hours."""
    if seconds < 120:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def by_model(model: ModelReadingBody | None) -> str:
    """How far a language model is with a document and what it added, in short; empty where none reads it."""
    if model is None:
        return ""
    if model.state in {"queued", "running", "waiting"} and model.chunks_total:
        left = f", about {duration(model.remaining_seconds)} left" if model.remaining_seconds else ""
        return f"{model.state}: {model.chunks_done} of {model.chunks_total} passages{left}"
    if model.state != "done":
        return model.state
    if not model.added:
        return f"added nothing ({in_vain(model.nothing_added)})" if model.nothing_added else "done"
    return f"added to {model.added} of {model.chunks_total} passages"


def in_vain(nothing_added: Mapping[str, int]) -> str:
    """Why a model added nothing to passages."""
    return ", ".join(f"{count} × {reason}" for reason, count in nothing_added.items())


def lines(found: DocumentBody) -> Iterator[tuple[str, str]]:
    """(what, value) of all that is known of a document, in the order in which it is shown."""
    yield "title", found.title
    yield "version", f"{found.version}, read at revision {found.revision} by {found.stage}"
    yield "state", found.state
    yield "file", f"{found.source} ({found.media_type})"
    yield "uploaded", f"{moment(found.updated_at)}, first {moment(found.created_at)}"
    yield "holds", f"{found.chunks} passages, {found.entities} entities, {found.relations} relations"
    if found.model is not None:
        why = f": {found.model.reason}" if found.model.reason else ""
        yield "by model", by_model(found.model) + why
        if found.model.added and found.model.nothing_added:
            yield "in vain", in_vain(found.model.nothing_added)
        yield "cost", f"{found.model.calls} calls, {found.model.tokens:,} tokens, all attempts together"
    if found.readers is not None:
        yield "readers", ", ".join(found.readers) or "administrators"
    for name, value in found.metadata.items():
        yield "metadata", f"{name}: {', '.join(map(str, value)) if isinstance(value, list) else value}"
    yield from _reading(found.reading or ReadingBody(state="unknown"))


def _reading(reading: ReadingBody) -> Iterator[tuple[str, str]]:
    yield "read", _STATES[reading.state]
    if reading.state == "unknown":
        return
    yield "size", f"{reading.bytes:,} bytes in, {reading.characters:,} characters out"
    if reading.pages:
        yield "pages", str(reading.pages)
    if reading.encoding:
        yield "encoding", reading.encoding + (" (guessed)" if reading.guessed else "")
    if reading.parts:
        yield "parts", ", ".join(f"{count} {part}" for part, count in reading.parts.items())
    if missing := unread(reading):
        yield "not read", missing
    left_out = [_skipped(one) for one in reading.skipped if not one.unread]
    if left_out:
        yield "left out", "; ".join(left_out)


def _skipped(one: SkippedBody) -> str:
    return f"{one.count} {one.part} ({one.reason})"
