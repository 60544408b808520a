"""XML, feeds, drawings and books."""

import io
import zipfile

import pytest

from graph.errors import DocumentTooLarge, Encrypted, TooDeep, TooMuchText, Unreadable
from ingest.loaders.loading import media_type_of
from ingest.loaders.markup import epub, xml_text
from ingest.loaders.reading_limits import DEFAULT_LIMITS, ReadingLimits
from ingest.model import LoadedDocument, Source


def read(text: str | bytes, limits: ReadingLimits = DEFAULT_LIMITS) -> LoadedDocument:
    data = text.encode() if isinstance(text, str) else text
    return xml_text.load(Source(name="a.xml", media_type="application/xml", data=data), limits)


def under(loaded: LoadedDocument) -> dict[str, tuple[str, ...]]:
    return {loaded.text[one.start : one.end].strip(): one.headings for one in loaded.sections}


def test_records_are_lines_with_the_name_of_every_value() -> None:
    loaded = read(
        "<towns><country name='Varnia'><town id='1'><name>Oslo</name><pop unit='k'>10</pop></town>"
        "<town id='2'><name>Bergen</name><tag>a</tag><tag>b</tag></town></country><made>2024</made></towns>"
    )
    assert loaded.text == (
        "name: Varnia\nid: 1; name: Oslo; pop: 10; pop unit: k\nid: 2; name: Bergen; tag: a, b\nmade: 2024\n"
    )
    assert ("country",) in under(loaded).values()
    assert loaded.tables[1].columns == ("id", "name", "pop", "pop unit", "tag")


def test_prose_has_headings_paragraphs_lists_and_tables() -> None:
    loaded = read(
        "<article xmlns='urn:x'><info><title>Mills</title></info><section id='a'><title>Old <em>ones</em></title>"
        "<para>The mill\nof <b>Avenel</b>.</para><itemizedlist><listitem><para>One</para></listitem></itemizedlist>"
        "<table><tr><td/><td>A</td></tr><tr><td>B</td><td>1</td></tr></table><programlisting>x\n  y</programlisting>"
        "<section><title>Deeper</title><para>End.</para></section></section></article>"
    )
    assert loaded.title == "Mills"
    assert "Old ones\n\nThe mill of Avenel.\n" in loaded.text
    assert "\n | A\nB | 1\nx\n  y\n" in loaded.text
    assert under(loaded)["Deeper\n\nEnd."] == ("Mills", "Old ones", "Deeper")


def test_a_feed_is_its_entries() -> None:
    rss = (
        "<rss><channel><title>News</title><item><title>Mill &amp;amp; ferry</title><pubDate>3 May 2024</pubDate>"
        "<description>&lt;p&gt;It &lt;b&gt;runs&lt;/b&gt;.&lt;/p&gt;&lt;script&gt;x()&lt;/script&gt;"
        "</description></item></channel></rss>"
    )
    loaded = read(rss)
    assert loaded.title == "News"
    assert under(loaded)["Mill & ferry\n\nPublished: 3 May 2024\nIt runs."] == ("News", "Mill & ferry")
    atom = (
        "<feed xmlns='http://www.w3.org/2005/Atom'><title>News</title><entry><title>Mill</title><updated>2024-05-03"
        "</updated><author><name>Ada</name></author><content type='xhtml'><div><p>It runs.</p></div></content>"
        "</entry></feed>"
    )
    assert read(atom).text.endswith("Mill\n\nUpdated: 2024-05-03\nAuthor: Ada\nIt runs.\n")


def test_a_drawing_is_its_labels() -> None:
    loaded = read(
        "<svg xmlns='http://www.w3.org/2000/svg'><title>Plan</title><path d='M0'/>"
        "<text>Mill<tspan> 1</tspan></text></svg>"
    )
    assert (loaded.title, loaded.text) == ("Plan", "Mill 1\n")


def test_what_a_drawing_hides_is_left_out_and_counted() -> None:
    loaded = read(
        "<svg xmlns='http://www.w3.org/2000/svg'><text>Mill</text><text display='none'>One</text>"
        "<g style='visibility: hidden'><text>Two</text></g><!-- Three --><text>End</text></svg>"
    )
    assert loaded.text == "Mill\nEnd\n"
    assert next(one for one in loaded.report.skipped if one.part == "hidden parts").count == 2


def test_its_own_entities_are_read_and_no_others() -> None:
    loaded = read(
        '<!DOCTYPE a [<!ENTITY co "Varn Mills"><!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY l "&co;&co;">]>'
        "<a><p>By &co;, &x;&l;.</p></a>"
    )
    assert loaded.text == "By Varn Mills, .\n"
    assert loaded.report.partly
    bomb = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 30))
    with pytest.raises(Unreadable, match="entity"):
        read(f'<!DOCTYPE a [<!ENTITY e0 "ha">{bomb}]><a><p>&e29;</p></a>')


