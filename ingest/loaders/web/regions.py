"""Which parts of a page are no part of its text: navigation, cookie notices, and what stands around the main text.

An article must never be lost: where no main text stands out, all but navigation stays, and navigation stays where
there is hardly anything else.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from bs4 import Tag

from ingest.loaders.web.styles import classes_of

Kind = Literal["main", "navigation", "cookie notices", "headers, footers and asides"]
_EDGE: Kind = "headers, footers and asides"
_MAIN_ROLES, _EDGE_ROLES = {"main"}, {"banner", "contentinfo", "complementary", "search"}
_SECTIONS = frozenset({"article", "main", "section", "nav", "aside"})
_COOKIES = re.compile(
    r"(?:cookie|gdpr|consent|privacy)s?[-_]?(?:law[-_]?)?(?:banner|notice|bar|popup|modal|overlay|dialog|consent|message|"
    r"wall|notification|prompt)|onetrust|cookiebot|cookieconsent|cc-window",
    re.IGNORECASE,
)
_MOST_OF_A_NOTICE = 1_500
_MOST_LINKS = 500


@dataclass(slots=True, kw_only=True)
class Region:
    """A part of the page that may be left out, or its main text; ``characters`` are those that are seen."""

    tag: Tag
    kind: Kind
    within: "Region | None"
    characters: int = 0
    top_heading: bool = False
    places: list[str] = field(default_factory=list)
    """Its links, those that lead out of the page empty."""


class Regions:
    """Told of a page from its beginning to its end; then it says what is left out."""

    def __init__(self) -> None:
        self._open: Region | None = None
        self._found: list[Region] = []
        self._sections = 0
        self._in_main = 0
        self._names: set[str] = set()
        self.characters = 0

    def enter(self, tag: Tag) -> None:
        """An element that is seen."""
        if tag.attrs:
            self._names.update(str(tag[name]) for name in ("id", "name") if name in tag.attrs)
        kind = self._kind(tag)
        if kind:
            self._open = Region(tag=tag, kind=kind, within=self._open)
            self._found.append(self._open)
            self._in_main += kind == "main"
        self._sections += tag.name in _SECTIONS
        if self._open and tag.name == "h1":
            self._open.top_heading = True
        if self._open and tag.name == "a" and len(self._open.places) < _MOST_LINKS:
            address = str(tag.get("href", ""))
            self._open.places.append(address if address.startswith("#") else "")

    def read(self, characters: int) -> None:
        """Text that is seen."""
        self.characters += characters
        if self._open:
            self._open.characters += characters

    def leave(self, tag: Tag) -> None:
        """The end of an element that was entered."""
        self._sections -= tag.name in _SECTIONS
        if self._open and self._open.tag is tag:
            region, self._open = self._open, self._open.within
            self._in_main -= region.kind == "main"
            if self._open:
                self._open.characters += region.characters
                self._open.top_heading |= region.top_heading

    def left_out(self) -> Iterator[Region]:
        """The regions that are no part of the text."""
        navigation = [one for one in self._outermost("navigation") if not self._leads_within(one)]
        rest = self.characters - sum(one.characters for one in navigation)
        if 10 * rest >= sum(one.characters for one in navigation):
            yield from navigation
        yield from (one for one in self._found if one.kind == "cookie notices" and self._is_notice(one, rest))
        main, edges = self._outermost("main"), self._outermost(_EDGE)
        around = sum(one.characters for one in edges)
        if main and 4 * sum(one.characters for one in main) >= around:
            titled = any(one.top_heading for one in main)
            yield from (one for one in edges if titled or not one.top_heading)

    def _kind(self, tag: Tag) -> Kind | None:
        role = str(tag.get("role", "")).lower() if tag.attrs else ""
        if tag.name == "nav" or role == "navigation":
            return "navigation"
        if tag.attrs and self._called_notice(tag):
            return "cookie notices"
        if tag.name in {"main", "article"} or role in _MAIN_ROLES:
            return "main" if self._open is None or self._open.kind == "main" else None
        return _EDGE if not self._in_main and self._stands_at_edge(tag, role) else None

    def _stands_at_edge(self, tag: Tag, role: str) -> bool:
        if tag.name == "aside" or role in _EDGE_ROLES:
            return True
        return tag.name in {"header", "footer"} and not self._sections

    def _called_notice(self, tag: Tag) -> bool:
        if tag.name in {"html", "body", "main", "article"}:
            return False
        return any(_COOKIES.search(name) for name in (*classes_of(tag), str(tag.get("id", ""))) if len(name) < 100)

    def _is_notice(self, region: Region, rest: int) -> bool:
        return region.characters <= min(_MOST_OF_A_NOTICE, rest - region.characters + _MOST_OF_A_NOTICE // 5)

    def _leads_within(self, region: Region) -> bool:
        """Whether it is the page's own table of contents."""
        places = [place for place in region.places if place != "#"]  # that one leads to the top
        return len(places) > 1 and all(place[1:] in self._names for place in places)

    def _outermost(self, kind: Kind) -> list[Region]:
        return [one for one in self._found if one.kind == kind and not _within(one, kind)]


def _within(region: Region, kind: Kind) -> bool:
    """Whether it stands in another one of its kind. Regions of one kind within each other are few steps apart."""
    around = region.within
    return around is not None and around.kind == kind
