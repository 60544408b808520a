"""Commands about a data folder as a whole: back up, restore, repair; and its graph, from one store to another."""

import logging
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from api.cli.context import AsJson, chosen_workspace, folder_settings, nothing_kept, running_service
from api.cli.terminal import out, print_json
from api.configuration.data_folders import holds_nothing
from api.settings import Settings
from graph.errors import ConfigurationError
from graph.model import DEFAULT_WORKSPACE

Folder = Annotated[Path, typer.Argument(help="Folder of the export.")]

LOST_FOR_GOOD = (
    "Not rebuilt, for nothing else holds them: access keys, jobs, watches, uploads that no job had read, and how"
    " documents were read, which is told again once they are."
    " Make keys anew by  quipu keys create"
)


def repair(as_json: AsJson = False) -> None:
    """Rebuild a lost operations.sqlite from the graph and the uploaded bytes; no service may run."""
    from api.upkeep import repair as rebuild

    found, first_key = rebuild(folder_settings(logging.INFO))
    if as_json:
        print_json({**asdict(found), "first_key": None if first_key is None else str(first_key)})
        return
    out.print(f"{found.documents} documents in {found.versions} versions, and {found.deleted} deleted ones, rebuilt")
    if found.remade_bytes:
        out.print(f"{found.remade_bytes} files of bytes were made again from the texts")
    for version in found.lost_bytes:
        out.print(f"the uploaded bytes of {version} are gone; its text is not", soft_wrap=True)
    for path in found.unclaimed:
        out.print(f"set aside, for nothing in the graph explains it: {path}", soft_wrap=True)
    if first_key is not None:
        out.print(
            f"every request needs a key from now on; an administrator's lies in {first_key}",
            soft_wrap=True,
        )
    out.print(LOST_FOR_GOOD, soft_wrap=True)


def backup(
    folder: Annotated[Path, typer.Argument(help="Folder of the backup: new, empty, or with an earlier backup.")],
    as_json: AsJson = False,
) -> None:
    """Bring a backup of the data folder up to now, while the service goes on; only what is new is written."""
    from api.upkeep import back_up

    found = back_up(folder_settings(logging.INFO), folder)
    if as_json:
        print_json(asdict(found))
    else:
        reached = ", ".join(f"{name} up to revision {revision}" for name, revision in found.revisions.items())
        out.print(
            f"{reached or 'no document yet'}: {found.written} of {found.files} files written,"
            f" {found.bytes_written} bytes", highlight=False,
        )  # fmt: skip
        for digest in found.missing:
            out.print(f"not backed up, for they are damaged or lost here: the uploaded bytes {digest}")
    if found.missing:
        raise typer.Exit(1)


def restore(
    folder: Annotated[Path, typer.Argument(help="Folder of the backup.")],
    as_json: AsJson = False,
) -> None:
    """Make an empty QUIPU_DATA_DIR, and its graph, from a backup; one that is not whole to the bit is refused."""
    from api.upkeep import restore as lay_out

    settings = folder_settings(logging.INFO)
    found = lay_out(settings, folder)
    if as_json:
        print_json(asdict(found))
        return
    reached = ", ".join(f"{name} up to revision {revision}" for name, revision in found.revisions.items())
    out.print(f"{settings.data_dir}: {reached or 'no document'}; start it by  quipu serve", soft_wrap=True)
    for digest in found.missing:
        out.print(f"missing, for they were damaged before the backup: the uploaded bytes {digest}")


def export_command(folder: Folder) -> None:
    """Write the graph with its history into a folder, for `quipu import`; a service may go on meanwhile."""
    from api.graph_stores import graph_beside
    from ingest.upkeep.moving import export_graph

    settings = folder_settings()
    workspace = chosen_workspace(settings) or DEFAULT_WORKSPACE
    _check_kept(settings)
    with graph_beside(settings) as graph:
        if not graph.revision(workspace):
            raise ConfigurationError(f"nothing to export: no document was ever in workspace {workspace!r}")
        count = export_graph(graph, workspace, folder)
    out.print(f"exported {count} revisions to {folder}", soft_wrap=True, highlight=False)


def import_command(folder: Folder) -> None:
    """Put an export into an empty graph: with the same QUIPU_DATA_DIR and another QUIPU_GRAPH_URL."""
    from api.graph_stores import graph_alone
    from ingest.upkeep.moving import check_there, import_graph

    check_there(folder)
    settings = folder_settings()
    with graph_alone(settings) as graph:
        count = import_graph(graph, folder)
    out.print(f"imported {count} revisions from {folder}", soft_wrap=True, highlight=False)


def _check_kept(settings: Settings) -> None:
    """Refuse a data folder in which nothing is kept, and tell where a service that runs keeps what it has."""
    if not holds_nothing(settings.data_dir):
        return
    client = running_service(settings)
    if client is None:
        raise ConfigurationError(nothing_kept(settings))
    with closing(client):
        where = client.get_settings()["QUIPU_DATA_DIR"]
    raise ConfigurationError(
        f"nothing is kept in {settings.data_dir}; the service at {client.url} keeps its documents in {where} of the"
        " machine it runs on: say  quipu export  there, with that folder in QUIPU_DATA_DIR"
    )
