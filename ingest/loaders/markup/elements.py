"""XML as elements, without anything it refers to: no file, no address, no entity but short ones of its own text."""

import re

from lxml import etree

from graph.errors import TooDeep, Unreadable
from ingest.loaders.drafting import one_line

_SPACE = re.compile(r"^\{[^}]*\}")
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
_TOO_DEEP = "xcessive depth"
MOST_OF_AN_ENTITY = 1_000
"""Characters that an entity may stand for."""


def parsed_xml(name: str, text: str) -> etree._Element:
    """The root of a document. Depth is bounded by the parser (256), so what reads it may call itself.

    Raises:
        TooDeep, Unreadable: it is no well-formed XML; the message says where it ends to be.
    """
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(_DECLARATION.sub("", text).lstrip().encode(), parser)
    except etree.XMLSyntaxError as error:
        if _TOO_DEEP in str(error):
            raise TooDeep(f"{name!r} is nested deeper than is read") from error
        raise Unreadable(f"{name!r} is not well-formed XML: {error}") from error
    return root


def local(element: etree._Element) -> str:
    """The name of an element without its namespace; empty for what is none."""
    return _SPACE.sub("", element.tag) if isinstance(element.tag, str) else ""


class Entities:
    """What a document's own entities stand for. One that stands for more than plain text is not read."""

    def __init__(self, root: etree._Element) -> None:
        declared = root.getroottree().docinfo.internalDTD
        found = list(declared.iterentities()) if declared is not None else []
        self._texts: dict[str, str] = {
            each.name: each.content
            for each in found[:1000]
            if each.content and len(each.content) <= MOST_OF_AN_ENTITY and not set(each.content) & set("<&%")
        }
        self.unread = 0

    def text_of(self, element: etree._Element) -> str:
        """All text in an element, entities included, blanks as they are."""
        pieces = [element.text or ""]
        for child in element.iterchildren():
            if isinstance(child, etree._Entity):
                pieces.append(self._meant(child.name))
            elif isinstance(child.tag, str):
                pieces.append(self.text_of(child))
            pieces.append(child.tail or "")
        return "".join(pieces)

    def line_of(self, element: etree._Element) -> str:
        """The same with single blanks."""
        return one_line(self.text_of(element))

    def _meant(self, name: str) -> str:
        if name not in self._texts:
            self.unread += 1
        return self._texts.get(name, "")
