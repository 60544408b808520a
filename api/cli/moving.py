"""``quipu export`` and ``quipu import``: the graph from one store to another. No service may run meanwhile."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from api.cli.context import command_settings
from api.settings import load_settings
from graph.model import DEFAULT_WORKSPACE

Folder = Annotated[Path, typer.Argument(help="Folder of the export.")]


def export_command(folder: Folder) -> None:
    """Write the graph with its history into a folder, for `quipu import`."""
    from api.graph_stores import graph_alone
    from ingest.upkeep.moving import export_graph

    settings = command_settings()
    with graph_alone(settings) as graph:
        count = export_graph(graph, settings.workspace or DEFAULT_WORKSPACE, folder)
    sys.stdout.write(f"exported {count} revisions to {folder}\n")


def import_command(folder: Folder) -> None:
    """Put an export into an empty graph: with the same QUIPU_DATA_DIR and another QUIPU_GRAPH_URL."""
    from api.graph_stores import graph_alone
    from ingest.upkeep.moving import import_graph

    with graph_alone(load_settings()) as graph:
        count = import_graph(graph, folder)
    sys.stdout.write(f"imported {count} revisions from {folder}\n")
