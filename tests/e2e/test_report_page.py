"""The report in a real browser: widths, colour schemes, print. A script of the test measures; the page has none."""

import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

import processes
import pytest
from active_content import BARE, strings
from pypdf import PdfReader

from evals.reporting.charts import BarChart, LineChart, Series
from evals.reporting.report import Block, Excerpt, Figure, Finding, Report, ReportSection, Table, render

_MEASURE = """<script>
const page = document.documentElement, seen = getComputedStyle(document.body);
document.querySelectorAll("details").forEach(one => { one.open = true; });
const inks = [...document.querySelectorAll("body, .says, .lead, .value, .tag, td, .chart text")].map(one => {
  const look = getComputedStyle(one); return one.tagName === "text" ? look.fill : look.color; });
parent.postMessage(JSON.stringify({width: innerWidth, overflow: page.scrollWidth - innerWidth,
  paper: seen.backgroundColor, card: seen.getPropertyValue("--card"), inks: [...new Set(inks)],
  columns: getComputedStyle(document.querySelector(".figures")).gridTemplateColumns.split(" ").length}), "*");
</script></body>"""
_POLICY = r'<meta http-equiv="Content-Security-Policy"[^>]*>'
"""It lets no script run, that of the test neither."""
_ACTING = """<script>
const found = [...document.querySelectorAll("img, iframe, object, embed, form, base, link, audio, video, [src]")]
  .concat([...document.querySelectorAll("script")].slice(0, -1))
  .concat([...document.querySelectorAll("a")].filter(one => !one.getAttribute("href").startsWith("#")))
  .concat([...document.querySelectorAll("*")].filter(one =>
    one.getAttributeNames().some(name => name.startsWith("on"))));
document.body.textContent = JSON.stringify({acting: found.map(one => one.outerHTML)});
</script></body>"""
_FRAME = """<body><script>addEventListener("message", one => { document.body.textContent = one.data; });</script>
<iframe style="width: WIDTHpx; height: 800px; border: 0" src="SOURCE"></iframe></body>"""
"""A window is never as narrow as a phone; a frame can be."""


@pytest.fixture(scope="module")
def chromium() -> str:
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        message = "no Chromium; 'make test' installs it where it may"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return found


@pytest.fixture(scope="module")
def page() -> str:
    """A report with everything in it, and with words and tables too wide for a phone."""
    figures = tuple(
        Figure(key=f"f{n}", title="a rather long title", says="what it says", value=0.5, low=0.4, high=0.6, n=100)
        for n in range(7)
    )
    series = tuple(Series(name=f"@{k}", values=(0.1, 0.7), lows=(0.0, 0.6), highs=(0.2, 0.8)) for k in range(4))
    charts = (
        BarChart(title="Bars", labels=("two", "three"), series=series, top=1.0),
        LineChart(title="Lines", labels=("2026-01-01", "2026-02-01"), series=series[:2]),
    )
    table = Table(caption="Wide", columns=("c",) * 12, rows=(("0123456789" * 3,) * 12,))
    passage = Excerpt(label="长标题", text="word" * 200, before="before ", after=" after", marked=True)
    finding = Finding(title="W" * 300, tag="wrong answer", blocks=(Block(heading="Answer", passages=(passage,)),))
    section = ReportSection(
        key="all", title="All there is", lead="It shows everything.", figures=figures, charts=charts, tables=(table,),
        findings=(finding,) * 3,
    )  # fmt: skip
    return render(Report(title="T" * 80, facts=(("documents", "1,890"),) * 7, headline=figures, sections=(section,)))


def run(chromium: str, folder: Path, *arguments: str) -> str:
    command = [
        chromium, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'profile'}",
        "--host-resolver-rules=MAP * ~NOTFOUND", *arguments,
    ]  # fmt: skip
    ran = processes.run(command)
    assert ran.returncode == 0, ran.stderr[-1000:]
    return ran.stdout


