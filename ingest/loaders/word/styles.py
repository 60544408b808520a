"""What a style says of a paragraph or a run, with what it has from the style it is based on."""

import re
from dataclasses import dataclass

from ingest.loaders.word.names import Node, attribute, child, kind, number, switched_on

_HEADING = re.compile(
    r"\b(?:heading|überschrift|titre|título|titulo|titolo|kop|rubrik|overskrift|otsikko|nagłówek|заголовок|nadpis|"
    r"címsor|başlık|encabezado|cabeçalho)\s*([1-9])\b|(?:标题|標題|見出し|제목)\s*([1-9])",
    re.IGNORECASE,
)
_ID = re.compile(r"(?:heading|überschrift|berschrift|titre|ttulo|titolo|kop|rubrik|overskrift)([1-9])", re.IGNORECASE)
_TITLES = frozenset({"title", "titel", "titre", "título", "titolo", "标题", "標題", "表題", "название", "제목"})
_MOST_BASES = 50
"""How far a style may go back."""
BODY = 9
"""The outline level of what is no heading."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """``level`` of the heading, 1 the highest, 0 for none; ``numbered`` is the id and the level of a list, or None."""

    level: int = 0
    hidden: bool = False
    numbered: tuple[str, int] | None = None


class Styles:
    """The styles of a document. Those that are not defined are known by their names alone."""

    def __init__(self, root: Node | None) -> None:
        found = [] if root is None else [each for each in root if kind(each) == "w:style"]
        self._styles = {attribute(each, "w:styleId") or "": each for each in found}
        self._looks: dict[str, Look] = {}
        self._usual = next((attribute(each, "w:styleId") or "" for each in found if _is_usual(each)), "")

    def look(self, style: str | None) -> Look:
        """That of a style by its id; of the usual one of paragraphs where there is none."""
        name = self._usual if style is None else style
        if name not in self._looks:
            self._looks[name] = self._resolved(name)
        return self._looks[name]

    def linked_list(self, style: str) -> str:
        """The id of the list that a style of lists names, or nothing."""
        return attribute(found, "w:val") or "" if (found := self._list(style)) is not None else ""

    def _list(self, style: str) -> Node | None:
        return child(self._styles.get(style), "w:pPr", "w:numPr", "w:numId")

    def _resolved(self, name: str) -> Look:
        level: int | None = None
        hidden: bool | None = None
        list_id, list_level = "", -1
        for own, style in self._bases(name):
            properties = child(style, "w:pPr")
            level = _level(own, style, properties) if level is None else level
            vanish = child(style, "w:rPr", "w:vanish")
            hidden = switched_on(vanish) if hidden is None and vanish is not None else hidden
            numbering = child(properties, "w:numPr")
            list_level = number(child(numbering, "w:ilvl"), default=-1) if list_level < 0 else list_level
            found = child(numbering, "w:numId")
            list_id = list_id or (attribute(found, "w:val") or "" if found is not None else "")
        if level is None and name not in self._styles and (match := _ID.fullmatch(name)):
            level = int(match.group(1))
        return Look(level=level or 0, hidden=bool(hidden), numbered=(list_id, list_level) if list_id else None)

    def _bases(self, name: str) -> list[tuple[str, Node]]:
        """The style and those it goes back to, each once."""
        found: dict[str, Node] = {}
        while name in self._styles and name not in found and len(found) < _MOST_BASES:
            found[name] = self._styles[name]
            base = child(found[name], "w:basedOn")
            name = attribute(base, "w:val") or "" if base is not None else ""
        return list(found.items())


def _is_usual(style: Node) -> bool:
    return attribute(style, "w:type") == "paragraph" and (attribute(style, "w:default") or "0") not in {"0", "false"}


def outline_level(found: Node | None) -> int | None:
    """The level of a heading that a property says: 0 for none, None where there is no such property."""
    if found is None:
        return None
    level = number(found, default=BODY)
    return level + 1 if 0 <= level < BODY else 0


def _level(own: str, style: Node, properties: Node | None) -> int | None:
    said = outline_level(child(properties, "w:outlineLvl"))
    if said is not None:
        return said
    named = child(style, "w:name")
    name = (attribute(named, "w:val") or own if named is not None else own).strip()
    match = _HEADING.search(name)
    if match:
        return int(match.group(1) or match.group(2))
    return 1 if name.lower() in _TITLES else None
