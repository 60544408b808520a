"""Communities of a snapshot, made when they are first asked for and kept by what they follow from.

Clustering follows from the texts alone, so whatever is kept is either that of these very texts or not found: nothing
has to be told of changes.
"""

import hashlib
import threading
import weakref
from collections import OrderedDict
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from graph.algorithms.communities import communities
from graph.filters import Filters
from graph.view.restricted_snapshot import RestrictedSnapshot
from graph.view.snapshot import Snapshot
from retrieval.communities.co_mentions import LEAST, LEAST_BROAD, CoMentions, co_mentions
from retrieval.communities.model import Communities, Community, Level

KEPT = 8
"""Snapshots of which communities are kept, of all workspaces together."""
DIGESTS = 1_000
"""Sets of live chunks of which the digest is kept."""

_CUTS: Mapping[Level, float] = {"fine": LEAST, "broad": LEAST_BROAD}
_Key = tuple[str, int, str, bool, Level]


class CommunityMaps:
    """The communities of every snapshot that was asked for. Thread-safe; one snapshot is clustered at a time."""

    def __init__(self) -> None:
        self._clustering = threading.Lock()
        self._lock = threading.Lock()
        self._maps: OrderedDict[_Key, Communities] = OrderedDict()
        self._digests: OrderedDict[int, tuple[weakref.ref[NDArray[np.bool_]], str]] = OrderedDict()
        self._forgotten = 0
        self.clustered = 0
        """Snapshots that were clustered so far."""

    def kept(self, snapshot: Snapshot, level: Level = "fine") -> Communities | None:
        """The communities of what can be seen in a snapshot, where they have been made."""
        return self._kept(self._key(snapshot, level))

    def of(self, snapshot: Snapshot, level: Level = "fine") -> Communities:
        """The same, made where they have not been."""
        key = self._key(snapshot, level)
        with self._clustering:
            return self._kept(key) or self._made(key, snapshot)

    def forget(self, workspace: str) -> None:
        """Let go of all that is kept of a workspace: names of it may be what purged texts said."""
        with self._lock:
            self._forgotten += 1
            for key in [key for key in self._maps if key[0] == workspace]:
                del self._maps[key]

    def _kept(self, key: _Key) -> Communities | None:
        with self._lock:
            if key in self._maps:
                self._maps.move_to_end(key)
            return self._maps.get(key)

    def _made(self, key: _Key, snapshot: Snapshot) -> Communities:
        """Cluster a snapshot; it is kept unless something was purged meanwhile."""
        with self._lock:
            forgotten = self._forgotten
        mentioned = co_mentions(snapshot)
        made = tuple(_described(mentioned, communities(mentioned.graph, _CUTS[key[4]]), snapshot))
        of_chunk = {chunk: place for place, one in enumerate(made) for chunk in one.chunk_ids}
        result = Communities(all=made, of_chunk=of_chunk, revision=snapshot.revision, seen=key[2] if key[3] else "")
        with self._lock:
            self.clustered += 1
            if forgotten == self._forgotten:
                self._maps[key] = result
                while len(self._maps) > KEPT:
                    self._maps.popitem(last=False)
        return result

    def _key(self, snapshot: Snapshot, level: Level) -> _Key:
        """Workspace, revision, what is equal for equal sets of live chunks, whether there may be more, and the cut."""
        restricted = isinstance(snapshot, RestrictedSnapshot)
        return snapshot.workspace, snapshot.revision, self._digest(snapshot), restricted, level

    def _digest(self, snapshot: Snapshot) -> str:
        """Of the live chunks. It is known by the mask of their rows, which a snapshot keeps as long as it is kept."""
        seen = snapshot.allowed(Filters())
        with self._lock:
            known = self._digests.get(id(seen))
        if known is not None and known[0]() is seen:
            return known[1]
        chunks = sorted(map(snapshot.chunk_id, np.flatnonzero(seen).tolist()))
        digest = hashlib.sha256("\n".join(chunks).encode()).hexdigest()
        with self._lock:
            self._digests[id(seen)] = (weakref.ref(seen), digest)
            while len(self._digests) > DIGESTS:
                self._digests.popitem(last=False)
        return digest


def _described(mentioned: CoMentions, parts: Sequence[Sequence[str]], snapshot: Snapshot) -> list[Community]:
    """Communities that have passages, the largest first."""
    places = {key: place for place, key in enumerate(mentioned.graph.keys)}
    of_name = np.zeros(len(places), dtype=np.int64)
    for number, names in enumerate(parts):
        of_name[[places[key] for key in names]] = number
    rows, numbers, weights = _assigned(mentioned, of_name, max(len(parts), 1))
    chunks: dict[int, list[tuple[int, str]]] = {}
    for row, number, weight in zip(rows.tolist(), numbers.tolist(), weights.tolist(), strict=True):
        chunks.setdefault(number, []).append((-weight, snapshot.chunk_id(row)))
    telling = _telling(mentioned, of_name, rows, numbers)
    made = []
    for number, found in chunks.items():
        ranked = sorted(parts[number], key=lambda key: (-telling[places[key]], key))
        made.append(_community(tuple(ranked), tuple(chunk for _, chunk in sorted(found))))
    return sorted(made, key=lambda one: (-len(one.chunk_ids), one.id))


def _assigned(
    mentioned: CoMentions, of_name: NDArray[np.int64], count: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """For each row that has names, the community that most of the weight of its names is in, and that weight.

    Rare names weigh most. Of equal weights the first community has it.
    """
    worth = np.rint(2**16 / np.sqrt(np.maximum(mentioned.frequency, 1))).astype(np.int64)
    codes, at = np.unique(mentioned.rows * count + of_name[mentioned.names], return_inverse=True)
    totals = np.bincount(at, weights=worth[mentioned.names], minlength=len(codes)).astype(np.int64)
    rows, numbers = codes // count, codes % count
    best = np.lexsort((numbers, -totals, rows))
    best = best[np.diff(rows[best], prepend=-1) > 0]
    return rows[best], numbers[best], totals[best]


def _telling(
    mentioned: CoMentions, of_name: NDArray[np.int64], rows: NDArray[np.int64], numbers: NDArray[np.int64]
) -> NDArray[np.float64]:
    """How well each name tells its community from others: its passages there, times their share of all that have it."""
    owner = dict(zip(rows.tolist(), numbers.tolist(), strict=True))
    inside = np.array([owner[row] for row in mentioned.rows.tolist()], dtype=np.int64) == of_name[mentioned.names]
    there = np.bincount(mentioned.names[inside], minlength=len(of_name))
    return np.asarray(there**2 / np.maximum(mentioned.frequency, 1), dtype=np.float64)


def _community(names: tuple[str, ...], chunk_ids: tuple[str, ...]) -> Community:
    content = "\n".join((*sorted(names), "", *sorted(chunk_ids)))
    digest = hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()
    return Community(id=digest[:24], names=names, chunk_ids=chunk_ids)