def measured(chromium: str, folder: Path, page: str, width: int, *arguments: str) -> dict[str, Any]:
    inner, outer = folder / "inner.html", folder / "outer.html"
    inner.write_text(re.sub(_POLICY, "", page).replace("</body>", _MEASURE), encoding="utf-8")
    outer.write_text(_FRAME.replace("WIDTH", str(width)).replace("SOURCE", inner.as_uri()), encoding="utf-8")
    dumped = run(
        chromium, folder, "--dump-dom", "--window-size=1600,900", "--virtual-time-budget=5000", *arguments,
        outer.as_uri(),
    )  # fmt: skip
    found: dict[str, Any] = json.loads(re.findall(r"\{.*\}", dumped)[-1])
    return found


def contrast(one: str, other: str) -> float:
    """WCAG 2: (lighter + 0.05) / (darker + 0.05) of relative luminances."""
    lights = sorted((luminance(one), luminance(other)))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def luminance(colour: str) -> float:
    if colour.strip().startswith("#"):
        parts = [int(colour.strip()[place : place + 2], 16) for place in (1, 3, 5)]
    else:
        parts = [int(part) for part in re.findall(r"\d+", colour)[:3]]
    linear = [(p / 255 / 12.92) if p / 255 <= 0.04045 else ((p / 255 + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(("width", "columns"), [(1280, 6), (390, 2)])
def test_nothing_is_wider_than_the_screen(chromium: str, page: str, tmp_path: Path, width: int, columns: int) -> None:
    found = measured(chromium, tmp_path, page, width)
    assert found["width"] == width
    assert found["overflow"] <= 0
    assert found["columns"] == columns


def test_both_colour_schemes_can_be_read(chromium: str, page: str, tmp_path: Path) -> None:
    light = measured(chromium, tmp_path, page, 1280)
    dark = measured(chromium, tmp_path, page, 1280, "--blink-settings=preferredColorScheme=0")
    assert luminance(light["paper"]) > 0.8
    assert luminance(dark["paper"]) < 0.05
    for scheme in (light, dark):
        assert len(scheme["inks"]) >= 3
        for ink in scheme["inks"]:
            for ground in ("paper", "card"):
                assert contrast(ink, scheme[ground]) >= 4.5, (ink, scheme[ground])


def test_it_prints(chromium: str, page: str, tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text(page, encoding="utf-8")
    run(chromium, tmp_path, f"--print-to-pdf={tmp_path / 'report.pdf'}", (tmp_path / "report.html").as_uri())
    text = "\n".join(sheet.extract_text() for sheet in PdfReader(tmp_path / "report.pdf").pages)
    assert "All there is" in text
    assert "0.500" in text


def test_nothing_of_documents_and_models_acts(chromium: str, tmp_path: Path) -> None:
    """Whatever stands in a question, an answer, a title or a figure's name is text there."""
    texts = tuple(strings())
    passages = tuple(Excerpt(label=text, text=text, before=text, after=text, marked=True) for text in texts)
    finding = Finding(
        title=texts[0], tag=texts[1], blocks=tuple(Block(heading=t, passages=passages[:1]) for t in texts)
    )
    chart = BarChart(title=texts[2], labels=texts[:40], series=(Series(name=texts[3], values=(0.5,) * 40),))
    table = Table(caption=texts[4], columns=texts[:9], rows=(texts[:9],))
    figure = Figure(key="k", title=texts[5], says=texts[6], value=0.5, note=texts[7])
    section = ReportSection(
        key="all", title=texts[8], lead=texts[9], figures=(figure,), charts=(chart,), tables=(table,),
        findings=(finding, *(Finding(title=t, tag=t, blocks=(Block(heading=t, passages=passages),)) for t in BARE)),
    )  # fmt: skip
    page = render(Report(title=BARE[0], facts=((BARE[1], BARE[2]),), headline=(figure,), sections=(section,)))
    assert re.search(_POLICY, page)
    (tmp_path / "report.html").write_text(re.sub(_POLICY, "", page).replace("</body>", _ACTING), encoding="utf-8")
    dumped = run(chromium, tmp_path, "--dump-dom", (tmp_path / "report.html").as_uri())
    assert '{"acting":[]' in dumped, dumped[-2000:]
