"""Commands that measure: ``quipu eval …``."""

import dataclasses
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated

import typer

from api.cli.asking import Mode
from api.cli.context import ALONE, AsJson, command_settings, own_service, running_service
from api.cli.measuring.drafting import init
from api.cli.measuring.freshness import evaluate_freshness
from api.cli.terminal import bars, out, print_json, whole_table
from api.client import Quipu
from api.language_models import LanguageModels, build_judge
from api.outbound.evaluated_service import RestService
from api.settings import Settings
from evals.comparison import Change, Comparison, compare
from evals.dataset import load_dataset
from evals.intervals import Interval
from evals.model import Kind, Plan
from evals.reporting.comparison_section import comparison_section
from evals.reporting.report import add_section, shown
from evals.reporting.sections import publish
from evals.runner import Evaluation
from evals.runs import RunFolder
from evals.scoring import BY_KEY
from evals.summary import Summary, load_thresholds, shortfalls, summarise
from graph.errors import ConfigurationError

eval_app = typer.Typer(no_args_is_help=True, help="Measure how good retrieval and answers are, and compare runs.")
eval_app.command()(init)

DatasetFolder = Annotated[
    Path, typer.Argument(help="Folder with queries.jsonl, qrels.tsv and, as a rule, corpus.jsonl.")
]
Out = Annotated[Path, typer.Option(help="Folder of the run and its report; a run that was interrupted goes on there.")]
Questions = Annotated[int | None, typer.Option(min=1, help="Ask only so many, drawn by the seed.")]
Seed = Annotated[int, typer.Option(help="Draws the questions.")]
Running = Annotated[
    bool, typer.Option("--running", help="Ask the running knowledge base as it is; the corpus is not taken in.")
]
DataDir = Annotated[
    Path | None, typer.Option(help="Keep the corpus, taken in, in this folder, for other runs; only the data set's.")
]
FailUnder = Annotated[
    Path | None, typer.Option(help="JSON file of least values by metric (most, where less is better); exit 1 below.")
]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Where:
    """Which knowledge base is asked, and where the run is kept."""

    out: Path
    running: bool
    data_dir: Path | None


