"""How the service and the parser speak: frames of a JSON header and a body, each preceded by its length.

Nothing is unpickled. Whoever reads says how long a frame may be, and believes no length beyond it; what is nested too
deep is no frame, and half of a surrogate pair is replaced.
"""

import json
import struct
from collections.abc import Callable, Mapping

from graph.parsing import read_stored

_LENGTHS = struct.Struct(">QQ")
MOST_HEADER = 32 * 1024 * 1024
"""Bytes: sections with their headings are the most of it."""

ReadExactly = Callable[[int], bytes]
"""So many bytes, and no fewer. Raises EOFError."""


def packed(header: Mapping[str, object], body: bytes = b"") -> bytes:
    """A frame as bytes. Raises ValueError where the header is too long to be read."""
    return before(header, len(body)) + body


def before(header: Mapping[str, object], length: int) -> bytes:
    """What goes before a body of so many bytes. Raises ValueError where the header is too long to be read."""
    head = json.dumps(header, ensure_ascii=False).encode("utf-8", "replace")
    if len(head) > MOST_HEADER:
        raise ValueError(f"a header of {len(head)} bytes")
    return _LENGTHS.pack(len(head), length) + head


def read_frame(read: ReadExactly, most_body: int) -> tuple[dict[str, object], bytes]:
    """The header and the body of the next frame.

    Raises:
        EOFError: there is no whole one.
        ValueError: it is none, or too long.
    """
    head_length, body_length = _LENGTHS.unpack(read(_LENGTHS.size))
    if head_length > MOST_HEADER or body_length > most_body:
        raise ValueError(f"a frame of {head_length} + {body_length} bytes")
    header = read_stored(read(head_length).decode("utf-8"))
    if not isinstance(header, dict):
        raise ValueError("a header that is no object")
    return header, read(body_length)
