"""The report on a folder, as HTML and JSON: its run, if it holds one, and every section that was added to it.

To add a section from elsewhere, build a :class:`ReportSection`, call :func:`add_section` and then
:func:`evals.reporting.sections.publish`; the values below are all that the page can show, and the page itself is
``templates/report.html.j2``.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from evals.reporting.charts import BarChart, LineChart, draw
from graph.errors import InputError

Unit = Literal["share", "ms", "count", "money", "seconds"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number for people. ``low`` and ``high`` are its 95 % interval; ``n`` counts what it is the mean of."""

    key: str
    title: str
    says: str
    value: float
    unit: Unit = "share"
    low: float | None = None
    high: float | None = None
    n: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of text under a caption; the page aligns every column but the first to the right."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """A piece of text. With ``marked`` it stands out from the text ``before`` and ``after`` it."""

    label: str
    text: str
    before: str = ""
    after: str = ""
    marked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Excerpts under a heading."""

    heading: str
    passages: tuple[Excerpt, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something to look at, folded at first. ``tag`` is a word on what is wrong, ``blocks`` are what it unfolds to."""

    title: str
    tag: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSection:
    """A part of the report. ``key`` is its anchor and file name, ``lead`` one or two sentences on what it shows."""

    key: str
    title: str
    lead: str
    figures: tuple[Figure, ...] = ()
    charts: tuple[BarChart | LineChart, ...] = ()
    tables: tuple[Table, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The whole page. ``facts`` say what was measured; ``headline`` are the figures to see first."""

    title: str
    facts: tuple[tuple[str, str], ...]
    headline: tuple[Figure, ...]
    sections: tuple[ReportSection, ...]


_AT_THE_END = frozenset({"failed", "how"})
"""Sections to look things up in."""
_REPORT: TypeAdapter[Report] = TypeAdapter(Report)
_SECTION: TypeAdapter[ReportSection] = TypeAdapter(ReportSection)


def write_report(folder: Path, report: Report) -> None:
    """Write ``report.html`` and ``report.json``, with the sections that were added to the folder."""
    body = tuple(section for section in report.sections if section.key not in _AT_THE_END)
    end = tuple(section for section in report.sections if section.key in _AT_THE_END)
    whole = Report(
        title=report.title, facts=report.facts, headline=report.headline,
        sections=(*body, *_added_sections(folder), *end),
    )  # fmt: skip
    _write(folder / "report.json", _REPORT.dump_json(whole, indent=2))
    _write(folder / "report.html", render(whole).encode())


def add_section(folder: Path, section: ReportSection) -> None:
    """Keep a section in a folder for :func:`write_report` to show. It replaces a section of the same key."""
    sections = folder / "sections"
    sections.mkdir(parents=True, exist_ok=True)
    _write(sections / f"{section.key}.json", _SECTION.dump_json(section))


def render(report: Report) -> str:
    """The page as HTML: one file that needs no other file and no script."""
    return str(_environment().get_template("report.html.j2").render(report=report))


def shown(value: float, unit: Unit = "share") -> str:
    """A number as the page writes it."""
    if unit == "share":
        return f"{value:.3f}"
    if unit == "ms":
        return f"{value:.0f} ms" if value >= 10 else f"{value:.1f} ms"
    if unit == "seconds":
        return f"{value:.1f} s"
    return f"{value:,.2f}" if unit == "money" else f"{value:,.0f}"


def _added_sections(folder: Path) -> tuple[ReportSection, ...]:
    found: list[ReportSection] = []
    for path in sorted((folder / "sections").glob("*.json")):
        try:
            found.append(_SECTION.validate_json(path.read_bytes()))
        except ValidationError as error:
            raise InputError(f"{path} is no section of a report: {error.errors()[0]['msg']}") from error
    return tuple(found)


@cache
def _environment():  # type: ignore[no-untyped-def]
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("evals.reporting", "templates"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters |= {"shown": shown, "draw": draw}
    return environment


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_bytes(content)
    part.replace(path)
