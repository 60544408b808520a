"""What tools give, as text: for models and for clients that show no structured content."""

from collections.abc import Iterable, Sequence

from api.mcp.results import (
    Added,
    Answered,
    Documents,
    Facts,
    Found,
    Quote,
    Statement,
    Text,
)
from api.schemas.asking.answers import pending_text
from api.schemas.asking.understanding import ChangedTurnBody
from api.schemas.changes import AlteredBody, ChangedBody, ChangedDocument, ChangedEntity, ChangedRelation, ChangesBody


def found(result: Found) -> str:
    """Passages under their places."""
    passages = [
        f"{rank}. {hit.title} ({_place(hit.document_id, hit.version, hit.page)})\n{hit.text}"
        for rank, hit in enumerate(result.hits, start=1)
    ]
    return "\n\n".join([*(passages or ["no passage was found"]), *result.notes])


def answered(result: Answered) -> str:
    """The answer, its sources, sides that contradict each other, what no longer holds, notes, and what it lacks."""
    lines = [result.answer, *map(_source, result.citations)]
    if result.conflict:
        lines.append(f"The sources disagree ({result.conflict.kind}), the newest first:")
        lines += [f"- {side.date or 'no day stated'}: {_source(side.citation)}" for side in result.conflict.sides]
    lines += map(_no_longer, result.changed_since)
    lines += [f"session_id: {result.session_id}"] if result.session_id else []
    pending = [pending_text(result.pending)] if result.pending else []
    return "\n".join([*lines, *result.notes, *result.degraded, *pending])


def facts(result: Facts) -> str:
    """Statements with their quotes; the names that were found where there is none."""
    if not result.entities:
        return "nothing in the graph has that name"
    first, *others = result.entities
    lines = [f"{first.name} ({first.type or 'of no known type'}), in {first.documents} documents"]
    lines += [*map(_statement, result.relations)] or [
        f"- mentioned: “{source.quote}” — {source.title} ({_place(source.document_id, source.version)})"
        for source in result.mentions
    ]
    if others:
        lines.append("Others of that name: " + ", ".join(other.name for other in others))
    return "\n".join(lines)


def documents(result: Documents) -> str:
    """A line for each."""
    lines = [f"- {one.id}: {one.title} (version {one.version}, {one.state})" for one in result.documents]
    more = [f"There are more: cursor {result.next_cursor}"] if result.next_cursor else []
    return "\n".join([*(lines or ["no documents"]), *more])


def text(result: Text) -> str:
    """The text itself, and whether there is more."""
    if result.end >= result.characters:
        return result.text
    return f"{result.text}\n\n[characters {result.start}–{result.end} of {result.characters}]"


def added(result: Added) -> str:
    """Whether it can be read."""
    one = result.document
    readable = "is still being read" if result.revision is None else f"can be read at revision {result.revision}"
    same = "; the same was there already" if one.deduplicated else ""
    return f"{one.id}, version {one.version}, {readable}{same}" + (f"; {one.note}" if one.note else "")


def changes(result: ChangesBody) -> str:
    """A line for each difference."""
    lines = [f"From revision {result.since} to {result.until}:"]
    for kind, page in (
        ("document", result.documents),
        ("entity", result.entities),
        ("relation", result.relations),
    ):
        lines += _differences(kind, page) if page else []
    return "\n".join(lines if len(lines) > 1 else [*lines, "nothing is different"])


_Changed = ChangedDocument | ChangedEntity | ChangedRelation
_Page = ChangedBody[ChangedDocument] | ChangedBody[ChangedEntity] | ChangedBody[ChangedRelation]


def _differences(kind: str, page: _Page) -> Iterable[str]:
    added: Sequence[_Changed] = page.added
    removed: Sequence[_Changed] = page.removed
    altered: Sequence[AlteredBody[ChangedDocument] | AlteredBody[ChangedEntity] | AlteredBody[ChangedRelation]]
    altered = page.altered
    yield from (f"+ {kind} {_label(one)}" for one in added)
    yield from (f"- {kind} {_label(one)}" for one in removed)
    yield from (f"~ {kind} {_label(one.before)} → {_label(one.after)}" for one in altered)
    if page.next_cursor:
        yield f"There are more: kind {kind}, cursor {page.next_cursor}"


def _label(one: _Changed) -> str:
    match one:
        case ChangedDocument():
            return f"{one.id} (version {one.version}, {one.title})"
        case ChangedEntity():
            return f"{one.name} ({one.mentions} mentions)"
        case ChangedRelation():
            return f"{one.source.name} — {one.predicate} → {one.target.name} ({one.passages} passages)"


def _no_longer(turn: ChangedTurnBody) -> str:
    now = turn.now or "the documents do not answer it any more"
    return f"No longer holds: answer {turn.turn} to “{turn.question}”: {turn.reason}. Now: {now}"


def _source(quote: Quote) -> str:
    return f"[{quote.marker}] {quote.title} ({_place(quote.document_id, quote.version, quote.page)}): “{quote.quote}”"


def _statement(one: Statement) -> str:
    place = _place(one.evidence.document_id, one.evidence.version)
    said = f"{one.source.name} — {one.predicate} → {one.target.name}"
    return f"- {said}: “{one.evidence.quote}” — {one.evidence.title} ({place})"


def _place(document_id: str, version: int, page: int | None = None) -> str:
    return f"{document_id}, version {version}" + (f", page {page}" if page else "")
