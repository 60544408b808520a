"""``quipu serve``, ``quipu demo`` and ``quipu config``: the service in this process, and what it is set to."""

import json
import logging
import signal
import threading
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from api.cli.asking import show_answer
from api.cli.context import AsJson, logged_settings, told_when_interrupted
from api.cli.documents.files import find_files
from api.cli.documents.ingesting import ingest_files, show_summary
from api.cli.first_start.next_command import ask_command
from api.cli.terminal import out, print_json, progress
from api.client import Quipu
from api.sample_documents import samples_folder
from graph.errors import ConfigurationError

STOPPING = "the service ends; what was acknowledged is kept, and read when a service starts next"


def serve() -> None:
    """Serve REST on QUIPU_HOST:QUIPU_PORT."""
    settings = logged_settings(logging.INFO)
    settings.check()  # which is told at once, before libraries are loaded
    from api.server import serve as run

    try:
        run(settings)
    except KeyboardInterrupt:  # which the server has taken, and told again once it had ended in order
        raise typer.Exit from None


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
    with (
        told_when_interrupted(lambda: STOPPING),
        running_with_key(settings) as (url, key),
        Quipu(url, key=key) as client,
    ):
        show_summary(ingest_files(client, find_files([samples / "documents"]), wait=True))
        lines = (samples / "questions.jsonl").read_text(encoding="utf-8").splitlines()
        questions = [json.loads(line)["text"] for line in lines]
        out.print(f"\n{questions[0]}", style="bold")
        show_answer(client.ask(questions[0]))
        if keep_serving:
            out.print(f"\nQuipu serves until Ctrl-C ends it. Its page: {url}/", soft_wrap=True)
            typed = ask_command(settings, questions[1 % len(questions)])
            out.print(f"To ask it from another terminal, in any folder:  {typed}", soft_wrap=True, highlight=False)
            _wait_for_signal()
            progress.print(STOPPING)


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


def _wait_for_signal() -> None:
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    stop.wait()
