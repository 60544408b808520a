"""Characters that are no text: they drive a terminal, or turn the order of the text after them. Pure."""

import re

CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters but tab and line feed, embeddings and overrides of the direction, halves of characters."""


def visible(text: str) -> str:
    """A text whose control characters are written out."""
    return CONTROLS.sub(_written_out, text.replace("\r\n", "\n"))


def as_json_escapes(json: str) -> str:
    """A JSON text whose control characters are escapes, so that it means the same and can be printed."""
    return CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", json)


def _written_out(found: "re.Match[str]") -> str:
    code = ord(found[0])
    return chr(0x2400 + code) if code < 0x20 else "␡" if code == 0x7F else f"⟨U+{code:04X}⟩"
