"""One small file for each way in which a file has been misread, in other systems or here; all are written here.

Each says what a reader of the file sees, and what nobody sees. They are read in this process, by the loader that the
service would choose.
"""

import base64
import datetime
import json
import quopri
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches
from written_files import CHINESE_FONT, book, drawn, lines_at, page, slides, workbook
from written_word import cell, paragraph, row, run, table, word

from graph.errors import UnsupportedMediaType
from ingest.loaders.loading import media_type_of
from ingest.loaders.reading_limits import DEFAULT_LIMITS
from ingest.loaders.registry import load
from ingest.member_ports import Member
from ingest.model import Source


@dataclass(frozen=True)
class Sent:
    """A file, and what is to be read of it. ``made`` writes it, or it is the text of it."""

    about: str
    name: str
    made: str | bytes | Callable[[], bytes]
    seen: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()
    title: str = ""
    members: int = 0
    unread: str = ""


def numbered(level: int) -> str:
    return f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="1"/></w:numPr>'


def numbering(first: str = "decimal", shown: str = "%1.") -> dict[str, tuple[str, str | bytes]]:
    levels = "".join(
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for level, (kind, text) in enumerate([(first, shown), ("decimal", "%1.%2")])
    )
    return {
        "numbering.xml": (
            "numbering",
            f'<w:numbering><w:abstractNum w:abstractNumId="0">{levels}</w:abstractNum>'
            '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>',
        )
    }


def headed(content: str) -> bytes:
    reference = '<w:sectPr><w:headerReference w:type="default" r:id="header1.xml"/></w:sectPr>'
    return word(paragraph("Body.") + reference, {"header1.xml": ("header", f"<w:hdr>{content}</w:hdr>")})


def noted(kind: str, content: str) -> bytes:
    return word(
        f'<w:p>{run("Claim")}<w:r><w:{kind}Reference w:id="2"/></w:r></w:p>',
        {f"{kind}s.xml": (f"{kind}s", f'<w:{kind}s><w:{kind} w:id="2">{content}</w:{kind}></w:{kind}s>')},
    )


