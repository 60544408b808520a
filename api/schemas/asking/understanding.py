"""Bodies that say how a question was understood, what was done for it, and how far it was answered."""

from pydantic import BaseModel, Field

from retrieval.answer import ChangedTurn, Clarification, Rewritten, Step, Sufficiency, SufficiencyKind


class StepBody(BaseModel):
    """One step of the work: what it was given, what it found or did, and what language models took for it."""

    name: str
    input: str = ""
    detail: str
    seconds: float
    calls: int = Field(default=0, ge=0)
    tokens: int = Field(default=0, ge=0)


class CarriedNameBody(BaseModel):
    """A name that was taken over from what was said before; ``turn`` counts utterances from 1, the oldest first."""

    name: str
    turn: int


class RewrittenBody(BaseModel):
    """The question as it was understood and looked for."""

    text: str
    carried: list[CarriedNameBody]


class ClarificationBody(BaseModel):
    """A question back; ``candidates`` are what may be meant, ``told_apart`` what tells each from the others, or ""."""

    question: str
    candidates: list[str]
    told_apart: list[str]


class SufficiencyBody(BaseModel):
    """How far the evidence answers the question; ``missing`` are words of the question that it leaves open."""

    kind: SufficiencyKind
    reason: str
    missing: list[str]


class ChangedTurnBody(BaseModel):
    """An earlier answer of the conversation that no longer holds, and what holds now. ``turn`` counts from 1.

    ``was`` is null where what it rested on is gone; ``now`` where nothing answers its question any more.
    """

    turn: int
    question: str
    was: str | None
    now: str | None
    reason: str


def step_body(step: Step) -> StepBody:
    """A step for people."""
    return StepBody(
        name=step.name, input=step.input, detail=step.detail, seconds=round(step.seconds, 4), calls=step.calls,
        tokens=step.tokens,
    )  # fmt: skip


def rewritten_body(rewritten: Rewritten | None) -> RewrittenBody | None:
    """A question as it was understood, for people."""
    if rewritten is None:
        return None
    carried = [CarriedNameBody(name=one.name, turn=one.turn) for one in rewritten.carried]
    return RewrittenBody(text=rewritten.text, carried=carried)


def clarification_body(clarification: Clarification | None) -> ClarificationBody | None:
    """A question back, for people."""
    if clarification is None:
        return None
    return ClarificationBody(
        question=clarification.question, candidates=list(clarification.candidates),
        told_apart=list(clarification.told_apart),
    )  # fmt: skip


def sufficiency_body(sufficiency: Sufficiency | None) -> SufficiencyBody | None:
    """How far a question was answered, for people."""
    if sufficiency is None:
        return None
    return SufficiencyBody(kind=sufficiency.kind, reason=sufficiency.reason, missing=list(sufficiency.missing))


def changed_turn_body(turn: ChangedTurn) -> ChangedTurnBody:
    """An earlier answer that no longer holds, for people."""
    return ChangedTurnBody(turn=turn.turn, question=turn.question, was=turn.was, now=turn.now, reason=turn.reason)
