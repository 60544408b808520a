"""The command line. Its commands talk to a running service, or to one of their own where none runs."""

import json
import logging
import signal
import sys
import threading
from contextlib import closing
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from api.cli.audit import audit
from api.cli.context import AsJson, choose_workspace, logged_settings, out, print_json, progress, service
from api.cli.data_folder import backup, export_command, import_command, repair, restore
from api.cli.documents.commands import app as documents_app
from api.cli.documents.commands import formats
from api.cli.documents.files import find_files
from api.cli.documents.ingesting import BAD, Manner, ingest_files, show_summary
from api.cli.evals import eval_app
from api.cli.first_start.next_command import ask_command
from api.cli.freshness import changes
from api.cli.graph import app as entities_app
from api.cli.jobs import jobs, reindex, verify
from api.cli.keys import app as keys_app
from api.cli.watches import app as watches_app
from api.cli.workspaces import app as workspaces_app
from api.outbound.client import QuipuClient
from api.sample_documents import samples_folder
from api.schemas.answers import pending_text
from graph.errors import ConfigurationError, QuipuError
from graph.parsing import read_json

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Quipu: GraphRAG whose answers are as fresh as its documents.",
    pretty_exceptions_enable=False,
)  # fmt: skip
app.add_typer(documents_app, name="documents")
app.add_typer(eval_app, name="eval")
app.add_typer(entities_app, name="entities")
app.add_typer(watches_app, name="watches")
app.add_typer(keys_app, name="keys")
app.add_typer(workspaces_app, name="workspaces")
for command in (changes, jobs, reindex, verify, backup, restore, repair, audit, formats):
    app.command()(command)

Mode = Annotated[str, typer.Option(help="hybrid, vector, keyword or graph.")]
Waiting = Annotated[
    bool, typer.Option("--wait/--no-wait", help="Wait some seconds for what is still being read; then answer anyway.")
]
Filters = Annotated[
    str, typer.Option("--filters", help='Metadata that documents must have, as JSON: {"year": {"gte": 2020}}.')
]


app.command("export")(export_command)
app.command("import")(import_command)


@app.callback()
def choose(
    workspace: Annotated[
        str, typer.Option(help="Workspace to work in, before the command; else QUIPU_WORKSPACE.")
    ] = "",
) -> None:
    """GraphRAG whose answers are as fresh as its documents."""
    choose_workspace(workspace)


@app.command()
def serve() -> None:
    """Serve REST on QUIPU_HOST:QUIPU_PORT."""
    from api.server import serve as run

    run(logged_settings(logging.INFO))


@app.command()
def demo(
    samples: Annotated[
        Path, typer.Option(default_factory=samples_folder, help="Folder with documents/ and questions.jsonl.")
    ],
    keep_serving: Annotated[bool, typer.Option(help="Go on serving afterwards.")] = True,
) -> None:
    """Serve, load the sample documents, ask one question, and keep serving."""
    from api.server import running_with_key

    if not (samples / "documents").is_dir():
        raise ConfigurationError(f"{samples} has no documents/; --samples names a folder that has")
    settings = logged_settings(logging.INFO)
    with running_with_key(settings) as (url, key):
        client = QuipuClient(url, key=key)
        results = ingest_files(client, find_files([samples / "documents"]), progress, wait=True)
        show_summary(results, out)
        lines = (samples / "questions.jsonl").read_text(encoding="utf-8").splitlines()
        questions = [json.loads(line)["text"] for line in lines]
        out.print(f"\n{questions[0]}", style="bold")
        _show_answer(client.post("/v1/ask", {"question": questions[0]}))
        if keep_serving:
            out.print(f"\nQuipu serves until Ctrl-C ends it. Its page: {url}/", soft_wrap=True)
            typed = ask_command(settings, questions[1 % len(questions)])
            out.print(f"To ask it from another terminal, in any folder:  {typed}", soft_wrap=True, highlight=False)
            _wait_for_signal()


