"""Scanned pages without a language model: read by rapidocr in a cell, in the order in which people read them."""

import io
import os
import re
import sys
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from importlib.resources import files
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from model_server import ModelServer, words
from picture_desk import PictureDesk
from PIL import Image, ImageDraw, ImageFont

from ingest.extraction.recognising import RecognisingTranscriber
from ingest.extraction.transcribing import BlindTranscriber
from ingest.loaders.parser_process import ParserProcess
from ingest.loaders.reading_limits import MIB, ReadingLimits
from ingest.loaders.recognition import engine
from ingest.loaders.recognition.tesseract import Tesseract
from ingest.model import Source
from ingest.outcomes import IngestReport, RecognisedPage
from ingest.pipeline import Failure

PAGE = (1654, 2339)
CHINESE = (
    "北湖镇的水文站建于一九五六年，由工程师林若川主持修建。站房共三层，墙体为青砖，屋顶铺灰瓦，可以抵御湖区冬季的大风。",
    "站里保存着六十八年的水位记录。据《北湖志》记载，1998年夏季水位曾达 23.7 米，为有记录以来的最高值，"
    "镇上两千余人连夜转移。",
    "如今的观测由传感器自动完成，每十分钟一次，数据传往省城。看守人周启明说：“机器不会疲倦，但它看不见湖面上的鸟。”",
)
ENGLISH = (
    "The gauging station of North Lake was built in 1956 by the engineer Lin Ruochuan. It has three floors and walls of"
    " blue brick, and its tiled roof withstands the gales that sweep the lake in winter.",
    "The station keeps sixty-eight years of records. In the summer of 1998 the water rose to 23.7 metres, the highest"
    " level ever noted, and more than two thousand people left their homes during the night.",
    "Sensors take the readings today, one every ten minutes, and send them to the capital of the province. The keeper,"
    " Zhou Qiming, says that a machine never tires but cannot see the birds.",
)


def font(han: bool, size: int) -> ImageFont.FreeTypeFont:
    where = (
        files("pylopdf_fonts_zh_cn") / "NotoSansSC-Regular.otf" if han else files("reportlab") / "fonts" / "Vera.ttf"
    )
    return ImageFont.truetype(str(where), size)


