"""Commands about workspaces: list, create and delete them."""

from typing import Annotated

import typer

from api.cli.context import PAGE, AsJson, service
from api.cli.terminal import moment, out, print_json, whole_table

app = typer.Typer(no_args_is_help=True, help="Workspaces, each with documents of its own: list, create, delete.")
Name = Annotated[str, typer.Argument(help="a-z, 0-9 and -.")]


@app.command("list")
def list_workspaces(as_json: AsJson = False) -> None:
    """List the workspaces that the key opens."""
    with service(everywhere=True) as (client, _):
        found = list(client.every_workspace(limit=PAGE))
    if as_json:
        print_json(found)
        return
    table = whole_table("name", "state", "created")
    for one in found:
        table.add_row(one.name, one.state, moment(one.created_at))
    out.print(table)


@app.command()
def create(name: Name, as_json: AsJson = False) -> None:
    """Create an empty workspace."""
    with service(everywhere=True, brings=True) as (client, _):
        made = client.create_workspace(name)
    if as_json:
        print_json(made)
    else:
        out.print(f"workspace {made.name}; work in it by  quipu --workspace {made.name} …")


@app.command()
def delete(
    name: Name,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Delete a workspace with every byte of it."""
    if not yes:
        typer.confirm(f"Delete workspace {name} and all that is in it, for good?", abort=True)
    with service(everywhere=True) as (client, _):
        found = client.delete_workspace(name)
    if as_json:
        print_json(found)
    else:
        what = "gone" if found.gone else "closed; the rest of it goes in the background"
        out.print(f"workspace {name} is {what}")
