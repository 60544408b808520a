"""From names as written to entities: pure, and independent of the order of uploads.

An entity is its normalised name. Homonyms are told apart where a page's title does so: in the document "Mercury
(planet)" the name means another entity than in "Mercury (mythology)", or in a text that does not say. A surname alone
means the one person of that surname whom its own passage or title names in full: elsewhere it may be anyone's.
"""

import re
from collections.abc import Sequence
from sys import intern

from graph.identity import entity_id
from graph.model import Alias, Mention, Relation
from graph.text.names import norm
from ingest.extraction.row_relations import VALUE
from ingest.extraction.stated_aliases import is_abbreviation
from ingest.model import ExtractedName, Extraction
from ingest.resolving.similar_names import UNTOLD, is_person

STATED = "stated"
_QUALIFIED = re.compile(r"(.+?)\s*[(（]([^()（）]{2,60})[)）]\s*")
_NO_MARK = re.compile(r"[\w\s.,]+")
Reading = tuple[Sequence[Mention], Sequence[Relation], Sequence[Alias]]


def resolve(workspace: str, title: str, chunk_id: str, extraction: Extraction) -> Reading:
    """Mentions, relations and aliases of one chunk of a document with this title.

    Names without a letter or digit are dropped, with their relations. Equal strings are kept once: a long table says
    the same a hundred thousand times.
    """
    apart = qualifier(title)
    keys = [norm(name.name) for name in extraction.names]
    whole = _surnames(extraction.names, keys)
    ids = [
        intern(entity_id(workspace, meant, _sign(name) or apart.get(meant, "")))
        for name, key in zip(extraction.names, keys, strict=True)
        for meant in [whole.get(key, key) if name.type in UNTOLD or is_person(name.type) else key]
    ]
    mentions = [
        Mention(
            chunk_id=chunk_id, entity_id=identity, sentence=name.sentence, start=name.start, end=name.end,
            name=intern(name.name), key=intern(key), type=name.type, is_name=name.is_name,
        )
        for name, key, identity in zip(extraction.names, keys, ids, strict=True)
        if key
    ]  # fmt: skip
    relations = [
        Relation(
            chunk_id=chunk_id, source_id=ids[relation.source], target_id=ids[relation.target],
            predicate=intern(relation.predicate), start=relation.start, end=relation.end,
            extractor=relation.extractor or extraction.extractor,
        )
        for relation in extraction.relations
        if keys[relation.source] and keys[relation.target] and ids[relation.source] != ids[relation.target]
    ]  # fmt: skip
    return mentions, relations, _aliases(chunk_id, extraction, keys, ids)


def _sign(name: ExtractedName) -> str:
    """What tells numbers of tables apart that have the same key: -5, 5 and $5."""
    return _NO_MARK.sub("", name.name) if name.type == VALUE and not any(map(str.isalpha, name.name)) else ""


def qualifier(title: str) -> dict[str, str]:
    """The key of a title's name and what it says in parentheses to tell it from others; empty where it does not."""
    match = _QUALIFIED.fullmatch(title)
    if match is None or is_abbreviation(match.group(2), match.group(1)):
        return {}
    key, apart = norm(match.group(1)), norm(match.group(2))
    return {key: apart} if key and apart and key == norm(title) else {}


def _surnames(names: Sequence[ExtractedName], keys: Sequence[str]) -> dict[str, str]:
    """Surname → full name of the persons of a passage, where it can be one person's only."""
    found: dict[str, set[str]] = {}
    for name, key in zip(names, keys, strict=True):
        if is_person(name.type) and " " in key:
            found.setdefault(key.rsplit(" ", 1)[1], set()).add(key)
    return {surname: full.pop() for surname, full in found.items() if len(full) == 1 and len(surname) > 2}


def _aliases(chunk_id: str, extraction: Extraction, keys: Sequence[str], ids: Sequence[str]) -> tuple[Alias, ...]:
    found: dict[tuple[str, str], Alias] = {}
    for alias in extraction.aliases:
        pair = sorted((ids[alias.first], ids[alias.second]))
        if keys[alias.first] and keys[alias.second] and pair[0] != pair[1]:
            names = extraction.names[alias.first], extraction.names[alias.second]
            start, end = min(name.start for name in names), max(name.end for name in names)
            found.setdefault(
                (pair[0], pair[1]),
                Alias(first_id=pair[0], second_id=pair[1], reason=STATED, chunk_id=chunk_id, start=start, end=end),
            )
    return tuple(found[pair] for pair in sorted(found))
