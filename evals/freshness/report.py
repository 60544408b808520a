"""Turns a freshness run into its figures and its part of the report. Pure, but for :func:`publish_freshness`."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from pydantic import TypeAdapter

from evals.freshness.model import Asked, DayResult, FreshnessResult, Probes
from evals.reporting.charts import LineChart, Series
from evals.reporting.report import Block, Excerpt, Figure, Finding, ReportSection, Table, Unit, add_section
from evals.reporting.sections import publish

_RESULT: TypeAdapter[FreshnessResult] = TypeAdapter(FreshnessResult)
_VERDICTS = (("right", "right", "the value of the day"), ("stale", "outdated", "only an older value"))
SHOWN = 40
"""How many of the questions that were not answered right the report shows."""


def publish_freshness(folder: Path, result: FreshnessResult) -> None:
    """Write ``freshness.json`` (figures), ``freshness-days.json`` (the whole result) and the report."""
    folder.mkdir(parents=True, exist_ok=True)
    figures = TypeAdapter(dict[str, object]).dump_json(figures_of(result), indent=2)
    (folder / "freshness.json").write_bytes(figures)
    (folder / "freshness-days.json").write_bytes(_RESULT.dump_json(result, indent=1))
    add_section(folder, section_of(result))
    publish(folder, title=f"{result.dataset}: freshness")


def figures_of(result: FreshnessResult) -> dict[str, object]:
    """The figures of a run as plain values, for machines."""
    asked = [one for day in result.days for one in day.asked]
    again = [one for day in result.days for one in day.paraphrased]
    latencies = sorted(seconds for day in result.days for seconds in day.latencies)
    citations = _sum(day.citations for day in result.days)
    retraction, over = _sum(day.retraction for day in result.days), _sum(day.over_deletion for day in result.days)
    later = result.days[1:]
    chunks_new, rebuild = sum(d.cost.chunks_new for d in later), sum(d.cost.rebuild_chunks for d in later)
    return {
        "dataset": result.dataset,
        "digest": result.digest,
        "judged_by": result.judged_by,
        "days": len(result.days),
        "questions": len(asked),
        "by_hops": _by_hops(asked),
        "paraphrased_by_hops": _by_hops(again),
        "stale_citations": {"probes": citations.made, "stale": citations.failed, "examples": citations.examples},
        "stale_values_not_in_live_text": sum(one.stale_not_live for one in asked),
        "reads_during_updates": sum(day.reads_meanwhile for day in result.days),
        "reads_behind_an_acknowledged_change": sum(day.late_reads for day in result.days),
        "retraction": {**_share(retraction), "examples": retraction.examples},
        "over_deletion": {"probes": over.made, "lost": over.failed, "examples": over.examples},
        "update_to_answer_seconds": {
            "changes": len(latencies), "p50": _percentile(latencies, 50), "p95": _percentile(latencies, 95),
            "never_shown": sum(day.never_shown for day in result.days),
        },
        "as_of": {**_share(result.past), "right": result.past_right, "examples": result.past.examples},
        "cost": {
            "updates": sum(day.cost.documents for day in later), "chunks": sum(day.cost.chunks for day in later),
            "chunks_extracted": chunks_new, "calls": sum(day.cost.calls for day in later),
            "tokens": sum(day.cost.tokens for day in later), "chunks_of_rebuilds": rebuild,
            "share_of_rebuilds": round(chunks_new / rebuild, 4) if rebuild else None,
        },
        "settings": dict(result.settings),
        "started_at": result.started_at,
        "seconds": result.seconds,
    }  # fmt: skip


def section_of(result: FreshnessResult) -> ReportSection:
    """The run as a section of the report."""
    judged = "the quotes that it gives" if result.judged_by == "quotes" else "the text of the answer"
    return ReportSection(
        key="freshness",
        title=f"Freshness: {result.dataset}",
        lead=f"{len(result.days)} days of changes, replayed through the public interface; after each the questions of "
        f"that day are asked. The value of the day must stand in {judged}.",
        figures=tuple(_figures(result)),
        charts=tuple(_charts(result)),
        tables=(_day_table(result.days),),
        findings=tuple(_findings(result)),
    )


def _figures(result: FreshnessResult) -> Iterator[Figure]:
    asked = [one for day in result.days for one in day.asked]
    for hops in _hops(asked):
        these = [one for one in asked if one.hops == hops]
        right = sum(one.verdict == "right" for one in these) / len(these)
        yield _figure(f"right_{hops}", f"right, {_hop(hops)}", "the value of the day", right, n=len(these))
        stale = sum(one.verdict == "stale" for one in these) / len(these)
        yield _figure(f"stale_{hops}", f"outdated, {_hop(hops)}", "only an older value", stale, n=len(these))
        there = sum(one.in_passages for one in these) / len(these)
        yield _figure(
            f"in_passages_{hops}", f"in the passages, {_hop(hops)}", "a passage quoted from holds it", there,
            n=len(these),
        )  # fmt: skip
    again = [one for day in result.days for one in day.paraphrased]
    for hops in _hops(again):
        these = [one for one in again if one.hops == hops]
        right = sum(one.verdict == "right" for one in these) / len(these)
        yield _figure(f"paraphrased_{hops}", f"right in other words, {_hop(hops)}", "the same questions, paraphrased",
                      right, n=len(these))  # fmt: skip
    citations = _sum(day.citations for day in result.days)
    yield _figure("stale_citations", "stale citations", "not live, or not literal, at the answer's revision",
                  citations.failed, "count", citations.made)  # fmt: skip
    retraction, over = _sum(d.retraction for d in result.days), _sum(d.over_deletion for d in result.days)
    kept = retraction.made - retraction.failed
    yield _figure(
        "retraction", "retraction", "what was removed is gone", kept / max(retraction.made, 1), n=retraction.made
    )
    yield _figure("over_deletion", "lost", "supported by others, yet gone", over.failed, "count", over.made)
    latencies = sorted(1000 * seconds for day in result.days for seconds in day.latencies)
    for rank in (50, 95):
        yield _figure(f"latency_{rank}", f"update to answer, p{rank}", "from the acknowledgement to the first search "
                      "that shows the change", _percentile(latencies, rank), "ms", len(latencies))  # fmt: skip
    past = result.past
    yield _figure("as_of", "as of", "past days answered as on that day, word for word",
                  (past.made - past.failed) / max(past.made, 1), n=past.made)  # fmt: skip


def _charts(result: FreshnessResult) -> Iterator[LineChart]:
    days = [day for day in result.days if day.asked]
    labels = tuple(day.date for day in days)
    hops = _hops([one for day in days for one in day.asked])
    right = [_series(_hop(h), [_rate(day.asked, h, "right") for day in days]) for h in hops]
    stale = [_series(_hop(h), [_rate(day.asked, h, "stale") for day in days]) for h in hops]
    yield LineChart(title="right answers by day", labels=labels, series=tuple(right), top=1.0)
    yield LineChart(title="outdated answers by day", labels=labels, series=tuple(stale), top=1.0)
    every = tuple(day.date for day in result.days[1:])
    if every:
        later = result.days[1:]
        slow = [_percentile(sorted(day.latencies), 95) if day.latencies else None for day in later]
        half = [_percentile(sorted(day.latencies), 50) if day.latencies else None for day in later]
        yield LineChart(
            title="update to answer, seconds", labels=every, series=(_series("p50", half), _series("p95", slow))
        )
        read = [float(day.cost.chunks_new) for day in later]
        whole = [float(day.cost.rebuild_chunks) for day in later]
        yield LineChart(title="passages read by day", labels=every,
                        series=(_series("for the changes", read), _series("for a rebuild", whole)))  # fmt: skip


def _day_table(days: Sequence[DayResult]) -> Table:
    def row(day: DayResult) -> tuple[str, ...]:
        verdicts = Counter(one.verdict for one in day.asked)
        numbers = (day.documents, day.changed, day.removed, len(day.asked), verdicts["right"], verdicts["stale"])
        probes = (day.citations, day.retraction, day.over_deletion)
        return (
            day.date, *map(str, numbers), *(f"{one.failed} of {one.made}" for one in probes),
            str(day.cost.chunks_new), str(day.reads_meanwhile),
        )  # fmt: skip

    columns = (
        "day", "documents", "changed", "removed", "asked", "right", "outdated", "stale citations", "left behind",
        "lost", "passages read", "reads meanwhile",
    )  # fmt: skip
    return Table(caption="Day by day", columns=columns, rows=tuple(row(day) for day in days))


def _findings(result: FreshnessResult) -> Iterator[Finding]:
    for day in result.days:
        for name, probes in (
            ("stale citation", day.citations),
            ("left behind", day.retraction),
            ("lost", day.over_deletion),
        ):
            for words in probes.examples:
                yield Finding(title=f"{day.date}: {words}", tag=name, blocks=())
    wrong = [(day, one) for day in result.days for one in day.asked if one.verdict != "right"]
    wrong.sort(key=lambda pair: (pair[1].verdict != "stale", pair[1].hops))
    for day, one in wrong[:SHOWN]:
        blocks = (
            Block(heading=f"Right on {day.date}", passages=(Excerpt(label="", text="; ".join(one.answers)),)),
            Block(heading="Answer", passages=(Excerpt(label="", text=one.answer),)),
        )
        yield Finding(title=one.question, tag="outdated" if one.verdict == "stale" else one.verdict, blocks=blocks)


def _figure(key: str, title: str, says: str, value: float, unit: Unit = "share", n: int | None = None) -> Figure:
    return Figure(key=key, title=title, says=says, value=float(value), unit=unit, n=n)


def _hop(hops: int) -> str:
    return "1 hop" if hops == 1 else f"{hops} hops"


def _series(name: str, values: Sequence[float | None]) -> Series:
    return Series(name=name, values=tuple(values))


def _rate(asked: Sequence[Asked], hops: int, verdict: str) -> float | None:
    these = [one for one in asked if one.hops == hops]
    return sum(one.verdict == verdict for one in these) / len(these) if these else None


def _hops(asked: Iterable[Asked]) -> list[int]:
    return sorted({one.hops for one in asked})


def _by_hops(asked: Sequence[Asked]) -> dict[str, object]:
    return {str(hops): _verdicts([one for one in asked if one.hops == hops]) for hops in _hops(asked)}


def _verdicts(asked: Sequence[Asked]) -> dict[str, object]:
    counts = Counter(one.verdict for one in asked)
    shares = {verdict: round(counts[verdict] / len(asked), 4) for verdict in ("right", "stale", "other")}
    return {
        "questions": len(asked), **shares,
        "right_in_passages": round(sum(one.in_passages for one in asked) / len(asked), 4),
        "gold_document_cited": round(sum(one.gold_cited for one in asked) / len(asked), 4),
        "abstained": round(sum(one.abstained for one in asked) / len(asked), 4),
    }  # fmt: skip


def _sum(probes: Iterable[Probes]) -> Probes:
    found = list(probes)
    return Probes(
        made=sum(one.made for one in found), failed=sum(one.failed for one in found),
        examples=tuple(words for one in found for words in one.examples)[:10],
    )  # fmt: skip


def _share(probes: Probes) -> dict[str, object]:
    done = (probes.made - probes.failed) / probes.made if probes.made else None
    return {"probes": probes.made, "failed": probes.failed, "share": done}


def _percentile(ordered: Sequence[float], rank: int) -> float:
    return round(float(np.percentile(ordered, rank)), 4) if ordered else 0.0
