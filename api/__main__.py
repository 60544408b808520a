"""The command line. Its commands talk to a running service, or to one of their own where none runs."""

import json
import logging
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from api.client import QuipuClient, document_path
from api.event_log import configure_logging
from api.loading_bar import find_files, ingest_files, show_summary
from api.settings import Settings, load_settings
from graph.errors import ConfigurationError, DependencyError, QuipuError

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Quipu: GraphRAG whose answers are as fresh as its documents."
)
documents_app = typer.Typer(no_args_is_help=True, help="List, show, delete and purge documents.")
app.add_typer(documents_app, name="documents")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
Mode = Annotated[str, typer.Option(help="hybrid, vector, keyword or graph.")]
SAMPLES = Path(__file__).resolve().parent.parent / "samples"
_out = Console()
_progress = Console(stderr=True)


@app.command()
def serve() -> None:
    """Serve REST on QUIPU_HOST:QUIPU_PORT."""
    from api.server import serve as run

    configure_logging()
    run(load_settings())


@app.command()
def demo(
    samples: Annotated[Path, typer.Option(help="Folder with documents/ and questions.jsonl.")] = SAMPLES,
    keep_serving: Annotated[bool, typer.Option(help="Go on serving afterwards.")] = True,
) -> None:
    """Serve, load the sample documents, ask one question, and keep serving."""
    from api.server import running

    if not (samples / "documents").is_dir():
        raise ConfigurationError(f"{samples} has no sample documents; they are part of the project's checkout")
    configure_logging()
    settings = load_settings()
    with running(settings) as url:
        client = _client(url, settings)
        results = ingest_files(client, find_files([samples / "documents"]), _progress, wait=True)
        show_summary(results, _out)
        first = json.loads((samples / "questions.jsonl").read_text(encoding="utf-8").splitlines()[0])
        _out.print(f"\n[bold]{escape(first['text'])}[/bold]")
        _show_answer(client.post("/v1/ask", {"question": first["text"]}))
        _out.print(f'\nQuipu answers at {url} (its API: {url}/docs). Another question:  quipu ask "…"')
        if keep_serving:
            _wait_for_signal()


@app.command()
def ingest(
    paths: Annotated[list[Path], typer.Argument(help="Files and folders; ids are their relative paths.")],
    wait: Annotated[bool, typer.Option("--wait", help="Wait until everything can be asked about.")] = False,
    as_json: AsJson = False,
) -> None:
    """Upload files and folders; what has not changed is not read again."""
    with _service() as (client, own):
        results = ingest_files(client, find_files(paths), _progress, wait=wait or own)
    if as_json:
        _print_json(results)
    else:
        show_summary(results, _out)
    if any(result["state"] in {"failed", "refused"} for result in results):
        raise typer.Exit(1)


@app.command()
def ask(question: str, mode: Mode = "hybrid", as_json: AsJson = False) -> None:
    """Answer a question, with citations."""
    with _service() as (client, _):
        answer = client.post("/v1/ask", {"question": question, "mode": mode})
    if as_json:
        _print_json(answer)
    else:
        _show_answer(answer)


@app.command()
def search(query: str, mode: Mode = "hybrid", k: int = 10, as_json: AsJson = False) -> None:
    """Find passages, each with why it was found."""
    with _service() as (client, _):
        found = client.post("/v1/search", {"query": query, "mode": mode, "k": k})
    if as_json:
        _print_json(found)
        return
    table = Table("", "document", "passage", "why", title=f"revision {found['revision']}")
    for rank, hit in enumerate(found["hits"], start=1):
        path = " → ".join(step["label"] for step in hit["why"]["path"])
        table.add_row(
            str(rank),
            escape(hit["document_id"]),
            escape(hit["text"][:160]),
            escape(f"{hit['why']['retriever']}: {path}"),
        )
    _out.print(table)


@app.command()
def config(as_json: AsJson = False) -> None:
    """Print the effective settings, secrets masked."""
    shown = load_settings().shown()
    if as_json:
        _print_json(shown)
        return
    for name, value in shown.items():
        _out.print(f"{name}={value}", markup=False, highlight=False)


