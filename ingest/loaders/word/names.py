"""Names in the XML of Word, short, and the same in both editions of the standard (transitional and strict)."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

Node = Any
"""An element of lxml, which has no types."""

_OLD, _STRICT = "http://schemas.openxmlformats.org", "http://purl.oclc.org/ooxml"
_SPACES = {
    "w": (f"{_OLD}/wordprocessingml/2006/main", f"{_STRICT}/wordprocessingml/main"),
    "a": (f"{_OLD}/drawingml/2006/main", f"{_STRICT}/drawingml/main"),
    "wp": (f"{_OLD}/drawingml/2006/wordprocessingDrawing", f"{_STRICT}/drawingml/wordprocessingDrawing"),
    "pic": (f"{_OLD}/drawingml/2006/picture", f"{_STRICT}/drawingml/picture"),
    "c": (f"{_OLD}/drawingml/2006/chart", f"{_STRICT}/drawingml/chart"),
    "cx": ("http://schemas.microsoft.com/office/drawing/2014/chartex",),
    "dgm": (f"{_OLD}/drawingml/2006/diagram", f"{_STRICT}/drawingml/diagram"),
    "m": (f"{_OLD}/officeDocument/2006/math", f"{_STRICT}/officeDocument/math"),
    "r": (f"{_OLD}/officeDocument/2006/relationships", f"{_STRICT}/officeDocument/relationships"),
    "mc": (f"{_OLD}/markup-compatibility/2006",),
    "v": ("urn:schemas-microsoft-com:vml",),
}
_PREFIXES = {space: prefix for prefix, spaces in _SPACES.items() for space in spaces}
_OFF = frozenset({"0", "false", "off"})
_SEEN = ("{*}t", "{*}sym", "{*}drawing", "{*}pict", "{*}object")
DELETED = frozenset({"w:del", "w:moveFrom"})
"""Around what a tracked change takes away."""
PARAGRAPHS = frozenset({"w:p", "a:p"})
LOOSE = frozenset({"w:r", "w:hyperlink", "w:fldSimple", "m:oMath", "m:oMathPara"})
"""What belongs into a paragraph, and may stand outside of one."""
NO_CONTENT = frozenset(
    """w:pPr w:rPr w:tblPr w:tblGrid w:tblPrEx w:trPr w:tcPr w:sdtPr w:sdtEndPr w:sectPr w:rubyPr w:instrText
    w:delInstrText w:delText w:smartTagPr w:customXmlPr w:ffData a:bodyPr a:lstStyle a:pPr a:rPr""".split()
)
"""What says how something looks or what it does, and holds no words that anybody sees."""


@lru_cache(maxsize=4096)
def _short(tag: str) -> str:
    space, _, local = tag.rpartition("}")
    prefix = _PREFIXES.get(space[1:])
    return f"{prefix}:{local}" if prefix else local


def kind(node: Node) -> str:
    """The name of an element, as ``w:p``; without a prefix where its namespace is none of Word's."""
    return _short(node.tag)


def attribute(node: Node, name: str) -> str | None:
    """The value of an attribute, named as ``w:val``; one without a namespace is found too."""
    prefix, _, local = name.partition(":")
    for space in _SPACES[prefix]:
        found = node.get(f"{{{space}}}{local}")
        if found is not None:
            return str(found)
    plain = node.get(local)
    return None if plain is None else str(plain)


def number(node: Node | None, name: str = "w:val", default: int = 0) -> int:
    """The value of an attribute as a whole number; ``default`` where it is none."""
    value = None if node is None else attribute(node, name)
    try:
        return default if value is None or len(value) > 9 else int(value)
    except ValueError:
        return default


def switched_on(node: Node | None) -> bool:
    """Whether a property is there, and not there to say no."""
    return node is not None and (attribute(node, "w:val") or "") not in _OFF


def child(node: Node | None, *path: str) -> Node | None:
    """The first child of this name, and so on along the path; None where there is none."""
    for name in path:
        if node is None:
            return None
        for each in node:
            if _short(each.tag) == name:
                node = each
                break
        else:
            return None
    return node


def named(node: Node | None) -> dict[str, Node]:
    """The children of an element by their names, the first of each."""
    found: dict[str, Node] = {}
    for each in () if node is None else node:
        found.setdefault(_short(each.tag), each)
    return found


def inside(node: Node) -> Iterator[Node]:
    """The children of an element, in order."""
    children: Iterator[Node] = iter(node)
    return children


def seen_branch(alternatives: Node) -> Iterator[Node]:
    """What is within the one of several ways of saying the same that is shown: the first that says anything."""
    branches = list(alternatives)
    for branch in branches:
        if next(branch.iter(*_SEEN), None) is not None:
            return inside(branch)
    return iter(branches[0] if branches else ())


def says_something(node: Node) -> bool:
    """Whether there are words in it, deleted ones too."""
    return any(each.text for each in node.iter("{*}t", "{*}delText"))
