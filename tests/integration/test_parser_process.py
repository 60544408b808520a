"""The parser process: what it has given up, what a document may ask of it, and that it lives on whatever comes."""

import io
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
import zipfile
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import docx
import processes
import psutil
import pytest
from progress import wait_until

from graph.errors import (
    DependencyError,
    DocumentTooLarge,
    InputError,
    ParserCrashed,
    Superseded,
    TooDeep,
    TooDemanding,
    TooManyPages,
    TooMuchText,
    Unreadable,
)
from ingest.loaders.isolation.frames import read_frame
from ingest.loaders.loading import Loading, media_type_of
from ingest.loaders.parser_process import ParserProcess
from ingest.loaders.reading_limits import MIB, MOST_SECTIONS, ORDINARY_TEXT, ReadingLimits
from ingest.member_ports import Member
from ingest.model import Source

ROOT = Path(__file__).parents[2]
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SLOW = Source(name="slow.html", media_type="text/html", data=b"<div>" * 2_000_000)
"""A page that keeps its parser busy for many seconds."""


@pytest.fixture(scope="module")
def parser() -> Iterator[ParserProcess]:
    parser = ParserProcess()
    yield parser
    parser.close()


def html(text: str) -> Source:
    return Source(name="a.html", media_type="text/html", data=f"<p>{text}</p>".encode())


def docx_with(body: str, prologue: str = "") -> bytes:
    """A DOCX whose text is exactly this XML."""
    plain, packed = io.BytesIO(), io.BytesIO()
    docx.Document().save(plain)
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    written = f'{prologue}<w:document xmlns:w="{space}"><w:body>{body}</w:body></w:document>'
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, written if name == "word/document.xml" else source.read(name))
    return packed.getvalue()


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def pdf(*objects: bytes) -> bytes:
    data, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%b\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return data + b"xref\n0 %d\n0000000000 65535 f \n%btrailer <</Size %d /Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (
        len(objects) + 1, table, len(objects) + 1, len(data)
    )  # fmt: skip


def png(width: int, height: int) -> bytes:
    def part(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", header) + part(b"IDAT", zlib.compress(b"")) + part(b"IEND", b"")


def overlapping_zip(entries: int) -> bytes:
    """Many names for the same packed megabytes."""
    data = b"<a/>" * 1_000_000
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(data) + packer.flush()
    sizes = struct.pack("<III", zlib.crc32(data), len(packed), len(data))
    name = b"word/document.xml"
    local = (
        struct.pack("<IHHHHH", 0x04034B50, 20, 0, 8, 0, 0) + sizes + struct.pack("<HH", len(name), 0) + name + packed
    )
    central = b"".join(
        struct.pack("<IHHHHHH", 0x02014B50, 20, 20, 0, 8, 0, 0) + sizes
        + struct.pack("<HHHHHII", len(name) + 4, 0, 0, 0, 0, 0, 0) + name + b"%04d" % number
        for number in range(entries)
    )  # fmt: skip
    return local + central + struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, entries, entries, len(central), len(local), 0)


def lying_zip() -> bytes:
    """A DOCX whose text is said to be a thousand bytes long."""
    data = docx_with(paragraph("x" * 3_000_000))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        size = archive.getinfo("word/document.xml").file_size
    return data.replace(struct.pack("<I", size), struct.pack("<I", 1000))


