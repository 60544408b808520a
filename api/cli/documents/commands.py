"""Commands about documents that are there, and about the formats that can be."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Column, Table

from api.cli.context import AsJson, every_page, out, print_json, service
from api.cli.documents.reading import lines
from api.outbound.client import document_path
from graph.errors import InputError

app = typer.Typer(no_args_is_help=True, help="List, show, save, delete and purge documents.")
Out = Annotated[Path | None, typer.Option("--out", help="A file to write to, which must not be there.")]


@app.command("list")
def list_documents(as_json: AsJson = False) -> None:
    """List the live documents."""
    with service() as (client, _):
        found = every_page(client, "/v1/documents", "documents")
    if as_json:
        print_json(found)
        return
    table = Table(
        Column("id", overflow="fold", min_width=16),
        "state",
        "version",
        "title",
        "chunks",
        "entities",
        "relations",
        "updated",
    )
    for one in found:
        table.add_row(
            one["id"], one["state"], str(one["version"]), one["title"], str(one["chunks"]), str(one["entities"]),
            str(one["relations"]), one["updated_at"][:19],
        )  # fmt: skip
    out.print(table)


@app.command("show")
def show_document(document_id: str, as_json: AsJson = False) -> None:
    """Show one document, how it was read, and its text."""
    with service() as (client, _):
        found = client.get(document_path(document_id))
        found["content"] = client.get(document_path(document_id) + "/content") if found["chunks"] else ""
    if as_json:
        print_json(found)
        return
    grid = Table.grid(padding=(0, 2))
    grid.add_row("id", found["id"])
    for name, value in lines(found):
        grid.add_row(name, value)
    out.print(grid)
    out.print()
    out.print(found["content"], highlight=False)


@app.command("text")
def show_text(document_id: str, out_file: Out = None) -> None:
    """Print or save the text of a document as it was read; citations count its characters."""
    with service() as (client, _):
        text = client.download(document_path(document_id) + "/content")
    if out_file is None and sys.stdout.isatty():
        out.print(text.decode("utf-8"), highlight=False, soft_wrap=True)
    else:
        _write(text, out_file)


@app.command("original")
def save_original(document_id: str, out_file: Out = None) -> None:
    """Save the file of a document as it was uploaded."""
    if out_file is None and sys.stdout.isatty():
        raise InputError("a terminal shows no file: name one by  --out FILE")
    with service() as (client, _):
        data = client.download(document_path(document_id) + "/original")
    _write(data, out_file)


@app.command("delete")
def delete_document(document_id: str, as_json: AsJson = False) -> None:
    """Withdraw a document: no answer knows it any more; past revisions do."""
    _remove(document_id, purge=False, as_json=as_json)


@app.command("purge")
def purge_document(document_id: str, as_json: AsJson = False) -> None:
    """Remove every byte of a document, at every revision."""
    _remove(document_id, purge=True, as_json=as_json)


def formats(as_json: AsJson = False) -> None:
    """List the formats that can be read."""
    with service() as (client, _):
        found = client.get("/v1/formats")["formats"]
    if as_json:
        print_json(found)
        return
    table = Table("format", "names of files", "media types", "needs")
    for one in found:
        table.add_row(one["name"], " ".join(one["suffixes"]), "\n".join(one["media_types"]), one["needs"])
    out.print(table)


def _remove(document_id: str, *, purge: bool, as_json: bool) -> None:
    with service() as (client, _):
        receipt = client.delete_document(document_id, purge=purge)
    if as_json:
        print_json(receipt)
        return
    gone = ", ".join(f"{count} {kind}" for kind, count in receipt["gone"].items())
    held = f" with {receipt['members']} documents that it held" if receipt["members"] else ""
    out.print(f"{'purged' if purge else 'deleted'} {document_id}{held} at revision {receipt['revision']}: {gone}")


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