DRAFT = paragraph("Draft of the council")
IN_A_SHAPE = (
    '<w:p><w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:anchor><a:graphic><a:graphicData><wps:wsp>'
    f"<wps:txbx><w:txbxContent>{DRAFT}</w:txbxContent></wps:txbx></wps:wsp></a:graphicData></a:graphic></wp:anchor>"
    "</w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>"
    f"<w:txbxContent>{DRAFT}</w:txbxContent></v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>"
)
SDT, SDT_END = "<w:sdt><w:sdtContent>", "</w:sdtContent></w:sdt>"
FIELD = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
# fmt: off
WORD = [
    Sent("a tracked move", "a.docx", word(
        f'<w:p><w:moveFrom w:id="1">{run("Old place.")}</w:moveFrom></w:p>'
        f'<w:p><w:moveTo w:id="2">{run("New place.")}</w:moveTo></w:p>'), ("New place.",), ("Old place",)),
    Sent("a tracked deletion", "a.docx", word(
        f'<w:p>{run("Fee 5")}<w:del w:id="1"><w:r><w:delText> or 6</w:delText></w:r></w:del></w:p>'), ("Fee 5",),
        ("or 6",)),
    Sent("content controls within each other", "a.docx", word(
        f"{SDT}{SDT}<w:p>{SDT}{run('Deeply kept.')}{SDT_END}</w:p>{SDT_END}{SDT_END}"), ("Deeply kept.",)),
    Sent("content controls around a row and a cell", "a.docx", word(
        f"<w:tbl><w:tblPr/><w:tblGrid/>{row('Part', 'Price')}{SDT}{row('Valve', '12')}{SDT_END}"
        f"<w:tr>{SDT}{cell('Pump')}{SDT_END}{cell('40')}</w:tr></w:tbl>"), ("Valve | 12", "Pump | 40")),
    Sent("a page pasted in", "a.docx", word(
        paragraph("Before.") + '<w:altChunk r:id="x.html"/>' + paragraph("After."),
        {"x.html": ("aFChunk", b"<html><body><p>Pasted from the web.</p></body></html>")}),
        ("Before.", "Pasted from the web.", "After.")),
    Sent("a shape in a header", "a.docx", headed(IN_A_SHAPE), ("Draft of the council", "Body.")),
    Sent("a table in a header", "a.docx", headed(table(row("Doc", "No. 7"))), ("Doc | No. 7",)),
    Sent("the words of a link", "a.docx", word(
        f'<w:p>{run("See ")}<w:hyperlink w:anchor="x">{run("the tariff")}</w:hyperlink>{run(".")}</w:p>'),
        ("See the tariff.",)),
    Sent("numbers of lists as shown", "a.docx", word(
        paragraph("Scope", numbered(0)) + paragraph("General", numbered(1)) + paragraph("Fees", numbered(0))
        + paragraph("Due dates", numbered(1)), numbering()), ("1. Scope", "1.1 General", "2. Fees", "2.1 Due dates")),
    Sent("Chinese numbers of lists", "a.docx", word(
        paragraph("总则", numbered(0)) + paragraph("罚则", numbered(0)),
        numbering("chineseCountingThousand", "第%1条")),
        ("第一条", "第二条")),
    Sent("a fraction", "a.docx", word(
        "<w:p><m:oMath><m:r><m:t>v=</m:t></m:r><m:f><m:num><m:r><m:t>s</m:t></m:r></m:num><m:den><m:r><m:t>t</m:t>"
        "</m:r></m:den></m:f></m:oMath></w:p>"), ("v=s/t",)),
    Sent("a sign of a font of signs", "a.docx", word(
        f'<w:p>{run("Tick ")}<w:r><w:sym w:font="Wingdings" w:char="F0FC"/></w:r></w:p>'), ("Tick ✓",)),
    Sent("hyphens nobody sees, and one that never ends a line", "a.docx", word(
        f'<w:p>{run("trans")}<w:r><w:softHyphen/></w:r>{run("port A")}<w:r><w:noBreakHyphen/></w:r>{run("12")}</w:p>'),
        ("transport A-12",)),
    Sent("a small raised figure", "a.docx", word(
        "<w:p>" + run("10") + run("6", '<w:vertAlign w:val="superscript"/>') + run(" and H")
        + run("2", '<w:vertAlign w:val="subscript"/>') + run("O") + "</w:p>"), ("10⁶ and H₂O",)),
    Sent("columns by tabs", "a.docx", word(
        f'<w:p>{run("Valve")}<w:r><w:tab/></w:r>{run("12")}</w:p>'), ("Valve\t12",)),
    Sent("a table in a footnote", "a.docx", noted("footnote", table(row("Town", "People"), row("Selm", "310"))),
        ("Selm ¦ 310",)),
    Sent("an endnote", "a.docx", noted("endnote", paragraph("Said in 1887")), ("Said in 1887",)),
    Sent("a row that is deleted", "a.docx", word(
        table(row("a", "b"), row("gone", "1", properties='<w:del w:id="1"/>'), row("kept", "2"))), ("kept | 2",),
        ("gone",)),
    Sent("a cell over two rows", "a.docx", word(table(
        row("Town", "Year"), row(cell("Selm", '<w:vMerge w:val="restart"/>'), cell("2024")),
        row(cell("", "<w:vMerge/>"), cell("2025")))), ("Selm | 2025",)),
    Sent("a row that begins further right", "a.docx", word(table(
        row("a", "b", "c"), f'<w:tr><w:trPr><w:gridBefore w:val="1"/></w:trPr>{cell("x")}{cell("y")}</w:tr>')),
        (" | x | y",)),
    Sent("pieces for reuse are no text", "a.docx", word(paragraph("Shown."), {"glossary.xml": (
        "glossaryDocument", f"<w:glossaryDocument>{paragraph('Click here to enter')}</w:glossaryDocument>")}),
        ("Shown.",), ("Click here",)),
    Sent("a field's result", "a.docx", word(
        f'<w:p>{FIELD.format("begin")}<w:r><w:instrText> REF x </w:instrText></w:r>{FIELD.format("separate")}'
        f'{run("Table 4")}{FIELD.format("end")}{run(" shows.")}</w:p>'), ("Table 4 shows.",), ("REF",)),
    Sent("a reading aid", "a.docx", word(
        f'<w:p><w:r><w:ruby><w:rt>{run("かん")}</w:rt><w:rubyBase>{run("漢")}</w:rubyBase></w:ruby></w:r>'
        f'{run("字")}</w:p>'), ("漢字",), ("かん",)),
    Sent("hidden text", "a.docx", word(f'<w:p>{run("hid", "<w:vanish/>")}{run("seen")}</w:p>'), ("seen",), ("hid",)),
    Sent("a picture that is not described", "a.docx", word(
        f'<w:p>{run("Map:")}<w:r><w:drawing><wp:inline><wp:docPr id="1" name="Picture 1"/><a:graphic><a:graphicData>'
        '<pic:pic><pic:blipFill><a:blip r:embed="i.png"/></pic:blipFill></pic:pic></a:graphicData></a:graphic>'
        "</wp:inline></w:drawing></w:r></w:p>", {"i.png": ("image", b"\x89PNG\r\n\x1a\n")}), ("Map:",),
        unread="pictures"),
]
CSV = [
    Sent("semicolons and decimal commas", "a.csv", "Ware;Preis\nBolzen;3,50\nMutter;1,25\n",
        ("Ware: Bolzen; Preis: 3,50",)),
    Sent("a line end in a cell", "a.csv", 'name,note\n"Mill","first\nsecond"\nFerry,ok\n',
        ("name: Mill; note: first second", "name: Ferry; note: ok")),
    Sent("a mark at the beginning", "a.csv", "\ufeffname,size\nMill,4\n", ("name: Mill; size: 4",)),
    Sent("UTF-16 as Excel saves it", "a.csv", "name\tsize\nMill\t4\n".encode("utf-16"), ("name: Mill; size: 4",)),
    Sent("GB18030 without a label", "a.csv", "城市,人口\n塞尔姆,310\n托维克,420\n".encode("gb18030"),
        ("城市: 塞尔姆; 人口: 310",)),
    Sent("a title above the names", "a.csv", "Report of the harbour,,\n,,\nship,days,fee\nAda,3,12\nBen,4,16\n",
        ("Report of the harbour", "ship: Ada; days: 3; fee: 12")),
    Sent("comments above the names", "a.csv", "# exported 2026-01-01\n# by tool\nname,size\nMill,4\nFerry,9\n",
        ("name: Mill; size: 4",)),
    Sent("a delimiter at the end of each line", "a.csv", "name;size;\nMill;4;\nFerry;5;\n", ("name: Mill; size: 4",),
        ("column 3",)),
    Sent("quotation marks in a cell", "a.csv", 'name,said\nAda,"He said ""no"" twice"\n',
        ('said: He said "no" twice',)),
    Sent("line ends of old Macs", "a.csv", "name,size\rMill,4\rFerry,5\r", ("name: Mill; size: 4",)),
    Sent("bars", "a.csv", "name|size\nMill|4\n", ("name: Mill; size: 4",)),
]
HTML = [
    Sent("a reading aid", "a.html", page("<p><ruby>北<rp>(</rp><rt>běi</rt><rp>)</rp></ruby>京 market</p>"),
        ("北京 market",), ("běi",)),
    Sent("what opens at a click", "a.html", page("<details><summary>Fees</summary><p>Five coins.</p></details>"),
        ("Fees", "Five coins.")),
    Sent("a cell over two rows", "a.html", page(
        "<table><tr><th>Town<th>Year<th>People<tr><td rowspan=2>Selm<td>2024<td>310<tr><td>2025<td>320</table>"),
        ("Selm | 2025 | 320",)),
    Sent("a line end in a cell", "a.html", page(
        "<table><tr><th>Name<th>Address<tr><td>Ada<td>Mill Lane 4<br>Selm</table>"), ("Ada | Mill Lane 4 Selm",)),
    Sent("hidden by a class", "a.html", page(
        '<p>Seen.</p><p class="off">Unseen.</p>', "<style>.off{display:none}</style>"), ("Seen.",), ("Unseen",)),
    Sent("hidden on paper alone", "a.html", page(
        "<p class=p>Shown.</p>", "<style>@media print{.p{display:none}}</style>"), ("Shown.",)),
    Sent("words that markup parts", "a.html", page("<p>un<b>believ</b>able, data<wbr>base, trans&shy;port</p>"),
        ("unbelievable, database, transport",)),
    Sent("blocks beside each other", "a.html", page("<div>One</div><div>Two</div>"), ("One\n",), ("OneTwo",)),
    Sent("what a script would use", "a.html", page("<template><p>Never.</p></template><p>Yes.</p>"), ("Yes.",),
        ("Never.",)),
    Sent("the caption of a table", "a.html", page(
        "<table><caption>Tolls of 2025</caption><tr><th>a<th>b<tr><td>1<td>2</table>"), ("Tolls of 2025", "1 | 2")),
    Sent("what is chosen in a form", "a.html", page("<select><option>Selm<option selected>Torvik</select>"),
        ("Torvik",)),
    Sent("gb2312 means GB18030", "a.html",
        '<html><head><meta charset="gb2312"></head><body><p>朱镕基与喆</p></body></html>'.encode("gb18030"),
        ("朱镕基与喆",)),
    Sent("small raised figures", "a.html", page("<p>10<sup>6</sup> and H<sub>2</sub>O</p>"), ("10⁶ and H₂O",)),
    Sent("formulas", "a.html", page(
        "<p><math><mi>v</mi><mo>=</mo><mfrac><mi>s</mi><mrow><mi>t</mi><mo>+</mo><mn>1</mn></mrow></mfrac></math> and "
        "<math><semantics><msup><mi>x</mi><mn>2</mn></msup><annotation>x^{2}</annotation></semantics></math></p>"),
        ("v=s/(t+1) and x^2\n",)),
    Sent("a list within a list", "a.html", page("<ol><li>One<ul><li>Alpha</ul><li>Two</ol>"), ("1. One", "2. Two")),
]
TEXTS = [
    Sent("lists and tables", "a.md", "# T\n\n- one\n  - two\n    - three\n\n| a | b |\n|---|---|\n| 1 | 2 |\n",
        ("three", "| 1 | 2 |")),
    Sent("footnotes", "a.md", "Claim[^1].\n\n[^1]: The source of it.\n", ("The source of it.",)),
    Sent("front matter in TOML", "a.md", '+++\ntitle = "Mills"\n+++\n\nBody.\n', ("Body.",), title="Mills"),
    Sent("underlined headings", "a.md", "Chapter One\n===========\n\nText.\n\nPart\n----\n\nMore.\n", ("More.",),
        title="Chapter One"),
    Sent("HTML inside", "a.md", "<details><summary>More</summary>\n\nInner words.\n\n</details>\n", ("Inner words.",)),
    Sent("tasks", "a.md", "- [x] done thing\n- [ ] open thing\n", ("[x] done thing",)),
    Sent("a line that is broken", "a.jsonl", '{"name": "Mill"}\n{"name": "Fer\n{"name": "Tower"}\n',
        ("name: Mill", "name: Tower")),
    Sent("long numbers", "a.json", '{"id": 12345678901234567890123, "x": 1.10}', ("12345678901234567890123", "1.10")),
    Sent("a notebook", "a.ipynb", json.dumps({
        "nbformat": 4, "metadata": {}, "cells": [
            {"cell_type": "markdown", "source": ["# Title\n", "Words."]},
            {"cell_type": "code", "source": "x = 1", "outputs": [
                {"output_type": "stream", "name": "stdout", "text": ["Result 42\n"]}]}]}),
        ("Words.", "x = 1", "Result 42")),
    Sent("records with namespaces and CDATA", "a.xml",
        '<r:all xmlns:r="urn:x"><r:item id="7"><r:name><![CDATA[Mill & Co]]></r:name><r:fee>5</r:fee></r:item></r:all>',
        ("id: 7; name: Mill & Co; fee: 5",)),
    Sent("records that are called items", "a.xml",
        "<items><item><name>Mill</name><fee>5</fee></item><item><name>Ferry</name><fee>7</fee></item></items>",
        ("name: Mill; fee: 5", "name: Ferry; fee: 7")),
    Sent("items of prose", "a.xml", "<doc><p>One.</p><list><item>alpha</item><item><p>beta</p></item></list></doc>",
        ("• alpha", "beta")),
    Sent("UTF-16", "a.xml", '<?xml version="1.0" encoding="utf-16"?><a><b>北京</b></a>'.encode("utf-16"), ("北京",)),
    Sent("colours of a terminal", "app.log", "\x1b[31mERROR\x1b[0m disk \x1b[1;4mfull\x1b[0m\n\x1b]0;title\x07Done.\n",
        ("ERROR disk full\nDone.\n",), ("\x1b", "title")),
    Sent("what is included", "a.rst", "Title\n=====\n\n.. include:: /etc/passwd\n\nText.\n", ("Text.",), ("root:",),
        title="Title"),
    Sent("UTF-16 without a mark", "a.txt", "The mill stands.\nYes.\n".encode("utf-16-le"), ("The mill stands.",)),
    Sent("Big5", "a.txt", ("這是一份關於臺北市政府交通規劃的報告，內容包括道路、橋樑與捷運。" * 3).encode("big5"),
        ("臺北市政府",)),
    Sent("Shift JIS", "a.txt",
        ("これは東京都の交通計画に関する報告書です。道路と橋についてです。" * 3).encode("shift_jis"), ("東京都",)),
    Sent("Cyrillic of Windows", "a.txt", ("Это отчёт о дорогах и мостах города. Он написан в прошлом году." * 3)
        .encode("windows-1251"), ("отчёт о дорогах",)),
    Sent("the order of a book", "a.epub",
        book(["b.html", "a.html"], {"a.html": "<p>Two.</p>", "b.html": "<p>One.</p>"}),
        ("One.\n\nTwo.",), title="Book"),
]


