"""Mails, mailboxes and archives: what is read, what is handed out, what is told. All inputs are made here."""

import gzip
import io
import struct
import tarfile
import zipfile
from contextlib import suppress
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import Encrypted, Unreadable
from ingest.loaders import archive, tape_archive
from ingest.loaders.handing import safe_name
from ingest.loaders.mail import mbox, message
from ingest.loaders.mail.headers import moment
from ingest.loaders.mail.quoting import fold
from ingest.loaders.reading_limits import DEFAULT_LIMITS, MIB, ReadingLimits
from ingest.member_ports import Member
from ingest.model import LoadedDocument, Source


def read(module: object, data: bytes, limits: ReadingLimits = DEFAULT_LIMITS) -> tuple[LoadedDocument, list[Member]]:
    members: list[Member] = []
    source = Source(name="in.file", media_type="", data=data)
    return module.unpack(source, limits, members.append), members  # type: ignore[attr-defined]


def mail(head: str, body: str = "Hello.") -> bytes:
    return f"{head}\n\n{body}".encode()


def told(loaded: LoadedDocument, *, unread: bool) -> str:
    return "; ".join(f"{one.part}: {one.reason} ({one.count})" for one in loaded.report.skipped if one.unread is unread)


class TestMail:
    def test_headers_are_metadata_and_the_subject_is_the_title(self) -> None:
        loaded, _ = read(
            message,
            mail(
                'From: "Stone, Ada" <ada@example.org>\nTo: ben@example.org, =?utf-8?b?546L?= <w@example.org>\n'
                "Cc: c@example.org\nDate: Fri, 2 Jan 2026 09:30:00 +0800\nMessage-ID: <1@example.org>\n"
                "In-Reply-To: <0@example.org>\nSubject: =?gb2312?B?xOO6ww==?= and\n more"
            ),
        )
        assert loaded.title == "你好 and more"
        assert loaded.metadata == {
            "from": "Stone, Ada <ada@example.org>", "to": ("ben@example.org", "王 <w@example.org>"),
            "cc": ("c@example.org",), "date": "2026-01-02T09:30:00+08:00", "message_id": "<1@example.org>",
            "in_reply_to": "<0@example.org>",
        }  # fmt: skip
        assert loaded.text == "Hello.\n"

    @pytest.mark.parametrize(
        ("written", "meant"),
        [
            ("Fri, 2 Jan 2026 09:30:00 -0500 (EST)", "2026-01-02T09:30:00-05:00"),
            ("2 Jan 2026 09:30 GMT", "2026-01-02T09:30:00+00:00"),
            ("2026-01-02T09:30:00.250Z", "2026-01-02T09:30:00.250000+00:00"),
            ("Fri, 2 Jan 2026 09:30:00", "2026-01-02T09:30:00+00:00"), ("yesterday", None), ("", None), ("0", None),
        ],
    )  # fmt: skip
    def test_moments(self, written: str, meant: str | None) -> None:
        assert moment(written) == meant

    def test_raw_bytes_in_headers_are_read_in_the_encoding_that_fits(self) -> None:
        head = "Subject: 报告 und Größe\nFrom: Jörg <j@example.org>"
        assert read(message, head.encode("utf-8") + b"\n\nx")[0].title == "报告 und Größe"
        assert read(message, "Subject: 年度报告".encode("gb18030") + b"\n\nx")[0].title == "年度报告"

    def test_the_text_counts_and_else_the_page(self) -> None:
        made = EmailMessage()
        made["Subject"] = "Two forms"
        made.set_content("The plain one.")
        made.add_alternative("<p>The <b>rich</b> one.</p>", subtype="html")
        assert read(message, made.as_bytes())[0].text.strip() == "The plain one."
        made = EmailMessage()
        made["Subject"] = "A page"
        made.set_content("<style>p {}</style><p>Größe: 5</p>", subtype="html", charset="iso-8859-1")
        assert read(message, made.as_bytes())[0].text.strip() == "Größe: 5"

    @pytest.mark.parametrize(
        ("charset", "text"), [("gb2312", "镕基先生"), ("unknown-8bit", "naïve"), ("no-such", "naïve")]
    )
    def test_encodings_that_are_wrong_or_unknown(self, charset: str, text: str) -> None:
        data = text.encode("gb18030" if charset == "gb2312" else "utf-8")
        head = f"Subject: x\nContent-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: 8bit\n\n"
        assert read(message, head.encode() + data)[0].text == text + "\n"

    def test_attachments_are_handed_out_with_the_moment_and_sender_of_the_mail(self) -> None:
        made = EmailMessage()
        made["From"], made["Subject"], made["Date"] = "ada@example.org", "Files", "Fri, 2 Jan 2026 09:30:00 +0000"
        made.set_content("See the files.")
        made.add_attachment(b"%PDF-1.4 x", maintype="application", subtype="pdf", filename="Größe 报告.pdf")
        made.add_attachment("One.", filename="notes.txt")
        made.add_attachment("Two.", filename="notes.txt")
        loaded, members = read(message, made.as_bytes())
        assert [one.name for one in members] == ["Größe 报告.pdf", "notes.txt", "notes (2).txt"]
        assert members[0].data == b"%PDF-1.4 x"
        assert members[0].metadata == {"date": "2026-01-02T09:30:00+00:00", "from": "ada@example.org"}
        assert "Attachment: Größe 报告.pdf (10 bytes)" in loaded.text
        assert loaded.report.parts["attachments"] == 3

    def test_a_mail_within_a_mail_is_one_of_its_own(self) -> None:
        inner = EmailMessage()
        inner["Subject"], inner["Date"] = "The inner", "Thu, 1 Jan 2026 00:00:00 +0000"
        inner.set_content("Within.")
        made = EmailMessage()
        made["Subject"], made["Date"] = "The outer", "Fri, 2 Jan 2026 00:00:00 +0000"
        made.set_content("Around.")
        made.add_attachment(inner)
        loaded, (member,) = read(message, made.as_bytes())
        assert (member.name, member.media_type, member.metadata) == ("The inner.eml", "message/rfc822", {})
        assert "Within." not in loaded.text
        assert read(message, member.data)[0].title == "The inner"

    def test_pictures_in_the_text_are_counted(self) -> None:
        made = EmailMessage()
        made["Subject"] = "Picture"
        made.set_content("<p>Look: <img src='cid:a'></p>", subtype="html")
        made.add_related(b"\x89PNG", maintype="image", subtype="png", cid="<a>")
        loaded, members = read(message, made.as_bytes())
        assert members == []
        assert "pictures: within the text of the mail (1)" in told(loaded, unread=False)

    def test_what_is_encrypted_is_told_and_a_signature_is_no_attachment(self) -> None:
        sealed = mail(
            'Subject: Secret\nContent-Type: multipart/encrypted; boundary="b"; protocol="application/pgp-encrypted"',
            "--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n--b\n\nxyz\n--b--\n",
        )
        assert told(read(message, sealed)[0], unread=True) == "parts: encrypted (1)"
        signed = mail(
            'Subject: Signed\nContent-Type: multipart/signed; boundary="b"',
            "--b\n\nIn the open.\n--b\nContent-Type: application/pgp-signature; name=s.asc\n\nxyz\n--b--\n",
        )
        loaded, members = read(message, signed)
        assert (loaded.text.strip(), members) == ("In the open.", [])
        assert "signatures" in told(loaded, unread=False)

    def test_a_mail_of_a_subject_alone_says_that(self) -> None:
        assert read(message, mail("Subject: Lunch at noon (eom)", ""))[0].text == "Lunch at noon (eom)\n"

    def test_lines_that_flow_are_joined(self) -> None:
        head = "Subject: x\nContent-Type: text/plain; format=flowed"
        assert (
            read(message, mail(head, "A long \nline.\nAnother.\n-- \nAda"))[0].text
            == "A long line.\nAnother.\n-- \nAda\n"
        )

    def test_mails_saved_as_utf_16(self) -> None:
        for data in (mail("Subject: x").decode().encode("utf-16"), mail("Subject: x").decode().encode("utf-16-le")):
            assert read(message, data)[0].text == "Hello.\n"

    def test_what_has_no_headers_is_no_mail(self) -> None:
        with pytest.raises(Unreadable):
            read(message, b"\n\n  just words\n")

    @given(st.binary(max_size=300), st.integers(0, 500))
    def test_broken_mails_are_read_or_refused(self, junk: bytes, place: int) -> None:
        made = EmailMessage()
        made["Subject"] = "=?utf-8?b?5oql5ZGK?="
        made.set_content("Text.")
        made.add_attachment("One.", filename="报告.txt")
        whole = made.as_bytes()
        with suppress(Unreadable):
            read(message, whole[:place] + junk + whole[place:])


