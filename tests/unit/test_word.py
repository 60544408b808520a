"""DOCX as a person reads it: every run, what is beside the text at its place, and what nobody sees counted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from written_word import DOCX, SPACES, packed, paragraph, read, relation_part, rooted, row, run, strict, table, word

from graph.errors import Encrypted, Unreadable
from ingest.loaders.loading import media_type_of
from ingest.model import LoadedDocument, Source

BOTH = "<mc:Choice Requires='wps'>{0}</mc:Choice><mc:Fallback>{0}</mc:Fallback>"
BEGIN, SEPARATE, END = (f'<w:r><w:fldChar w:fldCharType="{each}"/></w:r>' for each in ("begin", "separate", "end"))
WRAPPERS = (
    "<w:ins>{}</w:ins>", "<w:moveTo>{}</w:moveTo>", "<w:smartTag>{}</w:smartTag>", "<w:hyperlink>{}</w:hyperlink>",
    "<w:sdt><w:sdtPr/><w:sdtContent>{}</w:sdtContent></w:sdt>", '<w:fldSimple w:instr="AUTHOR">{}</w:fldSimple>',
    "<w:customXml><w:customXmlPr/>{}</w:customXml>", "<w:bdo>{}</w:bdo>", "<w:dir>{}</w:dir>",
    "<w:r><w:ruby><w:rt><w:r><w:t>aid</w:t></w:r></w:rt><w:rubyBase>{}</w:rubyBase></w:ruby></w:r>",
    f"<mc:AlternateContent>{BOTH}</mc:AlternateContent>",
    f"{BEGIN}<w:r><w:instrText> IF </w:instrText></w:r>{run('told')}{SEPARATE}{{}}{END}", f"{{}}{SEPARATE}{END}",
    "<w:unheard>{}</w:unheard>",
)  # fmt: skip
BLOCK_WRAPPERS = (
    "<w:sdt><w:sdtContent>{}</w:sdtContent></w:sdt>", "<w:customXml>{}</w:customXml>", "<w:ins>{}</w:ins>",
    f"<mc:AlternateContent>{BOTH}</mc:AlternateContent>",
    "<w:tbl><w:tr><w:tc>{}</w:tc></w:tr></w:tbl>",
    "<w:tbl><w:sdt><w:sdtContent><w:tr><w:tc>{}</w:tc><w:tc/></w:tr></w:sdtContent></w:sdt></w:tbl>",
)  # fmt: skip


def skipped(loaded: LoadedDocument) -> dict[str, tuple[int, bool]]:
    return {each.part: (each.count, each.unread) for each in loaded.report.skipped}


def text_of(*body: str, **parts: tuple[str, str]) -> str:
    return read(word("".join(body), {f"{name}.xml": part for name, part in parts.items()})).text


@given(st.lists(st.sampled_from(WRAPPERS), max_size=8), st.lists(st.sampled_from(BLOCK_WRAPPERS), max_size=5))
def test_no_wrapping_loses_the_text_of_a_run_or_gives_it_twice(inline: list[str], blocks: list[str]) -> None:
    body = run("the words")
    for wrapper in inline:
        body = wrapper.format(body)
    body = paragraph("<w:r/>" + body)
    for wrapper in blocks:
        body = wrapper.format(body)
    loaded = read(word(body))
    assert loaded.text.count("the words") == 1
    assert "told" not in loaded.text
    assert not loaded.report.partly


def test_a_field_that_does_not_end_takes_no_text_with_it() -> None:
    assert text_of(paragraph(BEGIN + run("kept")), paragraph(run("too") + END)) == "kept\ntoo\n"


def test_what_is_deleted_moved_away_or_hidden_is_left_out_and_counted() -> None:
    loaded = read(
        word(
            paragraph(
                run("kept ") + "<w:del><w:r><w:delText>gone</w:delText></w:r></w:del>"
                f"<w:moveFrom>{run('gone')}</w:moveFrom><w:moveTo>{run('moved ')}</w:moveTo>"
                + run("gone", "<w:vanish/>") + run("gone", '<w:rStyle w:val="Secret"/>')
                + run("seen", '<w:rStyle w:val="Secret"/><w:vanish w:val="0"/>')
            )
            + paragraph("gone too", '<w:pStyle w:val="SecretLine"/>'),
            {
                "styles.xml": (
                    "styles",
                    '<w:styles><w:style w:styleId="Secret"><w:rPr><w:vanish/></w:rPr></w:style>'
                    '<w:style w:styleId="SecretLine"><w:basedOn w:val="Secret"/></w:style></w:styles>',
                )
            },
        )
    )  # fmt: skip
    assert loaded.text == "kept moved seen\n"
    assert skipped(loaded) == {"pieces of text": (2, False), "runs of text": (3, False)}


def test_a_paragraph_whose_end_is_deleted_goes_on_in_the_next() -> None:
    deleted = "<w:rPr><w:del/></w:rPr>"
    assert text_of(paragraph("ninety ", deleted), paragraph("", deleted), paragraph("days")) == "ninety days\n"
    assert text_of(paragraph("O", '<w:framePr w:dropCap="drop"/>'), paragraph("nce upon")) == "Once upon\n"
    assert text_of(paragraph("the end", deleted)) == "the end\n"


def test_signs_within_a_run() -> None:
    signs = (
        "<w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t><w:noBreakHyphen/><w:t>d</w:t><w:softHyphen/><w:t>e</w:t>"
        '<w:sym w:font="Symbol" w:char="F061"/><w:sym w:font="Wingdings" w:char="F0FC"/></w:r>'
        + run("\uf062", '<w:rFonts w:ascii="Symbol"/>')
    )
    loaded = read(word(paragraph(signs)))
    assert loaded.text == "a\tb\nc-deα✓β\n"
    assert not loaded.report.partly
    assert skipped(read(word(paragraph('<w:r><w:t>x</w:t><w:sym w:font="Odd" w:char="F061"/></w:r>')))) == {
        "symbols": (1, True)
    }


def test_fields_give_their_result() -> None:
    inner = f"{BEGIN}{SEPARATE}{run('told')}{END}"
    nested = f"{BEGIN}<w:r><w:instrText>IF </w:instrText></w:r>{inner}{SEPARATE}{run('shown')}{END}"
    assert text_of(paragraph(nested + run(" after"))) == "shown after\n"


@pytest.mark.parametrize(
    ("form", "shown"),
    [
        ("<w:checkBox><w:checked/></w:checkBox>", "☒"), ('<w:checkBox><w:default w:val="0"/></w:checkBox>', "☐"),
        ('<w:ddList><w:result w:val="1"/><w:listEntry w:val="low"/><w:listEntry w:val="high"/></w:ddList>', "high"),
    ],
)  # fmt: skip
def test_boxes_of_forms_show_what_was_chosen(form: str, shown: str) -> None:
    box = f'<w:r><w:fldChar w:fldCharType="begin"><w:ffData>{form}</w:ffData></w:fldChar></w:r>'
    assert text_of(paragraph(run("it is ") + box + END)) == f"it is {shown}\n"


def test_notes_and_comments_stand_after_their_paragraph_each_once() -> None:
    reference = '<w:r><w:footnoteReference w:id="7"/></w:r>'
    loaded = read(
        word(
            paragraph(run("First.") + '<w:r><w:endnoteReference w:id="2"/></w:r>' + reference + reference)
            + table(row("a", "<w:tc>" + paragraph(run("b") + '<w:r><w:commentReference w:id="0"/></w:r>') + "</w:tc>")),
            {
                "footnotes.xml": (
                    "footnotes",
                    f'<w:footnotes><w:footnote w:type="separator" w:id="0">{paragraph("-")}</w:footnote>'
                    f'<w:footnote w:id="7">{paragraph("A foot.")}{paragraph(reference)}</w:footnote>'
                    f'<w:footnote w:id="8">{paragraph("Never called.")}</w:footnote></w:footnotes>',
                ),
                "endnotes.xml": (
                    "endnotes",
                    f'<w:endnotes><w:endnote w:id="2">{paragraph("An end.")}</w:endnote></w:endnotes>',
                ),
                "comments.xml": (
                    "comments",
                    f'<w:comments><w:comment w:id="0" w:author="Ida">{paragraph("Why?")}</w:comment></w:comments>',
                ),
            },
        )
    )
    assert loaded.text == "First.\nEndnote 1: An end.\nFootnote 1: A foot.\na | b\nComment by Ida: Why?\n"
    assert skipped(loaded) == {"footnotes": (1, False)}


def test_headers_and_footers_stand_before_the_text_each_once() -> None:
    references = "<w:headerReference w:type='first' r:id='h1.xml'/><w:footerReference r:id='f.xml'/>"
    body = (
        f"<w:p><w:pPr><w:sectPr>{references}</w:sectPr></w:pPr>{run('Text.')}</w:p><w:sectPr>"
        "<w:headerReference r:id='h2.xml'/><w:headerReference r:id='h1.xml'/></w:sectPr>"
    )
    page = '<w:fldSimple w:instr=" PAGE "><w:r><w:t>4</w:t></w:r></w:fldSimple>'
    loaded = read(
        word(
            body,
            {
                "h1.xml": ("header", f"<w:hdr>{table(row('No.', 'AM-1'), row('Rev.', '7'))}</w:hdr>"),
                "h2.xml": ("header", f"<w:hdr>{table(row('No.', 'AM-1'), row('Rev.', '7'))}</w:hdr>"),
                "f.xml": ("footer", f"<w:ftr>{paragraph(run('- ') + page)}</w:ftr>"),
            },
        )
    )
    assert loaded.text == "Header: No. | AM-1\nRev. | 7\n\nText.\n"
    assert skipped(loaded) == {"page numbers": (1, False)}


def test_text_boxes_pictures_and_what_is_not_read() -> None:
    box = f"<w:txbxContent>{paragraph('In')}{paragraph('the box')}</w:txbxContent>"
    shape = (
        f"<mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wp:anchor><a:graphic><wps:txbx>{box}</wps:txbx>"
        f"</a:graphic></wp:anchor></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict>"
        "</mc:Fallback></mc:AlternateContent>"
    )

    def picture(described: str) -> str:
        return f'<w:drawing><wp:inline><wp:docPr id="1" descr="{described}"/><pic:pic/></wp:inline></w:drawing>'

    decoration = picture("A line").replace("/><pic", '><decorative val="1"/></wp:docPr><pic')
    loaded = read(
        word(
            paragraph(f"<w:r><w:t>Before</w:t>{shape}<w:t> after</w:t></w:r>")
            + paragraph(f"<w:r><w:t>See</w:t>{picture('A pump')}{picture('')}{picture('scan 1.png')}</w:r>")
            + paragraph('<w:r><w:pict><v:shape><v:textpath string="DRAFT"/></v:shape></w:pict></w:r>')
            + paragraph("<w:r><w:object><v:imagedata/></w:object></w:r>")
            + paragraph("<w:r><w:drawing><c:chart/></w:drawing></w:r>")
            + paragraph(f"<w:r>{decoration}</w:r>")
        )
    )
    assert loaded.text == "Before after\nText box: In\nthe box\nSee\nPicture: A pump\nText box: DRAFT\n"
    assert [(each.part, each.count, each.unread) for each in loaded.report.skipped] == [
        ("charts", 1, True), ("embedded objects", 1, True), ("pictures", 1, False), ("pictures", 2, True),
    ]  # fmt: skip
    assert loaded.report.partly


def test_the_words_of_a_diagram() -> None:
    body = paragraph('<w:r><w:drawing><dgm:relIds r:dm="data.xml"/></w:drawing></w:r>')
    data = f'<d xmlns:a="{SPACES["a"]}"><a:p><a:r><a:t>Plan</a:t></a:r></a:p><a:p><a:r><a:t>Do</a:t></a:r></a:p></d>'
    assert read(word(body, {"data.xml": ("diagramData", data)})).text == "Diagram: Plan; Do\n"


def test_a_chart_in_a_header_whose_relations_are_broken_is_told() -> None:
    section = '<w:sectPr><w:headerReference r:id="h.xml"/></w:sectPr>'
    drawn = paragraph('<w:r><w:t>top</w:t><w:drawing><c:chart r:id="x"/></w:drawing></w:r>')
    header = f"<w:hdr>{drawn}</w:hdr>"
    parts: dict[str, tuple[str, str | bytes]] = {"h.xml": ("header", header), "_rels/h.xml.rels": ("none", b"<")}
    loaded = read(word(paragraph("x") + section, parts))
    assert loaded.text == "Header: top\n\nx\n"
    assert skipped(loaded) == {"charts": (1, True)}


def test_the_numbers_of_a_chart() -> None:
    def points(name: str, *values: str) -> str:
        found = "".join(f'<c:pt idx="{at}"><c:v>{value}</c:v></c:pt>' for at, value in enumerate(values))
        return f"<c:{name}><c:strRef><c:strCache>{found}</c:strCache></c:strRef></c:{name}>"

    series = f"<c:ser>{points('tx', 'Pumps')}{points('cat', 'Q1', 'Q2')}{points('val', '4', '5')}</c:ser>"
    chart = (
        f"<c:chartSpace><c:chart><c:plotArea><c:barChart>{series}</c:barChart></c:plotArea></c:chart></c:chartSpace>"
    )
    body = paragraph('<w:r><w:t>See:</w:t><w:drawing><c:chart r:id="chart.xml"/></w:drawing></w:r>')
    loaded = read(word(body, {"chart.xml": ("chart", rooted(chart))}))
    assert loaded.text == "See:\nChart\n | Pumps\nQ1 | 4\nQ2 | 5\n"
    assert not loaded.report.partly


@pytest.mark.parametrize("name", ["a.docm", "a.dotx", "A.DOTM", "a"])
def test_templates_and_documents_with_macros_are_documents_of_word(name: str) -> None:
    assert media_type_of(Source(name=name, media_type="", data=word(paragraph("x")))) == DOCX


def test_text_in_utf_16() -> None:
    data = rooted(f"<w:document><w:body>{paragraph('größer 北')}</w:body></w:document>").encode("utf-16")
    assert read(packed({"word/document.xml": data})).text == "größer 北\n"


HEADINGS = (
    "<w:styles>"
    '<w:style w:type="paragraph" w:default="1" w:styleId="N"><w:name w:val="Normal"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="U1"><w:name w:val="Überschrift 1"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Own"><w:name w:val="House style"/><w:basedOn w:val="U1"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Deep"><w:name w:val="x"/><w:pPr><w:outlineLvl w:val="2"/></w:pPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="Toc"><w:name w:val="TOC Heading"/><w:basedOn w:val="U1"/>'
    '<w:pPr><w:outlineLvl w:val="9"/></w:pPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="A"><w:basedOn w:val="B"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="B"><w:basedOn w:val="A"/></w:style></w:styles>'
)


def test_headings_by_the_name_of_the_style_or_by_outline_level() -> None:
    def styled(name: str, text: str, more: str = "") -> str:
        return paragraph(text, f'<w:pStyle w:val="{name}"/>{more}')

    body = [
        styled("U1", "One"), paragraph("text"), styled("Deep", "Three"), styled("Own", "House"),
        styled("Toc", "Contents"),
        paragraph("Two", '<w:outlineLvl w:val="1"/>'), styled("Own", "no heading", '<w:outlineLvl w:val="9"/>'),
        styled("A", "in a circle"), styled("Heading2", "undefined"),
    ]  # fmt: skip
    loaded = read(word("".join(body), {"styles.xml": ("styles", HEADINGS)}))
    found = {loaded.text[one.start : one.end].split("\n")[0]: one.headings for one in loaded.sections}
    assert found == {
        "One": ("One",), "Three": ("One", "Three"), "House": ("House",), "Two": ("House", "Two"),
        "undefined": ("House", "undefined"),
    }  # fmt: skip
    assert loaded.title == "One"


def test_lists_have_the_numbers_that_are_shown() -> None:
    def level(at: int, form: str, text: str) -> str:
        inner = f'<w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/>'
        return f'<w:lvl w:ilvl="{at}">{inner}</w:lvl>'

    levels = level(0, "decimal", "%1.") + level(1, "lowerLetter", "%1.%2)")
    numbering = (
        f'<w:numbering><w:abstractNum w:abstractNumId="5">{levels}</w:abstractNum>'
        f'<w:abstractNum w:abstractNumId="6">{level(0, "bullet", chr(0xF0B7))}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="5"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="6"/></w:num>'
        '<w:num w:numId="3"><w:abstractNumId w:val="5"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="4"/>'
        "</w:lvlOverride></w:num></w:numbering>"
    )

    def item(number: int, at: int, text: str) -> str:
        return paragraph(text, f'<w:numPr><w:ilvl w:val="{at}"/><w:numId w:val="{number}"/></w:numPr>')

    body = "".join(
        [item(1, 0, "a"), item(1, 1, "b"), item(1, 1, "c"), item(2, 0, "d"), item(1, 0, "e"), item(1, 1, "f"),
         item(3, 0, "g"), item(0, 0, "h"), item(9, 0, "i")]
    )  # fmt: skip
    assert read(word(body, {"numbering.xml": ("numbering", numbering)})).text.splitlines() == [
        "1. a", "1.a) b", "1.b) c", "• d", "2. e", "2.a) f", "4. g", "h", "i",
    ]  # fmt: skip


def math(name: str, *parts: str, **inner: str) -> str:
    written = "".join(f"<m:{each}>{content}</m:{each}>" for each, content in inner.items())
    return f"<m:{name}>{''.join(parts)}{written}</m:{name}>"


def sign(text: str) -> str:
    return f"<m:r><m:t>{text}</m:t></m:r>"


CELLS = [math("mr", math("e", sign("1")), math("e", sign("2"))), math("mr", math("e", sign("3")), "<m:e/>")]
SUM = '<m:naryPr><m:chr m:val="∑"/></m:naryPr>'
SQUARE = "<m:dPr><m:begChr m:val='['/><m:endChr m:val=']'/></m:dPr>"


@pytest.mark.parametrize(
    ("omml", "text"),
    [
        (math("f", num=sign("a+b"), den=sign("2")), "(a+b)/2"),
        (math("sSup", e=sign("x"), sup=sign("2")), "x^2"),
        (math("sSubSup", e=sign("x"), sub=sign("i"), sup=sign("n+1")), "x_i^(n+1)"),
        (math("rad", deg="", e=sign("2x")), "√2x"),
        (math("rad", deg=sign("3"), e=sign("a+b")), "√[3](a+b)"),
        (math("nary", SUM, sub=sign("i=1"), sup=sign("n"), e=sign("i")), "∑_(i=1)^n i"),
        (math("d", SQUARE, e=math("m", *CELLS)), "[1, 2; 3, ]"),
        (math("func", fName=sign("sin"), e=sign("x")), "sin x"),
        (math("limLow", e=sign("lim"), lim=sign("x→0")), "lim_(x→0)"),
        (sign("a") + f"<w:del>{sign('gone')}</w:del><w:ins>{sign('b')}</w:ins>", "ab"),
    ],
)
def test_formulas_are_linear_text(omml: str, text: str) -> None:
    assert text_of(paragraph(f"<m:oMathPara><m:oMath>{omml}</m:oMath></m:oMathPara>")) == f"{text}\n"


def test_other_documents_within_it() -> None:
    inner = word(paragraph("from Word"))
    chunks = "".join(f'<w:altChunk r:id="{name}"/>' for name in ("x.html", "y.docx", "z.rtf", "w.ppt", "y.docx"))
    body = paragraph("a") + chunks + paragraph("b")
    loaded = read(
        word(
            body,
            {
                "x.html": ("aFChunk", "<p>from a page</p>"), "y.docx": ("aFChunk", inner),
                "z.rtf": ("aFChunk", "{\\rtf1 from RTF}"), "w.ppt": ("aFChunk", "no"),
            },
        )
    )  # fmt: skip
    assert [line for line in loaded.text.splitlines() if line] == ["a", "from a page", "from Word", "from RTF", "b"]
    assert skipped(loaded) == {"documents within it": (1, True)}


DEEP = {
    "wrappers": "<w:p>" + "<w:ins>" * 1_500 + run("x") + "</w:ins>" * 1_500 + "</w:p>",
    "content controls": "<w:sdt>" * 1_500 + paragraph("x") + "</w:sdt>" * 1_500,
    "text boxes": "<w:p><w:r><w:pict><w:txbxContent>" * 300 + paragraph("x")
    + "</w:txbxContent></w:pict></w:r></w:p>" * 300,
    "formulas": paragraph("<m:oMath>" + "<m:sSup><m:e>" * 700 + sign("x") + "</m:e></m:sSup>" * 700 + "</m:oMath>"),
    "alternatives": "<mc:AlternateContent><mc:Choice>" * 700 + paragraph("<w:bookmarkStart/>" * 5_000 + run("x"))
    + "</mc:Choice></mc:AlternateContent>" * 700,
}  # fmt: skip


@pytest.mark.parametrize("what", DEEP)
def test_what_is_nested_deep_is_read_without_recursion(what: str) -> None:
    assert read(word(DEEP[what])).text.endswith("x\n")


def test_the_strict_edition_reads_the_same() -> None:
    data = word(
        paragraph("Under", '<w:outlineLvl w:val="0"/>') + paragraph("<m:oMath><m:r><m:t>x</m:t></m:r></m:oMath>")
    )
    assert read(strict(data)) == read(data)
    assert read(data).text == "Under\n\nx\n"


def test_properties_are_title_and_metadata() -> None:
    core = (
        '<p xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:t="http://purl.org/dc/terms/">'
        "<dc:title>The title</dc:title><dc:creator>Ida</dc:creator>"
        "<t:created>2026-01-05T10:00:00Z</t:created><dc:subject/></p>"
    )
    loaded = read(word(paragraph("x"), {"../docProps/core.xml": ("none", core)}))
    assert loaded.title == "The title"
    assert loaded.metadata == {"author": "Ida", "created": "2026-01-05T10:00:00Z"}


def test_a_part_that_is_broken_costs_that_part_alone() -> None:
    loaded = read(
        word(paragraph("x"), {"footnotes.xml": ("footnotes", "<w:footnotes>"), "styles.xml": ("styles", b"<?")})
    )
    assert loaded.text == "x\n"
    assert skipped(loaded) == {"parts of the file": (2, True)}


@pytest.mark.parametrize(
    "data",
    [
        b"", b"PK\x03\x04", b"\x00" * 50, packed({"a": "b"}), packed({"word/document.xml": "<a/>"}),
        packed({"word/document.xml": "<!DOCTYPE a [<!ENTITY b 'c'>]>" + rooted("<w:document><w:body/></w:document>")}),
        packed({"word/document.xml": "<!DOCTYPE a []><a/>".encode("utf-16")}),
        packed({"word/document.xml": "<a", "_rels/.rels": relation_part("")}), word(paragraph("x"))[:-30],
    ],
)  # fmt: skip
def test_what_is_no_document_of_word_is_refused(data: bytes) -> None:
    with pytest.raises(Unreadable):
        read(data)


def test_a_document_in_a_protected_container_is_told_as_such() -> None:
    data = bytearray(packed({"word/document.xml": "<a/>"}))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    data[6] |= 1
    with pytest.raises(Encrypted):
        read(bytes(data))
