"""Formulas of pages (MathML) as text on one line: a fraction is ``a/b``, a power ``x^2``, a root ``√(x)``."""

import re
from collections.abc import Callable, Sequence

from bs4 import Tag

_SIMPLE = re.compile(r"[\w.]*|\([^()]*\)")
_UNSEEN = {0x2061: " ", 0x2062: "", 0x2063: "", 0x2064: ""}
"""Signs between a function and what it is of, between factors, and the like."""
_DEEPEST = 50
_BESIDE = frozenset({"annotation", "annotation-xml", "mphantom", "none", "mprescripts"})


def linear(formula: Tag, depth: int = 0) -> str:
    """The whole of it. What is nested deeper than any formula is taken as it stands."""
    if formula.name in _BESIDE:
        return ""
    inner = [each for each in formula.children if isinstance(each, Tag)]
    if not inner or depth > _DEEPEST:
        return " ".join(formula.get_text().split()).translate(_UNSEEN)
    parts = [linear(each, depth + 1) for each in inner]
    form = _FORMS.get(formula.name)
    return form(parts) if form is not None and len(parts) >= _LEAST.get(formula.name, 1) else "".join(parts)


def _whole(text: str) -> str:
    """In brackets, unless it is one thing anyway."""
    return text if _SIMPLE.fullmatch(text) else f"({text})"


def _both(parts: Sequence[str]) -> str:
    return f"{_whole(parts[0])}_{_whole(parts[1])}^{_whole(parts[2])}"


_FORMS: dict[str, Callable[[Sequence[str]], str]] = {
    "mfrac": lambda parts: f"{_whole(parts[0])}/{_whole(parts[1])}",
    "msup": lambda parts: f"{_whole(parts[0])}^{_whole(parts[1])}",
    "msub": lambda parts: f"{_whole(parts[0])}_{_whole(parts[1])}",
    "mover": lambda parts: f"{_whole(parts[0])}^{_whole(parts[1])}",
    "munder": lambda parts: f"{_whole(parts[0])}_{_whole(parts[1])}",
    "msubsup": _both,
    "munderover": _both,
    "msqrt": lambda parts: f"√{_whole(''.join(parts))}",
    "mroot": lambda parts: f"√[{parts[1]}]{_whole(parts[0])}",
    "mfenced": lambda parts: f"({', '.join(parts)})",
    "mtr": ", ".join,
    "mtable": "; ".join,
}
_LEAST = dict.fromkeys(("mfrac", "msup", "msub", "mover", "munder", "mroot"), 2) | dict.fromkeys(
    ("msubsup", "munderover"), 3
)
