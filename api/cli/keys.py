"""Commands about keys: make, list and revoke them."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from api.access import Role
from api.cli.context import PAGE, AsJson, service
from api.cli.terminal import id_column, moment, out, print_json, progress, whole_table

app = typer.Typer(no_args_is_help=True, help="Keys for those who ask, write and administer: make, list, revoke.")
KeyId = Annotated[str, typer.Argument(help="A key's id, as `list` shows it.")]


@app.command()
def create(
    role: Annotated[Role, typer.Option(help="What its holder may.")] = "ask",
    label: Annotated[str, typer.Option(help="Whose key it is, or what for.")] = "",
    principal: Annotated[
        list[str] | None, typer.Option(help="Reader that its holder is; give it again for more.")
    ] = None,
    days: Annotated[float | None, typer.Option(help="How long it counts; for good if left out.")] = None,
    as_json: AsJson = False,
) -> None:
    """Make a key for the workspace chosen by --workspace, or for every one; it is printed here and never again."""
    ends = None if days is None else datetime.now(UTC) + timedelta(days=days)
    with service(brings=True) as (client, _):
        made = client.create_key(role, label=label, principals=principal or [], expires_at=ends)
    if as_json:
        print_json(made)
        return
    where = made.workspace or "every workspace"
    progress.print(f"{made.role} key {made.id} for {where}; every request needs a key from now on")
    out.print(made.key, highlight=False, soft_wrap=True)


@app.command("list")
def list_keys(as_json: AsJson = False) -> None:
    """List keys, revoked ones as well."""
    with service() as (client, _):
        found = list(client.every_key(limit=PAGE))
    if as_json:
        print_json(found)
        return
    table = whole_table(
        id_column("id", (one.id for one in found)),
        "role",
        "workspace",
        "label",
        "principals",
        "last used",
        "until",
        "models",
    )
    for key in found:
        until = moment(key.expires_at) if key.expires_at else ""
        table.add_row(
            key.id, key.role, key.workspace or "every", key.label, ", ".join(key.principals),
            moment(key.last_used_at) if key.last_used_at else "never",
            f"revoked {moment(key.revoked_at)}" if key.revoked_at else until,
            f"{key.calls} calls, {key.tokens:,} tokens" if key.calls else "",
        )  # fmt: skip
    out.print(table)


@app.command()
def revoke(key_id: KeyId, as_json: AsJson = False) -> None:
    """Revoke a key: the next request that carries it is refused."""
    with service() as (client, _):
        found = client.revoke_key(key_id)
    if as_json:
        print_json(found)
    else:
        out.print(f"key {found.id} counts no more")
