"""Sessions in a Markdown file, as a reader pastes them: what is typed, and what it should print.

A block ``console`` holds lines that begin with ``$ ``, each with those that a backslash at its end or an indentation
carries on; what stands below is printed. White space does not count there, and ``…`` stands for anything.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    command: str
    printed: str

    def prints(self, actual: str) -> bool:
        """Whether that is what it should print."""
        parts = (re.escape(_close(part)) for part in self.printed.split("…"))
        return re.fullmatch(".*".join(parts), _close(actual), re.DOTALL) is not None


def sessions(path: Path) -> list[list[Typed]]:
    """The blocks of a file, in order."""
    return [list(_typed(block)) for block in _BLOCK.findall(path.read_text(encoding="utf-8"))]


def script(typed: list[Typed], mark: str) -> str:
    """What a shell is given for a session as a whole: a line ``mark`` is printed after each command."""
    return "".join(f"{one.command}\nprintf '\\n%s\\n' '{mark}'\n" for one in typed)


def _typed(block: str) -> Iterator[Typed]:
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        lines = part.split("\n")
        count = next(place for place, line in enumerate(lines, start=1) if not line.endswith("\\"))
        yield Typed(command="\n".join(lines[:count]), printed="\n".join(lines[count:]))


def _close(text: str) -> str:
    return re.sub(r"\s", "", text)
