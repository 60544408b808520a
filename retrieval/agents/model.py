"""What agents hand to each other: pieces of research, what they found, and what the critic makes of it."""

from dataclasses import dataclass
from typing import Literal

from retrieval.answer import Claim, ShortAnswer
from retrieval.model import Evidence

Role = Literal["passages", "facts", "changes"]
ROLES: tuple[Role, ...] = ("passages", "facts", "changes")
"""Who researches, in the order in which their reports are read."""
MOST_RETURNS = 2
"""How often the critic may send work back for one answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What one researcher is to find out.

    ``question`` is the number of the plan's question that it is for, 0 for the question as a whole; it is a ``part``
    where the plan has several. ``text`` has no placeholders. ``returned`` counts how often the critic has sent it back,
    ``because`` is why it last did. The researcher may spend ``calls`` of a language model.
    """

    role: Role
    question: int
    text: str
    part: bool = False
    returned: int = 0
    because: str = ""
    calls: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a researcher found: claims that rest on its evidence, by the markers of that evidence.

    ``answer`` are the words of a passage that a further question may go on with; ``short`` is what the claims come to
    in a word, None where that is not sure. ``exact``: the claims are all there is to
    say, such as rows of the graph, and not a choice among sentences. ``detail`` says for people what was found.
    """

    task: Task
    detail: str
    evidence: tuple[Evidence, ...] = ()
    claims: tuple[Claim, ...] = ()
    answer: str = ""
    short: ShortAnswer | None = None
    exact: bool = False
    by_model: bool = False
    notes: tuple[str, ...] = ()
    degraded: tuple[str, ...] = ()
    seconds: float = 0.0
    calls: int = 0
    tokens: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What the critic makes of a report: the claims that hold, how many do not, and why it is to be done again.

    ``missing`` is empty where it need not be.
    """

    report: Report
    dropped: int = 0
    missing: str = ""