def mail(head: str, body: str | bytes) -> bytes:
    plain = body if isinstance(body, bytes) else body.encode()
    return f"From: a@example.org\nMIME-Version: 1.0\n{head}\n\n".encode() + plain


def parts(*each: str) -> bytes:
    body = "".join(f"--B\n{one}\n" for one in ("Content-Type: text/plain\n\nSee below.", *each))
    return mail("Subject: T\nContent-Type: multipart/mixed; boundary=B", f"{body}--B--\n")


MAIL = [
    Sent("gb2312 in quoted-printable", "a.eml", mail(
        "Subject: =?GB2312?Q?=CD=A8=D6=AA?=\nContent-Type: text/plain; charset=gb2312\n"
        "Content-Transfer-Encoding: quoted-printable",
        quopri.encodestring("会议改到三点，朱镕基参加。".encode("gb18030"))),
        ("会议改到三点，朱镕基参加。",), title="通知"),
    Sent("a subject in two encoded words", "a.eml", mail(
        "Subject: =?utf-8?B?5a2j5bqm?=\n =?utf-8?B?5oql5ZGK?=", "x"), title="季度报告"),
    Sent("GBK without a label", "a.eml", mail("Subject: T", "会议改到三点，请准时参加，谢谢大家。".encode("gbk")),
        ("会议改到三点",)),
    Sent("a mail within the mail", "a.eml", parts("Content-Type: message/rfc822\n\nSubject: Inner\n\nInner words."),
        ("See below.",), members=1),
    Sent("an attachment with a name of RFC 2231", "a.eml", parts(
        "Content-Type: text/plain\nContent-Disposition: attachment; filename*=utf-8''%E6%8A%A5%E5%91%8A.txt\n\nWords."),
        ("报告.txt",), members=1),
    Sent("what Outlook packs", "a.eml", parts(
        'Content-Type: application/ms-tnef; name="winmail.dat"\nContent-Transfer-Encoding: base64\n\n'
        + base64.b64encode(b"x\x9f>\x22\x01\x00").decode()), ("winmail.dat",), members=1),
    Sent("HTML alone", "a.eml", mail("Content-Type: text/html; charset=utf-8",
        "<p>Dear all,</p><table><tr><th>a<th>b<tr><td>1<td>2</table>"), ("Dear all,", "1 | 2")),
]
# fmt: on


