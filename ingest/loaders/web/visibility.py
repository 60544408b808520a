"""Whether a person sees an element of a page, by its style and its attributes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from bs4 import Tag

_NUMBER = re.compile(r"-?\d*\.?\d+")
_FAR = -999.0
"""A place so far to the left or above is off the screen; in pixels, or in ems."""
_CLIPPED = re.compile(r"rect\(\s*(?:0|1px|0px)[\s,]+(?:0|1px|0px)[\s,]+(?:0|1px|0px)[\s,]+(?:0|1px|0px)\s*\)")
_CLIPPED_PATH = re.compile(r"inset\(\s*(?:50|100)%|circle\(\s*0|polygon\(\s*0\s*0\s*\)")
_NO_SIZE = re.compile(r"0+(?:\.0+)?(?:[a-z]+|%)?|1px")
_KEEPING = frozenset({"pre", "pre-wrap", "pre-line", "break-spaces"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How the text directly within an element looks. ``gone``: neither it nor anything within is seen.

    ``invisible`` and ``tiny`` are handed down, but an element within may undo them. ``lines``: line ends are kept.
    """

    gone: bool = False
    invisible: bool = False
    tiny: bool = False
    lines: bool = False

    @property
    def seen(self) -> bool:
        """Whether its own text is seen."""
        return not (self.gone or self.invisible or self.tiny)


def look(tag: Tag, style: Mapping[str, str], around: Look) -> Look:
    """How an element looks within one that looks like ``around``."""
    lines = around.lines or tag.name in {"pre", "textarea", "listing", "xmp"}
    if not style and not tag.attrs and tag.name != "dialog":
        return around if lines == around.lines else replace(around, lines=lines)
    space = style.get("white-space")
    return Look(
        gone=tag.name not in {"html", "body"} and _gone(tag, style),  # pages hide these until a script has run
        invisible=_invisible(style.get("visibility"), around.invisible),
        tiny=_tiny(style.get("font-size"), around.tiny),
        lines=lines if space is None else space in _KEEPING,
    )


def _gone(tag: Tag, style: Mapping[str, str]) -> bool:
    display = style.get("display")
    if display is None:
        if tag.has_attr("hidden") or (tag.name == "dialog" and not tag.has_attr("open")):
            return True
    elif display == "none":
        return True
    return _transparent(style) or _off_screen(style) or _clipped(style) or _of_no_size(style)


def _transparent(style: Mapping[str, str]) -> bool:
    if _number(style.get("opacity")) == 0 or style.get("color") == "transparent":
        return True
    paper = style.get("background-color") or style.get("background")
    return paper is not None and style.get("color") in {paper, f"#{paper.strip('#')}"} and "url" not in paper


def _off_screen(style: Mapping[str, str]) -> bool:
    if (_number(style.get("text-indent")) or 0.0) <= _FAR:
        return True
    if style.get("position") not in {"absolute", "fixed"}:
        return False
    return any((_number(style.get(side)) or 0.0) <= _FAR for side in ("left", "top", "right", "bottom"))


def _clipped(style: Mapping[str, str]) -> bool:
    clip, path = style.get("clip", ""), style.get("clip-path", "")
    return (_CLIPPED.match(clip) is not None and style.get("position") in {"absolute", "fixed"}) or (
        _CLIPPED_PATH.match(path) is not None
    )


def _of_no_size(style: Mapping[str, str]) -> bool:
    if "scale(0)" in style.get("transform", ""):
        return True
    if style.get("overflow") not in {"hidden", "clip"}:
        return False
    return any(_NO_SIZE.fullmatch(style.get(name, "")) for name in ("width", "height", "max-width", "max-height"))


def _invisible(value: str | None, around: bool) -> bool:
    if value is None or value in {"inherit", "unset"}:
        return around
    return value in {"hidden", "collapse"}


def _tiny(value: str | None, around: bool) -> bool:
    """Whether letters have no size. In parts of the size around them they have none where that has none."""
    size = _number(value)
    if value is None or (size is None and value in {"inherit", "unset", "smaller", "larger"}):
        return around
    if size is None:
        return False
    if size == 0:
        return True
    if value.endswith(("%", "em")) and not value.endswith("rem"):
        return around
    return size <= 1 and value.endswith(("px", "pt"))


def _number(value: str | None) -> float | None:
    found = _NUMBER.match(value) if value else None
    return float(found.group()) if found else None
