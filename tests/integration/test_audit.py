"""The audit's files: written behind the calls, rotated, kept within bounds, read back page by page."""

import errno
import json
import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from progress import wait_until

from api.audit import files, trail
from api.audit.files import AuditFiles, Kept, audit_files
from api.audit.lines import AuditLine
from api.audit.reading import Wanted, parse_moment, read_page
from api.audit.trail import GAP, AuditTrail
from graph.errors import InputError

KEPT = Kept(days=90, bytes=10**9)
NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)


def line(number: int, *, workspace: str = "w", key: str | None = "k") -> AuditLine:
    at = NOON + timedelta(seconds=number)
    return AuditLine(at=at, key=key, workspace=workspace, action="ask", ids=[str(number)], status=200)


def numbers(lines: list[dict[str, Any]]) -> list[int]:
    return [int(one["ids"][0]) for one in lines]


def all_pages(folder: Path, wanted: Wanted, limit: int) -> list[int]:
    found: list[int] = []
    cursor: str | None = ""
    while cursor is not None:
        page = read_page(folder, wanted, cursor=cursor, limit=limit)
        found += numbers(page.lines)
        cursor = page.cursor
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "audit"


@pytest.fixture
def a_day(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The day, to be changed."""
    day = ["2026-11-29"]
    monkeypatch.setattr(files, "_today", lambda: day[0])
    return day


class TestFiles:
    def test_only_the_owner_may_read_them(self, folder: Path) -> None:
        written = AuditFiles(folder, KEPT)
        written.append(["{}"])
        written.close()
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert [stat.S_IMODE(path.stat().st_mode) for path in audit_files(folder)] == [0o600]

    def test_a_full_file_and_a_new_day_begin_another_one(
        self, folder: Path, a_day: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(files, "FILE_BYTES", 10)
        written = AuditFiles(folder, KEPT)
        for text in ("first line", "second line"):
            written.append([text])
        a_day[0] = "2026-11-30"
        written.append(["third line"])
        written.close()
        assert {path.name: path.read_text() for path in audit_files(folder)} == {
            "2026-11-29.0001.jsonl": "first line\n",
            "2026-11-29.0002.jsonl": "second line\n",
            "2026-11-30.0001.jsonl": "third line\n",
        }

    def test_a_later_process_goes_on_in_the_same_file_behind_a_line_that_was_cut(self, folder: Path) -> None:
        for text in ('{"at": 1}', '{"at": 2}'):
            written = AuditFiles(folder, KEPT)
            written.append([text])
            written.close()
            path = audit_files(folder)[-1]
            path.write_bytes(path.read_bytes() + b'{"cut')
        assert audit_files(folder)[0].read_text() == '{"at": 1}\n{"cut\n{"at": 2}\n{"cut'

    def test_the_oldest_go_by_age_and_by_size(
        self, folder: Path, a_day: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(files, "FILE_BYTES", 10)
        written = AuditFiles(folder, Kept(days=10, bytes=75))
        for day in range(1, 21):
            a_day[0] = f"2026-11-{day:02}"
            written.append(["0123456789"])
        written.close()
        left = [path.name[:10] for path in audit_files(folder)]
        assert left[-1] == "2026-11-20"
        assert sum(path.stat().st_size for path in audit_files(folder)) <= 75
        assert len(left) == 6

    def test_a_write_that_fails_leaves_no_half_line(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        written, whole = AuditFiles(folder, KEPT), os.write
        written.append(["before"])
        calls: list[int] = []

        def full(file: int, data: bytes) -> int:
            calls.append(len(data))
            if len(calls) > 1:
                raise OSError(errno.ENOSPC, "No space left on device")
            return whole(file, data[:3])

        monkeypatch.setattr(os, "write", full)
        with pytest.raises(OSError, match="No space"):
            written.append(["during"])
        monkeypatch.setattr(os, "write", whole)
        written.append(["during"])
        written.close()
        assert audit_files(folder)[0].read_text() == "before\nduring\n"


class TestTrail:
    def test_every_line_is_written_in_order_at_the_end_at_the_latest(self, folder: Path) -> None:
        kept = AuditTrail(AuditFiles(folder, KEPT))
        for number in range(2500):
            kept.record(line(number))
        kept.close()
        assert all_pages(folder, Wanted(), 1000) == list(range(2500))
        assert (kept.waiting, kept.lag) == (0, 0.0)

    def test_a_full_disk_holds_up_nobody_and_what_was_lost_is_told(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(trail, "MOST_WAITING", 5)
        monkeypatch.setattr(trail, "SYNC_SECONDS", 0.02)
        written = AuditFiles(folder, KEPT)
        append, full = written.append, [True]

        def on_full_disk(lines: list[str]) -> None:
            if full[0]:
                raise OSError(errno.ENOSPC, "No space left on device")
            append(lines)

        monkeypatch.setattr(written, "append", on_full_disk)
        kept = AuditTrail(written)
        for number in range(12):
            kept.record(line(number))
        assert (kept.waiting, kept.lost) == (5, 7)
        full[0] = False
        wait_until(lambda: kept.waiting == 0, "the lines that waited", seen=lambda: kept.waiting)
        kept.close()
        told = [json.loads(one) for one in audit_files(folder)[0].read_text().splitlines()]
        assert numbers(told[:5]) == [0, 1, 2, 3, 4]
        assert [(one["action"], one["ids"]) for one in told[5:]] == [(GAP, ["7"])]

    def test_none_is_kept_where_none_is_wanted(self) -> None:
        kept = AuditTrail(None)
        kept.record(line(1))
        kept.close()
        assert kept.waiting == 0


class TestReading:
    @pytest.fixture
    def written(self, folder: Path, a_day: list[str]) -> Path:
        """Two days of lines, of two workspaces and two keys; one line is damaged."""
        written = AuditFiles(folder, KEPT)
        for number in range(40):
            workspace, key = "w" if number % 2 else "v", "k" if number % 4 < 2 else None
            written.append([line(number, workspace=workspace, key=key).to_json()])
        written.append(['{"at": "no'])
        a_day[0] = "2026-11-30"
        later = AuditLine(at=NOON + timedelta(days=1), key="k", workspace="w", action="ask", ids=["99"], status=200)
        written.append([later.to_json()])
        written.close()
        return folder

    def test_pages_of_any_size_hold_each_line_once(self, written: Path) -> None:
        mine = [number for number in range(40) if number % 2] + [99]
        for limit in (1, 3, 20, 1000):
            assert all_pages(written, Wanted(workspace="w"), limit) == mine
        assert all_pages(written, Wanted(workspace="w", key="k"), 7) == [n for n in mine if n % 4 < 2 or n == 99]

    def test_what_cannot_be_read_is_told(self, written: Path) -> None:
        assert read_page(written, Wanted(), limit=1000).unreadable == 1

    def test_a_page_reads_so_much_and_no_more(self, written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("api.audit.reading.SCANNED_BYTES", 500)
        page = read_page(written, Wanted(workspace="nobody's"))
        assert (page.lines, page.cursor is None) == ([], False)
        assert all_pages(written, Wanted(workspace="w"), 1000)[-1] == 99

    @pytest.mark.parametrize(
        ("raw", "found"),
        [
            ("2026-11-30", [99]),
            ("2026-11-29T12:00:39", [39, 99]),
            ("2026-11-29T13:00:39+01:00", [39, 99]),
            ("2999-01-01", []),
            ("9999-12-31T23:59:59-23:00", []),
        ],
    )
    def test_since_a_moment(self, written: Path, raw: str, found: list[int]) -> None:
        assert all_pages(written, Wanted(workspace="w", since=parse_moment(raw)), 100) == found

    def test_since_the_year_one_is_all(self, written: Path) -> None:
        assert len(all_pages(written, Wanted(since=parse_moment("0001-01-01T00:00:00+23:00")), 100)) == 41

    @pytest.mark.parametrize("raw", ["²", "yesterday", "2026-13-01", "-", "NaN"])
    def test_what_is_no_moment_is_refused(self, raw: str) -> None:
        with pytest.raises(InputError):
            parse_moment(raw)

    @pytest.mark.parametrize("cursor", ["../../etc/passwd:0", "2026-11-29.0001.jsonl:²", "x", "2026-11-29.0001.jsonl"])
    def test_a_cursor_that_no_page_gave_is_refused(self, written: Path, cursor: str) -> None:
        with pytest.raises(InputError):
            read_page(written, Wanted(), cursor=cursor)