def sheet(fill: Callable[[Any, Any], object], **options: object) -> Callable[[], bytes]:
    return lambda: workbook(lambda made: fill(made, made.add_worksheet("S")), **options)


def put(page_: Any, *rows: tuple[object, ...]) -> None:
    for number, values in enumerate(rows):
        page_.write_row(number, 0, values)


def days_of_1904(made: Any, on: Any) -> None:
    put(on, ("name", "day", "share"), ("Ada",))
    on.write_datetime(1, 1, datetime.datetime(2025, 3, 4), made.add_format({"num_format": "yyyy-mm-dd"}))
    on.write_number(1, 2, 0.125, made.add_format({"num_format": "0.0%"}))


def hidden(made: Any, on: Any) -> None:
    put(on, ("name", "secret", "size"), ("Ada", "zz", 1), ("Ben", "yy", 2))
    on.set_column(1, 1, None, None, {"hidden": True})
    on.set_row(2, None, None, {"hidden": True})
    other = made.add_worksheet("H")
    other.write(0, 0, "hidden sheet")
    other.hide()


def merged_names(_: Any, on: Any) -> None:
    put(on, (), ("town", "Q1", "Q2"), ("Selm", 3, 4), ("Torvik", 5, 6))
    on.merge_range(0, 1, 0, 2, "2025")


