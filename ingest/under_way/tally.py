"""What the extractions of a document come to, counted part by part: none of them is held for it."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from graph.model import GraphChange
from ingest.model import Extraction


class Tally:
    """Counts of one document so far. ``failures`` says by ordinal why a chunk was not read, or not all of it."""

    def __init__(self) -> None:
        self.states: Counter[str] = Counter()
        self.failures: dict[int, str] = {}
        self.rejected: Counter[str] = Counter()
        self.nothing: Counter[str] = Counter()
        self.relations = 0
        self._entities: NDArray[np.int64] = np.empty(0, dtype=np.int64)

    @property
    def entities(self) -> int:
        """How many different entities are mentioned."""
        return len(self._entities)

    def read(self, first: int, extractions: Sequence[Extraction]) -> None:
        """Count what was read in consecutive chunks, of which ``first`` is the ordinal of the first."""
        for ordinal, one in enumerate(extractions, start=first):
            self.states[one.state] += 1
            self.rejected.update(one.rejected)
            if one.failure:
                self.failures[ordinal] = one.failure
            if one.nothing:
                self.nothing[one.nothing] += 1

    def planned(self, part: GraphChange) -> None:
        """Count what a part contributes. Entities are told apart by the hash of their id: 8 bytes each, in order."""
        self.relations += len(part.relations)
        found = np.array(sorted({hash(mention.entity_id) for mention in part.mentions}), dtype=np.int64)
        places = np.searchsorted(self._entities, found)
        new = np.ones(len(found), dtype=np.bool_)
        inside = places < len(self._entities)
        new[inside] = self._entities[places[inside]] != found[inside]
        self._entities = np.insert(self._entities, places[new], found[new])
