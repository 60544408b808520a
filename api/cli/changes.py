"""``quipu changes``: what is different between two revisions."""

from typing import Annotated, Any

import typer

from api.cli.context import AsJson, service
from api.cli.terminal import out, print_json, whole_table

KINDS = ("documents", "entities", "relations")


def changes(
    since: Annotated[str, typer.Option(help="A revision, or an ISO 8601 time.")],
    until: Annotated[str, typer.Option(help="The same; now, if left out.")] = "",
    limit: Annotated[int, typer.Option(help="At most so many of each kind.")] = 100,
    as_json: AsJson = False,
) -> None:
    """Show what was added, removed and altered between two revisions or dates."""
    query: dict[str, str | int] = {"since": since, "limit": limit, **({"until": until} if until else {})}
    with service() as (client, _):
        found = client.get("/v1/changes", **query)
    if as_json:
        print_json(found)
        return
    table = whole_table("", "what", "which", title=f"revision {found['since']} → {found['until']}")
    for kind in KINDS:
        for sign, what in (("+", "added"), ("-", "removed"), ("~", "altered")):
            for one in found[kind][what]:
                table.add_row(sign, kind, _label(kind, one.get("after", one)))
        if found[kind]["next_cursor"]:
            table.add_row("…", kind, f"more; this shows {limit}")
    out.print(table)


def _label(kind: str, one: dict[str, Any]) -> str:
    if kind == "documents":
        return f"{one['id']}, version {one['version']}"
    if kind == "entities":
        return f"{one['name']} ({one['mentions']} mentions in {one['documents']} documents)"
    sources = ", ".join(one["documents"])
    return f"{one['source']['name']} — {one['predicate']} → {one['target']['name']} ({sources})"
