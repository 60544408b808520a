"""A question back, where a word of a question stands for nothing that was said: which thing called so is meant?"""

import re

from graph.text.held_names import holds_name
from graph.text.names import norm
from graph.text.tokens import is_east_asian
from graph.view.snapshot import Contents
from retrieval.answer import Clarification
from retrieval.rewriting.dependence import Reference

MOST_CANDIDATES = 5
LONGEST = 60
"""Characters of a name that can be offered."""
_LOOKED_AT = 50
_ODD = re.compile(r"[\n|]")


def asked_back(text: str, unclear: Reference, snapshot: Contents) -> Clarification:
    """What is asked back about a word of a question, with things of the graph that it may mean."""
    word = text[unclear.start : unclear.end].strip()
    candidates = _called(unclear.noun, snapshot) if unclear.noun else ()
    if is_east_asian(text):
        listed = f"是{'、'.join(candidates)}，还是别的？" if candidates else ""
        return Clarification(question=f"“{word}”指的是什么？{listed}", candidates=candidates)
    listed = f" Is it {_or(candidates)}, or something else?" if candidates else ""
    return Clarification(question=f"What do you mean by “{word}”?{listed}", candidates=candidates)


def _called(noun: str, snapshot: Contents) -> tuple[str, ...]:
    """Things of the graph whose name holds a noun; of several words of it the last is the noun itself."""
    key = norm(noun)
    for wanted in dict.fromkeys((key, key.split()[-1])) if key else ():
        found = [entity.name for entity in snapshot.entities(wanted, _LOOKED_AT) if _names_one(entity.name, wanted)]
        if found:
            return tuple(dict.fromkeys(found))[:MOST_CANDIDATES]
    return ()


def _names_one(name: str, noun: str) -> bool:
    key = norm(name)
    return key != noun and holds_name(key, noun) and len(name) <= LONGEST and not _ODD.search(name)


def _or(candidates: tuple[str, ...]) -> str:
    return candidates[0] if len(candidates) == 1 else f"{', '.join(candidates[:-1])} or {candidates[-1]}"
