"""What a real model did in one run of ``make test-model``, as a row of the table in ``docs/language-models.md``."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from recorded_calls import Call

COLUMNS = (
    "model", "quantisation", "prompt tokens/s", "output tokens/s", "chunks read", "of these in part", "failed",
    "entities added", "relations kept", "cut", "loops", "empty readings", "answered", "refused",
    "unverified sentences shown", "judged", "not judged",
)  # fmt: skip


@dataclass(slots=True)
class Figures:
    """Filled by the tests, in their order; what no test has measured stays None and is a dash."""

    model: str = ""
    quantisation: str = ""
    calls: list[Call] = field(default_factory=list)
    """Those of the readings."""
    chunks: int | None = None
    partly: int | None = None
    failed: int | None = None
    entities: int | None = None
    relations: int | None = None
    cut: int | None = None
    loops: int | None = None
    empty: int | None = None
    answered: int | None = None
    refused: int | None = None
    unverified: int | None = None
    judged: int | None = None
    not_judged: int | None = None

    def table(self) -> str:
        """Head, rule and row in Markdown."""
        head, rule = _row(COLUMNS), _row(["---"] * len(COLUMNS))
        return "\n".join((head, rule, _row([value if value else "–" for value in self._values()])))

    def _values(self) -> list[str]:
        speeds = ([call.prompt_speed for call in self.calls], [call.output_speed for call in self.calls])
        counts = (
            self.chunks, self.partly, self.failed, self.entities, self.relations, self.cut, self.loops,
            self.empty, self.answered, self.refused, self.unverified, self.judged, self.not_judged,
        )  # fmt: skip
        shown = ["" if count is None else str(count) for count in counts]
        return [self.model, self.quantisation, *(_middle(each) for each in speeds), *shown]


def _middle(speeds: Sequence[float]) -> str:
    told = [speed for speed in speeds if speed > 0]
    return f"{median(told):.0f}" if told else ""


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
