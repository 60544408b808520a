"""Commands about watches: standing questions, answered again when their evidence changes."""

from typing import Annotated

import typer

from api.cli.asking import SearchMode
from api.cli.context import AsJson, service
from api.cli.terminal import id_column, moment, out, print_json, whole_table
from api.schemas.watches import WatchUpdateBody
from graph.errors import DependencyError

app = typer.Typer(no_args_is_help=True, help="Standing questions: add, list, show, follow and delete them.")
WatchId = Annotated[str, typer.Argument(help="A watch's id, as `list` shows it.")]


@app.command()
def add(
    question: str,
    mode: SearchMode = "hybrid",
    webhook: Annotated[str, typer.Option(help="Where updates are sent, too: a host of QUIPU_WEBHOOK_HOSTS.")] = "",
    as_json: AsJson = False,
) -> None:
    """Register a question."""
    with service(brings=True) as (client, _):
        watch = client.add_watch(question, mode=mode, webhook=webhook or None)
    if as_json:
        print_json(watch)
    else:
        out.print(f"{watch.id}: see its answer change by  quipu watches follow {watch.id}", soft_wrap=True)


@app.command("list")
def list_watches(limit: int = 100, as_json: AsJson = False) -> None:
    """List watches with their present answers."""
    with service() as (client, _):
        found = client.list_watches(limit=limit).watches
    if as_json:
        print_json(found)
        return
    table = whole_table(id_column("id", (one.id for one in found)), "question", "answer", "revision", "problem")
    for watch in found:
        answer = watch.answer.answer if watch.answer else ""
        revision = "" if watch.revision is None else str(watch.revision)
        table.add_row(watch.id, watch.question, answer, revision, watch.problem or "")
    out.print(table)


@app.command()
def show(watch_id: WatchId, as_json: AsJson = False) -> None:
    """Show how the answer to a watch has changed."""
    with service() as (client, _):
        watch = client.get_watch(watch_id)
        updates = client.list_watch_updates(watch_id).updates
    if as_json:
        print_json({**watch.model_dump(mode="json"), "updates": updates})
        return
    out.print(watch.question, style="bold")
    for update in updates:
        _show(update)
    if watch.problem:
        out.print(f"not answered since revision {watch.revision}: {watch.problem}")


@app.command()
def follow(watch_id: WatchId, as_json: AsJson = False) -> None:
    """Print each change of the answer as it comes, until interrupted or the watch is deleted."""
    with service() as (client, own):
        if own:
            raise DependencyError("no service runs: start one by  quipu serve")
        for update in client.follow_watch(watch_id):
            if as_json:
                print_json(update)
            else:
                _show(update)


@app.command()
def delete(watch_id: WatchId) -> None:
    """Delete a watch and its updates."""
    with service() as (client, _):
        client.delete_watch(watch_id)


def _show(update: WatchUpdateBody) -> None:
    out.print(f"{moment(update.at)}, revision {update.after.revision}", style="dim", end=" ")
    out.print(update.after.answer)
    for sign, citations in (("-", update.removed), ("+", update.added)):
        for one in citations:
            out.print(f"  {sign} {one.document_id}, version {one.version}: {one.quote}")
