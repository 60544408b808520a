"""OpenDocument texts, as LibreOffice writes them: what a person sees of them, and where it stands."""

import io
import zipfile

import pytest

from graph.errors import Encrypted, Unreadable
from ingest.loaders.loading import media_type_of
from ingest.loaders.office import odt
from ingest.loaders.reading_limits import DEFAULT_LIMITS
from ingest.model import LoadedDocument, Source

NAMES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for short, name in (
        ("office", "office"), ("text", "text"), ("table", "table"), ("draw", "drawing"), ("style", "style"),
        ("fo", "xsl-fo-compatible"), ("svg", "svg-compatible"), ("form", "form"), ("chart", "chart"), ("meta", "meta"),
    )
) + ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xlink="http://www.w3.org/1999/xlink"'  # fmt: skip
STYLES = """<style:style style:name="H" style:family="text"><style:text-properties text:display="none"/></style:style>
<style:style style:name="H2" style:family="text" style:parent-style-name="H"/>
<style:style style:name="Up" style:family="text"><style:text-properties style:text-position="super 58%"/></style:style>
<style:style style:name="Down" style:family="text"><style:text-properties style:text-position="-33% 58%"/></style:style>
<text:list-style style:name="L"><text:list-level-style-number text:level="1" style:num-format="a" style:num-suffix=")"
 text:start-value="3"/><text:list-level-style-number text:level="2" style:num-format="1" style:num-suffix="."
 text:display-levels="2"/></text:list-style>"""


def written(body: str, **parts: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", odt.TYPE)
        archive.writestr(
            "content.xml",
            f"<office:document-content {NAMES}><office:automatic-styles>{STYLES}</office:automatic-styles><office:body>"
            f"<office:text>{body}</office:text></office:body></office:document-content>",
        )
        for name, text in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), text)
    return file.getvalue()


def read(body: str, **parts: str) -> LoadedDocument:
    source = Source(name="a.odt", media_type="", data=written(body, **parts))
    assert media_type_of(Source(name="a", media_type="", data=source.data)) == odt.TYPE
    return odt.load(source, DEFAULT_LIMITS)


def skipped(loaded: LoadedDocument) -> dict[str, tuple[int, bool]]:
    return {one.part: (one.count, one.unread) for one in loaded.report.skipped}


def test_headings_blanks_fields_and_insertions_are_text() -> None:
    loaded = read(
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>in June</text:p></text:deletion>"
        "</text:changed-region></text:tracked-changes>"
        '<text:h text:outline-level="2">Rules of <text:span>the pier</text:span></text:h>'
        '<text:p>It<text:s text:c="2"/>opens <text:change-start text:change-id="1"/>in May<text:change-end '
        'text:change-id="1"/><text:change text:change-id="2"/> <text:date>3 May</text:date><text:line-break/>at 10'
        '<text:span text:style-name="Up">6</text:span> m, H<text:span text:style-name="Down">2</text:span>O. '
        '<text:a xlink:href="x">See</text:a> <text:ruby><text:ruby-base>東京</text:ruby-base><text:ruby-text>とう'
        "</text:ruby-text></text:ruby></text:p>"
    )
    assert loaded.text == "Rules of the pier\n\nIt  opens in May 3 May\nat 10⁶ m, H₂O. See 東京\n"
    assert loaded.sections[-1].headings == ("Rules of the pier",)
    assert skipped(loaded) == {"pieces of text": (1, False), "ruby texts": (1, False)}


def test_what_nobody_sees_is_left_out_and_counted() -> None:
    loaded = read(
        '<text:p>Seen <text:span text:style-name="H2">salary 900</text:span></text:p>'
        '<text:section text:display="none"><text:p>secret</text:p></text:section>'
        "<text:table-of-content><text:index-body><text:p>Rules 1</text:p></text:index-body></text:table-of-content>"
    )
    assert loaded.text == "Seen\n"
    assert skipped(loaded) == {
        "runs of text": (1, False), "sections": (1, False), "tables of contents": (1, False),
    }  # fmt: skip


def test_notes_comments_and_text_boxes_come_after_their_paragraph() -> None:
    loaded = read(
        '<text:p>Built in 1887<text:note text:note-class="footnote"><text:note-citation>1</text:note-citation>'
        "<text:note-body><text:p>Rebuilt in 1931.</text:p></text:note-body></text:note>."
        "<office:annotation><dc:creator>Lena Voss</dc:creator><dc:date>2026-01-02</dc:date><text:p>Check it.</text:p>"
        "</office:annotation><draw:frame><draw:text-box><text:p>Shut on Sundays.</text:p></draw:text-box></draw:frame>"
        "</text:p><text:p>End.</text:p>"
    )
    assert loaded.text == (
        "Built in 1887.\nFootnote 1: Rebuilt in 1931.\nComment by Lena Voss: Check it.\nText box: Shut on Sundays.\n"
        "End.\n"
    )


