"""Questions that no single sentence answers: lists, counts, definitions, overviews and summaries. Pure.

How they are written is known in English and Chinese; polite openings and a missing question mark make no difference.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from graph.text.names import norm
from graph.text.tokens import is_east_asian
from retrieval.questions import broad_chinese, broad_english

BroadKind = Literal["list", "count", "definition", "overview", "summary"]
MOST = 400
"""Characters of a question that is read so."""
_END = r"[\s?？!！。.…]+$|[\s,，]*(?:please|thanks|thank you|谢谢|吗|呢|呀)[\s?？!！。.]*$"
_POLITE = "^(?:" + "|".join((*broad_english.POLITE, *broad_chinese.POLITE)) + ")"
_SAYS_LIST = f"{broad_english.SAYS_LIST}|{broad_chinese.SAYS_LIST}"
_QUOTES = " \"'“”‘’《》「」『』«»,，:："


@dataclass(frozen=True, slots=True, kw_only=True)
class BroadQuestion:
    """What is asked for more than one sentence.

    ``subject`` is the thing to define, the document to summarise, or the kind of things to list or count, as the
    question writes it; ``core`` the question without the words that only say that several things are asked for.
    """

    kind: BroadKind
    subject: str = ""
    core: str = ""


def read_broad(question: str) -> BroadQuestion | None:
    """How a question asks for more than a sentence; None if it does not."""
    text = _bare(question)
    if not text or len(text) > MOST:
        return None
    if _matches((*broad_english.OVERVIEW, *broad_chinese.OVERVIEW), text) is not None:
        return BroadQuestion(kind="overview")
    if (named := _matches((*broad_english.SUMMARY, *broad_chinese.SUMMARY), text)) is not None:
        return _summary(named)
    return _several(text) or _definition(text)


def _several(text: str) -> BroadQuestion | None:
    """A list, or a number of things."""
    in_list = _matches(broad_english.LIST, text)
    if in_list is None:
        in_list = _finds(broad_chinese.LIST, text)
    if in_list is not None:
        return BroadQuestion(kind="list", subject=_kind(in_list), core=_core(text))
    number = _matches(broad_english.COUNT, text)
    if number is None:
        number = _finds(broad_chinese.COUNT, text)
    return None if number is None else BroadQuestion(kind="count", subject=number, core=_core(text))


def _definition(text: str) -> BroadQuestion | None:
    named = _matches((*broad_english.DEFINITION, *broad_chinese.DEFINITION), text)
    return None if named is None else BroadQuestion(kind="definition", subject=named.strip(_QUOTES))


def _summary(named: str) -> BroadQuestion:
    """Of one document, or of all of them."""
    language = broad_chinese if is_east_asian(named) else broad_english
    if _matches((language.EVERYTHING,), named) is not None:
        return BroadQuestion(kind="overview")
    return BroadQuestion(kind="summary", subject=(_matches((language.NAMED_DOCUMENT,), named) or named).strip(_QUOTES))


def _bare(question: str) -> str:
    """Without polite words before it and marks after it."""
    text = " ".join(question.replace("’", "'").split())
    while (shorter := _sub(_POLITE, _sub(_END, text)).strip()) != text:
        text = shorter
    return text


def _kind(written: str) -> str:
    """What the things asked for are called: in English before any condition, in Chinese after it."""
    if is_east_asian(written):
        return written.rsplit("的", 1)[-1]
    words = re.split(broad_english.AFTER_KIND, written)[0].strip()
    return words if norm(words) else written


def _core(text: str) -> str:
    instead = "" if is_east_asian(text) else " "
    while (core := " ".join(_compiled(_SAYS_LIST).sub(instead, text).split())) != text:
        text = core
    return text


def _matches(forms: Sequence[str], text: str) -> str | None:
    """What is asked about in the first form that fits the whole text; None where none fits."""
    return _held(next((found for form in forms if (found := _compiled(form).fullmatch(text))), None))


def _finds(forms: Sequence[str], text: str) -> str | None:
    """What is asked about in the first form that stands in the text; None where none does."""
    return _held(next((found for form in forms if (found := _compiled(form).search(text))), None))


def _held(found: "re.Match[str] | None") -> str | None:
    return None if found is None else (found.groupdict().get("it") or "").strip()


def _sub(pattern: str, text: str) -> str:
    return _compiled(pattern).sub("", text, count=1)


@cache
def _compiled(form: str) -> "re.Pattern[str]":
    return re.compile(form, re.IGNORECASE)
