"""Names in reStructuredText that docutils does not know: directives and roles of Sphinx, read for their text.

Directives that bring in other files bring in nothing here; what stands in their place says so. All of this is
registered in the process, as docutils wants it: a document has one of its own.
"""

import re
from typing import Any, ClassVar

from docutils import nodes, utils
from docutils.parsers.rst import Directive, directives, roles
from docutils.parsers.rst.directives import (  # noqa: F401 - imported now: later there are no files to import from
    admonitions,
    body,
    images,
    misc,
    parts,
    references,
    tables,
)
from docutils.parsers.rst.languages import en
from typing_extensions import override

MOST_NAMES = 500
ELSEWHERE, RAW = "elsewhere", "raw"
"""Classes of the nodes that stand for a file that was not included, and for markup of another language."""
_DIRECTIVE = re.compile(r"^[ \t]*\.\.[ \t]+(?:\|[^|\n]{1,80}\|[ \t]+)?([\w:+.-]{1,60}?)[ \t]?::(?:\s|$)", re.MULTILINE)
_ROLE = re.compile(r"(?::((?:[\w+.-]+:){0,3}[\w+.-]+):`|`:((?:[\w+.-]+:){0,3}[\w+.-]+):)")
_CODE = frozenset(
    "code code-block sourcecode prompt console ipython doctest testcode testoutput testsetup highlight-block".split()
)
_FILES = frozenset({"include", "literalinclude"})
_UNSEEN = frozenset(
    "index highlight currentmodule module py:currentmodule py:module default-domain tabularcolumns contents meta "
    "canonical-doc toctree-filt".split()
)
_VERSIONS = {"versionadded": "Added in version", "versionchanged": "Changed in version",
             "deprecated": "Deprecated since version", "versionremoved": "Removed in version"}  # fmt: skip
_TARGET = re.compile(r"(.+?)\s*<[^<>]+>", re.DOTALL)


class _AnyOption(dict[str, Any]):
    """A directive takes whatever options it is given."""

    def __missing__(self, _: str) -> Any:
        return directives.unchanged


class _ForItsText(Directive):
    """A directive of which the argument and the content are read."""

    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar[dict[str, Any]] = _AnyOption()

    @override
    def run(self) -> list[nodes.Node]:
        found = nodes.container()
        said = self.arguments[0] if self.arguments else ""
        if self.name in _VERSIONS:
            said = f"{_VERSIONS[self.name]} {said}"
        if said:
            found += nodes.paragraph(said, "", *self.state.inline_text(said, self.lineno)[0])
        self.state.nested_parse(self.content, self.content_offset, found)
        return [found]


class _Code(_ForItsText):
    """Code, with its caption."""

    @override
    def run(self) -> list[nodes.Node]:
        code = "\n".join(self.content)
        caption = self.options.get("caption")
        above = [nodes.paragraph(caption, caption)] if caption else []
        return [*above, nodes.literal_block(code, code)]


class _Elsewhere(_ForItsText):
    """A directive that brings in another file."""

    @override
    def run(self) -> list[nodes.Node]:
        return [nodes.container(classes=[ELSEWHERE])]


class _Raw(_ForItsText):
    """Markup of another language."""

    @override
    def run(self) -> list[nodes.Node]:
        return [nodes.container(classes=[RAW])]


class _Unseen(_ForItsText):
    """A directive that shows nothing."""

    @override
    def run(self) -> list[nodes.Node]:
        return []


def know_all_names(text: str) -> None:
    """Register whatever directives and roles a text names and docutils does not know."""
    for kind, names in ((_Code, _CODE), (_Elsewhere, _FILES), (_Raw, {"raw"}), (_Unseen, _UNSEEN)):
        for name in names:
            directives.register_directive(name, kind)
    known = {*en.directives, *_CODE, *_FILES, *_UNSEEN}
    for name in sorted({found.lower() for found in _DIRECTIVE.findall(text)} - known)[:MOST_NAMES]:
        directives.register_directive(name, _ForItsText)
    named = {(found[0] or found[1]).lower() for found in _ROLE.findall(text)}
    for name in sorted(named - set(en.roles))[:MOST_NAMES]:
        roles.register_local_role(name, _text_role)


def _text_role(_: str, rawtext: str, text: str, *__: Any, **___: Any) -> tuple[list[Any], list[Any]]:
    """What a role shows: of "words <target>" the words, of "~a.b.c" the last part."""
    said = utils.unescape(text)
    titled = _TARGET.fullmatch(said)
    said = titled.group(1) if titled else said.rsplit(".", 1)[-1] if said.startswith("~") else said.lstrip("!")
    return [nodes.inline(rawtext, said)], []
