"""Bytes become the text that was written, or it is told that the encoding was guessed, or they are refused."""

import contextlib
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.errors import Unreadable
from ingest.loaders.reading_limits import DEFAULT_LIMITS
from ingest.loaders.texts import plain
from ingest.loaders.texts.decoding import charset_of, codecs_of, decoded, is_plain_utf8, looks_binary
from ingest.model import Source


def source(data: bytes, media_type: str = "text/plain") -> Source:
    return Source(name="a.txt", media_type=media_type, data=data)


SHORT_TEXTS = [
    ("cp1254", "Ağrı Dağı'nda kar yağıyor."), ("cp1254", "Toplantı İzmir'de yapıldı."), ("cp1254", "Kapıyı kapat."),
    ("cp1252", "Þetta er gott veður, sagði Þóra."), ("cp1252", "Die Straße ist naß."), ("cp1252", "Été à la mer"),
    ("cp1252", "¿Dónde está el señor Núñez?"), ("cp1252", "Smörgåsen är på bordet."), ("cp850", "Grüße aus Köln"),
    ("cp1250", "Wrocław leży nad Odrą."), ("iso8859_2", "Něco se děje s naší řekou, říká Šárka."),
    ("cp1250", "A gőz erős, a fűtés jó."), ("cp1257", "Žąsys skrenda į šiltus kraštus."),
    ("cp1251", "Мост построен в прошлом году."), ("koi8_r", "Мост построен в прошлом году."),
    ("cp866", "Мост построен в прошлом году."), ("iso8859_5", "Мост построен в прошлом году."),
    ("koi8_u", "Міст збудували її сусіди."), ("cp1253", "Η γέφυρα είναι παλιά."), ("cp1255", "הגשר נבנה לפני שנה."),
    ("cp1256", "بني الجسر قبل سنة."), ("cp874", "สะพานสร้างเมื่อปีที่แล้ว"), ("gb18030", "桥是去年建的，长三百米。"),
    ("big5", "橋是去年建的，長三百米。"), ("cp932", "橋は去年できました。"), ("euc_jp", "橋は去年できました。"),
    ("cp949", "다리는 작년에 지어졌습니다."), ("iso2022_jp", "橋は去年できました。"),
]  # fmt: skip


@pytest.mark.parametrize(("codec", "text"), SHORT_TEXTS)
def test_a_short_text_without_a_label_is_read_right(codec: str, text: str) -> None:
    found = decoded(source(text.encode(codec)))
    assert found.text == text
    assert found.guessed is (codec != "iso2022_jp")
    assert found.replaced == 0


WIDE = ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"]


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-32", *WIDE])
@pytest.mark.parametrize("text", ["Ada's mill,\r\nbuilt in 1899.", "桥是去年建的。\n长三百米。\n"])
def test_wide_text_is_read_with_and_without_a_mark(codec: str, text: str) -> None:
    found = decoded(source(text.encode(codec)))
    assert found.text == text.replace("\r\n", "\n")
    assert found.guessed is (codec in WIDE)
    assert not looks_binary(text.encode(codec))


@pytest.mark.parametrize(
    ("label", "text", "codec"),
    [
        ("gb2312", "王喆", "gb18030"), ("iso-8859-1", "“15 €”", "cp1252"), ("iso-8859-9", "Şık €", "cp1254"),
        ("shift_jis", "①髙橋㈱", "cp932"), ("ks_c_5601-1987", "뷁", "cp949"), ("big5", "啟 €", "cp950"),
        ("euc-jp", "①㈱", "euc_jis_2004"), ("tis-620", "ที่ “นี่”", "cp874"), ("ascii", "café", "cp1252"),
        ("windows-1254", "Ýþ".encode("cp1252").decode("cp1254"), "cp1254"), ("KOI8-R", "Да", "koi8_r"),
    ],
)  # fmt: skip
def test_labels_mean_what_they_mean_to_browsers(label: str, text: str, codec: str) -> None:
    for found in (
        decoded(source(text.encode(codec)), label),
        decoded(source(text.encode(codec), f'text/plain; charset="{label}"')),
    ):
        assert (found.text, found.guessed, found.replaced) == (text, False, 0)


@pytest.mark.parametrize("label", ["utf-7", "punycode", "base64", "rot13", "no-such", "hz-gb-2312", "é", ""])
def test_what_names_no_encoding_of_documents_is_no_label(label: str) -> None:
    assert codecs_of(label) == ()
    assert decoded(source("Größe +ADw-".encode(), f"text/plain; charset={label}")).text == "Größe +ADw-"


