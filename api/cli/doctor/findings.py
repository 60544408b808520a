"""What ``quipu doctor`` finds, and what follows from figures alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

GIB = 1024**3
LITTLE = GIB
"""Room on a disk below which it is told: a few thousand documents with their vectors."""
State = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of the report. ``do`` says what to do about what is not ``ok``."""

    what: str
    state: State
    says: str
    do: str = ""


def room(free: int, reserve: int, folder: str) -> Finding:
    """Whether a disk has room, in bytes; ``reserve`` of it is kept for deletions."""
    says = f"{free / GIB:.1f} GiB are free where {folder} is"
    if free <= reserve:
        return Finding(what="disk", state="fail", says=says, do="make room: uploads are refused")
    if free < LITTLE:
        return Finding(what="disk", state="warn", says=says, do="make room before bringing in many documents")
    return Finding(what="disk", state="ok", says=says)


def confinement(held: str) -> Finding:
    """What keeps documents from harm, as the parser process tells it."""
    given, _, missing = held.partition("; missing: ")
    if not missing:
        return Finding(what="parser", state="ok", says=f"confined: {given}")
    return Finding(
        what="parser", state="warn", says=f"confined: {given}; not by {missing}",
        do="bring in documents of people you trust only, or use a newer kernel",
    )  # fmt: skip


def vectors(stored: str | None, embedder: str, *, reads_chinese: bool) -> Finding:
    """Whether the vectors that are stored are by the embedder that is set, and which languages it reads."""
    if stored in {None, embedder}:
        languages = "it reads Chinese" if reads_chinese else "Chinese is found by keywords and names"
        return Finding(what="embedder", state="ok", says=f"{embedder} embeds; {languages}")
    return Finding(
        what="embedder", state="fail", says=f"{embedder} embeds, but the vectors that are kept are by {stored}",
        do="say  quipu reindex,  or set QUIPU_EMBEDDER as it was",
    )  # fmt: skip


def exit_code(findings: Sequence[Finding]) -> int:
    """1 where something fails; what is only worth knowing fails nothing."""
    return int(any(one.state == "fail" for one in findings))