class TestQuoting:
    def test_what_a_reply_repeats_below_stands_under_a_heading(self) -> None:
        wrote = "On Fri, 2 Jan 2026 at 09:30, Ben Ray <b@example.org>\nwrote:"
        body = f"Yes, at five.\n\n{wrote}\n\n> Are you coming?\n> Ben\n\n-- \nAda"
        loaded, _ = read(message, mail("Subject: Re: Today", body))
        assert loaded.text == f"Yes, at five.\n\n\n-- \nAda\n\n{message.REPEATED}\n\n" + (
            f"{wrote}\n\nAre you coming?\nBen\n"
        )
        assert loaded.sections[-1].headings == (message.REPEATED,)
        assert loaded.title == "Re: Today"

    def test_answers_between_the_lines_keep_what_they_answer(self) -> None:
        body = "> Are you coming?\nYes.\n> When?\nAt five."
        assert fold(body, reply=True) == (body, "")

    @pytest.mark.parametrize(
        "repeated",
        [
            "-----Original Message-----\nFrom: Ben\nWords.",
            "From: Ben Ray\nSent: Friday\nTo: Ada\nSubject: Today\n\nWords.",
            "发件人: 王伟\n发送时间: 2026年1月2日\n收件人: 李娜\n主题: 会议\n\n内容。",
            "------------------ 原始邮件 ------------------\n内容。",
            "在 2026年1月2日，王伟 写道：\n内容。", "On 2 January 2026, Ben wrote:\nWords.",
        ],
    )  # fmt: skip
    def test_mails_without_marks(self, repeated: str) -> None:
        assert fold(f"Yes.\n\n{repeated}", reply=True) == ("Yes.\n", repeated)
        assert fold(f"Yes.\n\n{repeated}", reply=False) == (f"Yes.\n\n{repeated}", "")

    def test_a_forwarded_mail_is_what_is_said(self) -> None:
        body = "See below.\n---------- Forwarded message ---------\nFrom: Ben\nDate: Friday\nSubject: Today\n\nWords."
        assert fold(body, reply=True) == (body, "")

    def test_nothing_is_folded_where_nothing_else_is_said(self) -> None:
        assert fold("> All of it\n> is quoted.", reply=True) == ("> All of it\n> is quoted.", "")


