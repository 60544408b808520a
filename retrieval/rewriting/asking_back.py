"""A question back, as it is worded and as it is recognised again in a history: which thing is meant? Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from graph.text.tokens import is_east_asian
from retrieval.answer import Clarification

LONGEST_TOLD = 60
"""Characters of what tells a candidate from others."""
_ASKED_BACK = re.compile(
    r"\A(?:What do you mean by “(?P<word>[^”]+)”\?|“(?P<whole>[^”]+)”: of what\?)"
    r"(?: Is it (?P<listed>.+), or something else\?)?\Z",
    re.DOTALL,
)
_ASKED_BACK_HAN = re.compile(
    r"\A(?:“(?P<word>[^”]+)”指的是什么？|“(?P<whole>[^”]+)”问的是什么？)(?:是(?P<listed>.+)，还是别的？)?\Z", re.DOTALL
)
_NOTE = re.compile(r" \([^()]*\)|（[^（）]*）")
_NO_PART_OF_A_NOTE = re.compile(r"[()（）,，、“”\s]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A thing that may be meant; ``told`` is what tells it from others: what is said of it, or where it stands."""

    name: str
    told: str = ""


def question_back(text: str, word: str, candidates: Sequence[Candidate]) -> Clarification:
    """What is asked back about a word of a question, or about all of it where it does not say of what it asks."""
    chinese, whole = is_east_asian(text), word == text
    quoted = word.replace("“", "").replace("”", "")
    if chinese:
        asked = f"“{quoted}”问的是什么？" if whole else f"“{quoted}”指的是什么？"
    else:
        asked = f"“{quoted}”: of what?" if whole else f"What do you mean by “{quoted}”?"
    notes = [_note(one) for one in candidates]
    listed = [
        one.name + (f"（{note}）" if chinese else f" ({note})") * bool(note)
        for one, note in zip(candidates, notes, strict=True)
    ]
    if listed:
        asked += f"是{'、'.join(listed)}，还是别的？" if chinese else f" Is it {_or(listed)}, or something else?"
    names = tuple(one.name for one in candidates)
    return Clarification(question=asked, candidates=names, told_apart=tuple(notes))


def _note(candidate: Candidate) -> str:
    """What tells a candidate apart, in words that can stand in brackets in a list; "" where its name says it."""
    note = _NO_PART_OF_A_NOTE.sub(" ", candidate.told).strip()
    if note.lower() == candidate.name.lower():
        return ""
    return note if len(note) <= LONGEST_TOLD else note[: LONGEST_TOLD - 1].rstrip() + "…"


def _or(listed: Sequence[str]) -> str:
    return listed[0] if len(listed) == 1 else f"{', '.join(listed[:-1])} or {listed[-1]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedBack:
    """What an earlier question back was about: a word, or (``whole``) the question itself."""

    word: str
    candidates: tuple[str, ...]
    whole: bool


def asked_about(said: str) -> AskedBack | None:
    """What a question back is about and its candidates, from its text; None where it is none."""
    found = _ASKED_BACK.match(said.strip()) or _ASKED_BACK_HAN.match(said.strip())
    if found is None:
        return None
    listed = _NOTE.sub("", found["listed"] or "")
    parts = re.split("、" if is_east_asian(said) else r", | or ", listed)
    return AskedBack(
        word=found["word"] or found["whole"], candidates=tuple(part for part in parts if part),
        whole=found["whole"] is not None,
    )  # fmt: skip
