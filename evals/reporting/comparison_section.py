"""Shows a comparison as a section of the later run's report. Pure."""

from collections.abc import Iterator

from evals.comparison import Change, Comparison
from evals.reporting.report import Block, Excerpt, Finding, ReportSection, Table, shown


def comparison_section(found: Comparison, earlier: str) -> ReportSection:
    """What changed since the run ``earlier``, question by question."""
    worse = ", ".join(change.metric.title for change in found.worse)
    better = ", ".join(change.metric.title for change in found.changes if change.outcome == "better")
    lead = f"{found.shared} questions that both runs asked. Worse: {worse or 'nothing'}. Better: {better or 'nothing'}."
    rows = tuple(
        (
            change.metric.title, shown(change.before), shown(change.after),
            f"{change.difference.low:+.3f} … {change.difference.high:+.3f}", str(len(change.wins)),
            str(len(change.losses)), change.outcome,
        )
        for change in found.changes
    )  # fmt: skip
    columns = ("metric", "before", "now", "95 % of the difference", "wins", "losses", "outcome")
    tables = [Table(caption="Metrics", columns=columns, rows=rows)]
    if found.settings:
        settings = tuple((name, before, now) for name, (before, now) in found.settings.items())
        tables.append(Table(caption="What is set otherwise", columns=("", "before", "now"), rows=settings))
    return ReportSection(
        key="comparison", title=f"Compared with {earlier}", lead=lead, tables=tuple(tables),
        findings=tuple(_findings(found)),
    )  # fmt: skip


def _findings(found: Comparison) -> Iterator[Finding]:
    """Every question that lost, then every question that won, with the metrics in which it did."""
    for tag in ("lost", "won"):
        by_question: dict[str, list[Change]] = {}
        for change in found.changes:
            for query in change.losses if tag == "lost" else change.wins:
                by_question.setdefault(query, []).append(change)
        for query, changes in by_question.items():
            passages = tuple(Excerpt(label="", text=change.metric.title) for change in changes)
            yield Finding(title=found.questions[query], tag=tag, blocks=(Block(heading="In", passages=passages),))
