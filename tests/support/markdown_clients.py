"""Markdown as chat clients show it, and what acts in it."""

from markdown_it import MarkdownIt

_CLIENTS = (
    MarkdownIt("commonmark", {"html": True}),
    MarkdownIt("gfm-like", {"html": True, "linkify": True}),
    MarkdownIt("js-default", {"html": True, "linkify": True, "typographer": True}),
)
_ACTING = {"html_inline", "html_block", "image", "link_open"}


def acting(text: str) -> list[str]:
    """Everything in a Markdown text that a client would fetch, run, or let people click."""
    found = []
    for client in _CLIENTS:
        for block in client.parse(text):
            for one in (block, *(block.children or ())):
                if one.type in _ACTING:
                    found.append(f"{one.type}: {one.content or one.attrs}")
    return found


def shown(text: str) -> str:
    """The words of a Markdown text as people see them."""
    parts = []
    for block in _CLIENTS[0].parse(text):
        for one in block.children or ():
            parts.append("\n" if one.type == "softbreak" else one.content)
    return "".join(parts)
