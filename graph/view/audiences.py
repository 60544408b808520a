"""What audiences may read of a resident view: who may read which document now, and snapshots that follow from it."""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field

from graph.audience import Audience
from graph.model import REWRITING
from graph.ports.reading import SharedKnowledge
from graph.rights import Rights
from graph.view.resident_snapshot import ResidentSnapshot
from graph.view.restricted_snapshot import RestrictedSnapshot

KEPT = 16
"""Restricted snapshots kept of a workspace. Audiences that may read the same documents share one."""

GENERATIONS = 4
"""At most so many generations are kept alive by them: those of the past are whole indexes of their own."""
AUDIENCES = 1000
"""Audiences of which it is kept what is hidden from them."""


@dataclass(slots=True)
class _Known:
    """What is known of one workspace: rights as of a revision, whom they hide what from, and snapshots in use."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    revision: int = -1
    rights: dict[str, Rights] = field(default_factory=dict)
    hidden: dict[Audience, frozenset[str]] = field(default_factory=dict)
    snapshots: OrderedDict[tuple[int, int, frozenset[str]], RestrictedSnapshot] = field(default_factory=OrderedDict)


class Audiences:
    """Restricted snapshots of every workspace. Thread-safe."""

    def __init__(self, store: SharedKnowledge) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._known: dict[str, _Known] = {}

    def snapshot(self, whole: ResidentSnapshot, audience: Audience, newest: int) -> RestrictedSnapshot:
        """What an audience may read of a snapshot, by the rights at the revision ``newest`` or a later one."""
        known = self._of(whole.workspace)
        with known.lock:
            # rights come with the first text that they are about, or before it: those of its revision hide it
            self._follow(whole.workspace, known, max(newest, whole.revision))
            hidden = known.hidden.get(audience)
            if hidden is None:
                if len(known.hidden) >= AUDIENCES:
                    known.hidden.clear()
                hidden = known.hidden[audience] = _hidden(known.rights, audience)
            key = (whole.revision, id(whole.generation), hidden)
            found = known.snapshots.pop(key, None)
            if found is None:
                found = RestrictedSnapshot(whole, hidden, self._store.read_as(audience))
            known.snapshots[key] = found
            while len(known.snapshots) > KEPT or len({key[1] for key in known.snapshots}) > GENERATIONS:
                known.snapshots.popitem(last=False)
        return found.as_read_by(self._store.read_as(audience))

    def follow(self, workspace: str, newest: int) -> None:
        """Let go of what is kept of texts that have been purged. Costs nothing where nobody restricted has asked."""
        known = self._known.get(workspace)
        if known is not None:
            with known.lock:
                self._follow(workspace, known, newest)

    def forget(self, workspace: str) -> None:
        """Let go of all that is kept of a workspace."""
        with self._lock:
            self._known.pop(workspace, None)

    def _of(self, workspace: str) -> _Known:
        with self._lock:
            return self._known.setdefault(workspace, _Known())

    def _follow(self, workspace: str, known: _Known, newest: int) -> None:
        """Learn of rights that were given, and of what was rewritten, since the revision that is known."""
        if newest <= known.revision:
            return
        log = self._store.log(workspace, known.revision, newest) if known.revision >= 0 else ()
        touched = {record.document_id for record in log if record.document_id}
        before = known.rights
        if known.revision < 0:
            known.rights = dict(self._store.rights(workspace))
        elif touched:
            kept = {one: rights for one, rights in before.items() if one not in touched}
            known.rights = kept | dict(self._store.rights(workspace, sorted(touched)))
        if known.rights != before:
            known.hidden.clear()
        if any(record.kind in REWRITING for record in log):
            known.snapshots.clear()
        else:
            for key in [key for key in known.snapshots if key[0] == known.revision]:
                del known.snapshots[key]  # of the newest revision until now: nobody asks for it any more
        known.revision = newest


def _hidden(rights: Mapping[str, Rights], audience: Audience) -> frozenset[str]:
    return frozenset(one for one, held in rights.items() if not audience.may_read(held.readers))