BOX = (
    b"From a@example.org Fri Jan  2 09:30:00 2026\nSubject: One\nMessage-ID: <1@example.org>\n\n"
    b"First.\n>From here on.\n\n"
    b"From a@example.org Fri Jan  2 09:31:00 2026\r\nSubject: Two\r\nFrom: Ada\r\n\r\n"
    b"Second.\r\nFrom here it goes on.\r\n\r\n"
    b"From b@example.org Fri Jan  2 09:32:00 2026\nSubject: One again\nMessage-ID: <1@example.org>\n\nThird.\n"
)  # fmt: skip


class TestMailbox:
    def test_each_mail_is_handed_out(self) -> None:
        loaded, members = read(mbox, BOX)
        assert [one.name.partition("@")[0] for one in members][0::2] == ["1", "1"]
        assert [one.name for one in members][::2] == ["1@example.org.eml", "1@example.org (2).eml"]
        assert {one.media_type for one in members} == {"message/rfc822"}
        assert b"\nFrom here on.\n" in members[0].data
        assert b"From here it goes on." in members[1].data
        assert loaded.text == "One\nTwo · Ada\nOne again\n"
        assert [read(message, one.data)[0].title for one in members] == ["One", "Two", "One again"]

    def test_a_mail_keeps_its_name_when_others_come_or_go(self) -> None:
        second = BOX.index(b"From a@example.org Fri Jan  2 09:31")
        assert read(mbox, BOX[second:])[1][0].name == read(mbox, BOX)[1][1].name

    def test_of_many_mails_all_are_handed_out_and_the_first_are_named(self) -> None:
        many = b"".join(b"From a\nSubject: S%d\nMessage-ID: <%d@x>\n\nText.\n\n" % (n, n) for n in range(1200))
        loaded, members = read(mbox, many)
        assert len(members) == 1200
        assert loaded.text.endswith("S999\n… and 200 more mails\n")

    def test_what_begins_no_mail_is_no_mailbox(self) -> None:
        with pytest.raises(Unreadable):
            read(mbox, b"Just words.\n")