ENTITIES = '<!DOCTYPE z [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {chr(98 + step)} "{f"&{chr(97 + step)};" * 20}">' for step in range(8)
)
HOSTILE = {
    "text in a small file": (DOCX, docx_with(paragraph("a" * 9_000_000)), TooMuchText),
    "many paragraphs": (DOCX, docx_with(paragraph("a b " * 250) * 2_000), TooMuchText),
    "a bomb": (DOCX, docx_with(paragraph("a" * 30_000_000)), DocumentTooLarge),
    "overlapping": (DOCX, overlapping_zip(300), DocumentTooLarge),
    "lying about its size": (DOCX, lying_zip(), Unreadable),
    "entities": (DOCX, docx_with(paragraph("&i;"), f"{ENTITIES}]>"), Unreadable),
    "deep XML": (DOCX, docx_with("<w:x>" * 100_000 + "</w:x>" * 100_000), Unreadable),
    "an old .doc": (DOCX, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), Unreadable),
    "deep page": ("text/html", b"<div>" * 250_000, TooDeep),
    "headings": ("text/html", b"<h1>a</h1>b" * (MOST_SECTIONS + 10), TooManyPages),
    "pages in a circle": (
        "application/pdf", pdf(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R]/Count 1>>"), Unreadable
    ),
    "more pages than it has": (
        "application/pdf",
        pdf(
            b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[" + b"3 0 R " * 20_000 + b"]/Count 20000>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 1 1]>>",
        ),
        TooManyPages,
    ),
    "deep PDF": ("application/pdf", pdf(b"<</A" * 50_000), Unreadable),
    "huge picture": ("image/png", png(60_000, 60_000), DocumentTooLarge),
    "endless picture": ("image/png", png(2**31 - 1, 2**31 - 1), DocumentTooLarge),
}  # fmt: skip


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_is_foreseen_is_told_by_its_kind(parser: ParserProcess, kind: str) -> None:
    media_type, data, error = HOSTILE[kind]
    with pytest.raises(error) as raised:
        parser.load(Source(name="it", media_type=media_type, data=data))
    assert not isinstance(raised.value, ParserCrashed | TooDemanding)
    assert parser.load(html("next")).text.strip() == "next"


def test_a_small_file_may_hold_an_ordinary_amount_of_text(parser: ParserProcess) -> None:
    most = "a" * (ORDINARY_TEXT - 100)
    assert parser.load(Source(name="it", media_type=DOCX, data=docx_with(paragraph(most)))).text == f"{most}\n"


@pytest.mark.parametrize(
    "data", [b"[" * 500_000, b">" * 500_000, b"- " * 100_000, b"`" * 500_000, b"[a]: " * 100_000, b"#" * 500_000]
)
def test_markdown_of_one_kind_of_sign_is_read(parser: ParserProcess, data: bytes) -> None:
    loaded = Loading(parser).load(Source(name="it", media_type="text/markdown", data=data))
    assert loaded.text.encode() == data


@pytest.mark.parametrize(
    "charset", ["punycode", "idna", "undefined", "utf-7", "unicode_escape", "base64", "rot13", "?"]
)
def test_a_charset_that_no_page_has_is_not_used(parser: ParserProcess, charset: str) -> None:
    data = f"<meta charset={charset}><h1>Selm \\ud800 +2AA-</h1>".encode()
    loaded = parser.load(Source(name="it", media_type="text/html", data=data))
    assert loaded.text.strip() == "Selm \\ud800 +2AA-"


def test_what_no_store_keeps_is_replaced(parser: ParserProcess) -> None:
    data = b"<title>a&#xD800;&#0;</title><h1>b&#xDFFF;</h1>c&#0;"
    loaded = parser.load(Source(name="it", media_type="text/html", data=data))
    for text in (loaded.text, str(loaded.title), *loaded.sections[0].headings):
        assert "\x00" not in text
        text.encode()


def test_too_much_memory_is_one_failed_document() -> None:
    parser = ParserProcess(ReadingLimits(memory=400 * 1024 * 1024))
    with pytest.raises(Unreadable):
        parser.load(Source(name="it", media_type="text/html", data=b"<b>x</b>" * 3_000_000))
    assert parser.load(html("next")).text.strip() == "next"
    parser.close()


def test_each_limit_is_a_setting() -> None:
    parser = ParserProcess(ReadingLimits(text=1000))
    with pytest.raises(TooMuchText, match="over 1000 bytes"):
        parser.load(Source(name="it", media_type="text/markdown", data=b"word " * 1000))
    assert parser.load(html("next")).text.strip() == "next"
    parser.close()
    hasty = ParserProcess(ReadingLimits(seconds=0.1))
    started = time.monotonic()
    with pytest.raises(TooDemanding, match=r"could not be read within 0\.95"):  # a large file has longer
        hasty.load(SLOW)
    assert time.monotonic() - started < 200
    hasty.close()


