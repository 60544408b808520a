"""A page from its beginning to its end, without recursion: hostile pages nest thousands deep."""

from collections.abc import Iterator
from typing import Protocol

from bs4 import Tag
from bs4.element import CData, NavigableString, PageElement

from graph.errors import TooDeep

MAX_DEPTH = 200_000


class Visitor(Protocol):
    """What is told of each part of a page."""

    def enter(self, tag: Tag) -> bool:
        """An element begins; whether to go into it. One that is not gone into is not left."""
        ...

    def text(self, text: NavigableString, within: Tag, /) -> None:
        """A piece of text, directly within an element."""
        ...

    def leave(self, tag: Tag) -> None:
        """An element ends."""
        ...


def walk(root: Tag, visitor: Visitor) -> None:
    """Everything in a page, in order. Raises TooDeep."""
    within: list[tuple[Iterator[PageElement], Tag]] = [(iter(root.children), root)]
    while within:
        children, parent = within[-1]
        node = next(children, None)
        if node is None:
            within.pop()
            if within:
                visitor.leave(parent)
        elif isinstance(node, Tag):
            if visitor.enter(node):
                within.append((iter(node.children), node))
        elif isinstance(node, NavigableString) and type(node) in (NavigableString, CData):
            visitor.text(node, parent)
        if len(within) > MAX_DEPTH:
            raise TooDeep(f"the page is nested more than {MAX_DEPTH} deep")
