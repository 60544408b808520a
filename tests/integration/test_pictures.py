"""Pictures and scanned pages: read by a model that sees, reported as skipped without one, never lost."""

import base64
import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from model_server import Asked, ModelServer, Reply, words
from picture_desk import PictureDesk
from PIL import Image, ImageDraw
from pypdf import PdfReader, PdfWriter

from graph.errors import DependencyError, DocumentTooLarge, Unreadable
from graph.model import DEFAULT_WORKSPACE as W
from ingest.extraction.transcribing import BlindTranscriber, with_pictures
from ingest.loaders.loading import Loading, media_type_of
from ingest.model import LoadedDocument, Section, Source
from ingest.outcomes import Failure, IngestReport
from ingest.ports import PictureTranscriber

SEEN = "SELM TOWER. Designed by Edda Brink. A drawing of a tower with three windows."


def picture(kind: str = "PNG", size: tuple[int, int] = (400, 300), colours: str = "RGB") -> bytes:
    made = Image.new(colours, size, "white")
    ImageDraw.Draw(made).text((20, 20), "SELM TOWER", fill="black")
    data = io.BytesIO()
    made.save(data, kind)
    return data.getvalue()


def scan(pages: int = 3) -> bytes:
    """A PDF whose second page alone has text."""
    writer = PdfWriter()
    for number in range(pages):
        kind = text_page() if number == 1 else picture("PDF")
        writer.append(PdfReader(io.BytesIO(kind)))
    data = io.BytesIO()
    writer.write(data)
    return data.getvalue()


def text_page() -> bytes:
    content = b"BT /F1 12 Tf 20 100 Td (The tower was opened in 1931.) Tj ET"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]  # fmt: skip
    body, offsets = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, start=1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return (
        body
        + b"xref\n0 6\n0000000000 65535 f \n"
        + table
        + b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(body)
    )


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[PictureDesk]:
    made = PictureDesk(tmp_path)
    yield made
    made.close()


@pytest.mark.parametrize(("name", "kind"), [("tower.png", "PNG"), ("tower.jpeg", "JPEG")])
def test_a_picture_becomes_text_in_a_second_revision(desk: PictureDesk, name: str, kind: str) -> None:
    upload = desk.upload(name, picture(kind))
    with ModelServer(lambda _: words(SEEN), sees=True) as server:
        seeing = desk.seeing(server)
        first = desk.read(upload, seeing.from_cache())
        assert isinstance(first, IngestReport)
        assert (first.chunks, first.pages_pending, len(server.asked)) == (0, 1, 0)
        second = desk.read(upload, seeing)
        assert isinstance(second, IngestReport)
        assert (second.chunks, second.pages_pending, desk.spent.cost.calls, len(server.asked)) == (1, 0, 1, 1)
        assert desk.text(name) == SEEN
        placed = desk.store.document_chunks(W, name, second.revision)
        assert [item.position.page for item in placed] == [1]
        third = desk.read(upload, seeing)
        assert isinstance(third, IngestReport)
        assert (desk.spent.cost.calls, third.revision) == (1, second.revision)
    sent = Image.open(io.BytesIO(base64.b64decode(server.asked[0].images[0])))
    assert (sent.format, sent.size) == ("JPEG", (400, 300))


def test_scanned_pages_stand_in_their_order(desk: PictureDesk) -> None:
    def seen(asked: Asked) -> Reply:
        return words(f"Scan of {asked.user}")

    upload = desk.upload("scan.pdf", scan())
    with ModelServer(seen, sees=True) as server:
        seeing = desk.seeing(server)
        first = desk.read(upload, seeing.from_cache())
        assert isinstance(first, IngestReport)
        assert (first.chunks, first.pages_pending) == (1, 2)
        assert desk.text("scan.pdf").strip() == "The tower was opened in 1931."
        second = desk.read(upload, seeing)
        assert isinstance(second, IngestReport)
    assert desk.text("scan.pdf") == "Scan of Page 1:\n\nThe tower was opened in 1931.\n\nScan of Page 3:"
    placed = desk.store.document_chunks(W, "scan.pdf", second.revision)
    assert [item.position.page for item in placed] == [1, 2, 3]


@pytest.mark.parametrize("blind", [lambda _, __: BlindTranscriber(), lambda desk, server: desk.seeing(server)])
def test_without_a_model_that_sees_pages_are_reported_and_the_file_is_kept(
    desk: PictureDesk, blind: Callable[[PictureDesk, ModelServer], PictureTranscriber]
) -> None:
    with ModelServer(lambda _: words(SEEN)) as server:
        reader = blind(desk, server)
        report = desk.read(desk.upload("scan.pdf", scan()), reader)
        assert isinstance(report, IngestReport)
        assert (report.chunks, report.pages_pending, set(report.pages_skipped)) == (1, 0, {1, 3})
        alone = desk.upload("tower.png", picture())
        failure = desk.read(alone, reader)
        assert not server.asked
    assert isinstance(failure, Failure)
    assert isinstance(failure.error, Unreadable)
    assert "the file is kept" in str(failure.error)
    assert desk.blobs.get(alone.content_hash)
    with ModelServer(lambda _: words(SEEN), sees=True) as server:
        again = desk.read(alone, desk.seeing(server))
    assert isinstance(again, IngestReport)
    assert again.chunks == 1