def scanned(paragraphs: Sequence[str], *, han: bool, columns: int = 1, degrees: float = 0.7) -> bytes:
    """A PDF that holds nothing but a noisy JPEG of a sheet that lay askew."""
    sheet, size = Image.new("L", PAGE, 244), 34 if han else 30
    draw, letters = ImageDraw.Draw(sheet), font(han, size)
    width = (PAGE[0] - 280 - 90 * (columns - 1)) / columns
    each = -(-len(paragraphs) // columns)
    for column in range(columns):
        top = 160
        for paragraph in paragraphs[column * each : (column + 1) * each]:
            for line in wrapped(paragraph, draw, letters, width, han):
                draw.text((140 + column * (width + 90), top), line, font=letters, fill=40)
                top += int(size * 1.6)
            top += size
    askew = np.asarray(sheet.rotate(degrees, fillcolor=244, resample=Image.Resampling.BICUBIC), dtype=float)
    noisy = askew + np.random.default_rng(7).normal(0, 14, askew.shape)
    seen, written = io.BytesIO(), io.BytesIO()
    Image.fromarray(noisy.clip(0, 255).astype("uint8")).convert("RGB").save(seen, "JPEG", quality=65)
    Image.open(seen).save(written, "PDF", resolution=200)
    return written.getvalue()


def wrapped(
    text: str, draw: ImageDraw.ImageDraw, letters: ImageFont.FreeTypeFont, width: float, han: bool
) -> Iterator[str]:
    line = ""
    for piece in text if han else re.findall(r"\S+ ?", text):
        if line and draw.textlength(line + piece.rstrip(), font=letters) > width:
            yield line
            line = ""
        line += piece
    yield line


def share(wanted: Sequence[str], got: str) -> float:
    """Characters that are right, of those that there are or were read, white space left out."""
    left, right = (re.sub(r"\s", "", text) for text in ("".join(wanted), got))
    same = sum(block.size for block in SequenceMatcher(None, left, right, autojunk=False).get_matching_blocks())
    return same / max(len(left), len(right))


@pytest.fixture(scope="module")
def recogniser() -> Iterator[ParserProcess]:
    process = ParserProcess(ReadingLimits(seconds=180, memory=2048 * MIB), recognising=True)
    yield process
    process.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[PictureDesk]:
    made = PictureDesk(tmp_path)
    yield made
    made.close()


@pytest.mark.parametrize(("text", "han"), [(CHINESE, True), (ENGLISH, False)])
def test_a_scanned_page_is_read(desk: PictureDesk, recogniser: ParserProcess, text: Sequence[str], han: bool) -> None:
    upload = desk.upload("scan.pdf", scanned(text, han=han))
    failure = desk.read(upload, BlindTranscriber())
    assert isinstance(failure, Failure)
    assert "holds no text but 1 pictures" in str(failure.error)
    calls: list[int] = []

    def counted(source: Source, page: int) -> RecognisedPage:
        calls.append(page)
        return recogniser.recognise(source, page)

    reading = RecognisingTranscriber(recognise=counted, identity=lambda: engine.IDENTITY, cache=desk.cache)
    first = desk.read(upload, reading.from_cache())
    assert isinstance(first, IngestReport)
    assert (first.chunks, first.pages_pending, calls) == (0, 1, []), "other documents need not wait for it"
    report = desk.read(upload, reading)
    assert isinstance(report, IngestReport)
    assert dict(report.pages_skipped) == {}
    read = desk.text("scan.pdf")
    assert share(text, read) >= 0.95
    words = SequenceMatcher(None, " ".join(text).split(), read.split(), autojunk=False).ratio()
    assert han or words >= 0.95, "words stand apart"
    assert not han or not re.search(r"[\u4e00-\u9fff] [\u4e00-\u9fff]", read), "characters do not"
    desk.read(upload, reading)
    assert calls == [1], "what was read once is kept"


def test_columns_are_read_one_after_the_other(recogniser: ParserProcess) -> None:
    data = scanned((*ENGLISH, ENGLISH[0]), han=False, columns=2)
    page = recogniser.recognise(Source(name="scan.pdf", media_type="application/pdf", data=data), 1)
    assert share((*ENGLISH, ENGLISH[0]), page.text) >= 0.95


def test_a_picture_without_text_has_none(recogniser: ParserProcess) -> None:
    seen = io.BytesIO()
    Image.effect_noise((600, 400), 40).save(seen, "PNG")
    page = recogniser.recognise(Source(name="noise.png", media_type="image/png", data=seen.getvalue()), 1)
    assert page.text == ""


def test_letters_are_recognised_where_nothing_can_be_reached(recogniser: ParserProcess) -> None:
    """It would fetch models, and newer onnxruntime tells its maker how it is used."""
    recogniser.held()
    if sys.platform == "linux" and os.geteuid() == 0:
        assert recogniser.protections == dict.fromkeys(recogniser.protections, True)
    assert cast(dict[str, bool], recogniser.protections)["no network"]


def test_where_a_model_does_not_see_its_place_is_taken(desk: PictureDesk) -> None:
    upload = desk.upload("scan.pdf", scanned(ENGLISH[:1], han=False))
    page = RecognisedPage(text="The gauging station.", unsure=2)
    desk.otherwise = RecognisingTranscriber(recognise=lambda *_: page, identity=lambda: "r", cache=desk.cache)
    with ModelServer(lambda _: words("seen"), sees=False) as server:
        report = desk.read(upload, desk.seeing(server))
        assert not server.asked
    assert isinstance(report, IngestReport)
    assert desk.text("scan.pdf") == "The gauging station."


def test_tesseract_is_asked_for_a_picture_and_reads_a_page(tmp_path: Path, desk: PictureDesk) -> None:
    """A program in its place, which tells what it was given: the real one is not part of any set-up."""
    program = tmp_path / "tesseract"
    rows = [
        "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext",
        *(f"5\t1\t1\t1\t{line}\t{word}\t0\t0\t1\t1\t{sure}\t{text}" for line, word, sure, text in [
            (1, 1, 96, "The"), (1, 2, 91, "gauging"), (1, 3, 90, "sta-"), (2, 1, 95, "tion"), (3, 1, 12, "|~;"),
            (4, 1, 95, "北"), (4, 2, 95, "湖"),
        ]),
    ]  # fmt: skip
    table = "\n".join(rows)
    program.write_text(
        f"#!{sys.executable}\nimport sys\n"
        "if '--list-langs' in sys.argv: print('List of languages\\neng\\nosd\\nchi_sim')\n"
        "else:\n assert sys.argv[1:] == ['stdin', 'stdout', '-l', 'chi_sim+eng', 'tsv']\n"
        f" assert sys.stdin.buffer.read(3) == b'\\xff\\xd8\\xff'\n print('''{table}''')\n"
    )
    program.chmod(0o755)
    tesseract = Tesseract(str(program), desk.parser.picture, ReadingLimits())
    source = Source(name="scan.pdf", media_type="application/pdf", data=scanned(ENGLISH[:1], han=False))
    page = tesseract.recognise(source, 1)
    assert page == RecognisedPage(text="The gauging station北湖", unsure=1)
    assert tesseract.identity() == "tesseract/1/chi_sim+eng"