def test_a_larger_file_has_more_time_within_bounds() -> None:
    limits = ReadingLimits(seconds=30.0)
    assert [limits.grown(size * MIB).seconds for size in (0, 1, 2, 5, 10, 1000)] == [30, 30, 60, 150, 300, 300]


def cells(parser: ParserProcess) -> list[psutil.Process]:
    return psutil.Process(parser._child.pid).children() if parser._child else []


@pytest.mark.parametrize(
    ("how", "error", "message"),
    [
        (signal.SIGSEGV, ParserCrashed, "could not be read: its parser died 2 times, at last by Segmentation fault"),
        (signal.SIGXCPU, TooDemanding, "could not be read within"),
    ],
)
def test_a_reader_that_dies_is_one_failed_document_after_bounded_tries(
    how: signal.Signals, error: type[InputError], message: str
) -> None:
    parser = ParserProcess()
    found: list[BaseException] = []

    def load() -> None:
        try:
            parser.load(SLOW)
        except InputError as raised:
            found.append(raised)

    thread = threading.Thread(target=load)
    thread.start()
    killed: set[int] = set()

    def kill() -> bool:
        for cell in cells(parser):
            if cell.pid not in killed:
                killed.add(cell.pid)
                cell.send_signal(how)
        return bool(found)

    wait_until(kill, "the end of the document", seen=lambda: len(killed))
    thread.join()
    assert type(found[0]) is error
    assert message in str(found[0])
    assert len(killed) == 2
    assert parser.load(html("next")).text.strip() == "next"
    parser.close()


def test_a_cell_that_used_up_its_processor_time_ends_by_the_signal_that_says_so() -> None:
    program = (
        "import os, sys; sys.path.insert(0, sys.argv[1]);"
        " from ingest.loaders.isolation.confinement import confine_cell;"
        " confine_cell(seconds=0, memory=1 << 40, parent=os.getppid());\n"
        "while True: pass"
    )
    ended = processes.run([sys.executable, "-c", program, str(ROOT)])
    assert ended.returncode == -signal.SIGXCPU


def test_a_document_that_is_not_wanted_any_more_is_let_go() -> None:
    parser = ParserProcess()
    parser.load(html("first"))
    started = time.monotonic()
    with pytest.raises(Superseded):
        Loading(parser).load(SLOW, lambda: time.monotonic() - started < 1)
    assert time.monotonic() - started < 200
    wait_until(lambda: not cells(parser), "the end of the cell", seen=lambda: len(cells(parser)))
    parser.close()


def test_many_documents_at_once_each_get_their_own_answer(parser: ParserProcess) -> None:
    def load(number: int) -> str:
        kind = ("text/html", "text/markdown", "text/plain")[number % 3]
        return parser.load(Source(name="it", media_type=kind, data=f"number {number}".encode())).text.strip()

    with ThreadPoolExecutor(12) as pool:
        assert list(pool.map(load, range(60))) == [f"number {number}" for number in range(60)]


def test_closing_lets_go_of_what_is_being_read() -> None:
    parser = ParserProcess()
    parser.load(html("first"))
    threading.Timer(1.0, parser.close).start()
    with pytest.raises(DependencyError):
        parser.load(SLOW)
    with pytest.raises(DependencyError):
        parser.load(html("next"))


def test_no_descriptors_are_left_open(parser: ParserProcess) -> None:
    parser.load(html("first"))
    before = psutil.Process().num_fds()
    for number in range(20):
        parser.load(html(f"number {number}"))
    assert psutil.Process().num_fds() == before


def test_the_process_has_nothing_of_the_service() -> None:
    parser = ParserProcess()
    parser.load(html("first"))
    wait_until(lambda: not cells(parser), "the end of the cell", seen=lambda: len(cells(parser)))
    assert parser._child is not None
    process = psutil.Process(parser._child.pid)
    names = {"LANG", "LC_CTYPE", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "ORT_DISABLE_TELEMETRY"}
    assert set(process.environ()) <= names
    assert process.cwd() == "/"
    assert os.getsid(process.pid) == process.pid
    assert process.num_threads() == 1
    assert len(os.listdir(f"/proc/{process.pid}/fd")) == 3
    assert set(parser.protections) == {
        "no network", "own user", "no new privileges", "no files", "system calls"
    }  # fmt: skip
    if os.geteuid() == 0:
        assert process.uids().real != 0
    parser.close()


