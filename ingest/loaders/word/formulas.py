"""Formulas as text on one line: a fraction is ``a/b``, a power ``x^2``, a sum ``∑_(i=1)^n``."""

import re
from collections import defaultdict
from collections.abc import Callable

from lxml import etree

from ingest.loaders.word.names import DELETED, Node, attribute, child, kind

_SIMPLE = re.compile(r"[\w.]*|\([^()]*\)")
_UNSEEN = {0x2061: " ", 0x2062: "", 0x2063: "", 0x2064: ""}
"""Signs between a function and what it is of, between factors, and the like."""
Parts = dict[str, list[str]]
"""What the children of an element say, by their names."""


def linear(formula: Node) -> str:
    """The whole of it, from within outwards: formulas may be nested deep."""
    said: dict[Node, str] = {}
    for _, node in etree.iterwalk(formula, events=("end",)):
        parts: Parts = defaultdict(list)
        everything = []
        for each in node:
            text = said.pop(each, "")
            parts[kind(each)].append(text)
            everything.append(text)
        said[node] = _written(kind(node), node, parts, everything)
    return said[formula].strip()


def _written(name: str, node: Node, parts: Parts, everything: list[str]) -> str:
    if name in {"m:t", "w:t"}:
        return (node.text or "").translate(_UNSEEN)
    if name in DELETED:
        return ""
    form = _FORMS.get(name)
    return "".join(everything) if form is None else form(node, parts)


def _part(parts: Parts, name: str) -> str:
    return "".join(parts.get(f"m:{name}", ()))


def _whole(text: str) -> str:
    """In brackets, unless it is one thing anyway."""
    return text if _SIMPLE.fullmatch(text) else f"({text})"


def _sign(node: Node, properties: str, name: str, usual: str) -> str:
    found = child(node, properties, name)
    value = None if found is None else attribute(found, "m:val")
    return usual if value is None else value


def _scripts(base: str, below: str, above: str) -> str:
    return base + (f"_{_whole(below)}" if below else "") + (f"^{_whole(above)}" if above else "")


def _fraction(node: Node, parts: Parts) -> str:
    above, below = _part(parts, "num"), _part(parts, "den")
    if _sign(node, "m:fPr", "m:type", "bar") == "noBar":
        return f"binom({above}, {below})"
    return f"{_whole(above)}/{_whole(below)}"


def _scripted(_: Node, parts: Parts) -> str:
    return _scripts(_whole(_part(parts, "e")), _part(parts, "sub"), _part(parts, "sup"))


def _scripted_before(_: Node, parts: Parts) -> str:
    return _scripts("", _part(parts, "sub"), _part(parts, "sup")) + _whole(_part(parts, "e"))


def _root(_: Node, parts: Parts) -> str:
    degree = _part(parts, "deg")
    return (f"√[{degree}]" if degree else "√") + _whole(_part(parts, "e"))


def _sum(node: Node, parts: Parts) -> str:
    sign = _sign(node, "m:naryPr", "m:chr", "∫")
    return f"{_scripts(sign, _part(parts, 'sub'), _part(parts, 'sup'))} {_part(parts, 'e')}"


def _brackets(node: Node, parts: Parts) -> str:
    between = _sign(node, "m:dPr", "m:sepChr", "|")
    within = between.join(parts.get("m:e", ()))
    return _sign(node, "m:dPr", "m:begChr", "(") + within + _sign(node, "m:dPr", "m:endChr", ")")


def _function(_: Node, parts: Parts) -> str:
    return f"{_part(parts, 'fName')} {_part(parts, 'e')}"


def _accent(node: Node, parts: Parts) -> str:
    return _part(parts, "e") + _sign(node, "m:accPr", "m:chr", "\u0302")


def _limit(_: Node, parts: Parts) -> str:
    limit = _part(parts, "lim")
    return _part(parts, "e") + (f"_{_whole(limit)}" if limit else "")


def _limit_above(_: Node, parts: Parts) -> str:
    limit = _part(parts, "lim")
    return _part(parts, "e") + (f"^{_whole(limit)}" if limit else "")


_FORMS: dict[str, Callable[[Node, Parts], str]] = {
    "m:f": _fraction,
    "m:sSub": _scripted,
    "m:sSup": _scripted,
    "m:sSubSup": _scripted,
    "m:sPre": _scripted_before,
    "m:rad": _root,
    "m:nary": _sum,
    "m:d": _brackets,
    "m:func": _function,
    "m:acc": _accent,
    "m:limLow": _limit,
    "m:limUpp": _limit_above,
    "m:mr": lambda _, parts: ", ".join(parts.get("m:e", ())),
    "m:m": lambda _, parts: "; ".join(parts.get("m:mr", ())),
    "m:eqArr": lambda _, parts: "; ".join(parts.get("m:e", ())),
}
