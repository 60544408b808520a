"""Sequences at which a client wants the text to end."""

from collections.abc import Sequence


class Stopping:
    """Takes a text piece by piece and gives on what comes before the first of the sequences.

    The end of a piece that may be the beginning of a sequence waits for the next piece, or for :meth:`rest`.
    """

    def __init__(self, sequences: Sequence[str]) -> None:
        self._sequences = [sequence for sequence in sequences if sequence]
        self._held = ""
        self.stopped = False

    def more(self, piece: str) -> str:
        """What can be said by now, after this piece; nothing once a sequence has come."""
        if self.stopped:
            return ""
        text, self._held = self._held + piece, ""
        places = [place for sequence in self._sequences if (place := text.find(sequence)) >= 0]
        if places:
            self.stopped = True
            return text[: min(places)]
        held = max((_begun(text, sequence) for sequence in self._sequences), default=0)
        self._held = text[len(text) - held :]
        return text[: len(text) - held]

    def rest(self) -> str:
        """What was held back, once there is no more to come."""
        held, self._held = self._held, ""
        return "" if self.stopped else held


def _begun(text: str, sequence: str) -> int:
    """How many characters at the end of a text begin a sequence."""
    most = min(len(text), len(sequence) - 1)
    return next((length for length in range(most, 0, -1) if text.endswith(sequence[:length])), 0)