def test_a_wrong_label_yields_to_the_text() -> None:
    text = "Žofie Nováková a Šárka bydlí v Plzni."
    assert decoded(source(text.encode()), "iso-8859-1").text == text
    assert decoded(source("桥是去年建的，长三百米。".encode()), "gb2312").text == "桥是去年建的，长三百米。"
    assert decoded(source("Die Größe der Straße".encode("cp1252")), "utf-8").text == "Die Größe der Straße"
    assert decoded(source(text.encode(), "text/html; charset=utf-16")).text == text


def test_a_few_bad_bytes_are_replaced_and_counted() -> None:
    text = "Ředitelkou závodu je Žofie Nováková. " * 5
    data = text.encode()
    found = decoded(source(data[:50] + b"\xff" + data[50:120] + b"\x80" + data[120:]))
    assert (found.encoding, found.guessed, found.replaced) == ("utf-8", False, 2)
    assert found.text.replace("\ufffd", "") == text
    cut = decoded(source("Das Maß der Größe é".encode()[:-1]))
    assert (cut.text, cut.replaced) == ("Das Maß der Größe \ufffd", 1)
    labelled = decoded(source("桥是去年建的。".encode("gb18030") * 9 + b"\xff"), "gb2312")
    assert (labelled.encoding, labelled.replaced) == ("gb18030", 1)
    assert decoded(source("what was lost: \ufffd".encode())).replaced == 0
    assert decoded(source(b"a mill " * 20 + b"\x00")).replaced == 1


@pytest.mark.parametrize("codec", ["gb18030", "cp1252", "cp1251", "cp932"])
@pytest.mark.parametrize("before", [0, 65_535, 65_536, 200_000])
def test_all_of_a_text_is_looked_at(codec: str, before: int) -> None:
    text = {
        "gb18030": "库房温度二十度。", "cp1252": "Café à la crème", "cp1251": "Склад открыт. ",
        "cp932": "倉庫は東京です。",
    }[codec]  # fmt: skip
    whole = ("line\n" * (before // 5 + 1))[:before] + "A" + text * 3 + "\n"
    assert decoded(source(whole.encode(codec))).text == whole


def test_one_line_that_is_longer_than_any_sample_is_read() -> None:
    text = "A" + "设备运行正常，温度二十度。" * 9_000
    assert decoded(source(text.encode("gb18030"))).text == text


@pytest.mark.parametrize("data", [bytes(range(256)) * 8, b"\x00\x01\x02", b"PK\x03\x04\x00\x00\x00\x08" * 9])
def test_binary_data_is_refused(data: bytes) -> None:
    assert looks_binary(data)
    with pytest.raises(Unreadable, match=r"a\.txt"):
        decoded(source(data))


CODECS = [
    "utf-8", "utf-16", "utf-16-le", "utf-32-be", "cp1252", "cp1250", "cp1254", "cp1251", "koi8_r", "gb18030", "cp932",
    "euc_kr", "big5", "iso2022_jp",
]  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.text(min_size=1, max_size=80), st.sampled_from(CODECS))
def test_any_text_comes_back_or_the_guess_is_told_or_it_is_refused(text: str, codec: str) -> None:
    try:
        data = text.encode(codec)
    except UnicodeEncodeError:
        return
    try:
        found = decoded(source(data))
    except Unreadable:
        return
    same = found.text == text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").removeprefix("\ufeff")
    assert same or found.guessed or found.replaced or data.isascii() or is_plain_utf8(data)


@pytest.mark.parametrize("unit", [b"\xe9", b"\xe9\n", b"a", b"a\n", b"a\xff ", b"\x81\x30", b"\x1b$B", b"\xff\xfe"])
def test_time_grows_with_the_text_alone(unit: bytes) -> None:
    def seconds(size: int) -> float:
        started = time.process_time()
        with contextlib.suppress(Unreadable):
            decoded(source(b"\xe9\n" + unit * (size // len(unit))))
        return time.process_time() - started

    seconds(1_000)
    assert seconds(1_600_000) < 40 * max(min(seconds(100_000), seconds(100_000)), 0.02)


def test_what_was_read_of_a_text_file_is_told() -> None:
    report = plain.load(source("Größe\nMaß".encode("cp1252")), DEFAULT_LIMITS).report
    assert (report.encoding, report.guessed, report.replaced, dict(report.parts)) == ("cp1252", True, 0, {"lines": 2})


def test_the_charset_of_a_media_type() -> None:
    assert charset_of("text/html; Charset='GBK'; x=y") == "GBK"
    assert charset_of("text/html") == charset_of("text/html; q=1") == ""