def test_encodings_of_xml() -> None:
    page = "<?xml version='1.0' encoding='{}'?><a><p>Größe</p></a>"
    for label, codec in (("iso-8859-1", "cp1252"), ("utf-16", "utf-16"), ("utf-8", "utf-8-sig"), ("koi8-r", "utf-8")):
        assert read(page.format(label).encode(codec)).text == "Größe\n"


def test_broken_xml_is_refused_by_name() -> None:
    with pytest.raises(Unreadable, match=r"a\.xml"):
        read("<a><b></a>")
    with pytest.raises(TooDeep, match=r"a\.xml"):
        read("<a>" * 5_000 + "</a>" * 5_000)
    with pytest.raises(TooMuchText):
        read("<a>" + "<b>x</b>" * 40_000 + "</a>", ReadingLimits(text=1000))


def book(members: dict[str, str | bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        for name, text in members.items():
            archive.writestr(name, text)
    return held.getvalue()


PACKAGE = """<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf"><metadata
 xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Mills of Varn</dc:title><dc:creator>Ada Stone</dc:creator>
 <dc:creator>Ivo Tal</dc:creator><dc:language>en</dc:language><dc:date>2024-05-01</dc:date></metadata><manifest>
 <item id="n" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
 <item id="two" href="t/two%20b.xhtml" media-type="application/xhtml+xml"/>
 <item id="one" href="one.xhtml" media-type="application/xhtml+xml"/>
 <item id="pic" href="a.jpg" media-type="image/jpeg"/><item id="no" href="no.xhtml" media-type="application/xhtml+xml"/>
 </manifest><spine><itemref idref="n"/><itemref idref="one"/><itemref idref="two"/><itemref idref="pic"/>
 <itemref idref="no"/><itemref idref="nowhere"/></spine></package>"""
CONTAINER = "<container><rootfiles><rootfile full-path='OPS/p.opf'/></rootfiles></container>"
MEMBERS: dict[str, str | bytes] = {
    "META-INF/container.xml": CONTAINER, "OPS/p.opf": PACKAGE, "OPS/nav.xhtml": "<nav><a href='one.xhtml'>Contents</a>",
    "OPS/t/two b.xhtml": "<h1>Second</h1><p>After.</p>", "OPS/a.jpg": b"x",
    "OPS/one.xhtml": "<html><head><title>x</title></head><body><h1>First</h1><p>Before.</p><p hidden>no</p>",
}  # fmt: skip


def load(data: bytes, limits: ReadingLimits = DEFAULT_LIMITS) -> LoadedDocument:
    source = Source(name="a.epub", media_type="", data=data)
    assert media_type_of(Source(name="a", media_type="", data=data)) == "application/epub+zip"
    return epub.load(source, limits)


def test_a_book_is_its_chapters_in_order() -> None:
    loaded = load(book(MEMBERS))
    assert loaded.text.split() == ["First", "Before.", "Second", "After."]
    assert under(loaded)["Second\n\nAfter."] == ("Second",)
    assert loaded.title == "Mills of Varn"
    assert loaded.metadata == {"author": ("Ada Stone", "Ivo Tal"), "language": "en", "date": "2024-05-01"}
    told = {(one.part, one.reason): (one.count, one.unread) for one in loaded.report.skipped}
    assert told["chapters", "they are not in the file"] == (2, True)
    assert told["chapters", "they are pictures"] == (1, True)
    assert told["table of contents", "the headings say the same"] == (1, False)
    assert loaded.report.parts["chapters"] == 2


def test_a_chapter_of_no_media_type_is_told_by_its_name() -> None:
    package = PACKAGE.replace(' media-type="application/xhtml+xml"', "")
    assert package != PACKAGE
    assert load(book({**MEMBERS, "OPS/p.opf": package})).text == load(book(MEMBERS)).text


def test_a_book_that_cannot_be_read_says_why() -> None:
    lock = "<encryption><EncryptedData><EncryptionMethod Algorithm='{}'/></EncryptedData></encryption>"
    with pytest.raises(Encrypted, match=r"a\.epub"):
        load(book({**MEMBERS, "META-INF/encryption.xml": lock.format("http://www.w3.org/2001/04/xmlenc#aes128-cbc")}))
    font = lock.format("http://www.idpf.org/2008/embedding")
    assert "First" in load(book({**MEMBERS, "META-INF/encryption.xml": font})).text
    with pytest.raises(Unreadable, match=r"container\.xml"):
        load(book({"a": "b"}))
    with pytest.raises(Unreadable, match=r"a\.epub"):
        epub.load(Source(name="a.epub", media_type="", data=b"PK\x03\x04 broken"), DEFAULT_LIMITS)
    with pytest.raises(Unreadable, match="well-formed"):
        load(book({**MEMBERS, "OPS/p.opf": "<a>"}))
    with pytest.raises(DocumentTooLarge):
        load(book({**MEMBERS, "OPS/one.xhtml": "x " * 2_000_000}), ReadingLimits(text=1_000_000))


def test_samples_are_read() -> None:
    assert "Größe" in epub.load(Source(name="a", media_type="", data=epub.sample()), DEFAULT_LIMITS).text
    assert "Größe" in read(xml_text.sample()).text
