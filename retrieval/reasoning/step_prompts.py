"""What a language model is asked in each step: one short question, and a schema for its reply. Pure, but for reading
the instructions once.

A plan sees the question alone, a judgement the question and short answers: what documents say can order about neither.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from graph.prompting import Prompt, instructions
from graph.text.tokens import east_asian_share
from retrieval.answering.answer_prompt import asked, laid_out
from retrieval.model import Evidence, Question
from retrieval.reasoning.model import ReasoningState
from retrieval.reasoning.replies import judge_schema, plan_schema, read_schema

PLAN_TOKENS = 300
READ_TOKENS = 220
JUDGE_TOKENS = 200
_OVERHEAD = 128
"""Tokens kept free for the chat template."""
_CHINESE = 0.3
"""Share of East Asian characters beyond which a step is asked in Chinese."""
_PROMPTS = Path(__file__).parent / "prompts"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPrompt:
    """A prompt for a reading, and which marker each of its handles stands for."""

    prompt: Prompt
    handles: Mapping[str, int]


def plan_prompt(question: Question, most: int) -> Prompt:
    """For a plan of at most so many questions."""
    system = _instructions("plan", question.text).replace("{most}", str(most))
    return Prompt(
        system=system, user=asked(question.text), max_tokens=PLAN_TOKENS, schema=plan_schema(most),
        workspace=question.workspace,
    )  # fmt: skip


def read_prompt(
    question: Question, evidence: Sequence[Evidence], count_tokens: Callable[[str], int], window: int
) -> ReadPrompt:
    """For one answer out of as many passages as fit into ``window`` tokens with the reply."""
    system = _instructions("read", question.text)
    room = window - READ_TOKENS - _OVERHEAD - count_tokens(system) - count_tokens(question.text)
    passages, handles = laid_out(question, evidence, count_tokens, room)
    prompt = Prompt(
        system=system, user="\n\n".join((*passages, asked(question.text))), max_tokens=READ_TOKENS,
        schema=read_schema(tuple(handles)), workspace=question.workspace,
    )  # fmt: skip
    return ReadPrompt(prompt=prompt, handles=handles)


def judge_prompt(question: Question, state: ReasoningState, most: int) -> Prompt:
    """For a judgement of what has been found; it may ask at most so many questions more."""
    nothing = "（没有）" if _is_chinese(question.text) else "(nothing)"
    told = "\n".join(f"{one.number}. {one.asked} → {one.answer or nothing}" for one in state.findings)
    return Prompt(
        system=_instructions("judge", question.text), user=f"{asked(question.text)}\n\n{asked(told)}",
        max_tokens=JUDGE_TOKENS, schema=judge_schema(most), workspace=question.workspace,
    )  # fmt: skip


def _is_chinese(text: str) -> bool:
    return east_asian_share(text) > _CHINESE


def _instructions(name: str, text: str) -> str:
    return instructions(_PROMPTS, name, zh=_is_chinese(text))
