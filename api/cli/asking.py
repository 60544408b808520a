"""``quipu ask`` and ``quipu search``, and how an answer looks on a terminal."""

from typing import Annotated, Any, Literal

import typer

from api.cli.context import AsJson, service
from api.cli.terminal import id_column, out, print_json, whole_table
from graph.parsing import read_json

Mode = Annotated[Literal["hybrid", "vector", "keyword", "graph"], typer.Option(help="How passages are looked for.")]
Waiting = Annotated[
    bool, typer.Option("--wait/--no-wait", help="Wait some seconds for what is still being read; then answer anyway.")
]
Filters = Annotated[
    str, typer.Option("--filters", help='Metadata that documents must have, as JSON: {"year": {"gte": 2020}}.')
]


def ask(
    question: str, mode: Mode = "hybrid", filters: Filters = "{}", wait: Waiting = True, as_json: AsJson = False
) -> None:  # fmt: skip
    """Answer a question, with citations."""
    with service() as (client, _):
        body = {"question": question, "mode": mode, "filters": read_json("--filters", filters)}
        answer = (client.question if wait else client.post)("/v1/ask", body)
    if as_json:
        print_json(answer)
    else:
        show_answer(answer)


def search(
    query: str, mode: Mode = "hybrid", k: int = 10, filters: Filters = "{}", wait: Waiting = True,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Find passages, each with why it was found."""
    with service() as (client, _):
        body = {"query": query, "mode": mode, "k": k, "filters": read_json("--filters", filters)}
        found = (client.question if wait else client.post)("/v1/search", body)
    if as_json:
        print_json(found)
        return
    documents = id_column("document", (hit["document_id"] for hit in found["hits"]))
    table = whole_table("", documents, "passage", "why", title=f"revision {found['revision']}")
    for rank, hit in enumerate(found["hits"], start=1):
        path = " → ".join(step["label"] for step in hit["why"]["path"])
        table.add_row(str(rank), hit["document_id"], hit["text"][:160], f"{hit['why']['retriever']}: {path}")
    out.print(table)
    _show_notes(found)


def show_answer(answer: dict[str, Any]) -> None:
    """An answer with what it rests on; where rules are sure of it, first in a word."""
    short = answer.get("short_answer")
    if short and not answer["answer"].startswith(short["text"]):
        out.print(short["text"], style="bold", highlight=False)
    out.print(answer["answer"], highlight=False)
    show_sources(answer)


def show_sources(answer: dict[str, Any]) -> None:
    """What an answer rests on, and what it says of itself."""
    for citation in answer["citations"]:
        page = f", page {citation['page']}" if citation["page"] else ""
        span = f"characters {citation['start']}–{citation['end']}"
        where = f"{citation['document_id']}, version {citation['version']}{page}, {span}"
        under = " › ".join(dict.fromkeys((citation["title"], *citation["headings"])))
        out.print(f"  [{citation['marker']}] {under} ({where})", style="dim", highlight=False)
    _show_notes(answer)


def _show_notes(found: dict[str, Any]) -> None:
    from api.schemas.answers import pending_text

    for note in found.get("notes", ()):
        out.print(f"note: {note}", style="yellow", highlight=False)
    if pending := found.get("pending"):
        out.print(pending_text(pending), style="yellow", highlight=False)
