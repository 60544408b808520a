"""Commands about keys: make, list and revoke them."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer

from api.cli.context import AsJson, every_page, service
from api.cli.terminal import id_column, out, print_json, progress, whole_table

app = typer.Typer(no_args_is_help=True, help="Keys for those who ask, write and administer: make, list, revoke.")
KeyId = Annotated[str, typer.Argument(help="A key's id, as `list` shows it.")]


@app.command()
def create(
    role: Annotated[str, typer.Option(help="ask, write or admin.")] = "ask",
    label: Annotated[str, typer.Option(help="Whose key it is, or what for.")] = "",
    principal: Annotated[
        list[str] | None, typer.Option(help="Reader that its holder is; give it again for more.")
    ] = None,
    days: Annotated[float | None, typer.Option(help="How long it counts; for good if left out.")] = None,
    as_json: AsJson = False,
) -> None:
    """Make a key for the workspace chosen by --workspace, or for every one; it is printed here and never again."""
    body: dict[str, Any] = {"role": role, "label": label, "principals": principal or []}
    if days is not None:
        body["expires_at"] = (datetime.now(UTC) + timedelta(days=days)).isoformat()
    with service(brings=True) as (client, _):
        made = client.post("/v1/keys", body)
    if as_json:
        print_json(made)
        return
    where = made["workspace"] or "every workspace"
    progress.print(f"{made['role']} key {made['id']} for {where}; every request needs a key from now on")
    out.print(made["key"], highlight=False, soft_wrap=True)


@app.command("list")
def list_keys(as_json: AsJson = False) -> None:
    """List keys, revoked ones as well."""
    with service() as (client, _):
        found = every_page(client, "/v1/keys", "keys")
    if as_json:
        print_json(found)
        return
    table = whole_table(
        id_column("id", (one["id"] for one in found)), "role", "workspace", "label", "principals", "last used", "until"
    )
    for key in found:
        until = f"revoked {key['revoked_at'][:19]}" if key["revoked_at"] else (key["expires_at"] or "")[:19]
        table.add_row(
            key["id"], key["role"], key["workspace"] or "every", key["label"],
            ", ".join(key["principals"]), (key["last_used_at"] or "never")[:19], until,
        )  # fmt: skip
    out.print(table)


@app.command()
def revoke(key_id: KeyId, as_json: AsJson = False) -> None:
    """Revoke a key: the next request that carries it is refused."""
    with service() as (client, _):
        found = client.delete(f"/v1/keys/{key_id}")
    if as_json:
        print_json(found)
    else:
        out.print(f"key {found['id']} counts no more")