def codes(made: Any, on: Any) -> None:
    put(on, ("code", "price"))
    on.write_string(1, 0, "00123")
    on.write(1, 1, 1234.5, made.add_format({"num_format": '#,##0.00 "€"'}))
    on.write(2, 0, 77, made.add_format({"num_format": "00000"}))
    on.write(2, 1, 0.1 + 0.2)


def beside_the_cells(made: Any, on: Any) -> None:
    put(on, ("part", "n"), ("Valve", 1), ("Pump", 2))
    on.write_comment(1, 1, "Ordered twice")
    on.insert_textbox(5, 1, "Only in the text box")
    chart = made.add_chart({"type": "line"})
    chart.set_title({"name": "Tolls by month"})
    chart.add_series({"values": "=S!$B$2:$B$3"})
    on.insert_chart("D2", chart)


def two_tables(_: Any, on: Any) -> None:
    put(on, ("Parts list",), (), ("part", "n"), ("Valve", 1), (), (), ("town", "people"), ("Selm", 310))


SHEETS = [
    Sent("days of the Macintosh, and percent", "a.xlsx", sheet(days_of_1904, date_1904=True),
         ("name: Ada; day: 2025-03-04; share: 12.5%",)),
    Sent("hidden rows, columns and sheets", "a.xlsx", sheet(hidden), ("name: Ada; size: 1",),
         ("zz", "Ben", "hidden sheet")),
    Sent("names of columns on two lines", "a.xlsx", sheet(merged_names),
         ("town: Selm; 2025 / Q1: 3; 2025 / Q2: 4",)),
    Sent("numbers as shown", "a.xlsx", sheet(codes), ("00123", "1,234.50 €", "00077", "0.3"), ("0.3000000",)),
    Sent("comments, text boxes, titles of charts", "a.xlsx", sheet(beside_the_cells),
         ("Ordered twice", "Only in the text box", "Tolls by month")),
    Sent("two tables on one sheet", "a.xlsx", sheet(two_tables),
         ("Parts list", "part: Valve; n: 1", "town: Selm; people: 310")),
]  # fmt: skip


