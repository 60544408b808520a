"""How a conversation is laid out for a language model that rewrites its last question, and what it may answer. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from graph.prompting import Prompt, fields_in, instructions
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
_ENGLISH, _CHINESE = ("User: ", "Assistant: ", "Last question: "), ("用户：", "助手：", "最后一个问题：")
_PROMPTS = Path(__file__).parent / "prompts"


def compose(
    question: Question, exchanges: Sequence[Exchange], count_tokens: Callable[[str], int], window: int
) -> Prompt:
    """The last question with as much of what was said before it as fits."""
    chinese = is_east_asian(question.text)
    system = instructions(_PROMPTS, "rewrite", zh=chinese)
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
    said = fields_in(reply)
    text = said.get("question") if said is not None else None
    return " ".join(text.split()) if isinstance(text, str) and text.strip() else None


def objection(rewriting: str, text: str, exchanges: Sequence[Exchange]) -> str | None:
    """Why a model's rewriting is not taken: it holds what was never said, or asks something else; None: it is taken."""
    said = " ".join((text, *(f"{one.question} {one.answer}" for one in exchanges)))
    if len(rewriting) > len(text) + _LONGEST:
        return "too long"
    if is_east_asian(rewriting) != is_east_asian(text):
        return "in another language"
    if not all(_was_said(norm(rewriting[start:end]), text, said) for start, end in names_by_rule(rewriting)):
        return "a name that nobody said"
    if any(number not in said for number in _NUMBER.findall(rewriting)):
        return "a number that nobody said"
    own = set(stems(text))
    if own and len(own & set(stems(rewriting))) < _LEAST_KEPT * len(own):
        return "another question"
    return None


def _was_said(name: str, question: str, said: str) -> bool:
    """Whether a name was said, or what is left of it without the question's own words before and after it.

    "Diocese of it", after "Fredericton", is the Diocese of Fredericton; 从师于谁, after 杜云, is 杜云从师于谁.
    """
    joint = "" if is_east_asian(name) else " "
    units = list(name) if not joint else name.split()
    own, whole = (f"{joint}{norm(text)}{joint}" for text in (question, said))

    def holds(text: str, start: int, end: int) -> bool:
        return f"{joint}{joint.join(units[start:end])}{joint}" in text

    start, end = 0, len(units)
    while start < end and holds(own, 0, start + 1):
        start += 1
    while end > start and holds(own, end - 1, len(units)):
        end -= 1
    return name in whole or start == end or holds(whole, start, end)