def test_an_outage_keeps_what_was_read_and_asks_only_for_the_rest(desk: PictureDesk) -> None:
    def sometimes(asked: Asked) -> Reply:
        return words("Page one is read.") if asked.user == "Page 1:" else Reply(status=403, error="no")

    upload = desk.upload("scan.pdf", scan())
    with ModelServer(sometimes, sees=True) as server:
        with pytest.raises(DependencyError, match="no"):
            desk.read(upload, desk.seeing(server))
        server.answer = lambda _: words("Page three is read.")
        report = desk.read(upload, desk.seeing(server))
        assert isinstance(report, IngestReport)
        assert desk.spent.cost.calls == len(server.asked), "attempts that failed cost as well"
    assert "Page one is read." in desk.text("scan.pdf")


@pytest.mark.parametrize("answer", ["EMPTY", " ", "empty."])
def test_a_picture_of_nothing_is_skipped_with_its_reason(desk: PictureDesk, answer: str) -> None:
    with ModelServer(lambda _: words(answer), sees=True) as server:
        failure = desk.read(desk.upload("blank.png", picture()), desk.seeing(server))
    assert isinstance(failure, Failure)
    assert "nothing to be read" in str(failure.error)


@pytest.mark.parametrize("reply", [Reply(pieces=["SELM TOWER.\n", "Designed by Ed"], finish="length"),
                                   Reply(pieces=["SELM TOWER.\n", *["Hm hm hm. "] * 999])])  # fmt: skip
def test_of_a_page_that_is_cut_off_what_there_is_counts_and_it_is_told_and_read_again(
    desk: PictureDesk, reply: Reply
) -> None:
    with ModelServer(lambda _: reply, sees=True) as server:
        upload = desk.upload("tower.png", picture())
        report = desk.read(upload, desk.seeing(server))
        assert isinstance(report, IngestReport)
        assert report.pages_skipped[1].startswith("read in part: the model's answer ")
        assert desk.text("tower.png") in {"SELM TOWER.", "SELM TOWER.\nHm hm hm."}
        desk.cache.forget_failures(W, "tower.png")
        server.answer = lambda _: words(SEEN)
        desk.read(upload, desk.seeing(server))
        assert len(server.asked) == 2


def test_pictures_go_with_a_purge(desk: PictureDesk) -> None:
    upload = desk.upload("tower.png", picture())
    with ModelServer(lambda _: words(SEEN), sees=True) as server:
        desk.read(upload, desk.seeing(server))
        assert desk.cache.forget(W, "tower.png") == 1
        desk.read(upload, desk.seeing(server))
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    ("data", "error"),
    [(b"\x89PNG\r\n\x1a\n broken", Unreadable), (picture()[:200], Unreadable), (b"\xff\xd8\xff\xe0 no", Unreadable),
     (picture(size=(20_000, 6_000), colours="1"), DocumentTooLarge)],
)  # fmt: skip
def test_bad_pictures(desk: PictureDesk, data: bytes, error: type[Exception]) -> None:
    source = Source(name="bad", media_type="", data=data)
    with pytest.raises(error):
        Loading(desk.parser).load(Source(name="bad", media_type=media_type_of(source), data=data))


def test_large_pictures_are_made_smaller(desk: PictureDesk) -> None:
    source = Source(name="large.png", media_type="image/png", data=picture(size=(4000, 1000)))
    assert Image.open(io.BytesIO(desk.parser.picture(source, 1))).size == (1600, 400)


def test_pages_are_merged_in_order() -> None:
    loaded = LoadedDocument(
        text="two\n\nfour", sections=(Section(start=0, end=3, page=2), Section(start=5, end=9, page=4)), title="t",
        picture_pages=(1, 3),
    )  # fmt: skip
    merged = with_pictures(loaded, {3: "three", 1: "one"})
    assert merged.text == "one\n\ntwo\n\nthree\n\nfour"
    assert [(section.page, merged.text[section.start : section.end]) for section in merged.sections] == [
        (1, "one"), (2, "two"), (3, "three"), (4, "four")
    ]  # fmt: skip


def test_what_stands_on_a_scan_as_text_is_not_said_twice() -> None:
    loaded = LoadedDocument(
        text="RECEIVED 12 May\n\n", sections=(Section(start=0, end=17, page=1),), picture_pages=(1,)
    )  # fmt: skip
    assert with_pictures(loaded, {1: "Received  12 May\nThe tower was opened."}).text == (
        "RECEIVED 12 May\n\nThe tower was opened."
    )
    assert with_pictures(loaded, {1: "RECEIVED 12 May"}).text.strip() == "RECEIVED 12 May"
