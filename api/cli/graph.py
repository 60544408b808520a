"""Commands about entities: look them up, see which are merged and why, merge and split them."""

from typing import Annotated

import typer

from api.cli.context import AsJson, service
from api.cli.terminal import id_column, out, print_json, whole_table

app = typer.Typer(no_args_is_help=True, help="Find entities; see, make and undo merges.")
EntityId = Annotated[str, typer.Argument(help="An entity's id, as `find` shows it.")]


@app.command()
def find(query: str, limit: int = 20, as_json: AsJson = False) -> None:
    """Find entities by a part of their name."""
    with service() as (client, _):
        found = client.find_entities(query, limit=limit)
    if as_json:
        print_json(found)
        return
    ids = id_column("id", (one.id for one in found.entities))
    table = whole_table(ids, "name", "type", "mentions", "documents", title=f"revision {found.revision}")
    for one in found.entities:
        table.add_row(one.id, one.name, one.type, str(one.mentions), str(one.documents))
    out.print(table)


@app.command()
def communities(limit: int = 10, as_json: AsJson = False) -> None:
    """List what the documents are about: the largest communities of names, each with a sentence."""
    with service() as (client, _):
        found = client.list_communities(limit=limit)
    if as_json:
        print_json(found)
        return
    title = f"{len(found.communities)} of {found.total} communities at revision {found.revision}"
    table = whole_table("names", "passages", "says", title=title)
    for one in found.communities:
        says = f"{one.sentences[0].document_id}: {one.sentences[0].quote}" if one.sentences else ""
        table.add_row(", ".join(one.names), str(one.passages), says)
    out.print(table)


@app.command()
def merges(limit: int = 100, as_json: AsJson = False) -> None:
    """List what is merged, with the reason and where a text says so."""
    with service() as (client, _):
        found = client.list_merges(limit=limit)
    if as_json:
        print_json(found)
        return
    table = whole_table("one", "other", "reason", "says", title=f"revision {found.revision}")
    for one in found.merges:
        says = f"{one.evidence.document_id}: {one.evidence.quote}" if one.evidence else ""
        table.add_row(*(f"{end.name} ({end.id})" for end in (one.first, one.second)), one.reason, says)
    out.print(table)


@app.command()
def resolve(as_json: AsJson = False) -> None:
    """Merge what is named alike in different documents; `merges` shows what, `split` undoes it."""
    with service() as (client, _):
        done = client.merge_alike()
    if as_json:
        print_json(done)
    else:
        out.print(f"{done.merged} pairs merged at revision {done.revision}; {done.names} names compared")


@app.command()
def merge(first: EntityId, second: EntityId, as_json: AsJson = False) -> None:
    """Say that two entities are one thing."""
    _decide(first, second, same=True, as_json=as_json)


@app.command()
def split(first: EntityId, second: EntityId, as_json: AsJson = False) -> None:
    """Undo a merge, for good: say that two entities are not one thing, whatever texts state."""
    _decide(first, second, same=False, as_json=as_json)


def _decide(first: str, second: str, *, same: bool, as_json: bool) -> None:
    with service() as (client, _):
        decided = client.decide_merge(first, second, same=same)
    if as_json:
        print_json(decided)
    else:
        out.print(f"{'merged' if same else 'kept apart'} at revision {decided.revision}")
