"""The command line: its commands in the order of use, and what it says when it is called alone."""

import atexit
import sys
from collections.abc import Callable
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typing_extensions import override

from api.cli.asking import ask, search
from api.cli.audit import audit
from api.cli.changes import changes
from api.cli.chat import chat
from api.cli.context import choose_workspace
from api.cli.doctor.command import doctor
from api.cli.documents.commands import app as documents_app
from api.cli.documents.commands import formats, ingest
from api.cli.graph import app as entities_app
from api.cli.keys import app as keys_app
from api.cli.mcp import mcp
from api.cli.measuring.evals import eval_app
from api.cli.serving import config, demo, serve
from api.cli.sessions import app as sessions_app
from api.cli.terminal import out, progress, say_no_more
from api.cli.upkeep.data_folder import backup, export_command, import_command, repair, restore
from api.cli.upkeep.jobs import jobs, reindex, verify
from api.cli.watches import app as watches_app
from api.cli.workspaces import app as workspaces_app
from graph import release
from graph.errors import QuipuError

ABOUT = "GraphRAG whose answers are as fresh as its documents."
GREETING = """
  quipu demo             a first try: sample documents, and one question
  quipu ingest PATH…     bring in files and folders
  quipu ask "…"          ask them; every answer says what it rests on
  quipu chat             ask one question after the other
  quipu serve            serve REST for other programs
  quipu doctor           whether everything needed is here
  quipu --help           all commands"""
ORDER = {
    "Begin": ("demo", "ingest", "ask", "chat", "search", "serve", "mcp"),
    "What is kept": ("documents", "entities", "changes", "watches", "sessions", "formats"),
    "The service at work": ("jobs", "doctor", "config", "verify", "reindex", "audit"),
    "Who may what": ("keys", "workspaces"),
    "How good it is": ("eval",),
    "Keep and move": ("backup", "restore", "repair", "export", "import"),
}
"""Commands as the help shows them, each below the heading of its kind."""
_PLACES = [name for names in ORDER.values() for name in names]
_PANELS = {name: panel for panel, names in ORDER.items() for name in names}


class InOrderOfUse(TyperGroup):
    """Lists commands as one comes to need them."""

    @override
    def list_commands(self, ctx: Any) -> list[str]:
        names = super().list_commands(ctx)
        return sorted(names, key=lambda name: _PLACES.index(name) if name in _PLACES else len(_PLACES))


app = typer.Typer(cls=InOrderOfUse, help=f"Quipu: {ABOUT}", pretty_exceptions_enable=False)
_COMMANDS: dict[str, Callable[..., None]] = {
    "demo": demo, "ingest": ingest, "ask": ask, "chat": chat, "search": search, "serve": serve, "changes": changes,
    "formats": formats, "jobs": jobs, "doctor": doctor, "config": config, "verify": verify,
    "reindex": reindex, "audit": audit,
    "backup": backup, "restore": restore, "repair": repair, "export": export_command, "import": import_command,
    "mcp": mcp,
}  # fmt: skip
for name, command in _COMMANDS.items():
    app.command(name, rich_help_panel=_PANELS.get(name))(command)
for name, group in {
    "documents": documents_app, "entities": entities_app, "watches": watches_app, "sessions": sessions_app,
    "keys": keys_app, "workspaces": workspaces_app, "eval": eval_app,
}.items():  # fmt: skip
    app.add_typer(group, name=name, rich_help_panel=_PANELS.get(name))


def _show_version(wanted: bool) -> None:
    if wanted:
        out.print(f"quipu {release()}", highlight=False)
        raise typer.Exit


@app.callback(invoke_without_command=True)
def choose(
    context: typer.Context,
    workspace: Annotated[
        str, typer.Option(help="Workspace to work in, before the command; else QUIPU_WORKSPACE.")
    ] = "",
    _: Annotated[
        bool, typer.Option("--version", help="Print the version and exit.", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    """GraphRAG whose answers are as fresh as its documents."""
    choose_workspace(workspace)
    if context.invoked_subcommand is None:
        out.print(f"Quipu {release()}: {ABOUT}\n{GREETING}", highlight=False, soft_wrap=True)


def main() -> None:
    """Run a command; a Quipu error is one line on standard error and exit code 2."""
    atexit.register(say_no_more)
    try:
        app()
    except QuipuError as error:
        progress.print(f"error: {error}", style="red", soft_wrap=True, highlight=False)
        sys.exit(2)
