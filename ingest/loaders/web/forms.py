"""What the boxes of a form show."""

from bs4 import Tag

_NOT_SHOWN = frozenset({"hidden", "password", "file", "image", "color", "range"})


def shown_value(tag: Tag) -> str:
    """The value of a box as text; nothing where it shows none."""
    kind = str(tag.get("type", "text")).lower()
    if (
        tag.name != "input" or kind in _NOT_SHOWN or tag.has_attr("role")
    ):  # a box with a role is drawn as something else
        return ""
    if kind in {"checkbox", "radio"}:
        return "[x] " if tag.has_attr("checked") else "[ ] "
    value = str(tag.get("value", "")).strip()
    return f" {value} " if value else ""
