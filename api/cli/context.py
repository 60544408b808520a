"""What commands share: options, settings, and a client of the service."""

import logging
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Annotated

import typer

from api.cli.terminal import progress
from api.client import Patience, Quipu
from api.configuration.data_folders import holds_nothing
from api.event_log import configure_logging
from api.settings import Settings, load_settings
from graph.errors import ConfigurationError, DependencyError

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
ALONE: dict[str, object] = {"graph_url": "sqlite", "workspace": ""}
"""Settings of a service that a command starts over an empty folder of its own."""


PAGE = 500
"""How many one page of a list holds."""
PATIENCE = Patience(seconds=100, busy_only=True)
"""Whoever types a command is told at once what fails."""
KEPT = "what was acknowledged is kept, and read when a service starts next"
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


def folder_settings(level: int = logging.WARNING) -> Settings:
    """As above, for a command that works on the data folder itself; it is named."""
    settings = logged_settings(level)
    progress.print(f"on the data in {settings.data_dir}", style="dim", soft_wrap=True, highlight=False)
    return settings


@contextmanager
def service(*, everywhere: bool = False, brings: bool = False) -> Iterator[tuple[Quipu, bool]]:
    """A client of the running service, or of one of our own; and whether it is our own.

    Raises:
        ConfigurationError: no service runs, and nothing is kept in the data folder; unless the command ``brings``
            something: what only asks makes no folder.
    """
    settings = command_settings(everywhere=everywhere)
    found = running_service(settings)
    if found is not None:
        with (
            closing(found),
            told_when_interrupted(lambda: f"the service at {found.url} goes on with what it has begun"),
        ):
            yield found, False
        return
    if not brings and holds_nothing(settings.data_dir):
        raise ConfigurationError(nothing_kept(settings))
    own = f"no service runs; starting one for this command, on the data in {settings.data_dir}"
    progress.print(own, style="dim", soft_wrap=True, highlight=False)
    with told_when_interrupted(lambda: KEPT), own_service(settings, rehearses=False) as client:
        yield client, True


@contextmanager
def told_when_interrupted(what: Callable[[], str]) -> Iterator[None]:
    """Ctrl-C ends the command with a sentence about what goes on, and exit code 130."""
    try:
        yield
    except KeyboardInterrupt:
        progress.print(f"interrupted: {what()}", style="yellow", soft_wrap=True, highlight=False)
        raise typer.Exit(130) from None


def nothing_kept(settings: Settings) -> str:
    """What to say where a data folder is empty or not there."""
    return (
        f"nothing is kept in {settings.data_dir} yet, and no service runs at {settings.own_url}; bring documents in by"
        "  quipu ingest PATH  or name another folder in QUIPU_DATA_DIR"
    )


def running_service(settings: Settings) -> Quipu | None:
    """A client of the running service; None where none runs, unless QUIPU_URL names one (DependencyError)."""
    key = settings.api_key.get_secret_value() if settings.api_key else None
    client = Quipu(settings.url or settings.own_url, key=key, workspace=settings.workspace, patience=PATIENCE)
    try:
        client.check_health()
    except DependencyError:
        client.close()
        if settings.url:
            raise
        return None
    return client


@contextmanager
def own_service(settings: Settings, *, rehearses: bool = True) -> Iterator[Quipu]:
    """A client of a service that lives as long as this command, on a free port of loopback."""
    from api.server import free_port, running_with_key

    configure_logging(logging.WARNING, secrets=settings.secrets)
    own = settings.model_copy(update={"host": "127.0.0.1", "port": free_port()})
    with (  # whoever may open the data folder needs no key of their own
        running_with_key(own, rehearses=rehearses) as (url, key),
        Quipu(url, key=key, workspace=settings.workspace, patience=PATIENCE) as client,
    ):
        yield client