PROBE = """
import json, os, socket, sys, threading
sys.path[:0] = [sys.argv[1]]
from ingest.loaders.isolation.confinement import confine_process, confine_cell
secret, port, out = sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
held, parent = confine_process(), os.getpid()
pid = os.fork()
if pid == 0:
    confine_cell(seconds=5, memory=1 << 30, parent=parent)
    def tries(what):
        try:
            what()
        except (OSError, RuntimeError, MemoryError):
            return False
        return True
    found = {
        "reads the secret": tries(lambda: open(secret).read()),
        "writes beside it": tries(lambda: open(secret + ".new", "w").write("x")),
        "truncates it": tries(lambda: os.open(secret, os.O_WRONLY | os.O_TRUNC)),
        "deletes it": tries(lambda: os.unlink(secret)),
        "connects": tries(lambda: socket.socket().connect(("127.0.0.1", port))),
        "makes a socket": tries(lambda: socket.socket()),
        "forks": tries(os.fork),
        "runs a program": tries(lambda: os.execv("/bin/true", ["true"])),
        "starts a thread": tries(lambda: threading.Thread(target=print).start()),
        "signals the parent": tries(lambda: os.kill(parent, 0)),
        "takes much memory": tries(lambda: bytearray(2 << 30)),
        "reads the passwords": tries(lambda: open("/etc/passwd").read()),
    }
    os.write(out, json.dumps([held, found]).encode())
    os._exit(0)
os.waitpid(pid, 0)
"""


def test_a_reader_reaches_nothing(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("key")
    reading, writing = os.pipe()
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        command = [sys.executable, "-c", PROBE, str(ROOT), str(secret), str(port), str(writing)]
        ran = subprocess.run(command, pass_fds=[writing], capture_output=True, text=True, check=False)
    os.close(writing)
    said = os.read(reading, 65536)
    os.close(reading)
    assert said, ran.stderr
    held, found = json.loads(said)
    if all(held.values()):
        assert not [what for what, worked in found.items() if worked]
    if held["system calls"]:
        for what in ("makes a socket", "connects", "forks", "runs a program", "starts a thread", "deletes it"):
            assert not found[what], what
    assert not found["takes much memory"]
    assert secret.read_text() == "key"


def test_it_ends_with_the_service(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    code = (
        "import time, pathlib\n"
        "from ingest.loaders.parser_process import ParserProcess\n"
        "parser = ParserProcess(); parser._running()\n"
        f"pathlib.Path({str(note)!r}).write_text(str(parser._child.pid))\n"
        "time.sleep(600)\n"
    )
    service = processes.start([sys.executable, "-c", code], cwd=ROOT)
    try:
        wait_until(lambda: note.exists() and note.read_text(), "a parser process", seen=service.poll)
        pid = int(note.read_text())
        assert psutil.pid_exists(pid)
    finally:
        processes.end(service)

    def gone() -> bool:
        return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE

    wait_until(gone, "the end of the parser process", seen=gone)


def test_what_a_taken_over_reader_may_send_is_no_document() -> None:
    from ingest.loaders.isolation.answers import read_document

    source = html("x")

    def sent(**changed: object) -> dict[str, object]:
        fine = {"title": None, "sections": [{"start": 0, "end": 1, "headings": ["a"]}], "picture_pages": [1]}
        return {"document": {**fine, **changed}}

    assert read_document(source, sent(), b"x").text == "x"
    twice = [{"start": 0, "end": 1}, {"start": 0, "end": 1}]
    forged: list[tuple[dict[str, object], bytes]] = [
        ({}, b"x"), ({"document": 5}, b"x"), (sent(), b"\xff"), (sent(sections=[{"start": 0, "end": 2}]), b"x"),
        (sent(sections=[{"start": 1, "end": 0}]), b"x"), (sent(sections=[{"start": "0", "end": 1}]), b"x"),
        (sent(sections=[[0, 1]]), b"x"), (sent(sections=5), b"x"), (sent(picture_pages=[0]), b"x"),
        (sent(sections=twice), b"x"), (sent(picture_pages=["a"]), b"x"), (sent(sections=[{"end": 1}]), b"x"),
    ]  # fmt: skip
    for header, body in forged:
        with pytest.raises(ParserCrashed):
            read_document(source, header, body)
    with pytest.raises(Unreadable, match="text"):
        read_document(source, {"error": "ConfigurationError", "message": "text"}, b"")
    with pytest.raises(Unreadable) as raised:
        read_document(source, {"error": "Unreadable", "message": "\ud800\x00" + "x" * 1_000_000}, b"")
    assert str(raised.value) == "? " + "x" * 498, "what can be kept, and no more than a reader says"


@pytest.mark.parametrize("header", [b"[" * 200_000, b"[]", b"\xff", b"{", b"1" * 5_000])
def test_a_header_that_a_taken_over_reader_may_send_is_no_frame(header: bytes) -> None:
    frame = io.BytesIO(len(header).to_bytes(8, "big") + bytes(8) + header)
    with pytest.raises(ValueError):  # noqa: PT011 - of whatever kind: the cell then gave no answer
        read_frame(frame.read, 0)


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.md", b"---\ndate: 2026-01-05\n---\n# Mill\n\n| a | b |\n|---|---|\n| 1 | 2 |\n", "| 1 | 2 |"),
        ("a.rst", b"Mill\n====\n\n.. warning:: Mind.\n\n.. odd:: thing\n\n:odd:`role`\n\n.. pull-quote:: x\n",
         "Warning: Mind."),
        ("a.json", b'{"a": [{"b": 1.50}]}', "b: 1.50"), ("a.jsonl", b'{"a": 1}\n{"a": 2}\n', "a: 2"),
        ("a.py", b"class Mill:\n    pass\n", "class Mill:"),
        ("a.ipynb", b'{"nbformat": 4, "cells": [{"cell_type": "markdown", "source": "# Mill"}]}', "# Mill"),
    ],
)  # fmt: skip
def test_formats_of_text_need_no_file_once_they_are_confined(
    parser: ParserProcess, name: str, data: bytes, said: str
) -> None:
    source = Source(name=name, media_type="", data=data)
    found = parser.load(Source(name=name, media_type=media_type_of(source), data=data))
    assert said in found.text


