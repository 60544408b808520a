"""RTF, as Word, WordPad, TextEdit and LibreOffice write it: what a person sees of it, and where it stands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import QuipuError, TooDeep, Unreadable
from ingest.loaders.loading import media_type_of
from ingest.loaders.reading_limits import DEFAULT_LIMITS
from ingest.loaders.rich_text import reading
from ingest.model import LoadedDocument, Source

FONTS = (
    rb"{\fonttbl{\f0\fswiss\fcharset0 Arial;}{\f1\fcharset134{\*\falt x}SimSun;}{\f2\fcharset204 Arial;}"
    rb"{\f3\fcharset2 Symbol;}}"
)


def read(body: bytes, head: bytes = rb"\ansi\ansicpg1252") -> LoadedDocument:
    data = rb"{\rtf1" + head + FONTS + body + b"}"
    assert media_type_of(Source(name="a.doc", media_type="application/msword", data=data)) == "application/rtf"
    return reading.load(Source(name="a.rtf", media_type="", data=data), DEFAULT_LIMITS)


def skipped(loaded: LoadedDocument) -> dict[str, tuple[int, bool]]:
    return {one.part: (one.count, one.unread) for one in loaded.report.skipped}


def test_letters_of_every_kind() -> None:
    loaded = read(
        rb"\pard The \'93Old Inn\'94 costs \'8050 \endash  daily.\line caf\'e9\~x\_y\par"
        rb"\f1\'b1\'b1\'be\'a9 \f2\'cc\'ee\'f1\'f2\f0  \u21271?\u20140\'bf\'bf \uc0\u-10179\u-8704  "
        rb"\uc1 {\f3 a\u-3999?}\par"
        b"\\b bold\\b0\r\n text\\\nnew"
    )
    assert loaded.text == ("The “Old Inn” costs €50 – daily.\ncafé\u00a0x-y\n北京 Мост 北京¿ 😀 αα\nbold text\nnew\n")


def test_headings_by_outline_level_and_by_style() -> None:
    loaded = read(
        rb"{\stylesheet{\s0 Normal;}{\s1\outlinelevel0 \'dcberschrift;}{\s2 heading 2;}{\*\cs10 Strong;}}"
        rb"\pard\s1 Rules\par\pard Six knots.\par\pard\s2 Night\par\pard\outlinelevel9 Lights on.\par"
    )
    assert loaded.text == "Rules\n\nSix knots.\n\nNight\n\nLights on.\n"
    assert [section.headings for section in loaded.sections] == [("Rules",), ("Rules", "Night")]


def test_what_nobody_sees_is_left_out_and_counted() -> None:
    loaded = read(
        rb"{\*\generator Riched20;}{\info{\title Ferry rules}{\author Jo Pine}{\operator x}{\creatim\yr2026}}"
        rb"\pard Seen {\v salary 900}{\deleted in June}{\revised in May}."
        rb"{\xe index}{\field{\*\fldinst DATE }{\fldrslt 3 May}}"
        rb"{\*\bkmkstart a}{\*\bkmkend a}{\*\shppict{\pict\pngblip 89504e47}}{\nonshppict{\pict 0102}}"
        rb"{\upr{plain}{\*\ud unicode}}\bin4 {{{{ end\par"
    )
    assert loaded.text == "Seen in May.3 Mayunicode end\n"
    assert (loaded.title, loaded.metadata) == ("Ferry rules", {"author": "Jo Pine"})
    assert skipped(loaded) == {"runs of text": (1, False), "pieces of text": (1, False), "pictures": (1, True)}


def test_notes_comments_headers_and_text_boxes() -> None:
    loaded = read(
        rb"{\header\pard Contract KX-77\par}{\footer\pard\chpgn 1\par}\pard Built in 1887{\super\chftn}"
        rb"{\footnote\pard{\super\chftn} Rebuilt in 1931.}{\footnote\ftnalt\pard Two pence.} by hand"
        rb"{\*\atnid LV}{\*\atnauthor Lena Voss}\chatn{\*\annotation{\*\atnref 1}\pard Check it.}"
        rb"{\shp{\*\shpinst{\sp{\sn a}{\sv 1}}{\shptxt\pard Shut on Sundays.\par}}{\shprslt x}}.\par End.\par"
    )
    assert loaded.text == (
        "Header: Contract KX-77\nBuilt in 1887 by hand.\nFootnote 1: Rebuilt in 1931.\nEndnote 1: Two pence.\n"
        "Comment by Lena Voss: Check it.\nText box: Shut on Sundays.\nEnd.\n"
    )


def test_tables_keep_every_value_in_its_column() -> None:
    three = rb"\trowd\cellx1000\cellx2000\cellx3000\pard\intbl "
    loaded = read(
        rb"\pard Fares\par" + three + rb"Region\cell Spring\cell Autumn\cell\row"
        rb"\trowd\clvmgf\cellx1000\cellx2000\cellx3000\pard\intbl North\par \cell 5\cell 5\cell\row"
        rb"\trowd\clvmrg\cellx1000\cellx2000\cellx3000\pard\intbl\cell\cell 8\cell\row"
        rb"\trowd\cellx1000\cellx3010\pard\intbl\cell closed\cell\row"
        rb"\trowd\cellx1000\clmgf\cellx2000\clmrg\cellx3000\pard\intbl Ost\cell both\cell\cell\row"
        rb"\pard After.\par" + three + rb"x\cell y\cell z\cell\row\pard"
    )
    assert loaded.text == (
        "Fares\nRegion | Spring | Autumn\nNorth | 5 | 5\nNorth |  | 8\n | closed | closed\nOst | both | both\nAfter.\n"
        "x | y | z\n"
    )
    assert loaded.tables[0].columns == ("Region", "Spring", "Autumn")
    assert [len(table.rows) for table in loaded.tables] == [4, 0]


def test_lists_and_small_figures_are_as_shown() -> None:
    loaded = read(
        rb"{\listtext 1.\tab}Stop\par{\pntext\f3\'b7\tab}Drain 10{\super 6} m, H{\sub 2}O\par"
        rb"\trowd\cellx1000\pard\intbl Framed\cell\row\pard"
    )
    assert loaded.text == "1.\tStop\n•\tDrain 10⁶ m, H₂O\nFramed\n"


def test_what_cannot_be_read_says_why() -> None:
    with pytest.raises(Unreadable, match=r"a\.rtf"):
        reading.load(Source(name="a.rtf", media_type="", data=b"Hello"), DEFAULT_LIMITS)
    with pytest.raises(TooDeep, match=r"a\.rtf"):
        read(b"{" * 10_000)
    cut = reading.load(Source(name="a.rtf", media_type="", data=rb"{\rtf1 The pier \'f"), DEFAULT_LIMITS)
    assert cut.text.startswith("The pier")
    assert skipped(cut)["parts of the file"] == (1, True)


@given(st.lists(st.sampled_from(
    [b"{", b"}", b"\\par ", b"\\cell ", b"\\row ", b"\\trowd", b"\\cellx9", b"\\cellx-5", b"\\intbl", b"a", b"\\'81",
     b"\\u-99999 ", b"\\footnote ", b"{\\*\\x ", b"\\f1 ", b"\\clmrg", b"\\clvmrg", b"\\v ", b"\\bin3 ", b"\\super "]
), max_size=60))  # fmt: skip
def test_whatever_comes_is_read_or_refused(pieces: list[bytes]) -> None:
    try:
        loaded = read(b"".join(pieces))
    except QuipuError:
        return
    for table in loaded.tables:
        assert all(table.start <= row.start <= row.end <= table.end for row in table.rows)
