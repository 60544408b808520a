"""``quipu eval freshness``: how fresh answers are while documents change."""

import shutil
from pathlib import Path
from typing import Annotated

import typer

from api.cli.context import ALONE, AsJson, own_service
from api.cli.terminal import bars, out, print_json, whole_table
from api.outbound.living_service import RestLivingService
from api.settings import load_settings
from evals.freshness.model import FreshnessPlan, FreshnessResult
from evals.freshness.replay import FreshnessRun
from evals.freshness.report import figures_of, publish_freshness, section_of
from evals.freshness.timeline import load_timeline
from evals.reporting.report import shown


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
    table = whole_table("", "", "of", title=section.title)
    for figure in section.figures:
        table.add_row(figure.title, shown(figure.value, figure.unit), "" if figure.n is None else str(figure.n))
    out.print(table)
    out.print(f"report: {folder / 'report.html'}", soft_wrap=True, highlight=False)


def _replay(dataset: Path, plan: FreshnessPlan, knowledge: Path) -> FreshnessResult:
    """Over a service of its own with an empty knowledge base, removed afterwards."""
    timeline = load_timeline(dataset)
    settings = load_settings().model_copy(update=ALONE | {"data_dir": knowledge})
    shutil.rmtree(knowledge, ignore_errors=True)
    with own_service(settings) as client, bars() as report:
        run = FreshnessRun(timeline, plan, RestLivingService(client))
        result = run.run(lambda _, done, total: report("days", done, total))
    shutil.rmtree(knowledge)
    return result
