"""Commands about entities: find them, ask for their relations, see which are merged and why, merge and split them."""

from typing import Annotated

import typer

from api.cli.context import AsJson, service
from api.cli.terminal import id_column, out, print_json, whole_table
from api.schemas.facts import FactConditionBody, FactsBody
from graph.errors import InputError
from retrieval.communities.model import Level
from retrieval.facts.model import FactKind

app = typer.Typer(
    no_args_is_help=True, help="Find entities and what relations state of them; see, make and undo merges."
)
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
def facts(
    entity: Annotated[str, typer.Argument(help="A name, or an id as `find` shows it.")],
    predicate: Annotated[str, typer.Argument(help="The relation, by its meaning: `founded by`; empty: any.")] = "",
    also: Annotated[list[str] | None, typer.Option(help="A further condition: `ENTITY: PREDICATE`.")] = None,
    kind: Annotated[FactKind, typer.Option(help="What is wanted of the things that satisfy all.")] = "list",
    of_type: Annotated[str, typer.Option("--type", help="Only things of this type.")] = "",
    as_json: AsJson = False,
) -> None:
    """List, count or compare what relations state of entities, with the sentences that state it."""
    conditions = [FactConditionBody(entity=entity, predicate=predicate)]
    for one in also or ():
        name, _, said = one.partition(":")
        if not name.strip():
            raise InputError(f"--also names no entity: {one!r}")
        conditions.append(FactConditionBody(entity=name.strip(), predicate=said.strip()))
    with service() as (client, _):
        found = client.ask_facts(conditions, kind=kind, type=of_type)
    if as_json:
        print_json(found)
    else:
        _show_facts(found)


def _show_facts(found: FactsBody) -> None:
    """Rows as a table, and under it what they were taken to ask and how complete they are."""
    table = whole_table("thing", "type", "relation", "says", title=f"{found.count} at revision {found.revision}")
    for row in found.rows:
        relations = "\n".join(f"{one.source} {one.predicate} {one.target}" for one in row.stated)
        says = "\n".join(f"{one.evidence.document_id}: {one.evidence.quote}" for one in row.stated)
        table.add_row(f"{row.dated} {row.name}".strip(), row.type, relations, says)
    out.print(table)
    for one in found.taken:
        if one.entity_id is None:
            near = f"; known are {', '.join(one.candidates)}" if one.candidates else ""
            out.print(f"note: nothing is called {one.name}{near}", style="yellow", highlight=False)
        elif not one.predicates:
            out.print(f"note: no such relation of {one.name} is known", style="yellow", highlight=False)
    looked = found.completeness
    out.print(
        f"note: {looked.passages} passages looked at, {looked.unread} of them read by rule alone", style="yellow",
        highlight=False,
    )  # fmt: skip


@app.command()
def communities(limit: int = 10, level: Level = "fine", as_json: AsJson = False) -> None:
    """List what the documents are about: the largest communities of names, each with a sentence.

    Each of the broad level is one or several of the fine level.
    """
    with service() as (client, _):
        found = client.list_communities(limit=limit, level=level)
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
