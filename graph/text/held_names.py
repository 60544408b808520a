"""Whether a text holds a name, both as names are normalised. Pure."""

import re

from graph.text.names import norm
from graph.text.tokens import is_east_asian

_BRACKETS = re.compile(r"[()（）]")


def norm_text(text: str) -> str:
    """A text as names are normalised, with nothing left out of it."""
    return norm(_BRACKETS.sub(" ", text))


def holds_name(key: str, name: str) -> bool:
    """Whether a normalised text holds a normalised name, on borders of words where the script has any."""
    if not name:
        return False
    return name in key if is_east_asian(name) else f" {name} " in f" {key} "
