"""``quipu changes``: what is different between two revisions."""

from typing import Annotated

import typer
from pydantic import BaseModel

from api.cli.context import AsJson, service
from api.cli.terminal import out, print_json, whole_table
from api.schemas.changes import ChangedDocument, ChangedEntity, ChangedRelation


def changes(
    since: Annotated[str, typer.Option(help="A revision, or an ISO 8601 time.")],
    until: Annotated[str, typer.Option(help="The same; now, if left out.")] = "",
    limit: Annotated[int, typer.Option(help="At most so many of each kind.")] = 100,
    as_json: AsJson = False,
) -> None:
    """Show what was added, removed and altered between two revisions or dates."""
    with service() as (client, _):
        found = client.list_changes(since, until=until or None, limit=limit)
    if as_json:
        print_json(found)
        return
    table = whole_table("", "what", "which", title=f"revision {found.since} → {found.until}")
    for kind, changed in (("documents", found.documents), ("entities", found.entities), ("relations", found.relations)):
        if changed is None:
            continue
        signed = [
            *(("+", one) for one in changed.added), *(("-", one) for one in changed.removed),
            *(("~", pair.after) for pair in changed.altered),
        ]  # fmt: skip
        for sign, one in signed:
            table.add_row(sign, kind, _label(one))
        if changed.next_cursor:
            table.add_row("…", kind, f"more; this shows {limit}")
    out.print(table)


def _label(one: BaseModel) -> str:
    match one:
        case ChangedDocument():
            return f"{one.id}, version {one.version}"
        case ChangedEntity():
            return f"{one.name} ({one.mentions} mentions in {one.documents} documents)"
        case ChangedRelation():
            return f"{one.source.name} — {one.predicate} → {one.target.name} ({', '.join(one.documents)})"
    raise TypeError(type(one).__name__)
