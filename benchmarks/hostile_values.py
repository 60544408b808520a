"""Values that have broken services like this one, by where they go. See :mod:`benchmarks.hostile_requests`."""

from collections.abc import Sequence

NUMBERS: Sequence[bytes] = (
    "²".encode(), "٣".encode(), b"9" * 5_000, b"1e999", b"-1", b"9223372036854775808", b"0x10", b"1_000", b" 1", b"1.0",
    b"NaN", b"-Infinity", b"", b"true",
)  # fmt: skip
MOMENTS: Sequence[bytes] = (
    b"0001-01-01T00:00:00+14:00", b"9999-12-31T23:59:59-14:00", b"2024-02-30", b"2024-05-01T00:00:00+99:99",
    b"0000-00-00", b"10000-01-01", b"2024-W99-9", b"now", b"2024-05-01T24:00:00Z",
)  # fmt: skip
TEXTS: Sequence[bytes] = (
    b"\xed\xa0\x80", b"\xff\xfe", b"\x00", b"a\x00b", b"..", b"../../etc/passwd", b"a/content", b"%2e%2e",
    b"x" * 20_000, b"\xe2\x80\xae", "𝕬𝖑𝖑".encode(), b"'; DROP TABLE jobs; --", b"{{7*7}}",
    b"\r\nX-Injected: 1", b"*", b"(" * 5_000, b"[" * 5_000, b'"', b"\\", b"\xcc\x81" * 2_000,
    b"<img src=x onerror=alert(1)>",
)  # fmt: skip
JSON_VALUES: Sequence[str] = (
    "null", "true", "1", "1.0", "-1", "1e400", "NaN", "-Infinity", "9" * 5_000, '"\\ud800"', '"\\udc00\\ud800"',
    '"\\u0000"', "[]", "{}", '[[["a"]]]', '"' + "x" * 70_000 + '"', '{"\\ud800": 1}', '{"a": {"gte": NaN}}', '"²"',
    '{"a": {"in": [' + "1," * 2_000 + "1]}}", '{"": ""}', '{"a": 1, "a": true}', "18446744073709551616",
    '"http://host/\\r\\nX: y"', '"http://user:pw@127.0.0.1:0/"', '"0001-01-01T00:00:00+14:00"',
)  # fmt: skip
BODIES: Sequence[bytes] = (
    b"", b"[", b"[" * 100_000, b"[" * 100_000 + b"]" * 100_000, b'{"a":' * 50_000, b"\xff\xfe", b"\xef\xbb\xbf{}",
    b"null", b"[]", b'"text"', b"{" * 3, b"\x00" * 1_000, b"9" * 6_000, b'{"\xed\xa0\x80": 1}', b"{}{}",
)  # fmt: skip
HEADERS: Sequence[tuple[bytes, bytes]] = (
    (b"If-Match", "²".encode("latin-1")), (b"If-Match", b"9" * 5_000), (b"If-Match", b'W/"\xff"'), (b"If-Match", b""),
    (b"Last-Event-ID", "²".encode("latin-1")), (b"Last-Event-ID", b"9" * 5_000), (b"Last-Event-ID", b"-1"),
    (b"Last-Event-ID", b"99999999999999999999"), (b"Content-Type", b"application/json; charset=utf-7"),
    (b"Content-Type", b"multipart/form-data"), (b"Content-Type", b"multipart/form-data; boundary="),
    (b"Content-Type", b"\xff/\xfe"), (b"Content-Type", b"application/x-www-form-urlencoded"),
    (b"Content-Type", b"application/xml+json"), (b"Accept", b"\xff" * 100), (b"Authorization", b"Bearer \xff\xfe"),
    (b"Content-Encoding", b"gzip"), (b"X-Forwarded-For", b"\xff" * 1_000), (b"Cookie", b"a" * 8_000),
    (b"Host", b"[::1"), (b"Origin", b"null"), (b"Range", b"bytes=0-99999999999999999999"),
)  # fmt: skip
