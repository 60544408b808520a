"""Source code, configuration and marked-up text that is read as it is written: the text is kept literally.

Definitions are sections: each family of languages has a rule for a line that begins one. The rules know no syntax; a
line that only looks like a definition makes a heading too many, and no text is lost by it.
"""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from ingest.loaders.reading_limits import ReadingLimits
from ingest.loaders.texts.decoding import decoded
from ingest.loaders.texts.markdown_blocks import Heading, sections_by_heading
from ingest.model import LoadedDocument, Source

MOST_HEADINGS = 5_000
"""Definitions that are sections; what follows the last of them is in its section."""
MOST_LINE = 300
"""Characters of a line that may begin a definition."""
_DEEPEST = 12
"""Columns of white space before a definition, at most: what is deeper is part of one."""
_BEFORE = (
    r"(?:(?:export|default|public|private|protected|internal|static|final|abstract|sealed|open|override|async|pub|"
    r"pub\([a-z]+\)|unsafe|extern|inline|virtual|partial|data|case|declare)\s+){0,6}"
)
_KINDS = (
    r"(?:class|interface|struct|enum|trait|impl|record|object|module|namespace|protocol|extension|mod|fn|func|function|fun|"
    r"def|sub|type|message|service)\b(?![ ]*[=:(.,;)]).{1,200}"
)
_RULES = (
    ("py pyw pyi pyx", r"(?:async\s+def|def|class)\s+\w.{0,200}"),
    ("js mjs cjs jsx ts tsx java kt kts scala cs go rs swift php dart groovy gradle proto graphql vue svelte",
     _BEFORE + _KINDS),
    ("c h cc cpp cxx hpp hh hxx m mm cu ino",
     rf"(?:{_BEFORE}{_KINDS}|[A-Za-z_][\w:<>,&*\[\] ]{{0,120}}[ *&]~?[A-Za-z_][\w:~]*[ ]?\([^;=]{{0,200}}\{{?)"),
    ("rb pl pm ex exs lua jl r",
     r"(?:class|module|def|defmodule|defp|sub|package|function|local\s+function)\b(?![ ]*[=:(.,;)]).{1,200}"),
    ("sh bash zsh fish ps1", r"(?:function\s+[\w:-]+|[\w:-]+\s*\(\s*\)).{0,40}"),
    ("sql",
     r"(?i:create|alter)\s+(?i:or\s+replace\s+)?(?i:table|view|function|procedure|trigger|index|type|schema)\s.{1,200}"),
    ("ini cfg conf toml properties", r"(?P<level>\[{1,2})[^\[\]]{1,100}\]{1,2}"),
    ("yaml yml", r"[\w.-]{1,80}:\s*(?:#.*)?"),
    ("tex", r"\\(?P<level>part|chapter|section|subsection|subsubsection)\*?\{.{1,200}"),
    ("adoc asciidoc", r"(?P<level>={1,6})[ \t]+\S.{0,200}"),
    ("org", r"(?P<level>\*{1,8})[ \t]+\S.{0,200}"),
)  # fmt: skip
"""Suffixes of a family, and what a line is that begins a section. What it names ``level`` says how deep it stands, and
only counts at the margin; elsewhere white space says it."""
_RULE_OF = {f".{suffix}": re.compile(rule) for suffixes, rule in _RULES for suffix in suffixes.split()}
_TEX = {"part": 1, "chapter": 2, "section": 3, "subsection": 4, "subsubsection": 5}
_AT_MARGIN = frozenset({".yaml", ".yml", ".sql"})
_STATEMENT = re.compile(r"(?:return|else|if|for|while|switch|throw|new|delete|await|yield|using|goto|do|case)\b")
_NOTE = re.compile(r"\s*(?:#|//|/\*|\*|--|@|\"\"\"|;|%)")


def load(source: Source, _: ReadingLimits) -> LoadedDocument:
    """The text as it is; definitions, sections and keys of the first level are headings of what follows."""
    found = decoded(source)
    text = found.text
    headings = list(_headings(text, PurePosixPath(source.name).suffix.lower()))
    return LoadedDocument(
        text=text, sections=sections_by_heading(len(text), headings),
        report=found.report(**({"definitions": len(headings)} if headings else {})),
    )  # fmt: skip


def sample() -> bytes:
    """A class with a method, and a comment in an encoding that has to be guessed."""
    return "class Mill:\n    # Größe und Maß\n    def grind(self):\n        return 1\n".encode("iso-8859-1")


def _headings(text: str, suffix: str) -> Iterator[Heading]:
    """Definitions, each from the comments and decorators above it."""
    rule = _RULE_OF.get(suffix)
    if rule is None:
        return
    at, begin, count = 0, -1, 0  # begin: where the comments above a line begin
    for line in text.split("\n"):
        said = line.strip()
        depth = len(line) - len(line.lstrip())
        found = rule.fullmatch(said) if depth <= _DEEPEST and 0 < len(said) <= MOST_LINE else None
        if (
            found
            and not _STATEMENT.match(said)
            and not (depth and (suffix in _AT_MARGIN or "level" in found.groupdict()))
        ):
            yield Heading(start=at if begin < 0 else begin, level=_level(found, depth), name=_name(said, found))
            count += 1
            if count == MOST_HEADINGS:
                return
        begin = -1 if found or not _NOTE.match(line) else at if begin < 0 else begin
        at += len(line) + 1


def _level(found: re.Match[str], depth: int) -> int:
    level = found.groupdict().get("level")
    if level is None:
        return depth + 1
    return _TEX.get(level, len(level))


def _name(line: str, found: re.Match[str]) -> str:
    """A definition without what opens its body; a title without its marks."""
    if "level" not in found.groupdict():
        return line.rstrip(" \t{:") or line
    return re.sub(r"^(?:[=*\[]+|\\\w+\*?\{)\s*|\s*[\]}=]+$", "", line) or line
