"""Which sentences of an answer rest on nothing: looked up in the documents, without the code that verified them."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from retrieval.answering.answer_texts import before_conflict

_SENTENCE = re.compile(r"(.+?)((?:\s*\[\d+\])+)", re.S)
_MARKER = re.compile(r"\[(\d+)\]")
_TOLD = re.compile(r"\d+(?:[.,]\d+)*|(?<=[a-z,] )[A-Z][a-z]+")
"""Numbers, and names within a sentence."""


def unverified(question: str, answer: Mapping[str, Any], content: Callable[[str], str]) -> list[str]:
    """Sentences without a citation, with a quote that its document does not hold, or with numbers or names that stand
    neither in the documents cited nor in the question. ``content``: the text of a document by its id."""
    if answer["abstained"]:
        return []
    cited: dict[int, str] = {}
    wrong = set[int]()
    for citation in answer["citations"]:
        text, marker = content(citation["document_id"]), citation["marker"]
        cited[marker] = f"{cited.get(marker, '')}\n{citation['title']}\n{text}"
        if text[citation["start"] : citation["end"]] != citation["quote"]:
            wrong.add(marker)
    shown, place, found = before_conflict(answer["answer"]), 0, list[str]()
    for sentence in _SENTENCE.finditer(shown):
        place = sentence.end()
        markers = [int(number) for number in _MARKER.findall(sentence.group(2))]
        known = "\n".join([question, *(cited.get(marker, "") for marker in markers)])
        if wrong & set(markers) or not set(markers) <= cited.keys() or not _holds(known, sentence.group(1)):
            found.append(sentence.group().strip())
    rest = shown[place:].strip()
    return [*found, rest] if rest else found


def _holds(known: str, sentence: str) -> bool:
    return all(told in known for told in _TOLD.findall(sentence))
