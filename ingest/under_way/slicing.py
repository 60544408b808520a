"""How many documents of a batch go together: committed at once, and lost at most where the process dies."""

import time

SLICE_DOCUMENTS = 64
SLICE_CHUNKS = 256
SLICE_SECONDS = 2.0
"""Where a slice ends: documents, chunks, and seconds of loading. A commit costs nothing to speak of beside these."""


class Slice:
    """A slice that is being filled, from now on."""

    def __init__(self) -> None:
        self._started = time.monotonic()

    def full(self, documents: int, chunks: int) -> bool:
        """Whether so much is a slice; one document always fits."""
        late = time.monotonic() - self._started > SLICE_SECONDS
        return documents > 0 and (late or documents >= SLICE_DOCUMENTS or chunks >= SLICE_CHUNKS)
