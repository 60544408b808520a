"""Turns a run into the sections of its report. Pure, but for :func:`publish`."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from evals.intervals import Interval
from evals.model import Agreement
from evals.reporting.charts import BarChart, Series, histogram
from evals.reporting.failing import findings
from evals.reporting.report import Figure, Report, ReportSection, Table, shown, write_report
from evals.runs import Run, RunFolder
from evals.scoring import BY_KEY, DEPTHS, FAILURES, METRICS, Group
from evals.summary import Summary, summarise

_TITLES = {
    "search_ms_p50": ("search, median", "half of the searches are faster"),
    "search_ms_p95": ("search, 95th percentile", "one search in twenty is slower"),
    "ask_ms_p50": ("answer, median", "half of the answers are faster"),
    "ask_ms_p95": ("answer, 95th percentile", "one answer in twenty is slower"),
}
_HEADLINE = ("right", "recall@5", "citation_recall", "literal", "wrong_refusal", "faithfulness")
_BY_HOP = ("recall@5", "all@5", "contains", "token_recall", "wrong_refusal")


def publish(folder: Path, *, title: str = "Evaluation") -> None:
    """Write the report on a folder: on its run, if it holds one, and the sections added to it.

    ``title`` is used where the folder holds no run.

    Raises:
        InputError: the folder's run or a section is damaged.
    """
    runs = RunFolder(folder)
    none = Report(title=title, facts=(), headline=(), sections=())
    write_report(folder, report_of(runs.load()) if runs.info() else none)


def report_of(run: Run) -> Report:
    """The report on a run."""
    summary = summarise(run)
    headline = [_figure(key, summary.metrics[key], run) for key in _HEADLINE if key in summary.metrics]
    key = "ask_ms_p50" if "ask_ms_p50" in summary.numbers else "search_ms_p50"
    return Report(
        title=f"{run.info.dataset}: {'answers and retrieval' if run.info.plan.kind == 'answers' else 'retrieval'}",
        facts=tuple(_facts(run)),
        headline=(*headline, *_times(summary, (key,))),
        sections=tuple(section for section in _sections(run, summary) if section is not None),
    )


def _sections(run: Run, summary: Summary) -> Iterator[ReportSection | None]:
    yield _retrieval(run, summary)
    if run.info.plan.kind == "answers":
        yield _group("answers", "Answers", "Compared with the gold answers; a refusal counts as a wrong answer.",
                     run, summary)  # fmt: skip
        yield _group("citations", "Citations", "Every answer quotes what it rests on. Documents cited are compared "
                     "with the gold documents, quotes with the documents' text.", run, summary)  # fmt: skip
        yield _group("abstention", "Refusals", "A refusal is right where nothing answers the question, and wrong "
                     "elsewhere.", run, summary)  # fmt: skip
        yield _judged(run, summary)
    yield _time(run, summary)
    if run.info.plan.kind == "answers":
        yield _cost(run, summary)
    yield _failing(run, summary)
    yield _how(run)


def _retrieval(run: Run, summary: Summary) -> ReportSection | None:
    section = _group("retrieval", "Retrieval", "How many of the documents that answer a question are found.",
                     run, summary)  # fmt: skip
    if section is None:
        return None
    charts = [_hop_chart(summary)] if len(summary.by_hops) > 1 else [_depth_chart(summary)]
    tables = []
    if len(summary.by_hops) > 1:
        tables.append(_hop_table(run, summary))
    if summary.steps:
        charts.append(_step_chart(summary))
    return ReportSection(
        key=section.key, title=section.title, lead=section.lead, figures=section.figures, charts=tuple(charts),
        tables=tuple(tables),
    )  # fmt: skip


def _group(group: Group, title: str, lead: str, run: Run, summary: Summary) -> ReportSection | None:
    """The figures of one group of metrics; None where the run has none."""
    keys = [metric.key for metric in METRICS if metric.group == group and metric.key in summary.metrics]
    if not keys:
        return None
    return ReportSection(
        key=group, title=title, lead=lead, figures=tuple(_figure(key, summary.metrics[key], run) for key in keys)
    )


def _judged(run: Run, summary: Summary) -> ReportSection | None:
    if not run.info.judge:
        return None
    failed = [judgement.failed for judgement in run.judgements.values() if judgement.failed]
    lead = f"Judged by {run.info.judge}, claim by claim. {agreement_note(run.agreement)}"
    if failed:
        lead += f" {len(failed)} answers could not be judged: {failed[0]}"
    section = _group("judged", "Judged by a model", lead, run, summary)
    return section or ReportSection(key="judged", title="Judged by a model", lead=lead)


def agreement_note(agreement: Agreement | None) -> str:
    """What a judged figure is worth, in a sentence."""
    if agreement is None:
        return "Agreement with people: not measured; set QUIPU_JUDGE_LABELS to claims that people have labelled."
    note = (
        f"Agreement with people on {agreement.claims} claims: {agreement.supported_accuracy:.2f} on supported or not "
        f"(kappa {agreement.supported_kappa:.2f}), {agreement.accuracy:.2f} on three labels "
        f"(kappa {agreement.kappa:.2f})."
    )
    missing = agreement.claims - agreement.with_reference
    if missing:
        note += f" {missing} of these claims come without the text they were labelled by: judged from memory."
    return note


def _time(run: Run, summary: Summary) -> ReportSection:
    searches = [1000 * row.search_seconds for row in run.rows]
    asked = [1000 * row.ask_seconds for row in run.rows if row.ask_seconds is not None]
    charts = [histogram("Searches by time (ms)", searches)] if searches else []
    if asked:
        charts.append(histogram("Answers by time (ms)", asked))
    return ReportSection(
        key="time", title="Time", lead="Seen from outside, one question after the other, transport included.",
        figures=_times(summary, tuple(_TITLES)), charts=tuple(charts),
    )  # fmt: skip


def _cost(run: Run, summary: Summary) -> ReportSection:
    numbers = summary.numbers
    tokens = [float(row.answer.tokens) for row in run.rows if row.answer is not None]
    figures = [
        Figure(key="calls", title="model calls", says="for all questions", value=numbers["calls"], unit="count"),
        Figure(key="tokens", title="tokens", says="for all questions", value=numbers["tokens"], unit="count"),
    ]
    judge = run.spent.get("judge")
    if judging := judge.tokens if judge else sum(judgement.tokens for judgement in run.judgements.values()):
        figures.append(
            Figure(key="judge_tokens", title="tokens of the judge", says="not part of the cost of answers",
                   value=judging, unit="count")
        )  # fmt: skip
    if "cost" in numbers:
        figures.append(
            Figure(key="cost", title="cost", says=f"at {run.info.token_price:g} a million tokens",
                   value=numbers["cost"], unit="money")
        )  # fmt: skip
    if not numbers["calls"]:
        lead = "No language model was called: the answers are sentences of the documents, and cost nothing."
    else:
        lead = "What the language model took to answer." + (
            "" if "cost" in numbers else " Set QUIPU_TOKEN_PRICE, the price of a million tokens, to see it as money."
        )
    charts = (histogram("Questions by tokens", tokens),) if any(tokens) else ()
    return ReportSection(key="cost", title="Cost", lead=lead, figures=tuple(figures), charts=charts)


def _failing(run: Run, summary: Summary) -> ReportSection:
    failed = sum(len(ids) for ids in summary.failures.values())
    table = Table(
        caption="Why",
        columns=("", "questions", "share"),
        rows=tuple(
            (f"{kind}: {says}", str(len(ids)), f"{len(ids) / len(run.rows):.0%}")
            for kind, says in FAILURES.items()
            if (ids := summary.failures.get(kind))
        ),
    )
    lead = f"{failed} of {len(run.rows)} questions. Open one for its evidence, answer, gold and path through the graph."
    if not failed:
        return ReportSection(key="failed", title="Questions that failed", lead="None.")
    return ReportSection(
        key="failed", title="Questions that failed", lead=lead, tables=(table,), findings=tuple(findings(run, summary))
    )


def _how(run: Run) -> ReportSection:
    info = run.info
    tables = [
        Table(caption="Settings", columns=("setting", "value"), rows=tuple(sorted(info.settings.items()))),
        Table(caption="Versions", columns=("of", "version"), rows=tuple(info.versions.items())),
    ]
    if info.refused:
        tables.append(
            Table(caption="Documents that were refused", columns=("document", "why"), rows=tuple(info.refused.items()))
        )
    lead = f"Data set {info.digest}; seed {info.plan.seed}; begun {info.started_at}, ended {info.finished_at or '–'}."
    missing = {document.id for row in run.rows for document in row.gold if not document.held}
    if missing:
        lead += f" {len(missing)} gold documents are not in the knowledge base: {', '.join(sorted(missing)[:5])} …"
    return ReportSection(key="how", title="How it was run", lead=lead, tables=tuple(tables))


def _facts(run: Run) -> Iterator[tuple[str, str]]:
    info = run.info
    yield "questions", f"{len(run.rows):,}" + ("" if info.finished_at else f" of {info.questions:,}, not finished")
    yield "documents", f"{info.documents:,}"
    yield "revision", f"{info.revision:,}"
    yield "mode", info.plan.mode
    for name, label in (("QUIPU_EMBEDDER", "embedder"), ("QUIPU_LLM", "language model")):
        if name in info.settings:
            yield label, info.settings[name]
    yield "date", datetime.fromisoformat(info.started_at).date().isoformat()


def _figure(key: str, found: Interval, run: Run) -> Figure:
    metric = BY_KEY[key]
    note = ""
    if metric.group == "judged":
        agreement = run.agreement
        note = f"agreement with people {agreement.supported_accuracy:.2f}" if agreement else "agreement not measured"
    return Figure(
        key=key, title=metric.title, says=metric.says, value=found.mean, low=found.low, high=found.high, n=found.n,
        note=note,
    )  # fmt: skip


def _times(summary: Summary, keys: Sequence[str]) -> tuple[Figure, ...]:
    return tuple(
        Figure(key=key, title=_TITLES[key][0], says=_TITLES[key][1], value=summary.numbers[key], unit="ms")
        for key in keys
        if key in summary.numbers
    )


def _hop_chart(summary: Summary) -> BarChart:
    hops = {n: means for n, means in summary.by_hops.items() if "recall@5" in means}
    return BarChart(
        title="Recall by number of hops",
        labels=tuple(f"{n} hop{'s' if n != 1 else ''}" for n in hops),
        series=tuple(_series(f"@{k}", [means[f"recall@{k}"] for means in hops.values()]) for k in DEPTHS),
        top=1.0,
    )


def _depth_chart(summary: Summary) -> BarChart:
    found = [summary.metrics[f"recall@{k}"] for k in DEPTHS]
    return BarChart(title="Recall", labels=tuple(f"@{k}" for k in DEPTHS), series=(_series("recall", found),), top=1.0)


def _step_chart(summary: Summary) -> BarChart:
    return BarChart(
        title="Found, by step of the question",
        labels=tuple(f"step {step + 1}" for step in summary.steps),
        series=tuple(_series(f"@{k}", [found[k] for found in summary.steps.values()]) for k in DEPTHS),
        top=1.0,
    )


def _series(name: str, found: Sequence[Interval]) -> Series:
    return Series(
        name=name, values=tuple(one.mean for one in found), lows=tuple(one.low for one in found),
        highs=tuple(one.high for one in found),
    )  # fmt: skip


def _hop_table(run: Run, summary: Summary) -> Table:
    keys = [key for key in _BY_HOP if any(key in means for means in summary.by_hops.values())]
    counts = {n: sum(row.hops == n for row in run.rows) for n in summary.by_hops}
    return Table(
        caption="By number of hops",
        columns=("hops", "questions", *(BY_KEY[key].title for key in keys)),
        rows=tuple(
            (str(n), str(counts[n]), *(_cell(means, key) for key in keys)) for n, means in summary.by_hops.items()
        ),
    )


def _cell(means: Mapping[str, Interval], key: str) -> str:
    return shown(means[key].mean) if key in means else "–"
