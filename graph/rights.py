"""Who may read a document, by its id and not by its version: today's rights hold for yesterday's text as well. Pure."""

import json
from dataclasses import dataclass
from typing import TypeAlias

from graph.parsing import stored_names

Readers: TypeAlias = frozenset[str] | None
"""The principals that may read a document; None: the whole workspace. Empty: whoever is unrestricted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """``readers`` may read a document now.

    Where it ``waits``, ``coming`` takes the place of ``readers`` as soon as the document's version ``version``, or a
    later one, is applied: until then only those read it who may read both the old text and the new one.
    """

    readers: Readers = None
    coming: Readers = None
    version: int = 0
    waits: bool = False

    @property
    def plain(self) -> bool:
        """Whether there is nothing to keep: the whole workspace may read it, now and later."""
        return self.readers is None and not self.waits


def given(rights: Rights, version: int, readers: Readers, live: int | None) -> Rights:
    """Rights after readers were given with a version, while the version ``live`` can be read (None: none).

    Who loses the right loses it at once; who gets it gets it with the text that it was given with.
    """
    narrowed = readers if live is not None and live >= version else both(rights.readers, readers)
    waits = narrowed != readers
    return Rights(readers=narrowed, coming=readers if waits else None, version=version, waits=waits)


def applied(rights: Rights, version: int) -> Rights:
    """Rights once a version of the document can be read."""
    if not rights.waits or version < rights.version:
        return rights
    return Rights(readers=rights.coming, version=rights.version)


def purged(rights: Rights, version: int) -> Rights:
    """Rights once every version of the document before ``version`` is gone; what was given with a later one stays."""
    return rights if rights.version > version else Rights()


def listed(readers: Readers) -> list[str] | None:
    """Readers in order, for what holds no sets; None stays None."""
    return None if readers is None else sorted(readers)


def readers_text(readers: Readers) -> str | None:
    """Readers as a column of text; NULL for the whole workspace."""
    return None if readers is None else json.dumps(listed(readers), ensure_ascii=False)


def stored_readers(text: str | None) -> Readers:
    """Readers as such a column holds them; nobody where it cannot be read."""
    return None if text is None else frozenset(stored_names(text))


def both(one: Readers, other: Readers) -> Readers:
    """Those who are among the one and among the other."""
    if one is None or other is None:
        return other if one is None else one
    return one & other