def new_slide(made: Any, title: str, layout: int = 5) -> Any:
    slide = made.slides.add_slide(made.slide_layouts[layout])
    slide.shapes.title.text = title
    return slide


def whole_slide(made: Any) -> None:
    slide = new_slide(made, "Plan")
    box = slide.shapes.add_group_shape().shapes.add_textbox(0, 0, Inches(1), Inches(1))
    box.text_frame.text = "Grouped words"
    slide.notes_slide.notes_text_frame.text = "Say this aloud"
    new_slide(made, "Hidden slide")._element.set("show", "0")


def slide_table(made: Any) -> None:
    shape = new_slide(made, "T").shapes.add_table(3, 3, 0, Inches(2), Inches(4), Inches(1)).table
    for at, text in enumerate(["both", "", "c", "1", "2", "3", "", "5", "6"]):
        shape.cell(at // 3, at % 3).text = text
    shape.cell(0, 0).merge(shape.cell(0, 1))
    shape.cell(1, 0).merge(shape.cell(2, 0))


def slide_chart(made: Any) -> None:
    chart = CategoryChartData()
    chart.categories = ["2024", "2025"]
    chart.add_series("Tolls", (3, 4))
    new_slide(made, "T").shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, 0, 0, Inches(3), Inches(3), chart)


