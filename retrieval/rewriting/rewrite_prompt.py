"""How a conversation is laid out for a language model that rewrites its last question, and what it may answer. Pure."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path

from graph.prompting import Prompt
from graph.text.names import norm
from graph.text.tokens import is_east_asian, stems
from retrieval.model import Question
from retrieval.rewriting.exchanges import Exchange, fitted
from retrieval.rewriting.known_names import names_by_rule

MAX_TOKENS = 200
MOST_HISTORY = 2_000
"""Tokens of what was said before: more would cost time and tell little."""
_OVERHEAD = 128
"""Tokens kept free for the chat template and the lines around the question."""
SCHEMA: Mapping[str, object] = {
    "type": "object", "properties": {"question": {"type": "string"}}, "required": ["question"],
    "additionalProperties": False,
}  # fmt: skip
_LEAST_KEPT = 0.5
"""Share of the question's own stems that its rewriting keeps: one that keeps less asks something else."""
_LONGEST = 300
"""Characters by which a rewriting may be longer than its question."""
_NUMBER = re.compile(r"\d[\d,.]*\d|\d")
_JSON = re.compile(r"\{.*\}", re.DOTALL)
_ENGLISH, _CHINESE = ("User: ", "Assistant: ", "Last question: "), ("用户：", "助手：", "最后一个问题：")
_PROMPTS = Path(__file__).parent / "prompts"


def compose(
    question: Question, exchanges: Sequence[Exchange], count_tokens: Callable[[str], int], window: int
) -> Prompt:
    """The last question with as much of what was said before it as fits."""
    chinese = is_east_asian(question.text)
    system = _instructions("rewrite.zh.txt" if chinese else "rewrite.txt")
    room = window - MAX_TOKENS - _OVERHEAD - count_tokens(system) - count_tokens(question.text)
    kept = fitted(exchanges, max(0, min(room, MOST_HISTORY)), count_tokens)
    user, agent, last = _CHINESE if chinese else _ENGLISH
    lines = [
        line
        for exchange in kept
        for line in (f"{user}{exchange.question}", f"{agent}{exchange.answer}" if exchange.answer else "")
        if line
    ]
    return Prompt(
        system=system, user="\n".join((*lines, f"{last}{question.text}")), max_tokens=MAX_TOKENS, schema=SCHEMA,
        workspace=question.workspace,
    )  # fmt: skip


def parse(reply: str) -> str | None:
    """The question that a model wrote; None where it wrote none."""
    found = _JSON.search(reply)
    try:
        value = json.loads(found[0]) if found else None
    except (ValueError, RecursionError):
        return None
    text = value.get("question") if isinstance(value, dict) else None
    return " ".join(text.split()) if isinstance(text, str) and text.strip() else None


def objection(rewriting: str, text: str, exchanges: Sequence[Exchange]) -> str | None:
    """Why a model's rewriting is not taken: it holds what was never said, or asks something else; None: it is taken."""
    said = " ".join((text, *(f"{one.question} {one.answer}" for one in exchanges)))
    if len(rewriting) > len(text) + _LONGEST:
        return "too long"
    if is_east_asian(rewriting) != is_east_asian(text):
        return "in another language"
    key = norm(said)
    for start, end in names_by_rule(rewriting):
        if norm(rewriting[start:end]) not in key:
            return "a name that nobody said"
    if any(number not in said for number in _NUMBER.findall(rewriting)):
        return "a number that nobody said"
    own = set(stems(text))
    if own and len(own & set(stems(rewriting))) < _LEAST_KEPT * len(own):
        return "another question"
    return None


@cache
def _instructions(name: str) -> str:
    return (_PROMPTS / name).read_text(encoding="utf-8").strip()
