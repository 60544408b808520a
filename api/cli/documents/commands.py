"""Commands that bring files in, about documents that are there, and about the formats that can be."""

import sys
import textwrap
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from api.cli.context import PAGE, AsJson, command_settings, running_service, service
from api.cli.documents.files import find_files
from api.cli.documents.ingesting import BAD, Manner, ingest_files, show_summary
from api.cli.documents.reading import lines
from api.cli.terminal import id_column, out, print_json, whole_table
from api.schemas.documents import FormatBody, format_bodies
from graph.errors import InputError

SUFFIXES = 48
"""Characters of a line of them; some formats have a hundred."""
app = typer.Typer(no_args_is_help=True, help="List, show, save, delete and purge documents.")
Out = Annotated[Path | None, typer.Option("--out", help="A file to write to, which must not be there.")]


@app.command("list")
def list_documents(
    match: Annotated[str | None, typer.Option(help="Words that stand in the title, the id or the source.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the live documents."""
    with service() as (client, _):
        found = list(client.every_document(q=match, limit=PAGE))
    if as_json:
        print_json(found)
        return
    table = whole_table(id_column("id", (one.id for one in found)), "version", "state", "title", "holds", "updated")
    for one in found:
        holds = f"{one.chunks} chunks, {one.entities} entities, {one.relations} relations"
        table.add_row(one.id, str(one.version), one.state, one.title, holds, f"{one.updated_at:%Y-%m-%d %H:%M}")
    out.print(table)


@app.command("show")
def show_document(document_id: str, as_json: AsJson = False) -> None:
    """Show one document, how it was read, and its text."""
    with service() as (client, _):
        found = client.get_document(document_id)
        content = client.get_document_content(document_id) if found.chunks else ""
    if as_json:
        print_json({**found.model_dump(mode="json", exclude_unset=True), "content": content})
        return
    grid = Table.grid(padding=(0, 2))
    grid.add_row("id", found.id)
    for name, value in lines(found):
        grid.add_row(name, value)
    out.print(grid)
    out.print()
    out.print(content, highlight=False)


@app.command("text")
def show_text(document_id: str, out_file: Out = None) -> None:
    """Print or save the text of a document as it was read; citations count its characters."""
    with service() as (client, _):
        text = client.get_document_content(document_id)
    if out_file is None and sys.stdout.isatty():
        out.print(text, highlight=False, soft_wrap=True)
    else:
        _write(text.encode("utf-8"), out_file)


@app.command("original")
def save_original(document_id: str, out_file: Out = None) -> None:
    """Save the file of a document as it was uploaded."""
    if out_file is None and sys.stdout.isatty():
        raise InputError("a terminal shows no file: name one by  --out FILE")
    with service() as (client, _):
        data = client.get_document_original(document_id)
    _write(data, out_file)


@app.command("delete")
def delete_document(document_id: str, as_json: AsJson = False) -> None:
    """Withdraw a document: no answer knows it any more; past revisions do."""
    _remove(document_id, purge=False, as_json=as_json)


@app.command("purge")
def purge_document(document_id: str, as_json: AsJson = False) -> None:
    """Remove every byte of a document, at every revision."""
    _remove(document_id, purge=True, as_json=as_json)


def ingest(  # noqa: PLR0913, PLR0917 - options, given by name
    paths: Annotated[list[Path], typer.Argument(help="Files and folders.")],
    wait: Annotated[bool, typer.Option("--wait", help="Wait until everything can be asked about.")] = False,
    wait_for_model: Annotated[
        bool, typer.Option("--wait-for-model", help="Wait until a language model has read it as well.")
    ] = False,
    reader: Annotated[list[str] | None, typer.Option(help="A principal that may read them; may be repeated.")] = None,
    root: Annotated[Path | None, typer.Option(help="The folder below which the paths of files are their ids.")] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Also documents that came under the same id from another folder.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Upload files and folders; what has not changed is not read again.

    Rules read each document first; then everything can be asked about. A language model, where one is set, reads it
    afterwards, which takes longer and adds to it.

    The id of a document is the path of its file below the folder that was named; of a file that was named by itself,
    below the working directory.
    """
    files = find_files(paths, root)
    with service(brings=True) as (client, own):
        manner = Manner(readers=reader or None, replace=replace, by_model=wait_for_model)
        results = ingest_files(client, files, wait=wait or wait_for_model or own, manner=manner)
    if as_json:
        print_json([asdict(one) for one in results])
    else:
        show_summary(results)
    unread = wait_for_model and any(one.model is not None and one.model.state != "done" for one in results)
    if unread or any(result.state in BAD for result in results):
        raise typer.Exit(1)


def formats(as_json: AsJson = False) -> None:
    """List the formats that can be read: by the service that runs, else here."""
    found = _formats()
    if as_json:
        print_json(found)
        return
    table = whole_table("format", "names of files", "media types", "needs")
    for one in found:
        suffixes = textwrap.fill(" ".join(one.suffixes), SUFFIXES)
        table.add_row(one.name, suffixes, "\n".join(one.media_types), one.needs)
    out.print(table)


def _formats() -> list[FormatBody]:
    client = running_service(command_settings())
    if client is None:
        from ingest.loaders.registry import FORMATS

        return format_bodies(FORMATS).formats
    with closing(client):
        return client.list_formats().formats


def _remove(document_id: str, *, purge: bool, as_json: bool) -> None:
    with service() as (client, _):
        receipt = client.delete_document(document_id, purge=purge)
    if as_json:
        print_json(receipt)
        return
    counts = receipt.gone.model_dump() if receipt.gone else {}
    gone = ", ".join(f"{count} {kind}" for kind, count in counts.items())
    held = f" with {receipt.members} documents that it held" if receipt.members else ""
    out.print(f"{'purged' if purge else 'deleted'} {document_id}{held} at revision {receipt.revision}: {gone}")


def _write(data: bytes, path: Path | None) -> None:
    """Write a new file, or to what standard output leads to."""
    if path is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    try:
        with path.open("xb") as file:
            file.write(data)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}") from error
    out.print(f"{len(data)} bytes written to {path}", soft_wrap=True)
