"""How much one document may ask of its parser, and how much text it may yield."""

from dataclasses import asdict, dataclass, replace

from graph.errors import TooMuchText

MIB = 1024 * 1024
ORDINARY_TEXT = 256 * 1024
"""Bytes of text that a file of any size may hold: the ratio is asked of what is larger."""
MORE_TIME = MIB
"""Bytes of a file for which it has the time of one document."""
MOST_TIMES = 10.0
MOST_SECTIONS = 50_000
"""Stretches under a heading of their own, or pages: each is a chunk at least, with a vector."""
MOST_TITLE = 10_000
"""Characters of a title that are looked at."""
MOST_MESSAGE = 500
"""Characters that say why a document could not be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingLimits:
    """Limits of one document.

    ``seconds`` are of the clock, and of the processor too, for 1 MiB; ``memory`` is the address space of the
    parser in bytes, libraries included; ``text`` is in bytes of UTF-8; ``ratio`` is bytes of text for each byte of the
    file. Of the documents that it holds ``members`` are handed out, of ``member`` bytes at most each, ``unpacked`` in
    all.
    """

    seconds: float = 30.0
    memory: int = 1536 * MIB
    text: int = 64 * MIB
    ratio: float = 30.0
    members: int = 30_000
    member: int = 64 * MIB
    unpacked: int = 512 * MIB

    def most_text(self, size: int) -> int:
        """Bytes of text that a file of ``size`` bytes may hold."""
        return min(self.text, max(ORDINARY_TEXT, int(self.ratio * size)))

    def check_text(self, name: str, size: int, text: int) -> None:
        """Raise TooMuchText where a file of ``size`` bytes holds too many bytes of ``text``."""
        most = self.most_text(size)
        if text > most:
            limit = "one document" if most == self.text else f"a file of {size}"
            raise TooMuchText(f"{name!r} holds more text than is read: over {most} bytes, the limit for {limit}")

    def grown(self, size: int) -> "ReadingLimits":
        """The limits of a file of ``size`` bytes: as many seconds again for every ``MORE_TIME`` beyond the first.

        At most ``MOST_TIMES`` as many. An honest file of many pages needs them; a small one that needs them is none.
        """
        times = min(MOST_TIMES, 1.0 + max(0, size - MORE_TIME) / MORE_TIME)
        return replace(self, seconds=self.seconds * times)

    def as_numbers(self) -> dict[str, float]:
        """For the way to the parser and back."""
        return asdict(self)


DEFAULT_LIMITS = ReadingLimits()


def storable(text: str) -> bytes:
    """As UTF-8, each character that no store keeps (NUL, half of a surrogate pair) replaced by one that it does."""
    return text.replace("\x00", " ").encode("utf-8", "replace")