def zipped(files: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files.items():
            made.writestr(name, data)
    return written.getvalue()


class TestArchive:
    def test_files_are_listed_and_handed_out(self) -> None:
        loaded, members = read(archive, zipped({"a/one.txt": b"One.", "two.md": b"# Two", "empty.txt": b""}))
        assert [(one.name, one.data) for one in members] == [("a/one.txt", b"One."), ("two.md", b"# Two")]
        assert loaded.text == "a/one.txt (4 bytes)\ntwo.md (5 bytes)\nempty.txt (0 bytes)\n"
        assert told(loaded, unread=False) == "files: empty (1)"

    def test_names_that_climb_out_are_no_paths(self) -> None:
        loaded, members = read(archive, zipped({"../../etc/passwd.txt": b"x", "/abs.txt": b"y", "C:\\w\\z.txt": b"z"}))
        assert [one.name for one in members] == ["passwd.txt", "abs.txt", "z.txt"]
        assert "paths: they lead out of the archive" in told(loaded, unread=False)

    def test_notes_of_an_operating_system_are_left_out(self) -> None:
        loaded, members = read(archive, zipped({"a.txt": b"x", "__MACOSX/._a.txt": b"y", "d/.DS_Store": b"z"}))
        assert [one.name for one in members] == ["a.txt"]
        assert loaded.text == "a.txt (1 bytes)\n"

    def test_a_bomb_is_told_and_not_unpacked(self) -> None:
        loaded, members = read(archive, zipped({"bomb.txt": bytes(8 * MIB), "a.txt": b"x"}))
        assert [one.name for one in members] == ["a.txt"]
        assert "far more than it takes" in told(loaded, unread=True)

    def test_a_file_that_is_longer_than_it_says_ends_there(self) -> None:
        data = bytearray(zipped({"a.txt": b"x" * 5000, "b.txt": b"y"}))
        entry = data.index(b"PK\x01\x02")
        data[entry + 24 : entry + 28] = struct.pack("<I", 10)
        _, members = read(archive, bytes(data))
        assert all(len(one.data) <= 10 for one in members)
        assert [one.name for one in members if one.name == "b.txt"]

    @pytest.mark.parametrize(
        ("limits", "reason"),
        [
            (ReadingLimits(members=1), "more than 1 are in one file"), (ReadingLimits(member=3), "larger than 3 bytes"),
            (ReadingLimits(unpacked=5), "they unpack to more than 5 bytes"),
        ],
    )  # fmt: skip
    def test_limits_are_told(self, limits: ReadingLimits, reason: str) -> None:
        loaded, members = read(archive, zipped({"a.txt": b"abc", "b.txt": b"abcd"}), limits)
        assert [one.name for one in members] == ["a.txt"]
        assert reason in told(loaded, unread=True)

    def test_what_a_password_protects(self) -> None:
        data = bytearray(zipped({"a.txt": b"x", "b.txt": b"y"}))
        first = data.index(b"PK\x01\x02")
        data[first + 8] |= 1
        loaded, members = read(archive, bytes(data))
        assert [one.name for one in members] == ["b.txt"]
        assert "'a.txt': protected by a password" in told(loaded, unread=True)
        data[data.index(b"PK\x01\x02", first + 4) + 8] |= 1
        with pytest.raises(Encrypted):
            read(archive, bytes(data))

    def test_names_in_a_code_page_of_their_own(self) -> None:
        data = zipped({"xxxxxxxx.txt": b"x"}).replace(b"xxxxxxxx", "年度报告".encode("gb18030"))
        assert read(archive, data)[1][0].name == "年度报告.txt"

    @pytest.mark.parametrize("data", [b"PK\x03\x04 and then nothing", b"", zipped({})])
    def test_what_is_no_archive(self, data: bytes) -> None:
        with pytest.raises(Unreadable):
            read(archive, data)

    @given(st.data())
    def test_broken_archives_are_read_or_refused(self, data: st.DataObject) -> None:
        whole = bytearray(zipped({"a.txt": b"One. " * 50, "b/c.txt": b"Two."}))
        for _ in range(data.draw(st.integers(1, 5))):
            whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
        try:
            _, members = read(archive, bytes(whole))
        except Unreadable:
            return
        assert len({one.name for one in members}) == len(members)


def taped(files: dict[str, bytes], how: str = "w:gz") -> bytes:
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode=how) as made:  # type: ignore[call-overload]
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            made.addfile(entry, io.BytesIO(data))
    return written.getvalue()


