"""What a language model replies to one step, checked: a plan, a reading, a judgement. Pure.

A reply that is not what its schema says is no reply; nothing of it is mended.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, cast, get_args

from graph.parsing import is_text
from graph.prompting import fields_in
from graph.text.tokens import stems
from retrieval.reasoning.model import SubQuestion

LONGEST_STEP = 400
LONGEST_ANSWER = 160
LONGEST_QUOTE = 600
_LEAST_ASKED = 0.2
"""Share of the stems of a question that its plan holds, at least."""
Decision = Literal["enough", "more", "stop"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadReply:
    """What a model says that a passage answers, unverified; all empty where it says that none does."""

    answer: str
    passage: str
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeReply:
    """Whether a model thinks that the answers suffice, what it misses, and what else it would ask."""

    decision: Decision
    missing: str
    steps: tuple[str, ...]


def plan_schema(most: int) -> Mapping[str, object]:
    """For a list of questions."""
    return _object(steps=_steps(most, least=1))


def read_schema(handles: tuple[str, ...]) -> Mapping[str, object]:
    """For one answer out of passages with these handles."""
    return _object(
        answer={"type": "string", "maxLength": LONGEST_ANSWER},
        passage={"type": "string", "enum": [*handles, ""]},
        quote={"type": "string", "maxLength": LONGEST_QUOTE},
    )


def judge_schema(most: int) -> Mapping[str, object]:
    """For a judgement with further questions."""
    return _object(
        decision={"type": "string", "enum": list(get_args(Decision))},
        missing={"type": "string", "maxLength": LONGEST_STEP},
        steps=_steps(most, least=0),
    )


def plan_of(reply: str, most: int) -> tuple[str, ...] | None:
    """The questions of a plan; None unless each names answers of earlier ones alone."""
    found = fields_in(reply)
    steps = _texts(found.get("steps"), most) if found else None
    return steps if steps and _in_order(steps, 0) else None


def is_about(steps: Sequence[str], question: str) -> bool:
    """Whether a plan says some of what its question says: a small model copies the example that it was given.

    Of 300 recorded plans (``musique``, ``musique200``) each holds a quarter of the question's stems or more; a copied
    example holds none of nine questions in ten.
    """
    asked = frozenset(stems(question))
    return len(asked.intersection(stems(" ".join(steps)))) >= _LEAST_ASKED * len(asked)


def reading_of(reply: str) -> ReadReply | None:
    """One answer; None where a field is missing, no text, or too long."""
    found = fields_in(reply)
    if found is None:
        return None
    bounds = {"answer": LONGEST_ANSWER, "passage": LONGEST_ANSWER, "quote": LONGEST_QUOTE}
    parts = {name: _text(found.get(name), most) for name, most in bounds.items()}
    if None in parts.values():
        return None
    return ReadReply(**cast(dict[str, str], parts))


def judgement_of(reply: str, begun: int, most: int) -> JudgeReply | None:
    """A judgement after ``begun`` questions; "more" needs questions, which name answers of earlier ones alone."""
    found = fields_in(reply)
    if found is None:
        return None
    decision, missing = found.get("decision"), _text(found.get("missing", ""), LONGEST_STEP)
    steps = _texts(found.get("steps", []), most)
    if decision not in get_args(Decision) or missing is None or steps is None or not _in_order(steps, begun):
        return None
    if (decision == "more") != bool(steps):
        return None
    return JudgeReply(decision=cast(Decision, decision), missing=missing, steps=steps)


def _object(**fields: object) -> Mapping[str, object]:
    return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}


def _steps(most: int, *, least: int) -> Mapping[str, object]:
    return {
        "type": "array", "items": {"type": "string", "minLength": 1, "maxLength": LONGEST_STEP},
        "minItems": least, "maxItems": most,
    }  # fmt: skip


def _text(value: object, most: int) -> str | None:
    if not isinstance(value, str) or len(value) > most or not is_text(value):
        return None
    return " ".join(value.split())


def _texts(value: object, most: int) -> tuple[str, ...] | None:
    if not isinstance(value, list) or len(value) > most:
        return None
    texts = [_text(one, LONGEST_STEP) for one in value]
    return tuple(cast(list[str], texts)) if all(texts) else None


def _in_order(steps: tuple[str, ...], begun: int) -> bool:
    return all(
        need < number
        for number, text in enumerate(steps, start=begun + 1)
        for need in (SubQuestion(number=number, text=text).needs or (0,))
    ) and not any("#0" in text for text in steps)
