"""A change that is too long to be held as one value: the parts of it, each of which can be.

A store takes the parts one by one in the transaction of the whole, so that a version becomes live at one revision,
however long it is, and no more of it than a part is in memory.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import TypeAlias

import numpy as np

from graph.model import Document, GraphChange


@dataclass(frozen=True, slots=True, kw_only=True)
class LongChange:
    """What one document version contributes, in parts.

    ``read`` gives them in order, as often as it is called: each is a :class:`graph.model.GraphChange` of the same
    document and text, with consecutive chunks and all that was read in these.
    """

    document: Document
    text: str
    read: Callable[[], Iterator[GraphChange]]


AnyChange: TypeAlias = GraphChange | LongChange


def parts_of(change: AnyChange) -> Iterator[GraphChange]:
    """The parts of a change; a short one is its only part."""
    return iter((change,)) if isinstance(change, GraphChange) else change.read()


def gathered(change: AnyChange) -> GraphChange:
    """The change as one value, for a store that plans the whole of it before it writes."""
    if isinstance(change, GraphChange):
        return change
    parts = list(change.read())
    return GraphChange(
        document=change.document,
        text=change.text,
        chunks=tuple(chain.from_iterable(part.chunks for part in parts)),
        positions=tuple(chain.from_iterable(part.positions for part in parts)),
        vectors=np.concatenate([part.vectors for part in parts]),
        mentions=tuple(chain.from_iterable(part.mentions for part in parts)),
        relations=tuple(chain.from_iterable(part.relations for part in parts)),
        aliases=tuple(chain.from_iterable(part.aliases for part in parts)),
    )
