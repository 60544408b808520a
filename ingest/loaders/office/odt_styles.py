"""What the styles of an OpenDocument text say of its letters and of the labels of its lists."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lxml import etree

from ingest.loaders.list_numbers import BULLET, formatted
from ingest.loaders.office.containers import attribute, local

_FORMS = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_DEEPEST = 20
"""Styles that may rest on each other."""


def number(text: str, *, least: int = 0, most: int = 1_000_000) -> int | None:
    """What a text says as a number within bounds; None where it says none."""
    return max(least, min(int(text), most)) if text.isdecimal() and len(text) < 10 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """How one level of a list is labelled. ``form`` is ``1``, ``a``, ``A``, ``i``, ``I``, a bullet, or empty."""

    form: str = ""
    before: str = ""
    after: str = ""
    start: int = 1
    levels: int = 1


class TextStyles:
    """The styles of a document, those of its own text included."""

    def __init__(self, roots: Iterable[etree._Element]) -> None:
        self._styles: dict[tuple[str, str], etree._Element] = {}
        self._labels: dict[str, dict[int, Label]] = {}
        for root in roots:
            for style in root.iter("{*}style"):
                self._styles[attribute(style, "family"), attribute(style, "name")] = style
            for style in root.iter("{*}list-style"):
                self._labels[attribute(style, "name")] = dict(_labels(style))

    def hides(self, family: str, name: str) -> bool:
        """Whether what is written in a style is not shown."""
        return self._said(family, name, "display") == "none"

    def raised(self, name: str) -> bool | None:
        """Whether letters stand above the line (True), below it (False), or on it (None)."""
        place = self._said("text", name, "text-position").partition(" ")[0]
        if place in {"super", "sub"}:
            return place == "super"
        share = place.removesuffix("%")
        return None if share in {"", "0"} or not share.lstrip("-").isdecimal() else not share.startswith("-")

    def list_of(self, paragraph: str) -> str:
        """The list style that a style of paragraphs names; empty where it names none."""
        style = self._styles.get(("paragraph", paragraph))
        return "" if style is None else attribute(style, "list-style-name")

    def label(self, list_style: str, level: int) -> Label:
        """The label of a level, which counts from 1; a list without a style has bullets."""
        labels = self._labels.get(list_style)
        return Label(form=BULLET) if labels is None else labels.get(level, Label())

    def _said(self, family: str, name: str, what: str) -> str:
        for _ in range(_DEEPEST):
            style = self._styles.get((family, name))
            if style is None:
                return ""
            for properties in style.iterfind("{*}text-properties"):
                if said := attribute(properties, what):
                    return said
            name = attribute(style, "parent-style-name")
        return ""


class Counting:
    """Counts the items of lists and gives each its label, with a blank after it."""

    def __init__(self, styles: TextStyles) -> None:
        self._styles = styles
        self._counts: dict[str, dict[int, int]] = {}

    def begin(self, style: str, level: int, *, goes_on: bool) -> None:
        """A list begins at a level, unless it goes on with the one before."""
        if not goes_on:
            self._counts.setdefault(style, {}).pop(level, None)

    def next(self, style: str, level: int, start: int | None) -> str:
        """The label of the next item of a level; ``start`` where the item says its own number."""
        label = self._styles.label(style, level)
        if label.form in {"", BULLET}:
            return f"{BULLET} " if label.form else ""
        counts = self._counts.setdefault(style, {})
        counts[level] = start if start is not None else counts.get(level, label.start - 1) + 1
        for deeper in [one for one in counts if one > level]:
            del counts[deeper]
        shown = [
            formatted(counts.get(one, 1), _FORMS.get(self._styles.label(style, one).form, "decimal"))
            for one in range(max(1, level - label.levels + 1), level + 1)
        ]
        return f"{label.before}{'.'.join(shown)}{label.after}".strip() + " "


def _labels(style: etree._Element) -> Iterator[tuple[int, Label]]:
    for each in style.iterchildren():
        level = number(attribute(each, "level"), least=1)
        if level is None:
            continue
        if local(each) == "list-level-style-number":
            yield level, Label(
                form=attribute(each, "num-format"), before=attribute(each, "num-prefix"),
                after=attribute(each, "num-suffix"), start=number(attribute(each, "start-value")) or 1,
                levels=number(attribute(each, "display-levels"), least=1) or 1,
            )  # fmt: skip
        elif local(each) in {"list-level-style-bullet", "list-level-style-image"}:
            yield level, Label(form=BULLET)
