"""Things of the graph that are called by a noun, or bear a name, and what tells them apart."""

import re
from collections.abc import Iterable, Sequence

import numpy as np

from graph.model import Entity
from graph.text.held_names import holds_name
from graph.text.names import norm
from graph.text.tokens import is_east_asian
from graph.view.snapshot import Contents, Snapshot
from retrieval.rewriting.asking_back import Candidate
from retrieval.rewriting.things import is_surnamed
from retrieval.rewriting.topics import is_person

MOST_CANDIDATES = 5
LONGEST = 60
"""Characters of a name that can be offered."""
LOOKED_AT = 100
"""Entities whose name holds a noun, the most mentioned ones."""
_MENTIONS = 20
_FACTS = 3
_LONGEST_PERSON = 3
"""Words of a person's name."""
_FITS = 0.75
"""Share of what the best candidate's passage holds of a question that others must hold to be meant as well."""
_ODD = re.compile(r"[\n|•;:!?]| - | – ")
_SMALL = frozenset("of the and for in on at de la le van von der du & to".split())
_JOINS = re.compile(r" (?:and|or|&) |, ")
_PREPOSITION = re.compile(r"\b(?:of|in|at|for|and|or|on|to|from|by|with|the|&)\Z")
_NAMED_BY = frozenset(
    """
    hurricane lake mount fort cape king queen saint operation project windows flag city town county state university
    college school museum bank church ministry department institute battle treaty bridge tower house palace
    """.split()
)
"""Nouns that may stand before the name of what they call: "Hurricane Wilma", "Flag of Ireland"."""
_HAN_TITLES = "教授先生女士老师博士院士主任经理医生校长厂长局长"


def called(noun: str, snapshot: Contents) -> list[Entity]:
    """Things whose name says that they are such a thing; of several words of a noun the last is the noun itself."""
    key = norm(noun)
    if not key:
        return []
    wanted = [key] if is_east_asian(key) else list(dict.fromkeys((key, key.split()[-1])))
    for one in wanted:
        found = [entity for entity in snapshot.entities(one, LOOKED_AT) if _is_called(entity, one)]
        if found:
            return distinct(found)
    return []


def bearing(name: str, snapshot: Contents) -> list[Entity]:
    """Persons whose first or last name a word is, or things that are called so and have a longer name."""
    key = norm(name)
    if not key or is_east_asian(key):
        return []
    found = [entity for entity in snapshot.entities(key, LOOKED_AT) if _bears(entity, key)]
    return distinct(found)


def is_name_itself(name: str, bearers: Sequence[Entity], snapshot: Snapshot) -> bool:
    """Whether a name stands where none of its bearers does: it then names something of its own, as IBM does."""
    own = [entity for entity in snapshot.entities(norm(name), LOOKED_AT) if entity.key == norm(name)]
    placed = {mention.chunk_id for entity in own for mention in snapshot.mentions_of(entity.id, _MENTIONS)}
    borne = {mention.chunk_id for entity in bearers for mention in snapshot.mentions_of(entity.id, _MENTIONS)}
    return bool(_documents(placed, snapshot) - _documents(borne, snapshot))


def of_surname(surname: str, snapshot: Contents) -> list[Entity]:
    """Persons of a Chinese surname."""
    found = snapshot.entities(surname, LOOKED_AT)
    return distinct([
        one for one in found
        if one.name.startswith(surname) and 1 < len(one.name) <= 4 and is_surnamed(one.name)
        and not any(one.name.endswith(_HAN_TITLES[at : at + 2]) for at in range(0, len(_HAN_TITLES), 2))
    ])  # fmt: skip


def distinct(found: Iterable[Entity]) -> list[Entity]:
    """Without those whose name is a part of another's, or written in another way."""
    kept = list({entity.key: entity for entity in found}.values())
    return [
        one for one in kept
        if not any(one is not other and one.key != other.key and holds_name(other.key, one.key) for other in kept)
    ]  # fmt: skip