@documents_app.command("list")
def list_documents(as_json: AsJson = False) -> None:
    """List the live documents."""
    found: list[dict[str, Any]] = []
    with _service() as (client, _):
        cursor: str | None = ""
        while cursor is not None:
            page = client.get("/v1/documents", cursor=cursor, limit=500)
            found += page["documents"]
            cursor = page["next_cursor"]
    if as_json:
        _print_json(found)
        return
    table = Table("id", "version", "title", "chunks", "entities", "relations", "updated")
    for one in found:
        table.add_row(
            escape(one["id"]), str(one["version"]), escape(one["title"]), str(one["chunks"]), str(one["entities"]),
            str(one["relations"]), one["updated_at"][:19],
        )  # fmt: skip
    _out.print(table)


@documents_app.command("show")
def show_document(document_id: str, as_json: AsJson = False) -> None:
    """Show one document and its text."""
    with _service() as (client, _):
        found = client.get(document_path(document_id))
        found["content"] = client.get(document_path(document_id) + "/content")
    if as_json:
        _print_json(found)
        return
    content = found.pop("content")
    for name, value in found.items():
        _out.print(f"{name}: {value}", markup=False, highlight=False)
    _out.print()
    _out.print(content, markup=False, highlight=False)


@documents_app.command("delete")
def delete_document(document_id: str, as_json: AsJson = False) -> None:
    """Withdraw a document: no answer knows it any more; past revisions do."""
    _remove(document_id, purge=False, as_json=as_json)


@documents_app.command("purge")
def purge_document(document_id: str, as_json: AsJson = False) -> None:
    """Remove every byte of a document, at every revision."""
    _remove(document_id, purge=True, as_json=as_json)


def _remove(document_id: str, *, purge: bool, as_json: bool) -> None:
    with _service() as (client, _):
        receipt = client.delete_document(document_id, purge=purge)
    if as_json:
        _print_json(receipt)
        return
    gone = ", ".join(f"{count} {kind}" for kind, count in receipt["gone"].items())
    _out.print(
        f"{'purged' if purge else 'deleted'} {document_id} at revision {receipt['revision']}: {gone}", markup=False
    )


@contextmanager
def _service() -> Iterator[tuple[QuipuClient, bool]]:
    """A client of the running service, or of one of our own; and whether it is our own."""
    settings = load_settings()
    url = settings.url or f"http://{settings.host}:{settings.port}"
    client = _client(url, settings)
    try:
        client.get("/healthz")
    except DependencyError:
        client.close()
        if settings.url:
            raise
        with _own_service(settings) as own:
            yield own, True
        return
    yield client, False
    client.close()


@contextmanager
def _own_service(settings: Settings) -> Iterator[QuipuClient]:
    from api.server import free_port, running

    configure_logging(logging.WARNING)
    _progress.print("[dim]no service runs; starting one for this command…[/dim]")
    own = settings.model_copy(update={"host": "127.0.0.1", "port": free_port()})
    with running(own) as url:
        client = _client(url, own)
        yield client
        client.close()


def _client(url: str, settings: Settings) -> QuipuClient:
    return QuipuClient(url, key=settings.api_key.get_secret_value() if settings.api_key else None)


def _show_answer(answer: dict[str, Any]) -> None:
    _out.print(answer["answer"], markup=False)
    for citation in answer["citations"]:
        page = f", page {citation['page']}" if citation["page"] else ""
        span = f"characters {citation['start']}–{citation['end']}"
        where = f"{citation['document_id']}, version {citation['version']}{page}, {span}"
        _out.print(
            f"  [dim]\\[{citation['marker']}] {escape(citation['title'])} ({escape(where)})[/dim]", highlight=False
        )


def _print_json(value: object) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def _wait_for_signal() -> None:
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    stop.wait()


def main() -> None:
    """Run a command; a Quipu error is one line on standard error and exit code 2."""
    try:
        app()
    except QuipuError as error:
        Console(stderr=True).print(f"[red]error:[/red] {escape(str(error))}", soft_wrap=True, highlight=False)
        sys.exit(2)


if __name__ == "__main__":
    main()
