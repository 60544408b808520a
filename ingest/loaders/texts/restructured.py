"""reStructuredText, as docutils reads it: titles, text, tables as grids, notes, code. Nothing is fetched or included.

Header fields (a PEP's, or a list of fields at the beginning) are metadata, and stand in the text as well.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime

from docutils import nodes
from docutils.core import publish_doctree

from graph.errors import TooDeep
from ingest.loaders.drafting import NAMED, Draft, one_line
from ingest.loaders.reading_limits import ReadingLimits
from ingest.loaders.texts.decoding import decoded
from ingest.loaders.texts.restructured_names import know_all_names
from ingest.loaders.texts.restructured_text import inline, write_blocks
from ingest.model import LoadedDocument, Source

MOST = 2_000_000
"""Characters that docutils reads in time; what is longer is read as plain text."""
_SETTINGS = {
    "file_insertion_enabled": False, "raw_enabled": False, "_disable_config": True, "halt_level": 5, "report_level": 2,
    "warning_stream": False, "input_encoding": "unicode", "doctitle_xform": False, "docinfo_xform": False,
    "syntax_highlight": "none", "smart_quotes": False, "line_length_limit": 1_000_000, "language_code": "en",
}  # fmt: skip
_FIELD = re.compile(r"([A-Z][A-Za-z-]{0,40}):(?:[ \t]+(.*))?")
_LEAST_FIELDS = 3
_DAY = re.compile(r"\d{1,2}-[A-Z][a-z]{2}-\d{4}")


_SAMPLE = """:Author: Ada

Maß
===

The `mill` [1]_ of |who|, :ref:`Varn <varn>`, :pep:`8`, :math:`a+b`. `A link <x>`_

.. [1] A note.
.. |who| replace:: Ada
.. |when| date::

Part
----

=== ===
 a   b
=== ===
 1   2
=== ===

+---+---+
| a | b |
+===+===+
| 1 | 2 |
+---+---+

.. note:: Mind.

.. code:: python
   :caption: c

   a = 1

.. math:: a
.. list-table::

   * - a
     - b

.. csv-table::

   a,b

.. figure:: a.png
   :width: 50%

   Words.

.. image:: a.png
   :alt: x
.. include:: x
.. raw:: html

   <b>

.. contents::
.. sectnum::
.. role:: own
.. class:: x
.. container:: y

   z

.. topic:: T

   z

.. epigraph:: e
.. unicode:: U+41
.. meta::
   :a: b
.. target-notes::
.. mystery:: q
   :r: s

   t

- l

1. m

n
  o

-p  q

| v
| w

>>> x
"""


def load(source: Source, limits: ReadingLimits) -> LoadedDocument:
    """Raises TooDeep, TooMuchText, Unreadable."""
    found = decoded(source)
    text = found.text
    draft = Draft(source, limits)
    draft.told = found.report()
    if len(text) > MOST:
        draft.left_out("structure", "the file is too long for it, and read as plain text")
        draft.line(text.rstrip("\n"))
        return draft.finish()
    header, begin = _header(text)
    know_all_names(text)
    try:
        tree = publish_doctree(text[begin:], settings_overrides=_SETTINGS)
        fields = dict(header) or dict(_first_fields(tree))
        for name, value in header.items():
            draft.line(f"{name}{NAMED}{value}", "fields")
        write_blocks(draft, tree)
    except RecursionError as error:
        raise TooDeep(f"{source.name!r} could not be read: it is nested too deeply") from error
    draft.title = next((value for name, value in fields.items() if name.lower() == "title"), None)
    draft.metadata.update({name: _iso(value) for name, value in fields.items() if name.lower() != "title"})
    return draft.finish()


def sample() -> bytes:
    """Whatever docutils imports something for: fields, tables, code, formulas, notes, pictures, names unknown to it."""
    return _SAMPLE.encode()


def _header(text: str) -> tuple[Mapping[str, str], int]:
    """The fields that a PEP or an RFC begins with, and where they end; none where it begins otherwise."""
    fields: dict[str, str] = {}
    at, name = 0, ""
    for line in text.split("\n"):
        if not line.strip():
            break
        found = _FIELD.fullmatch(line)
        if found:
            name = found.group(1)
            fields[name] = (found.group(2) or "").strip()
        elif name and line[0] in " \t":
            fields[name] = f"{fields[name]} {line.strip()}".strip()
        else:
            return {}, 0
        at += len(line) + 1
    plain = {name: one_line(re.sub(r"`([^`<]*?)\s*<[^`>]*>`__?", r"\1", value)) for name, value in fields.items()}
    return (plain, min(at, len(text))) if len(fields) >= _LEAST_FIELDS else ({}, 0)


def _first_fields(tree: nodes.document) -> Iterator[tuple[str, str]]:
    """The list of fields that stands at the beginning, or below the title alone."""
    place: nodes.Element = tree
    while True:
        first = next((each for each in place.children if not isinstance(each, (nodes.title, nodes.Invisible))), None)
        if not isinstance(first, nodes.section) or place is not tree:
            break
        place = first
    if isinstance(first, nodes.field_list):
        for each in first.children:
            if isinstance(each, nodes.field):
                yield each[0].astext().strip(), one_line(inline(each[1]))


def _iso(value: str) -> str:
    """A day as PEPs write it ("05-Jan-2026") in the order that can be compared."""
    if not _DAY.fullmatch(value):
        return value
    try:
        return datetime.strptime(value, "%d-%b-%Y").date().isoformat()
    except ValueError:
        return value
