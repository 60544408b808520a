"""Charts as values, and their shapes in the units of an SVG ``viewBox``; the page colours them. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import floor, log10

WIDTH, HEIGHT = 480, 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 8, 30, 34
_TICKS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Values in the order of the chart's labels, None where there is none; ``lows`` and ``highs`` may bound each."""

    name: str
    values: tuple[float | None, ...]
    lows: tuple[float | None, ...] = ()
    highs: tuple[float | None, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BarChart:
    """Bars in groups, one group per label. ``top`` is the end of the axis; None fits it to the values."""

    title: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    top: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineChart:
    """Lines over labels in order, such as dates."""

    title: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    top: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle; ``says`` shows when it is pointed at."""

    x: float
    y: float
    width: float
    height: float
    look: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stroke:
    """A line through points."""

    points: str
    look: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """A point of a line."""

    x: float
    y: float
    look: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """Text; ``anchor`` is start, middle or end."""

    x: float
    y: float
    text: str
    anchor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A chart, drawn."""

    width: int
    height: int
    says: str
    boxes: tuple[Box, ...]
    strokes: tuple[Stroke, ...]
    dots: tuple[Dot, ...]
    labels: tuple[Label, ...]


def draw(chart: BarChart | LineChart) -> Drawing:
    """The shapes of a chart."""
    axis = _Axis(chart)
    labels = [*axis.tick_labels(), *_group_labels(chart), *_legend(chart)]
    marks = _bars(chart, axis) if isinstance(chart, BarChart) else _lines(chart, axis)
    shapes = [*axis.grid(), *marks, *labels]
    return Drawing(
        width=WIDTH,
        height=HEIGHT,
        says=_spoken(chart),
        boxes=tuple(shape for shape in shapes if isinstance(shape, Box)),
        strokes=tuple(shape for shape in shapes if isinstance(shape, Stroke)),
        dots=tuple(shape for shape in shapes if isinstance(shape, Dot)),
        labels=tuple(shape for shape in shapes if isinstance(shape, Label)),
    )


def histogram(title: str, values: Sequence[float], *, bins: int = 16, unit: str = "") -> BarChart:
    """How often values fall into equal steps; the last bar takes everything from the 99th percentile on."""
    ordered = sorted(values)
    top = ordered[int((len(ordered) - 1) * 0.99)]
    step = _round_up(top / bins) if top > 0 else 1.0
    count = int(top / step) + 1
    counts = [0] * count
    for value in ordered:
        counts[min(int(value / step), count - 1)] += 1
    labels = [f"{_number(step * place)}{unit}" for place in range(count)]
    return BarChart(title=title, labels=tuple(labels), series=(Series(name="questions", values=tuple(counts)),))


class _Axis:
    """The value axis of a chart, from 0."""

    def __init__(self, chart: BarChart | LineChart) -> None:
        found = [value for series in chart.series for value in (*series.values, *series.highs) if value is not None]
        self.top = chart.top or _round_up(max(found, default=0.0) / _TICKS) * _TICKS or 1.0

    def y(self, value: float) -> float:
        share = min(max(value / self.top, 0.0), 1.0)
        return round(HEIGHT - _BOTTOM - share * (HEIGHT - _TOP - _BOTTOM), 1)

    def grid(self) -> Iterator[Stroke]:
        for tick in range(_TICKS + 1):
            y = self.y(self.top * tick / _TICKS)
            yield Stroke(points=f"{_LEFT},{y} {WIDTH - _RIGHT},{y}", look="grid")

    def tick_labels(self) -> Iterator[Label]:
        for tick in range(_TICKS + 1):
            value = self.top * tick / _TICKS
            yield Label(x=_LEFT - 6, y=self.y(value) + 4, text=_number(value), anchor="end")


def _bars(chart: BarChart, axis: _Axis) -> Iterator[Box | Stroke]:
    slot = (WIDTH - _LEFT - _RIGHT) / max(1, len(chart.labels))
    bar = slot * (0.9 if len(chart.series) == 1 else 0.8) / len(chart.series)
    for number, series in enumerate(chart.series):
        for place, value in enumerate(series.values):
            if value is None:
                continue
            x = _LEFT + slot * place + (slot - bar * len(chart.series)) / 2 + bar * number
            y = axis.y(value)
            yield Box(
                x=round(x, 1), y=y, width=round(max(bar - 1, 0.5), 1), height=round(axis.y(0) - y, 1),
                look=f"s{number}", says=f"{chart.labels[place]}, {series.name}: {_number(value)}",
            )  # fmt: skip
            yield from _whisker(series, place, x + bar / 2, axis)


def _whisker(series: Series, place: int, x: float, axis: _Axis) -> Iterator[Stroke]:
    if place < len(series.lows) and place < len(series.highs):
        low, high = series.lows[place], series.highs[place]
        if low is not None and high is not None:
            yield Stroke(points=f"{x:.1f},{axis.y(low)} {x:.1f},{axis.y(high)}", look="whisker")


def _lines(chart: LineChart, axis: _Axis) -> Iterator[Stroke | Dot]:
    for number, series in enumerate(chart.series):
        found = [(_x(chart, place), axis.y(value), value, place)
                 for place, value in enumerate(series.values) if value is not None]  # fmt: skip
        yield Stroke(points=" ".join(f"{x:.1f},{y}" for x, y, _, _ in found), look=f"line s{number}")
        for x, y, value, place in found:
            yield Dot(
                x=round(x, 1), y=y, look=f"s{number}", says=f"{chart.labels[place]}, {series.name}: {_number(value)}"
            )


def _x(chart: BarChart | LineChart, place: int) -> float:
    slot = (WIDTH - _LEFT - _RIGHT) / max(1, len(chart.labels))
    return _LEFT + slot * (place + 0.5)


def _group_labels(chart: BarChart | LineChart) -> Iterator[Label]:
    """Every n-th label, so that there is room for those that are shown."""
    longest = max((len(label) for label in chart.labels), default=1)
    room = max(1, int((WIDTH - _LEFT - _RIGHT) / (longest * 8 + 10)))
    every = -(-len(chart.labels) // room)
    for place, label in enumerate(chart.labels):
        if place % every == 0:
            yield Label(x=round(_x(chart, place), 1), y=HEIGHT - _BOTTOM + 18, text=label, anchor="middle")


def _legend(chart: BarChart | LineChart) -> Iterator[Box | Label]:
    if len(chart.series) < 2:
        return
    x = float(_LEFT)
    for number, series in enumerate(chart.series):
        yield Box(x=x, y=6, width=11, height=11, look=f"s{number}", says=series.name)
        yield Label(x=x + 16, y=16, text=series.name, anchor="start")
        x += 16 + 8 * len(series.name) + 16


def _spoken(chart: BarChart | LineChart) -> str:
    """The chart in words, for those who cannot see it."""
    parts = [
        f"{series.name}: "
        + ", ".join(
            f"{label} {_number(value)}"
            for label, value in zip(chart.labels, series.values, strict=True)
            if value is not None
        )
        for series in chart.series
    ]
    return f"{chart.title}. {'; '.join(parts)}"


def _round_up(value: float) -> float:
    """The least of 1, 2, 2.5, 5, 10 times a power of ten that is not below a value."""
    if value <= 0:
        return 0.0
    power = 10.0 ** floor(log10(value))
    return next(step * power for step in (1, 2, 2.5, 5, 10) if step * power >= value * (1 - 1e-9))


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