def raised_on_a_slide(made: Any) -> None:
    frame = new_slide(made, "T", 1).placeholders[1].text_frame
    frame.text = "10"
    lifted = frame.paragraphs[0].add_run()
    lifted.text = "6"
    lifted.font._element.set("baseline", "30000")


SLIDES = [
    Sent("groups, notes, hidden slides", "a.pptx", lambda: slides(whole_slide),
         ("Plan", "Grouped words", "Say this aloud"), ("Hidden slide",)),
    Sent("merged cells", "a.pptx", lambda: slides(slide_table), ("both | both | c", "1 | 2 | 3", "1 | 5 | 6")),
    Sent("a chart", "a.pptx", lambda: slides(slide_chart), ("Tolls", "2025", "4")),
    Sent("a small raised figure", "a.pptx", lambda: slides(raised_on_a_slide), ("10⁶",)),
]  # fmt: skip


def two_columns(on: Any) -> None:
    left = ["The mill was built in the", "year of the great flood and", "stood until the war came to", "the valley."]
    right = ["Ferries crossed at Torvik", "every morning, and the toll", "was paid in copper coins by", "all who came."]
    for number, pair in enumerate(zip(left, right, strict=True)):
        lines_at(on, 60, 700 - 14 * number, pair[:1])
        lines_at(on, 320, 700 - 14 * number, pair[1:])


def upright(on: Any) -> None:
    on.setFont(CHINESE_FONT, 12)
    for number, column in enumerate(["塞尔姆城的水磨建于元年", "渡船每日清晨往来于河上"]):
        lines_at(on, 400 - 20 * number, 700, list(column))


def turned(on: Any) -> None:
    on.saveState()
    on.rotate(90)
    on.drawString(100, -200, "Turned words of the plan")
    on.restoreState()
    on.showPage()
    on.setPageRotation(90)
    on.drawString(100, 400, "Page that is turned")


def form(on: Any) -> None:
    on.drawString(60, 750, "Form")
    on.acroForm.textfield(name="who", value="Ada Stone", x=60, y=700, width=200, height=20)
    on.acroForm.checkbox(name="ok", checked=True, x=60, y=660)
    on.textAnnotation("Check this number", (100, 700, 120, 720))