@eval_app.command()
def retrieval(  # noqa: PLR0913, PLR0917 - options, given by name
    dataset: DatasetFolder, out: Out, mode: Mode = "hybrid", questions: Questions = None, seed: Seed = 0,
    running: Running = False, data_dir: DataDir = None, fail_under: FailUnder = None, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Ask for passages only, and report on them."""
    plan = Plan(kind="retrieval", mode=mode, questions=questions, seed=seed)
    _evaluate(dataset, plan, _Where(out=out, running=running, data_dir=data_dir), fail_under, as_json)


@eval_app.command()
def answers(  # noqa: PLR0913, PLR0917 - options, given by name
    dataset: DatasetFolder, out: Out, mode: Mode = "hybrid", questions: Questions = None, seed: Seed = 0,
    running: Running = False, data_dir: DataDir = None, fail_under: FailUnder = None, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Ask for passages and answers, and report on both."""
    plan = Plan(kind="answers", mode=mode, questions=questions, seed=seed)
    _evaluate(dataset, plan, _Where(out=out, running=running, data_dir=data_dir), fail_under, as_json)


eval_app.command("freshness")(evaluate_freshness)


@eval_app.command("compare")
def compare_runs(
    a: Annotated[Path, typer.Argument(help="Folder of the earlier run.")],
    b: Annotated[Path, typer.Argument(help="Folder of the later run.")],
    fail_if_worse: Annotated[bool, typer.Option(help="Exit 1 if a metric got worse, beyond chance.")] = False,
    report: Annotated[bool, typer.Option("--report", help="Put the comparison into the report of B.")] = False,
    as_json: AsJson = False,
) -> None:
    """Tell what got better and worse from run A to run B, question by question."""
    found = compare(RunFolder(a).load(), RunFolder(b).load())
    if report:
        add_section(b, comparison_section(found, a.name))
        publish(b)
    if as_json:
        print_json(dataclasses.asdict(found) | {"worse": [change.metric.key for change in found.worse]})
    else:
        _show_comparison(found)
    if fail_if_worse and found.worse:
        raise typer.Exit(1)


def _evaluate(folder: Path, plan: Plan, where: _Where, fail_under: Path | None, as_json: bool) -> None:
    thresholds = load_thresholds(fail_under) if fail_under else {}
    dataset = load_dataset(folder, needs_corpus=not where.running)
    settings = command_settings()
    run_folder = RunFolder(where.out)
    knowledge = where.data_dir or where.out / "knowledge"
    with _asked(settings, where.running, knowledge) as client, bars() as report:
        run = Evaluation(
            plan=plan, dataset=dataset, service=RestService(client), folder=run_folder, own_corpus=not where.running,
            judge=build_judge(settings, LanguageModels(settings)) if plan.kind == "answers" else None,
            token_price=settings.token_price,
        ).run(report)  # fmt: skip
    publish(where.out)
    if not where.running and where.data_dir is None:
        shutil.rmtree(knowledge)  # it was there for going on after a kill
    summary = summarise(run)
    missed = shortfalls(summary, thresholds)
    if as_json:
        print_json(
            _figures(summary) | {"missed": [str(one) for one in missed], "report": str(where.out / "report.html")}
        )
    else:
        _show_summary(summary, plan.kind)
        for one in missed:
            out.print(str(one), style="red")
        out.print(f"report: {where.out / 'report.html'}", soft_wrap=True, highlight=False)
    if missed:
        raise typer.Exit(1)


@contextmanager
def _asked(settings: Settings, running: bool, knowledge: Path) -> Iterator[Quipu]:
    """The running service, or one that holds nothing but the corpus, in an embedded store of its own."""
    if not running:
        with own_service(settings.model_copy(update=ALONE | {"data_dir": knowledge})) as own:
            yield own
        return
    client = running_service(settings)
    if client is None:
        raise ConfigurationError("no service runs; start one with 'quipu serve', or set QUIPU_URL")
    with closing(client):
        yield client


def _figures(summary: Summary) -> dict[str, object]:
    return {
        "metrics": {key: dataclasses.asdict(found) for key, found in summary.metrics.items()},
        "by_hops": {
            str(hops): {key: dataclasses.asdict(found) for key, found in means.items()}
            for hops, means in summary.by_hops.items()
        },
        "numbers": dict(summary.numbers),
        "failures": {kind: len(ids) for kind, ids in summary.failures.items()},
    }


def _show_summary(summary: Summary, kind: Kind) -> None:
    table = whole_table("", "", "95 %", "questions", title=f"{kind}")
    for key, found in summary.metrics.items():
        table.add_row(BY_KEY[key].title, shown(found.mean), _range(found), str(found.n))
    for key, value in summary.numbers.items():
        table.add_row(key.replace("_", " "), shown(value, "ms" if "_ms_" in key else "count"), "", "")
    out.print(table)
    failed = ", ".join(f"{len(ids)} {why}" for why, ids in summary.failures.items())
    out.print(f"questions that failed: {failed or 'none'}", highlight=False)


def _show_comparison(found: Comparison) -> None:
    table = whole_table("metric", "A", "B", "B - A", "95 %", "wins", "losses", "outcome")
    for change in found.changes:
        style = {"better": "green", "worse": "red"}.get(change.outcome)
        table.add_row(
            change.metric.title, shown(change.before), shown(change.after), f"{change.difference.mean:+.3f}",
            _range(change.difference), str(len(change.wins)), str(len(change.losses)), change.outcome, style=style,
        )  # fmt: skip
    out.print(table)
    out.print(f"{found.shared} questions in both; {found.only_a} only in A, {found.only_b} only in B", highlight=False)
    for name, (one, other) in found.settings.items():
        out.print(f"{name}: {one} → {other}", highlight=False)
    for change in found.worse:
        _show_questions(change, found)


def _show_questions(change: Change, found: Comparison) -> None:
    out.print(f"\n{change.metric.title} got worse on:", style="bold")
    for query in change.losses:
        out.print(f"  - {found.questions[query]}", highlight=False)


def _range(found: Interval) -> str:
    return f"{found.low:+.3f} … {found.high:+.3f}" if found.low < 0 else f"{found.low:.3f} … {found.high:.3f}"