def test_members_come_out_of_the_cell_one_by_one(parser: ParserProcess) -> None:
    written, taken = io.BytesIO(), list[Member]()
    with zipfile.ZipFile(written, "w") as made:
        for number in range(300):
            made.writestr(f"{number}.txt", f"Text {number}.")
    source = Source(name="a.zip", media_type="application/zip", data=written.getvalue())
    loaded = parser.load(source, take=taken.append)
    assert [(one.name, one.data) for one in taken[::100]] == [
        ("0.txt", b"Text 0."), ("100.txt", b"Text 100."), ("200.txt", b"Text 200."),
    ]  # fmt: skip
    assert len(taken) == loaded.report.parts["files"] == 300
    with pytest.raises(Superseded):
        parser.load(source, lambda: len(taken) < 350, taken.append)
    assert len(taken) == 350, "it ends with the first that is not wanted"
    with pytest.raises(DependencyError):
        parser.load(source, take=_full)
    assert parser.load(source).text.startswith("0.txt (7 bytes)")


def _full(member: Member) -> None:
    raise DependencyError("the disk is full")


@pytest.mark.parametrize(
    "member",
    [
        {"name": ""}, {"name": "a\nb"}, {"name": 1}, {"media_type": 2}, {"metadata": 3}, {"metadata": {"a": {"b": 1}}},
        {"name": "x" * 2000},
    ],
)  # fmt: skip
def test_what_a_taken_over_reader_may_send_is_no_member(member: dict[str, object]) -> None:
    from ingest.loaders.isolation.answers import read_member

    fine: dict[str, object] = {"name": "a", "media_type": "", "metadata": {}}
    assert read_member(html("x"), {"member": fine}, b"y").data == b"y"
    assert read_member(html("x"), {"member": {**fine, "data": "z"}}, b"y").data == b"y"
    with pytest.raises(ParserCrashed):
        read_member(html("x"), {"member": {**fine, **member}}, b"y")
