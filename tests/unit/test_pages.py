"""HTML is read as a person sees the page."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.loaders.reading_limits import DEFAULT_LIMITS
from ingest.loaders.web import pages
from ingest.loaders.web.tables import Cell, expanded
from ingest.model import LoadedDocument, Source


def read(page: str) -> LoadedDocument:
    source = Source(name="a.html", media_type="text/html", data=page.encode())
    return pages.load(source, DEFAULT_LIMITS)


def left_out(loaded: LoadedDocument) -> dict[str, int]:
    return {one.part: one.count for one in loaded.report.skipped}


HIDDEN = [
    '<p style="display:none">SECRET</p>', '<p style="visibility: HIDDEN">SECRET</p>',
    '<p style="opacity:0.0">SECRET</p>',
    '<p style="font-size:0">SECRET</p>', '<p style="position:absolute;left:-9999px">SECRET</p>',
    '<p style="text-indent:-9999px">SECRET</p>', "<p hidden>SECRET</p>", "<dialog>SECRET</dialog>",
    '<p style="position:absolute;clip:rect(0,0,0,0)">SECRET</p>', '<p style="color:#fff;background:#fff">SECRET</p>',
    '<p style="height:0;overflow:hidden">SECRET</p>', "<style>.x{display:none}</style><p class='y x'>SECRET</p>",
    "<style>#x{visibility:hidden}</style><p id=x>SECRET</p>", "<style>aside{opacity:0}</style><aside>SECRET</aside>",
    "<style>/* c */ .a > p, .b .c{display:none!important}</style>"
    "<div class=b><i><p class=c style='display:block'>SECRET</i></div>",
    "<style>@media screen{[data-x=y]{display:none}}</style><p data-x=y>SECRET", "<template><p>SECRET</p></template>",
    "<noscript>SECRET</noscript>", "<input type=hidden value=SECRET>", "<input type=password value=SECRET>",
    "<script>SECRET</script>", "<svg><title>SECRET</title></svg>", "<select><option>b<option>SECRET</select>",
    "<ruby>b<rt>SECRET</rt></ruby>",
]  # fmt: skip


@pytest.mark.parametrize("hidden", HIDDEN)
def test_what_nobody_sees_is_left_out(hidden: str) -> None:
    loaded = read(f"<p>Before.</p>{hidden}<p>After.</p>")
    assert "SECRET" not in loaded.text
    assert "Before." in loaded.text
    assert "After." in loaded.text


@pytest.mark.parametrize("hidden", HIDDEN[:16])
def test_what_is_hidden_is_counted(hidden: str) -> None:
    loaded = read(f"<p>Before.</p>{hidden}")
    assert left_out(loaded)["hidden parts"] == 1
    assert not loaded.report.partly


SEEN = [
    "<style>@media print{.x{display:none}}</style><p class=x>SEEN", "<p aria-hidden=true>SEEN",
    "<details>SEEN</details>",
    "<style>.x{display:none}</style><style>.x{display:block}</style><p class=x>SEEN", "<textarea>SEEN</textarea>",
    "<style>.x{display:none} p.x{display:block}</style><p class=x>SEEN", "<dialog open>SEEN</dialog>",
    '<div style="font-size:0"><p style="font-size:12px">SEEN</p></div>', "<body style='opacity:0'><p>SEEN</p>",
    '<div style="visibility:hidden"><p style="visibility:visible">SEEN</p></div>', "<input value=SEEN>",
    "<style>.x:hover{display:none}</style><p class=x>SEEN", '<p style="opacity:0.5;left:-9999px">SEEN',
    "<select><option>b<option selected>SEEN</select>", "<select multiple><option>b<option>SEEN</select>",
    "<svg><text>SEEN</text></svg>", "<style>.y .x{display:none}</style><p class=x>SEEN", "<del>SEEN</del>",
    '<style>.x{display:none}</style><p class=x style="display:block">SEEN', "<iframe srcdoc='<p>SEEN</p>'></iframe>",
    "<ruby>SEEN<rt>b</rt></ruby>", "<img alt=SEEN src=x>", "<fieldset><legend>SEEN</legend></fieldset>",
]  # fmt: skip


@pytest.mark.parametrize("seen", SEEN)
def test_what_is_seen_is_read(seen: str) -> None:
    assert "SEEN" in read(seen).text


def test_lines_and_blanks_of_preformatted_text_are_kept() -> None:
    assert read("<pre>\na\n  b\n\nc</pre><p>d  e\nf</p>").text == "a\n  b\n\nc\nd e f\n"
    assert read("<div style='white-space:pre-wrap'>a\n  b</div>").text == "a\n  b\n"
    assert read("a<textarea>\nb\nc</textarea>").text == "a\nb\nc\n"


def test_lists_are_marked_as_they_are_drawn() -> None:
    page = "<ul><li>a<ol type=a start=3><li>b<li><p>c</p><p>d</p></ol><li>• e<li></ul><ol reversed><li>f<li>g</ol>"
    assert read(page).text == "• a\nc. b\nd. c\nd\n• e\n2. f\n1. g\n"
    assert read("<ol type=I start=4><li>a<li value=9>b</ol>").text == "IV. a\nIX. b\n"


def test_small_figures_beside_the_line_stay_apart() -> None:
    assert read("<p>10<sup>3</sup> m<sup>2</sup> of H<sub>2</sub>O, 1<sup>st</sup> x<sup>n</sup></p>").text == (
        "10³ m² of H₂O, 1st xⁿ\n"
    )


ROWS = "<tr><td>Oslo<td>10<td>11<tr><td>Bergen<td>12<td>13"


@pytest.mark.parametrize(
    ("table", "text", "columns"),
    [
        (f"<tr><td><td>2023<td>2024{ROWS}", " | 2023 | 2024\nOslo | 10 | 11\nBergen | 12 | 13\n", ("", "2023", "2024")),
        ("<tr><th>City<th>A<tr><td rowspan=2>Oslo<td>1<tr><td>2", "City | A\nOslo | 1\nOslo | 2\n", ("City", "A")),
        (
            "<thead><tr><th rowspan=2>City<th colspan=2>2024<tr><th>Q1<th>Q2</thead><tr><td>Oslo<td>1<td>",
            "City | 2024 | 2024\nCity | Q1 | Q2\nOslo | 1 | \n", ("City", "2024 Q1", "2024 Q2"),
        ),
        (
            "<tfoot><tr><td>Sum<td>3</tfoot><tr><td>A<td>1<tr><td>B<td>2", "A | 1\nB | 2\nSum | 3\n", ("A", "1"),
        ),
        ("<tr><th>Name<td>Ada<tr><th>Born<td>1815", "Name | Ada\nBorn | 1815\n", ("", "")),
        ("<tr><th>A<th>B<tr><td colspan=2>North<tr><td>1<td>2", "A | B\nNorth | \n1 | 2\n", ("A", "B")),
        ("<tr><td>A<td>B<tr><td><p>x</p><p>y|z</p><td><ul><li>p<li>q</ul>", "A | B\nx y¦z | • p • q\n", ("A", "B")),
        ("<tr><th>A<th>B<tr><td><table><tr><td>1<td>2<tr><td>3<td>4</table><td>5", "A | B\n1, 2; 3, 4 | 5\n",
         ("A", "B")),
    ],
)  # fmt: skip
def test_tables_keep_their_columns(table: str, text: str, columns: tuple[str, ...]) -> None:
    loaded = read(f"<table><caption>Sales</caption>{table}</table>after")
    assert loaded.text == f"Sales\n{text}after\n"
    assert [one.columns for one in loaded.tables] == [columns]
    for row in loaded.tables[0].rows:
        assert loaded.text[row.start : row.end].split(" | ") == [loaded.text[a:b] for a, b in row.cells]


def test_a_table_that_lays_out_the_page_is_its_text() -> None:
    long = "The mill was built in 1899. " * 50
    for page in (
        f"<table role=presentation><tr><td><h2>Mill</h2><p>{long}</p><td>side</table>",
        f"<table><tr><td><h2>Mill</h2><p>{long}</p><td>side</table>", f"<table><tr><td><h2>Mill</h2>{long}</table>side",
    ):  # fmt: skip
        loaded = read(page)
        assert loaded.text.startswith("Mill\n\nThe mill")
        assert not loaded.tables
        assert ("Mill",) in [one.headings for one in loaded.sections]
    inner = "<table><tr><th>A<th>B<tr><td>1<td>2</table>"
    loaded = read(f"<table><tr><td>menu<td>{long}{inner}</table>")
    assert "A | B\n1 | 2\n" in loaded.text


NAV, COOKIES = (
    "<nav><a href=/a>Home</a> <a href=/b>Shop</a></nav>",
    "<div class=cookie-banner>We use cookies. OK?</div>",
)
AROUND = f"<header><a href=/>Varn</a></header>{NAV}{COOKIES}<main><p>The mill stands in Avenel.</p>{NAV}</main>"


def test_the_main_text_is_read_without_what_stands_around_it() -> None:
    loaded = read(f"{AROUND}<aside>Subscribe</aside><footer>Imprint</footer>")
    assert loaded.text == "The mill stands in Avenel.\n"
    assert left_out(loaded) == {"navigation": 2, "cookie notices": 1, "headers, footers and asides": 3}


def test_no_article_is_lost() -> None:
    assert "Imprint" in read("<p>The mill.</p><footer>Imprint</footer>").text
    assert "Mill" in read("<header><h1>Mill</h1></header><main>It stands in Avenel.</main>").text
    assert (
        "By Ada" in read("<main><article><header>By Ada</header><p>Mill.</p><aside>Note</aside></article></main>").text
    )
    assert "long text" in read(f"<main><p>x</p></main><aside>{'long text ' * 50}</aside>").text
    assert "Home" in read(NAV).text
    contents = "<nav><a href=#a>Mills</a><a href=#b>Ferries</a></nav><h2 id=a>A</h2><h2 id=b>B</h2>"
    assert "Ferries" in read(contents).text
    assert "a recipe" in read("<div class=cookie-recipes>a recipe</div>").text


def test_what_a_page_says_of_itself_is_metadata() -> None:
    loaded = read(
        "<html lang=de><head><title>Mill</title><base href=http://a.example/x/><meta name=author content='Ada Stone'>"
        "<meta property='article:published_time' content=2024-05-01></head><p>"
        "<a href=b>b</a><a href='javascript:c'>c</a><a href=#d>d</a><a href=//[>e</a>"
    )
    assert loaded.title == "Mill"
    assert loaded.metadata == {
        "author": "Ada Stone", "date": "2024-05-01", "language": "de", "links": ("http://a.example/x/b",)
    }  # fmt: skip
    assert read("<h2>Mill</h2>").title == "Mill"


def test_a_picture_in_the_page_that_is_not_described_makes_it_partly_read() -> None:
    assert read(f"<p>a<img src='data:image/png;base64,{'A' * 5000}'>").report.partly
    assert not read("<p>a<img src=a.png><img alt='' src=b.png>").report.partly
    assert read("<p>a<img alt='a mill' src=b.png>").text == "a[image: a mill]\n"


@pytest.mark.parametrize(
    "unit",
    [
        "<table><tr><td>a", "<table><tr><th>a<td>", "<td rowspan=60000 colspan=1000>a", "<nav>a", "<ol reversed><li>a",
        "<select><option>a", "<div style='visibility:hidden'>a", "<sup>a", "<svg><text>a", "<p class='a b c d'>a",
        "<dialog>a", "<pre>\n", "<iframe srcdoc='<p>a'>", "<tr>", "<caption>a", "<table><caption><h1>",
        "<q><ruby><rt>a",
        "<article><header>a", "<a href=#a>a", "<style>p p{opacity:0}</style><p class=a>b",
    ],
)  # fmt: skip
def test_time_grows_with_the_page_alone(unit: str) -> None:
    def seconds(count: int) -> float:
        started = time.process_time()
        read(unit * count)
        return time.process_time() - started

    seconds(10)
    few = max(min(seconds(500), seconds(500)), 0.02)
    assert seconds(4_000) < 40 * few


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[list[str]], str, list[list[Cell]]]:
    """A grid cut into rectangles; what every place holds, its page, and its cells."""
    height, width = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    grid: list[list[str]] = [[""] * width for _ in range(height)]
    rows: list[list[Cell]] = [[] for _ in range(height)]
    taken: set[tuple[int, int]] = set()
    for row in range(height):
        for column in range(width):
            if (row, column) in taken:
                continue
            most = next((x for x in range(column, width) if (row, x) in taken), width) - column
            wide, high = draw(st.integers(1, most)), draw(st.integers(1, height - row))
            name = draw(st.sampled_from(["", f"r{row}c{column}"]))
            rows[row].append(Cell(text=name, rows=high, columns=wide))
            for y in range(row, row + high):
                for x in range(column, column + wide):
                    taken.add((y, x))
                    grid[y][x] = name
    page = "".join(
        "<tr>" + "".join(f"<td rowspan={c.rows} colspan={c.columns}>{c.text}</td>" for c in row) for row in rows
    )
    return grid, f"<table>{page}</table>", rows


@settings(deadline=None)
@given(tables())
def test_every_cell_of_any_grid_stands_in_its_rows_and_columns(
    drawn: tuple[list[list[str]], str, list[list[Cell]]],
) -> None:
    grid, page, rows = drawn
    begun = sorted({place for row in rows for place in _begins(rows, row)})
    found = expanded([rows])
    for number, row in enumerate(grid):
        alone = len(rows[number]) == 1 and rows[number][0].columns >= len(begun) > 1
        wanted = [row[place] for place in begun]
        assert found[number] == ([wanted[0], *([""] * (len(begun) - 1))] if alone else wanted)
    if len(begun) > 1 and any(any(row) for row in found):
        lines = read(page).text.split("\n")[:-1]
        assert [line.split(" | ") for line in lines] == found


def _begins(rows: list[list[Cell]], row: list[Cell]) -> list[int]:
    """In which columns the cells of a row begin, worked out anew from the rows above."""
    taken: set[tuple[int, int]] = set()
    for number, each in enumerate(rows):
        column, begun = 0, []
        for cell in each:
            while (number, column) in taken:
                column += 1
            begun.append(column)
            taken |= {
                (y, x) for y in range(number, number + cell.rows) for x in range(column, column + cell.columns)
            }  # fmt: skip
            column += cell.columns
        if each is row:
            return begun
    return []