def fitting(found: Sequence[Entity], stems: Sequence[str], snapshot: Snapshot) -> list[Entity]:
    """Those of which some passage says about as much of a question as any says; the most mentioned first.

    ``stems`` are those of the question without the name. None where no passage says any of it.
    """
    held = [(_held(entity, stems, snapshot), entity) for entity in found]
    best = max((share for share, _ in held), default=0.0)
    return [entity for share, entity in held if best and share >= _FITS * best]


def told(found: Sequence[Entity], snapshot: Snapshot) -> tuple[Candidate, ...]:
    """The first ones, each with what tells it apart."""
    return tuple(Candidate(name=one.name.strip(), told=_told(one, snapshot)) for one in found[:MOST_CANDIDATES])


def _held(entity: Entity, stems: Sequence[str], snapshot: Snapshot) -> float:
    mentions = snapshot.mentions_of(entity.id, _MENTIONS)
    rows = [row for one in {each.chunk_id for each in mentions} if (row := snapshot.row(one)) is not None]
    if not rows:
        return 0.0
    places = np.array(sorted(rows), dtype=np.int32)
    held = sum(
        (snapshot.holding(stem, places) * snapshot.stem_idf(stem) for stem in stems), start=np.zeros(len(places))
    )
    return float(held.max())


def _documents(chunk_ids: Iterable[str], snapshot: Snapshot) -> set[str]:
    rows = [row for one in chunk_ids if (row := snapshot.row(one)) is not None]
    return {document for document, _ in snapshot.sources(rows)}


def _told(entity: Entity, snapshot: Snapshot) -> str:
    """A fact about a thing, else the title of a document that it stands in."""
    for relation in snapshot.relations_of(entity.id, _FACTS):
        other = snapshot.things([relation.target_id]).get(relation.target_id)
        if relation.source_id == entity.id and other is not None and other.id != entity.id:
            return f"{relation.predicate} {other.name}"
    for mention in snapshot.mentions_of(entity.id, 1):
        for placed in snapshot.passages([mention.chunk_id]):
            return placed.document.title or placed.document.id
    return ""


def _is_called(entity: Entity, noun: str) -> bool:
    if is_east_asian(noun):
        return _can_be_offered(entity) and entity.name.endswith(noun) and entity.name != noun
    words = entity.name.split()
    if not _can_be_offered(entity) or len(words) < 2:
        return False
    ends = norm(entity.name).endswith(f" {noun}") and words[-1][0].isupper()
    begins = noun in _NAMED_BY and norm(words[0]) == noun and (words[1] == "of" or len(words) == 2)
    return (ends or begins) and not _JOINS.search(entity.name)


def _bears(entity: Entity, key: str) -> bool:
    """Whether a name is a part of an entity's: "Holm" of Clara Holm, "High Court" of High Court of Justice."""
    if not _can_be_offered(entity) or entity.key == key or _JOINS.search(entity.name):
        return False
    if " " not in key:
        words = entity.key.split()
        return len(words) <= _LONGEST_PERSON and key in {words[0], words[-1]} and _names_a_person(entity.name)
    before, found, after = f" {entity.key} ".partition(f" {key} ")
    if not found:
        return False
    ends = not after.strip() and not _PREPOSITION.search(before.strip())
    return ends or (not before.strip() and after.startswith("of "))


def _names_a_person(name: str) -> bool:
    words = name.split()
    return is_person(name) and not any((word.isupper() and len(word) > 1) or word in _SMALL for word in words)


def _can_be_offered(entity: Entity) -> bool:
    """Whether its name is written as names are, and can be shown in a line."""
    name = entity.name
    if len(name) > LONGEST or _ODD.search(name) or entity.type in {"noun phrase", "quoted"}:
        return False
    return is_east_asian(name) or all(word[0].isupper() or word[0].isdigit() or word in _SMALL for word in name.split())
