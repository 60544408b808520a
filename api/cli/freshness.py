"""Commands about change: what is different between two revisions, and how fresh answers are."""

import shutil
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import Progress
from rich.table import Table

from api.cli.context import ALONE, AsJson, out, own_service, print_json, progress, service
from api.client import Quipu
from api.outbound.living_service import RestLivingService
from api.settings import load_settings
from evals.freshness.model import FreshnessPlan, FreshnessResult
from evals.freshness.replay import FreshnessRun
from evals.freshness.report import figures_of, publish_freshness, section_of
from evals.freshness.timeline import load_timeline
from evals.reporting.report import shown

KINDS = ("documents", "entities", "relations")


def changes(
    since: Annotated[str, typer.Option(help="A revision, or an ISO 8601 time.")],
    until: Annotated[str, typer.Option(help="The same; now, if left out.")] = "",
    limit: Annotated[int, typer.Option(help="At most so many of each kind.")] = 100,
    as_json: AsJson = False,
) -> None:
    """Show what was added, removed and altered between two revisions or dates."""
    query: dict[str, str | int] = {"since": since, "limit": limit, **({"until": until} if until else {})}
    with service() as (client, _):
        found = client.get("/v1/changes", **query)
    if as_json:
        print_json(found)
        return
    table = Table("", "what", "which", title=f"revision {found['since']} → {found['until']}")
    for kind in KINDS:
        for sign, what in (("+", "added"), ("-", "removed"), ("~", "altered")):
            for one in found[kind][what]:
                table.add_row(sign, kind, _label(kind, one.get("after", one)))
        if found[kind]["next_cursor"]:
            table.add_row("…", kind, f"more; this shows {limit}")
    out.print(table)


def evaluate_freshness(  # noqa: PLR0913, PLR0917 - options, given by name
    dataset: Annotated[Path, typer.Argument(help="Folder with versions.jsonl and queries.jsonl.")],
    folder: Annotated[Path, typer.Option("--out", help="Folder of the report.")],
    days: Annotated[int | None, typer.Option(min=1, help="Replay only the first so many days.")] = None,
    questions: Annotated[int | None, typer.Option(min=1, help="Ask only so many a day.")] = None,
    statements: Annotated[int, typer.Option(min=0, help="Probes a day for removed and for kept statements.")] = 100,
    media_type: Annotated[str, typer.Option(help="What the texts are.")] = "text/plain",
    seed: Annotated[int, typer.Option(help="Draws what is bounded.")] = 0,
    paraphrased: Annotated[bool, typer.Option("--paraphrased", help="Ask each question in other words, too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Replay a timeline of changes, ask after each day, and report how fresh the answers are."""
    plan = FreshnessPlan(
        media_type=media_type, days=days, questions=questions, statements=statements, seed=seed, paraphrased=paraphrased
    )  # fmt: skip
    result = _replay(dataset, plan, folder / "knowledge")
    publish_freshness(folder, result)
    if as_json:
        print_json({**figures_of(result), "report": str(folder / "report.html")})
        return
    section = section_of(result)
    table = Table("", "", "of", title=section.title)
    for figure in section.figures:
        table.add_row(figure.title, shown(figure.value, figure.unit), "" if figure.n is None else str(figure.n))
    out.print(table)
    out.print(f"report: {folder / 'report.html'}", soft_wrap=True, highlight=False)


def _replay(dataset: Path, plan: FreshnessPlan, knowledge: Path) -> FreshnessResult:
    """Over a service of its own with an empty knowledge base, removed afterwards."""
    timeline = load_timeline(dataset)
    settings = load_settings().model_copy(update=ALONE | {"data_dir": knowledge})
    shutil.rmtree(knowledge, ignore_errors=True)
    with own_service(settings) as client, Progress(console=progress) as bars:
        task = bars.add_task("days")
        with Quipu(client.url, key=client.key) as quipu:
            result = FreshnessRun(timeline, plan, RestLivingService(quipu)).run(
                lambda day, done, total: bars.update(task, description=day, completed=done, total=total)
            )
    shutil.rmtree(knowledge)
    return result


def _label(kind: str, one: dict[str, Any]) -> str:
    if kind == "documents":
        return f"{one['id']}, version {one['version']}"
    if kind == "entities":
        return f"{one['name']} ({one['mentions']} mentions in {one['documents']} documents)"
    sources = ", ".join(one["documents"])
    return f"{one['source']['name']} — {one['predicate']} → {one['target']['name']} ({sources})"
