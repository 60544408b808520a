"""What commands share: a client of the service, options, and where they print."""

import json
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.text import Text
from typing_extensions import override

from api.event_log import configure_logging
from api.outbound.client import QuipuClient
from api.settings import Settings, load_settings
from graph.errors import DependencyError
from graph.text.controls import as_json_escapes, visible

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
ALONE: dict[str, object] = {"graph_url": "sqlite", "workspace": ""}
"""Settings of a service that a command starts over an empty folder of its own."""


class SafeConsole(Console):
    """Prints texts of documents, models and servers as text: no sequence in them reaches the terminal."""

    @override
    def render_str(self, text: str, **options: Any) -> Text:
        return super().render_str(visible(text), **options)


out = SafeConsole(markup=False, emoji=False)
progress = SafeConsole(stderr=True, markup=False, emoji=False)


_chosen = {"workspace": ""}


def choose_workspace(name: str) -> None:
    """Let this command work in another workspace than QUIPU_WORKSPACE."""
    _chosen["workspace"] = name


def command_settings(*, everywhere: bool = False) -> Settings:
    """The settings of this command; ``everywhere``: it is about workspaces, and works in none."""
    settings = load_settings()
    return settings.model_copy(update={"workspace": "" if everywhere else chosen_workspace(settings)})


def chosen_workspace(settings: Settings) -> str:
    """The one that ``--workspace`` or QUIPU_WORKSPACE names; empty where neither does."""
    return _chosen["workspace"] or settings.workspace


def logged_settings(level: int = logging.WARNING) -> Settings:
    """The settings of a command that works without a service; its events go to standard error, without secrets."""
    settings = load_settings()
    configure_logging(level, secrets=settings.secrets)
    return settings


@contextmanager
def service(*, everywhere: bool = False) -> Iterator[tuple[QuipuClient, bool]]:
    """A client of the running service, or of one of our own; and whether it is our own."""
    settings = command_settings(everywhere=everywhere)
    found = running_service(settings)
    if found is not None:
        with closing(found):
            yield found, False
        return
    progress.print("no service runs; starting one for this command…", style="dim")
    with own_service(settings) as own:
        yield own, True


def running_service(settings: Settings) -> QuipuClient | None:
    """A client of the running service; None where none runs, unless QUIPU_URL names one (DependencyError)."""
    key = settings.api_key.get_secret_value() if settings.api_key else None
    client = QuipuClient(settings.url or settings.own_url, key=key, workspace=settings.workspace)
    try:
        client.get("/healthz")
    except DependencyError:
        client.close()
        if settings.url:
            raise
        return None
    return client


@contextmanager
def own_service(settings: Settings) -> Iterator[QuipuClient]:
    """A client of a service that lives as long as this command, on a free port of loopback."""
    from api.server import free_port, running_with_key

    configure_logging(logging.WARNING, secrets=settings.secrets)
    own = settings.model_copy(update={"host": "127.0.0.1", "port": free_port()})
    with (
        running_with_key(own) as (url, key),  # whoever may open the data folder needs no key of their own
        closing(QuipuClient(url, key=key, workspace=settings.workspace)) as client,
    ):
        yield client


@contextmanager
def bars() -> Iterator[Callable[[str, int, int], None]]:
    """Progress bars, one for each step that is told of."""
    columns = (
        SpinnerColumn(), TextColumn("{task.description:<10}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
    )  # fmt: skip
    with Progress(*columns, console=progress) as bars:
        tasks: dict[str, TaskID] = {}

        def report(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = bars.add_task(step)
            bars.update(tasks[step], completed=done, total=total)

        yield report


def every_page(client: QuipuClient, path: str, field: str, **query: str) -> list[dict[str, Any]]:
    """All of a list that comes in pages."""
    found: list[dict[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        page = client.get(path, cursor=cursor, limit=500, **query)
        found += page[field]
        cursor = page["next_cursor"]
    return found


def print_json(value: object) -> None:
    """Print for machines."""
    sys.stdout.write(as_json_escapes(json.dumps(value, ensure_ascii=False, indent=2)) + "\n")
