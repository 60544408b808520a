"""Recognising text on a picture by Tesseract, a program of the system, where it is installed.

It cannot run in a cell, which may start no program. It sees none of the document's bytes: only the picture that a cell
has drawn, and runs without network and without a file that it could write.
"""

import csv
import io
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from statistics import fmean

from graph.errors import DependencyError, TooDemanding, Unreadable
from ingest.loaders.reading_limits import ReadingLimits
from ingest.loaders.recognition.reading_order import LEAST_SURE, joined
from ingest.model import Source
from ingest.outcomes import RecognisedPage

_LANGUAGES = ("chi_sim", "chi_tra", "eng")
_BOOT = (
    "import sys; sys.path[:0] = sys.argv[1:2]; from ingest.loaders.isolation.confinement import become_program;"
    " become_program(sys.argv[4:], seconds=float(sys.argv[2]), memory=int(sys.argv[3]))"
)
_WORD = "5"
_LIST_SECONDS = 20.0


class Tesseract:
    """Tesseract over pictures of pages.

    Args:
        program: where it is.
        picture: draws a page as JPEG.
        limits: of one page.
    """

    def __init__(self, program: str, picture: Callable[[Source, int], bytes], limits: ReadingLimits) -> None:
        self._program = program
        self._picture = picture
        self._limits = limits
        self._languages = ""

    def identity(self) -> str:
        """What reads the same on the same page; other languages are another reader."""
        return f"tesseract/1/{self._chosen()}"

    def recognise(self, source: Source, page: int) -> RecognisedPage:
        """The text of a page.

        Raises:
            InputError: the page cannot be drawn, or took too long.
            DependencyError: the program cannot be run.
        """
        chosen = self._chosen()
        asked = ["stdin", "stdout", *(["-l", chosen] if chosen else []), "tsv"]
        ran = self._run(asked, self._picture(source, page), self._limits.seconds, f"page {page} of {source.name!r}")
        if ran.returncode:
            raise Unreadable(f"page {page} of {source.name!r} could not be read by Tesseract ({ran.returncode})")
        return as_page(ran.stdout.decode("utf-8", "replace"))

    def _chosen(self) -> str:
        """Of the languages that are installed those that are wanted, Chinese first."""
        if not self._languages:
            ran = self._run(["--list-langs"], b"", _LIST_SECONDS, "the languages of Tesseract")
            installed = ran.stdout.decode("utf-8", "replace").split()
            self._languages = "+".join(name for name in _LANGUAGES if name in installed)
        return self._languages

    def _run(
        self, arguments: Sequence[str], given: bytes, seconds: float, what: str
    ) -> "subprocess.CompletedProcess[bytes]":
        command = [
            sys.executable, "-I", "-c", _BOOT, str(Path(__file__).resolve().parents[3]), str(seconds),
            str(self._limits.memory), self._program, *arguments,
        ]  # fmt: skip
        try:
            return subprocess.run(  # noqa: S603 a program of the system, with words of our own
                command, input=given, capture_output=True, timeout=seconds, cwd="/", check=False,
                env={"LANG": "C.UTF-8", "OMP_THREAD_LIMIT": "1"},
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise TooDemanding(f"{what} could not be read within {seconds:g} s") from error
        except OSError as error:
            raise DependencyError(f"Tesseract cannot be run: {error}") from error


def find_tesseract() -> str | None:
    """Where it is installed; None where it is not."""
    return shutil.which("tesseract")


def as_page(table: str) -> RecognisedPage:
    """What Tesseract says in its table of words, one a row: paragraphs of lines whose words it is sure of."""
    rows = csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE)
    words = [row for row in rows if row.get("level") == _WORD and (row.get("text") or "").strip()]
    paragraphs: list[str] = []
    unsure = 0
    for _, paragraph in groupby(words, _place("page_num", "block_num", "par_num")):
        text = ""
        for _, line in groupby(paragraph, _place("line_num")):
            found, sure = _line(line)
            unsure += not sure
            text = joined(text, found) if sure else text
        paragraphs += [text] if text else []
    return RecognisedPage(text="\n".join(paragraphs), unsure=unsure)


def _line(words: Iterable[Mapping[str, str]]) -> tuple[str, bool]:
    text, sure = "", []
    for word in words:
        text = joined(text, word["text"].strip())
        sure.append(float(word.get("conf") or 0) / 100)
    return text, fmean(sure) >= LEAST_SURE


def _place(*names: str) -> Callable[[Mapping[str, str]], tuple[str | None, ...]]:
    return lambda row: tuple(row.get(name) for name in names)
