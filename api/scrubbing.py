"""What is cut out of a line of the log before it is written."""

import re
import traceback
from collections.abc import Collection

from pydantic import ValidationError

LONGEST_VALUE = 500
LONGEST_TEXT = 6_000
"""Characters of one value, and of one exception with its frames."""
FRAMES = 25
"""Innermost calls that are shown of an exception."""
CAUSES = 4
"""Exceptions of one chain that are shown."""
SHORTEST_SECRET = 4
CUT = "[secret]"
_SHAPES = (
    (re.compile(r"(?i)\b(bearer|basic)\s+[^\s'\",;]+"), rf"\1 {CUT}"),
    (re.compile(r"(?i)(authorization['\"]?\s*[:=]\s*['\"]?)(?!bearer|basic)[^\s'\",;]+"), rf"\1{CUT}"),
    (re.compile(r"qk_[\w-]+"), CUT),
    (re.compile(r"(QUIPU_\w*(?:KEY|PASSWORD|SECRET|TOKEN)\w*['\"]?\s*[:=]\s*['\"]?)[^\s'\",;]+"), rf"\1{CUT}"),
    (re.compile(r"//[^/@\s]*@"), f"//{CUT}@"),
)
_QUOTED = re.compile(r"(?<!\w)['\"“‘`«「].*['\"”’`»」]|(?<!\w)['\"“‘`«「].*", re.DOTALL)
"""From the first quotation mark to the last one, however they pair."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_QUOTING = frozenset({"cause", "error"})
"""Names of values that are messages of exceptions."""


class Scrubber:
    """Cuts secrets, control characters and length.

    Args:
        secrets: values that must not be shown; very short ones are left, as they stand in every second word.
    """

    def __init__(self, secrets: Collection[str] = ()) -> None:
        known = sorted({secret for secret in secrets if len(secret) >= SHORTEST_SECRET}, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known))) if known else None

    def value(self, name: str, value: object) -> object:
        """A value of an event under its name, fit to be written on one line."""
        if value is None or isinstance(value, bool | int | float):
            return value
        text = str(value)
        return self.line(unquoted(text) if name in _QUOTING else text)

    def line(self, text: str, longest: int = LONGEST_VALUE) -> str:
        """A text without secrets, on one line, with at most so many characters."""
        shown = self._without_secrets(text[: 10 * longest])
        shown = _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", shown)
        return shown if len(shown) <= longest else f"{shown[:longest]}… ({len(text)} characters)"

    def lines(self, text: str) -> str:
        """A text of several lines, each like :meth:`line`; of one that is too long the middle is left out."""
        shown = "\n".join(self.line(line) for line in text.splitlines())
        if len(shown) <= LONGEST_TEXT:
            return shown
        half = LONGEST_TEXT // 2
        return f"{shown[:half]}\n… {len(shown) - 2 * half} characters …\n{shown[-half:]}"

    def _without_secrets(self, text: str) -> str:
        if self._known is not None:
            text = self._known.sub(CUT, text)
        for shape, instead in _SHAPES:
            text = shape.sub(instead, text)
        return text


def unquoted(message: str) -> str:
    """A message without what it quotes: that came from outside, and may be part of a document or a question."""
    return _QUOTED.sub("'…'", message)


def exception_text(error: BaseException) -> str:
    """Type, message and innermost calls of an exception and of what led to it. No values of variables."""
    parts: list[str] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen and len(parts) < CAUSES:
        seen.add(id(current))
        parts.append(_one(current))
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return "\nafter:\n".join(parts)


def _one(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__, limit=-FRAMES)
    calls = [f"  {frame.filename}:{frame.lineno} {frame.name}: {frame.line or ''}" for frame in frames]
    inner = [f"  {type(one).__name__}: {_message(one)}" for one in getattr(error, "exceptions", ())[:CAUSES]]
    return "\n".join([f"{type(error).__module__}.{type(error).__qualname__}: {_message(error)}", *inner, *calls])


def _message(error: BaseException) -> str:
    if isinstance(error, ValidationError):
        # its text carries the input; its places may carry names from it
        return f"{error.error_count()} in {error.title}: " + ", ".join(sorted({one["type"] for one in error.errors()}))
    return unquoted(str(error))[:LONGEST_VALUE].replace("\n", " ")