@app.command()
def ingest(
    paths: Annotated[list[Path], typer.Argument(help="Files and folders.")],
    wait: Annotated[bool, typer.Option("--wait", help="Wait until everything can be asked about.")] = False,
    reader: Annotated[list[str] | None, typer.Option(help="A principal that may read them; may be repeated.")] = None,
    root: Annotated[Path | None, typer.Option(help="The folder below which the paths of files are their ids.")] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Also documents that came under the same id from another folder.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Upload files and folders; what has not changed is not read again.

    The id of a document is the path of its file below the folder that was named; of a file that was named by itself,
    below the working directory.
    """
    files = find_files(paths, root)
    with service() as (client, own):
        manner = Manner(readers=reader or None, replace=replace)
        results = ingest_files(client, files, progress, wait=wait or own, manner=manner)
    if as_json:
        print_json(results)
    else:
        show_summary(results, out)
    if any(result["state"] in BAD for result in results):
        raise typer.Exit(1)


@app.command()
def ask(
    question: str, mode: Mode = "hybrid", filters: Filters = "{}", wait: Waiting = True, as_json: AsJson = False
) -> None:  # fmt: skip
    """Answer a question, with citations."""
    with service() as (client, _):
        body = {"question": question, "mode": mode, "filters": _conditions(filters)}
        answer = (client.question if wait else client.post)("/v1/ask", body)
    if as_json:
        print_json(answer)
    else:
        _show_answer(answer)


@app.command()
def search(
    query: str, mode: Mode = "hybrid", k: int = 10, filters: Filters = "{}", wait: Waiting = True,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Find passages, each with why it was found."""
    with service() as (client, _):
        body = {"query": query, "mode": mode, "k": k, "filters": _conditions(filters)}
        found = (client.question if wait else client.post)("/v1/search", body)
    if as_json:
        print_json(found)
        return
    table = Table("", "document", "passage", "why", title=f"revision {found['revision']}")
    for rank, hit in enumerate(found["hits"], start=1):
        path = " → ".join(step["label"] for step in hit["why"]["path"])
        table.add_row(
            str(rank),
            hit["document_id"],
            hit["text"][:160],
            f"{hit['why']['retriever']}: {path}",
        )
    out.print(table)
    _show_notes(found)


@app.command()
def config(as_json: AsJson = False) -> None:
    """Print the effective settings, secrets masked, and how the parser of documents is confined here."""
    from ingest.loaders.parser_process import ParserProcess

    shown = logged_settings().shown()
    with closing(ParserProcess()) as parser:
        shown["parser_confinement"] = parser.held()
    if as_json:
        print_json(shown)
        return
    for name, value in shown.items():
        out.print(f"{name}={value}", highlight=False)


def _show_answer(answer: dict[str, Any]) -> None:
    short = answer.get("short_answer")
    if short and not answer["answer"].startswith(short["text"]):
        out.print(short["text"], style="bold", highlight=False, markup=False)
    out.print(answer["answer"])
    for citation in answer["citations"]:
        page = f", page {citation['page']}" if citation["page"] else ""
        span = f"characters {citation['start']}–{citation['end']}"
        where = f"{citation['document_id']}, version {citation['version']}{page}, {span}"
        under = " › ".join(dict.fromkeys((citation["title"], *citation["headings"])))
        out.print(f"  [{citation['marker']}] {under} ({where})", style="dim", highlight=False)

    _show_notes(answer)


def _show_notes(found: dict[str, Any]) -> None:
    for note in found.get("notes", ()):
        out.print(f"note: {note}", style="yellow", highlight=False, markup=False)
    if pending := found.get("pending"):
        out.print(pending_text(pending), style="yellow", highlight=False)


def _conditions(filters: str) -> object:
    return read_json("--filters", filters)


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
        progress.print(f"error: {error}", style="red", soft_wrap=True, highlight=False)
        sys.exit(2)