def spaced(on: Any) -> None:
    written = on.beginText(60, 700)
    written.setCharSpace(6)
    written.textLine("SPACED HEADING")
    on.drawText(written)


def ruled(on: Any) -> None:
    for line, values in enumerate([["Town", "2024", "2025"], ["Selm", "310", "320"], ["Torvik", "", "420"]]):
        for number, value in enumerate(values):
            on.drawString(60 + 100 * number, 700 - 20 * line, value)
        for number in range(4):
            on.line(55 + 100 * number, 715 - 20 * line, 55 + 100 * number, 695 - 20 * line)
        on.line(55, 715 - 20 * line, 355, 715 - 20 * line)
    on.line(55, 655, 355, 655)


PDF = [
    Sent("two columns drawn line by line", "a.pdf", lambda: drawn(two_columns), ("until the war came to\nthe valley.",),
         ("the Ferries",)),
    Sent("upright Chinese", "a.pdf", lambda: drawn(upright), ("塞尔姆城的水磨建于元年",)),
    Sent("turned words, and a turned page", "a.pdf", lambda: drawn(turned),
         ("Turned words of the plan", "Page that is turned")),
    Sent("a word parted at the line end", "a.pdf", lambda: drawn(
        lambda on: lines_at(on, 60, 700, ["The agree-", "ment of the towns and the agreement held."])),
         ("The agreement\nof the towns",)),
    Sent("a form, and a remark", "a.pdf", lambda: drawn(form), ("Ada Stone", "[x]", "Check this number")),
    Sent("letters set apart", "a.pdf", lambda: drawn(spaced), ("SPACED HEADING",)),
    Sent("a ruled table with an empty cell", "a.pdf", lambda: drawn(ruled), ("Torvik |  | 420",)),
]  # fmt: skip
EVERYTHING = [*WORD, *CSV, *HTML, *TEXTS, *MAIL, *SHEETS, *SLIDES, *PDF]


@pytest.mark.parametrize("sent", EVERYTHING, ids=lambda sent: f"{sent.name.rpartition('.')[2]}: {sent.about}")
def test_it_is_read_as_people_see_it(sent: Sent) -> None:
    data = sent.made() if callable(sent.made) else sent.made
    source = Source(name=sent.name, media_type="", data=data.encode() if isinstance(data, str) else data)
    handed_out: list[Member] = []
    kind = media_type_of(source)
    found = load(Source(name=sent.name, media_type=kind, data=source.data), DEFAULT_LIMITS, handed_out.append)
    assert [text for text in sent.seen if text not in found.text] == [], found.text
    assert [text for text in sent.unseen if text in found.text] == [], found.text
    assert not sent.title or found.title == sent.title
    assert len(handed_out) == sent.members
    assert not sent.unread or any(one.unread and one.part == sent.unread for one in found.report.skipped)


OLE = b"\xd0\xcf\x11\xe0"


@pytest.mark.parametrize("name", ["a.rtf", "a.txt", "old.doc"])
def test_rich_text_is_read_as_such_whatever_it_is_called(name: str) -> None:
    assert media_type_of(Source(name=name, media_type="", data=b"{\\rtf1 Words.}")) == "application/rtf"


@pytest.mark.parametrize(
    ("name", "data", "instead"),
    [
        ("old.doc", OLE, "save it as .docx"), ("talk.PPT", OLE, "save it as .pptx"),
        ("a.msg", OLE, "save the mail as .eml"), ("a.odp", b"\0", "save it as .pptx"),
        ("a.7z", b"7z\xbc\xaf\x27\x1c\0", "unpack it"), ("a.tiff", b"II*\0", "save it as PNG"),
        ("a.xyz", b"\0", "Quipu reads PDF"),
    ],
)  # fmt: skip
def test_a_file_that_is_not_read_is_refused_with_what_to_do(name: str, data: bytes, instead: str) -> None:
    with pytest.raises(UnsupportedMediaType, match=instead):
        media_type_of(Source(name=name, media_type="", data=data))
