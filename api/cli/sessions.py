"""Commands about conversations that the service keeps."""

from typing import Annotated

import typer

from api.cli.asking import ONE_SEARCH, step_line
from api.cli.context import AsJson, service
from api.cli.terminal import id_column, moment, out, print_json, whole_table
from api.schemas.asking.sessions import SessionTurnBody

app = typer.Typer(no_args_is_help=True, help="Conversations: open, list, show and delete them.")
SessionId = Annotated[str, typer.Argument(help="A conversation's id, as `list` shows it.")]


@app.command("open")
def open_session(as_json: AsJson = False) -> None:
    """Begin a conversation, and print its id."""
    with service() as (client, _):
        opened = client.open_session()
    if as_json:
        print_json(opened)
    else:
        out.print(opened.id, highlight=False)


@app.command("list")
def list_sessions(limit: int = 100, as_json: AsJson = False) -> None:
    """List conversations, the newest first."""
    with service() as (client, _):
        found = client.list_sessions(limit=limit).sessions
    if as_json:
        print_json(found)
        return
    table = whole_table(id_column("id", (one.id for one in found)), "last used", "turns", "first question")
    for one in found:
        table.add_row(one.id, moment(one.used_at), str(one.turns), one.question or "")
    out.print(table)


@app.command()
def show(session_id: SessionId, as_json: AsJson = False) -> None:
    """Show what was said in a conversation, and what of it no longer holds."""
    with service() as (client, _):
        session = client.get_session(session_id)
    if as_json:
        print_json(session)
        return
    if session.dropped:
        out.print(f"{session.dropped} older turns are not kept", style="dim")
    for turn in session.turns:
        _show(turn)


@app.command()
def delete(session_id: SessionId) -> None:
    """Delete a conversation with its turns."""
    with service() as (client, _):
        client.delete_session(session_id)


def _show(turn: SessionTurnBody) -> None:
    out.print(f"{turn.number}. {turn.question or '(purged)'}", style="bold", highlight=False)
    if turn.rewritten:
        out.print(f"  understood as: {turn.rewritten}", style="dim", highlight=False)
    if any(step.name not in ONE_SEARCH for step in turn.steps):
        for step in turn.steps:
            out.print(f"  {step_line(step)}", style="dim", highlight=False, soft_wrap=True)
    out.print(f"  {turn.answer.answer if turn.answer else '(what it rested on is gone)'}", highlight=False)
    if not turn.holds:
        out.print("  this no longer holds", style="yellow")
    if turn.now:
        out.print(f"  now: {turn.now.answer}", highlight=False)
