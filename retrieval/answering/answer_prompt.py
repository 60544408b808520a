"""How evidence and question are laid out for a language model. Pure, but for reading the instructions once.

Each passage has a handle that is good for this request only. Documents cannot know it, so nothing that stands in
one can pass for a source or for the end of a passage.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from graph.prompting import Prompt, instructions
from graph.text.tokens import east_asian_share
from retrieval.answering.dates import dated
from retrieval.model import Evidence, Question

MAX_ANSWER_TOKENS = 700
_LETTERS = "bcdfghjkmnpqrstvwx"
_SHARE = 4
"""The part of a small window that is kept free for the answer, as its divisor."""
_OVERHEAD = 128
"""Tokens kept free for the chat template and the lines around the question."""
_CHINESE = 0.3
"""Share of East Asian characters beyond which a question is asked in Chinese."""
_TAG = re.compile(r"<(?=/?(?:passage|question)\b)", re.IGNORECASE)
_PROMPTS = Path(__file__).parent / "prompts"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerPrompt:
    """A prompt, and which marker each of its handles stands for."""

    prompt: Prompt
    handles: Mapping[str, int]


def compose(
    question: Question, evidence: Sequence[Evidence], count_tokens: Callable[[str], int], window: int
) -> AnswerPrompt:
    """As much of the evidence as fits, the best first and the second best last, where models look most."""
    chinese = east_asian_share(question.text) > _CHINESE
    system = instructions(_PROMPTS, "answer", zh=chinese)
    kept_free = min(MAX_ANSWER_TOKENS, window // _SHARE) + _OVERHEAD
    room = window - kept_free - count_tokens(system) - count_tokens(question.text)
    passages, handles = laid_out(question, evidence, count_tokens, room)
    user = "\n\n".join(
        (*best_at_both_ends(passages), _question(question.text, next(iter(handles), ""), chinese=chinese))
    )
    prompt = Prompt(system=system, user=user, max_tokens=MAX_ANSWER_TOKENS, workspace=question.workspace)
    return AnswerPrompt(prompt=prompt, handles=handles)


def laid_out(
    question: Question, evidence: Sequence[Evidence], count_tokens: Callable[[str], int], room: int
) -> tuple[list[str], dict[str, int]]:
    """As many passages as have room (in tokens; one at least), each under its handle; the marker of each handle."""
    prefix = _prefix(question, evidence)
    passages: list[str] = []
    handles: dict[str, int] = {}
    for item in evidence:
        passage = _passage(f"{prefix}{item.marker}", item)
        room -= count_tokens(passage)
        if room < 0 and passages:
            break
        passages.append(passage)
        handles[f"{prefix}{item.marker}"] = item.marker
    return passages, handles


def asked(text: str) -> str:
    """A question as data: it cannot end what it stands in."""
    return f"<question>\n{_data(text)}\n</question>"


def best_at_both_ends(ranked: Sequence[str]) -> list[str]:
    """1, 3, 5, … 6, 4, 2."""
    return [*ranked[::2], *reversed(ranked[1::2])]


def _prefix(question: Question, evidence: Sequence[Evidence]) -> str:
    """Two letters that follow from all that is asked: the same again for the same, and not to be guessed in a part."""
    whole = json.dumps([question.workspace, question.text, [item.placed.chunk.id for item in evidence]])
    digest = hashlib.sha256(whole.encode("ascii")).digest()
    return "".join(_LETTERS[byte % len(_LETTERS)] for byte in digest[:2])


def _passage(handle: str, item: Evidence) -> str:
    title = " › ".join((item.placed.document.title, *item.placed.chunk.headings))
    path = " → ".join(step.label for step in item.hit.why.path if step.kind == "entity")
    found = f"\n(found by way of: {_line(path)})" if path else ""
    day = dated(item.placed.document)
    told = f" ({day.isoformat()})" if day else ""
    return f"<passage {handle}>\n{_line(title)}{told}{found}\n\n{_data(item.placed.chunk.text)}\n</passage {handle}>"


def _question(text: str, handle: str, *, chinese: bool) -> str:
    source = f'[{handle}: "{"照抄的词" if chinese else "copied words"}"]'
    told = f"Answer, with a source like {source} after every sentence:"
    return f"{asked(text)}\n{f'回答，每句后面写出处，如 {source}：' if chinese else told}"


def _data(text: str) -> str:
    """Text that cannot end the passage it stands in."""
    return _TAG.sub("< ", text)


def _line(text: str) -> str:
    return " ".join(_data(text).split())[:300]
