"""Charts of DrawingML as tables: a row for each category, a column for each series, values as shown."""

from collections.abc import Iterator

from lxml import etree

from ingest.loaders.drafting import one_line
from ingest.loaders.office.containers import drawn_text, local
from ingest.loaders.office.number_formats import shown_number

_MOST_POINTS = 100_000


def chart_title(chart: etree._Element) -> str:
    """What is written above a chart; empty where nothing is."""
    titles = chart.iterfind("{*}chart/{*}title")
    return one_line(" ".join(text for title in titles for text in drawn_text(title)))


def chart_tables(chart: etree._Element) -> Iterator[list[list[str]]]:
    """A table for each plot of a chart, its first row the names of the series."""
    for plot in chart.iterfind("{*}chart/{*}plotArea/*"):
        series = plot.findall("{*}ser")
        if not series:
            continue
        names = next((found for each in series if (found := _categories(each))), {})
        columns = [_axis(each, "val") or _axis(each, "yVal") for each in series]
        rows = max((place for points in [names, *columns] for place in points), default=-1) + 1
        yield [
            ["", *(_name(each) for each in series)],
            *([names.get(row, ""), *(points.get(row, "") for points in columns)] for row in range(rows)),
        ]


def _name(series: etree._Element) -> str:
    return one_line(" ".join(each.text or "" for text in series.iterfind("{*}tx") for each in text.iter("{*}v")))


def _categories(series: etree._Element) -> dict[int, str]:
    """Names of the points; those of several levels are joined, the outer ones reaching to the next."""
    levels = series.findall("{*}cat//{*}lvl")
    if not levels:
        return _axis(series, "cat") or _axis(series, "xVal")
    found = _points(levels[0], "")
    for level in levels[1:]:
        outer, last = _points(level, ""), ""
        for place in sorted(found):
            last = outer.get(place, last)
            found[place] = f"{last} / {found[place]}" if last else found[place]
    return found


def _axis(series: etree._Element, kind: str) -> dict[int, str]:
    """What one axis of a series holds, by the number of the point."""
    for axis in series.iterfind(f"{{*}}{kind}"):
        return _points(axis, next((each.text or "" for each in axis.iter("{*}formatCode")), ""))
    return {}


def _points(holder: etree._Element, code: str) -> dict[int, str]:
    found = {}
    for point in holder.iter("{*}pt"):
        place, value = point.get("idx", ""), one_line(point.findtext("{*}v") or "")
        if place.isdigit() and int(place) < _MOST_POINTS and value:
            found[int(place)] = _shown(value, code) if local(point.getparent()) == "numCache" else value
    return found


def _shown(value: str, code: str) -> str:
    try:
        return shown_number(float(value), code)
    except (ValueError, OverflowError):
        return value
