"""The numbers and bullets of lists, as they are shown before a paragraph."""

import re

from ingest.loaders.list_numbers import BULLET, formatted
from ingest.loaders.word.names import Node, attribute, child, kind, number, switched_on
from ingest.loaders.word.styles import Styles

LEVELS = 9
_PLACE = re.compile(r"%([1-9])")


class Numbering:
    """Counts the lists of a document. Lists of one kind count on together, wherever they go on."""

    def __init__(self, root: Node | None, styles: Styles) -> None:
        parts = [] if root is None else list(root)
        self._styles = styles
        self._kinds = {_id(each, "w:abstractNumId"): each for each in parts if kind(each) == "w:abstractNum"}
        self._lists = {_id(each, "w:numId"): each for each in parts if kind(each) == "w:num"}
        self._levels: dict[str, tuple[str, dict[int, Node]]] = {}
        self._counts: dict[str, list[int | None]] = {}
        self._begun: set[tuple[str, int]] = set()

    def label(self, list_id: str, level: int, style: str | None) -> str:
        """What stands before the next paragraph of a list, with a blank after it; nothing where nothing does.

        ``level`` is below 0 where only the style of the paragraph says it.
        """
        if list_id == "0" or list_id not in self._lists:
            return ""
        counted, levels = self._levels_of(list_id)
        if level < 0:
            named = (at for at, each in levels.items() if _value(each, "w:pStyle") == style and style)
            level = next(named, 0)
        level = min(level, LEVELS - 1)
        if level not in levels:
            return ""
        self._count(list_id, counted, levels, level)
        shown = self._shown(counted, levels, level)
        return f"{shown} " if shown else ""

    def _levels_of(self, list_id: str) -> tuple[str, dict[int, Node]]:
        """What the list counts with, and its levels, those that it has of its own included."""
        if list_id not in self._levels:
            own = self._lists[list_id]
            counted = _value(own, "w:abstractNumId")
            linked = _value(self._kinds.get(counted), "w:numStyleLink")
            if linked:
                behind = self._lists.get(self._styles.linked_list(linked))
                counted = _value(behind, "w:abstractNumId") or counted
            levels = _levels(self._kinds.get(counted))
            for each in own:
                levels.update(_levels(each) if kind(each) == "w:lvlOverride" else {})
            self._levels[list_id] = counted, levels
        return self._levels[list_id]

    def _count(self, list_id: str, counted: str, levels: dict[int, Node], level: int) -> None:
        counts = self._counts.setdefault(counted, [None] * LEVELS)
        start = number(child(levels[level], "w:start"), default=1)
        if (list_id, level) not in self._begun:
            self._begun.add((list_id, level))
            again = self._starts_again(list_id, level)
            if again is not None:
                start, counts[level] = again, None
        before = counts[level]
        counts[level] = start if before is None else before + 1
        for deeper in range(level + 1, LEVELS):
            if deeper not in levels or number(child(levels[deeper], "w:lvlRestart"), default=1) != 0:
                counts[deeper] = None

    def _starts_again(self, list_id: str, level: int) -> int | None:
        for each in self._lists[list_id]:
            if kind(each) == "w:lvlOverride" and number(each, "w:ilvl") == level:
                found = child(each, "w:startOverride")
                return None if found is None else number(found, default=1)
        return None

    def _shown(self, counted: str, levels: dict[int, Node], level: int) -> str:
        own = levels[level]
        form = _value(own, "w:numFmt") or "decimal"
        pattern = _value(own, "w:lvlText")
        if form == "bullet":
            return BULLET if pattern.strip() or child(own, "w:lvlPicBulletId") is not None else ""
        counts, legal = self._counts[counted], switched_on(child(own, "w:isLgl"))

        def one(place: "re.Match[str]") -> str:
            at = int(place.group(1)) - 1
            if at not in levels:
                return ""
            count = counts[at]
            count = number(child(levels[at], "w:start"), default=1) if count is None else count
            return formatted(count, "decimal" if legal else _value(levels[at], "w:numFmt"))

        return _PLACE.sub(one, pattern).strip()


def _levels(parent: Node | None) -> dict[int, Node]:
    found = () if parent is None else (each for each in parent if kind(each) == "w:lvl")
    return {number(each, "w:ilvl"): each for each in found}


def _id(node: Node, name: str) -> str:
    return attribute(node, name) or ""


def _value(node: Node | None, name: str) -> str:
    found = child(node, name)
    return "" if found is None else attribute(found, "w:val") or ""
