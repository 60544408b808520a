"""The wiring of what tells whether answers contain what was acknowledged."""

import anyio

from graph.operations.database import OperationsDatabase
from graph.ports.jobs import JobQueue
from graph.ports.own_writes import OwnWrites
from graph.ports.reading import SharedKnowledge
from ingest.acknowledging.own_writes import AcknowledgedWrites
from ingest.tables.acknowledged import SqliteAcknowledgedChanges


def open_own_writes(
    database: OperationsDatabase, jobs: JobQueue, graph: SharedKnowledge, limiter: anyio.CapacityLimiter
) -> OwnWrites:  # fmt: skip
    """Over the tables of the operational database; ``limiter`` bounds the threads in which it looks."""
    return AcknowledgedWrites(changes=SqliteAcknowledgedChanges(database), jobs=jobs, graph=graph, limiter=limiter)