def test_lists_have_their_labels() -> None:
    item = "<text:list-item><text:p>{}</text:p>{}</text:list-item>"
    inner = f"<text:list>{item.format('Wipe', '')}</text:list>"
    loaded = read(
        f'<text:list text:style-name="L">{item.format("Stop", "")}{item.format("Drain", inner)}</text:list>'
        f'<text:list text:style-name="L" text:continue-numbering="true">{item.format("Start", "")}</text:list>'
        f"<text:list>{item.format('Rope', '')}</text:list>"
    )
    assert loaded.text == "c) Stop\nd) Drain\nd.1. Wipe\ne) Start\n• Rope\n"


def test_tables_keep_every_value_in_its_column() -> None:
    def cell(text: str = "", more: str = "") -> str:
        return f"<table:table-cell {more}><text:p>{text}</text:p></table:table-cell>"

    covered = "<table:covered-table-cell/>"
    rows = [
        cell("Region") + cell("Spring") + cell("Autumn") + cell(more='table:number-columns-repeated="900"'),
        cell("North", 'table:number-rows-spanned="2"') + cell("5") + cell("5"),
        covered + "<table:table-cell/>" + cell("8"),
        cell() + cell("closed", 'table:number-columns-spanned="2"') + covered,
        cell("Ost") + cell("7", 'table:number-columns-repeated="2"'),
    ]
    table = "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)
    loaded = read(f"<table:table>{table}</table:table>")
    assert loaded.text == ("Region | Spring | Autumn\nNorth | 5 | 5\nNorth |  | 8\n | closed | closed\nOst | 7 | 7\n")
    assert loaded.tables[0].columns == ("Region", "Spring", "Autumn")
    assert len(loaded.tables[0].rows) == 4


def test_formulas_charts_forms_and_pictures() -> None:
    formula = '<math xmlns="http://www.w3.org/1998/Math/MathML"><mfrac><mi>a</mi><mi>b</mi></mfrac></math>'
    chart = (
        f"<office:document-content {NAMES}><office:body><office:chart><chart:chart><chart:title><text:p>Riders</text:p>"
        "</chart:title><table:table><table:table-row><table:table-cell/><table:table-cell><text:p>2025</text:p>"
        "</table:table-cell></table:table-row><table:table-row><table:table-cell><text:p>Blue</text:p>"
        "</table:table-cell><table:table-cell><text:p>455</text:p></table:table-cell></table:table-row></table:table>"
        "</chart:chart></office:chart></office:body></office:document-content>"
    )
    loaded = read(
        '<office:forms><form:form><form:checkbox form:id="c1" form:label="Agreed" form:current-state="checked"/>'
        '</form:form></office:forms><text:p>E = <draw:frame><draw:object xlink:href="./Object 1"/></draw:frame> '
        '<draw:control draw:control="c1"/></text:p>'
        '<text:p><draw:frame><draw:object xlink:href="./Object 2"/></draw:frame></text:p>'
        "<text:p><draw:frame><draw:image/><svg:desc>Map of Dale</svg:desc></draw:frame></text:p>"
        "<text:p><draw:frame><draw:image/></draw:frame></text:p>",
        **{"Object 1__content_xml": formula, "Object 2__content_xml": chart},
    )
    assert loaded.text == "E = a/b [x] Agreed\nChart: Riders\n | 2025\nBlue | 455\n[image: Map of Dale]\n"
    assert skipped(loaded) == {"pictures": (1, True)}


def test_what_the_file_says_of_itself_and_its_margins() -> None:
    loaded = read(
        "<text:p>Body.</text:p>",
        meta_xml=f"<office:document-meta {NAMES}><office:meta><dc:title>Ferries</dc:title><dc:creator>Jo</dc:creator>"
        "</office:meta></office:document-meta>",
        styles_xml=f"<office:document-styles {NAMES}><office:master-styles><style:master-page><style:header><text:p>"
        "Contract KX-77</text:p></style:header><style:footer><text:p><text:page-number>1</text:page-number></text:p>"
        "</style:footer></style:master-page></office:master-styles></office:document-styles>",
    )
    assert loaded.text == "Header: Contract KX-77\n\nBody.\n"
    assert (loaded.title, loaded.metadata) == ("Ferries", {"author": "Jo"})
    assert skipped(loaded) == {"page numbers": (1, False)}


def test_what_cannot_be_read_says_why() -> None:
    with pytest.raises(Encrypted, match=r"a\.odt"):
        read("", **{"META-INF__manifest_xml": "<manifest><encryption-data/></manifest>"})
    for data in (b"PK\x03\x04 broken", written("")[:-30]):
        with pytest.raises(Unreadable, match=r"a\.odt"):
            odt.load(Source(name="a.odt", media_type="", data=data), DEFAULT_LIMITS)


def test_the_sample_is_read() -> None:
    found = odt.load(Source(name="a.odt", media_type="", data=odt.sample()), DEFAULT_LIMITS)
    assert found.text == "A heading\n\nA paragraph. x\n"