class TestTapeArchive:
    @pytest.mark.parametrize("how", ["w", "w:gz", "w:bz2", "w:xz"])
    def test_files_are_listed_and_handed_out(self, how: str) -> None:
        loaded, members = read(tape_archive, taped({"a/报告.txt": b"One.", "two.md": b"# Two", "no.txt": b""}, how))
        assert [(one.name, one.data) for one in members] == [("a/报告.txt", b"One."), ("two.md", b"# Two")]
        assert loaded.text == "a/报告.txt (4 bytes)\ntwo.md (5 bytes)\nno.txt (0 bytes)\n"

    def test_names_that_climb_out_and_links(self) -> None:
        written = io.BytesIO()
        with tarfile.open(fileobj=written, mode="w") as made:
            link = tarfile.TarInfo("link.txt")
            link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
            made.addfile(link)
            for name in ("../../up.txt", "/abs.txt", "._abs.txt"):
                entry = tarfile.TarInfo(name)
                entry.size = 1
                made.addfile(entry, io.BytesIO(b"x"))
        loaded, members = read(tape_archive, written.getvalue())
        assert [one.name for one in members] == ["up.txt", "abs.txt"]
        assert "files: links and devices (1)" in told(loaded, unread=False)

    def test_a_name_in_a_code_page_of_its_own(self) -> None:
        name = "年度报告.txt".encode("gb18030").decode("utf-8", "surrogateescape")
        written = io.BytesIO()
        with tarfile.open(fileobj=written, mode="w", format=tarfile.GNU_FORMAT) as made:
            entry = tarfile.TarInfo(name)
            entry.size = 1
            made.addfile(entry, io.BytesIO(b"x"))
        assert read(tape_archive, written.getvalue())[1][0].name == "年度报告.txt"

    def test_a_compressed_file_is_read_under_its_own_name(self) -> None:
        source = Source(name="logs/app.log.gz", media_type="", data=gzip.compress(b"Started."))
        members: list[Member] = []
        loaded = tape_archive.unpack(source, DEFAULT_LIMITS, members.append)
        assert [(one.name, one.data) for one in members] == [("app.log", b"Started.")]
        assert loaded.text == "app.log (8 bytes)\n"

    @pytest.mark.parametrize("data", [taped({"bomb.txt": bytes(8 * MIB)}), gzip.compress(bytes(8 * MIB))])
    def test_a_bomb_is_told_and_not_unpacked(self, data: bytes) -> None:
        loaded, members = read(tape_archive, data)
        assert not members
        assert "far more than it takes" in told(loaded, unread=True)

    def test_what_is_cut_off_is_told(self) -> None:
        whole = taped({f"{n}.txt": b"Some words. " * 200 for n in range(9)}, "w")
        loaded, members = read(tape_archive, whole[: len(whole) // 2 + 700])
        assert 0 < len(members) < 9
        assert "damaged" in told(loaded, unread=True)

    @pytest.mark.parametrize("data", [b"", b"words", b"\x1f\x8b\x08 and then nothing", taped({})], ids=range(4))
    def test_what_is_no_archive(self, data: bytes) -> None:
        with pytest.raises(Unreadable):
            read(tape_archive, data)

    @given(st.data())
    def test_broken_archives_are_read_or_refused(self, data: st.DataObject) -> None:
        whole = bytearray(taped({"a.txt": b"One. " * 50, "b/c.txt": b"Two."}, "w"))
        for _ in range(data.draw(st.integers(1, 5))):
            whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
        with suppress(Unreadable):
            _, members = read(tape_archive, bytes(whole))
            assert len({one.name for one in members}) == len(members)


@given(st.text(max_size=400))
def test_safe_names_stay_within(name: str) -> None:
    found = safe_name(name)
    assert 0 < len(found) <= 200
    assert not found.startswith("/")
    assert ".." not in found.split("/")
    assert safe_name(found) == found
