"""What a language model wrote, read strictly where it is JSON to the contract and tolerantly where it is not. Pure.

Small models fence their JSON, write a comma too many, are cut off in the middle, or answer in another form
altogether: lists of head, relation, tail; lines ``relation(A, B)``; tuples ``(A, relation, B)``; tables. All of it is
read, nothing raises, and size and depth are bounded whatever was written. What is read is not yet believed:
:mod:`ingest.extraction.grounding` holds it against the text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from graph.parsing import is_text
from ingest.extraction.damaged_json import json_values, open_end, whole_values

MAX_CHARACTERS = 60_000
MAX_ITEMS = 1_000
MAX_NAME = 200
MAX_TYPE = 60
MAX_EVIDENCE = 1_000
_LINE = 4_000

_SOURCE = ("source", "head", "subject", "from", "subj", "entity1", "head_entity", "头实体", "主语", "主体")
_TARGET = ("target", "tail", "object", "to", "obj", "entity2", "tail_entity", "尾实体", "宾语", "客体")
_RELATION = ("relation", "predicate", "relationship", "rel", "label", "verb", "type", "关系", "谓语")
_EVIDENCE = ("evidence", "quote", "sentence", "证据")
_NAME = ("name", "entity", "text", "名称", "实体")
_TYPE = ("type", "label", "category", "class", "entity_type", "类型")
_ENTITY_LISTS = frozenset({"entities", "entity", "named_entities", "nodes", "实体"})
_TRIPLE_LISTS = frozenset({"relations", "triples", "relationships", "edges", "facts", "关系", "三元组"})

_SENTENCE = re.compile(r"\s*\[?\s*(\d{1,3})(?:\.0)?\s*[\].]?\s*")
"""The number of a sentence in place of copied words."""
_BULLET = re.compile(r"\s*(?:[-*•+]\s*|\d{1,4}[.)]\s*)?(?:triples?\s*[:=]\s*)?", re.IGNORECASE)
_ARGUMENTS = r"\(((?:[^()]|\([^()]*\))*)\)"
_CALL = re.compile(rf"[\s,;.]*([^\W\d](?:[\w /'-]{{0,60}}?\w)?):?{_ARGUMENTS}")
_CALL_ALONE = re.compile(rf"\s*([^\W\d]\w{{0,60}})\s*:?\s*{_ARGUMENTS}[\s,;.]*\Z")
_CALL_WITHIN = re.compile(rf"\b([^\W\d]\w{{0,60}}){_ARGUMENTS}")
_TUPLE = re.compile(rf"[\s,;.]*{_ARGUMENTS}")
_QUOTED = r"\s*\"([^\"]+)\"\s*"
_TUPLE_WITHIN = re.compile(rf"[({{]{_QUOTED},{_QUOTED},{_QUOTED}[)}}]")
_ARROWS = re.compile(r"\s*(?:-+>|→|\|)\s*")
_QUOTES = " \t\"'`*“”‘’"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelEntity:
    """An entity as a model named it."""

    name: str
    type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRelation:
    """A statement as a model made it, and what it rests on: words copied (``evidence``), or the number of a sentence.

    Sentences count from 1; ``sentence`` is 0 and ``evidence`` empty where the model gave none.
    """

    source: str
    relation: str
    target: str
    evidence: str = ""
    sentence: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelAnswer:
    """All that an answer says, in its order, each once.

    ``understood`` tells an answer that says nothing (empty lists) from one in which nothing can be read. ``broken``
    counts what was left out because a part of it is no text (half of a surrogate pair, NUL). ``cut_off`` tells an
    answer of which something is still open where it ends, or that is longer than what is read of it; what came before
    is read. ``complete``: it has both lists that are asked for, closed, whatever comes after them.
    """

    entities: tuple[ModelEntity, ...]
    relations: tuple[ModelRelation, ...]
    understood: bool
    broken: int = 0
    cut_off: bool = False
    complete: bool = False


def parse_answer(text: str) -> ModelAnswer:
    """Read an answer of any form."""
    long, text = len(text) > MAX_CHARACTERS, text[:MAX_CHARACTERS]
    found = _Found()
    empty = False
    for value in json_values(text):
        empty = empty or _says_nothing(value)
        found.collect(value, "")
    if not found.entities and not found.relations:
        for relation in _from_lines(text.replace("\\_", "_")):
            found.relation(relation)
    return ModelAnswer(
        entities=tuple(found.entities),
        relations=tuple(found.relations),
        understood=empty or bool(found.entities or found.relations or found.broken),
        broken=found.broken,
        cut_off=long or open_end(text) is not None,
        complete=any(map(_is_contract, whole_values(text))),
    )


def _is_contract(value: object) -> bool:
    """Whether a JSON value is what was asked for: a list of entities and one of relations."""
    lists = _lists(value) if isinstance(value, dict) else set[str]()
    return bool(lists & _ENTITY_LISTS) and bool(lists & _TRIPLE_LISTS)


def _lists(fields: dict[object, object]) -> set[str]:
    return {str(name).strip().casefold() for name, inner in fields.items() if isinstance(inner, list)}


def _says_nothing(value: object) -> bool:
    """Whether a JSON value is, or holds, an empty list of entities or relations."""
    if isinstance(value, dict):
        keys = {str(name).strip().casefold() for name, inner in value.items() if inner == []}
        return bool(keys & (_ENTITY_LISTS | _TRIPLE_LISTS))
    return value == []


class _Found:
    """What has been read so far, in order, bounded."""

    def __init__(self) -> None:
        self.entities: dict[ModelEntity, None] = {}
        self.relations: dict[ModelRelation, None] = {}
        self.broken = 0

    def collect(self, value: object, key: str) -> None:
        """Read a JSON value that stands under a key; its depth is bounded by ``json_values``."""
        if isinstance(value, dict):
            fields = {str(name).strip().casefold(): inner for name, inner in value.items()}
            if not self._triple(fields):
                self._entity(fields)
            for name, inner in fields.items():
                if isinstance(inner, dict | list):
                    self.collect(inner, name)
        elif isinstance(value, list):
            self._list(value, key)

    def relation(self, relation: ModelRelation) -> None:
        """Keep a relation with three parts."""
        if not (relation.source and relation.relation and relation.target):
            return
        if not all(map(is_text, (relation.source, relation.relation, relation.target, relation.evidence))):
            self.broken += 1
        elif len(self.relations) < MAX_ITEMS:
            self.relations[relation] = None

    def _list(self, values: list[object], key: str) -> None:
        strings = [value for value in values if isinstance(value, str)]
        if len(values) == len(strings) == 3 and key not in _ENTITY_LISTS:
            self.relation(_relation(strings[0], strings[1], strings[2]))
            return
        for value in values:
            if isinstance(value, str) and key in _ENTITY_LISTS:
                self._name(value, "")
            elif isinstance(value, list) and len(value) > 3 and key in _TRIPLE_LISTS:
                continue  # not a triple, and nothing says what its parts are
            else:
                self.collect(value, key)

    def _triple(self, fields: dict[str, object]) -> bool:
        source, target = _first(fields, _SOURCE), _first(fields, _TARGET)
        if not source or not target:
            return False
        self.relation(_relation(source, _first(fields, _RELATION), target, _first(fields, _EVIDENCE)))
        return True

    def _entity(self, fields: dict[str, object]) -> None:
        self._name(_first(fields, _NAME), _first(fields, _TYPE))

    def _name(self, name: str, kind: str) -> None:
        entity = ModelEntity(name=_clean(name), type=_clean(kind)[:MAX_TYPE])
        if not entity.name:
            return
        if not is_text(entity.name) or not is_text(entity.type):
            self.broken += 1
        elif len(self.entities) < MAX_ITEMS:
            self.entities[entity] = None


def _first(fields: dict[str, object], names: tuple[str, ...]) -> str:
    """The first of the named fields that is a text. A number counts as a text; of an object its name is taken."""
    for name in names:
        value = fields.get(name)
        if isinstance(value, dict):
            value = value.get("name")
        if isinstance(value, int | float) and not isinstance(value, bool):
            value = str(value)[:MAX_NAME]
        if isinstance(value, str) and value.strip():
            return value
    return ""


def _relation(source: str, relation: str, target: str, evidence: str = "") -> ModelRelation:
    number = _SENTENCE.fullmatch(evidence)
    return ModelRelation(
        source=_clean(source), relation=_clean(relation.replace("\\_", "_").replace("_", " ").strip(" ,;:")),
        target=_clean(target), evidence="" if number else evidence.strip()[:MAX_EVIDENCE],
        sentence=int(number[1]) if number else 0,
    )  # fmt: skip


def _clean(name: str) -> str:
    """A name without quotes and white space around it; empty where it is longer than any name."""
    cleaned = " ".join(name.strip(_QUOTES).split())
    return cleaned if len(cleaned) <= MAX_NAME else ""


def _from_lines(text: str) -> Iterator[ModelRelation]:
    columns: tuple[int, int, int] | None = None
    for whole in text.splitlines():
        line = whole[:_LINE]
        if line.count("|") >= 2:
            cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
            columns = _columns(cells) or columns
            yield from _row(cells, columns)
            continue
        body = line[match.end() if (match := _BULLET.match(line)) else 0 :]
        quoted = _TUPLE_WITHIN.findall(body)
        for source, relation, target in quoted:
            yield _relation(source, relation, target)
        if not quoted:
            yield from _calls(body)
            yield from _tuples(body)
        parts = _ARROWS.split(body.strip())
        if len(parts) == 3:
            yield _relation(parts[0], parts[1], parts[2])


def _columns(cells: list[str]) -> tuple[int, int, int] | None:
    """Places of source, relation and target where a row of a table is its head."""
    names = [cell.casefold().split(" ")[0] for cell in cells]
    if "subject" in names and "object" in names:
        predicate = next((n for n, name in enumerate(names) if name in {"predicate", "relation"}), -1)
        return (names.index("subject"), predicate, names.index("object")) if predicate >= 0 else None
    if names[0] in {"relation", "predicate"} and len(names) == 3:
        return (1, 0, 2)
    return None


def _row(cells: list[str], columns: tuple[int, int, int] | None) -> Iterator[ModelRelation]:
    if _columns(cells) or any(set(cell) <= set("-: ") for cell in cells):
        return
    source, relation, target = columns or (0, 1, 2)
    if len(cells) > max(source, relation, target) and (columns or len(cells) == 3):
        yield _relation(cells[source], cells[relation], cells[target])


def _calls(line: str) -> Iterator[ModelRelation]:
    """``relation(A, B)``: one after the other from the beginning of a line, or amid prose if nothing stands between."""
    place = 0
    while match := _CALL.match(line, place) or _CALL_ALONE.match(line, place) or _CALL_WITHIN.search(line, place):
        place = match.end()
        pair = _pair(match.group(2))
        if pair:
            yield _relation(pair[0], match.group(1), pair[1])


def _tuples(line: str) -> Iterator[ModelRelation]:
    """``(A, relation, B)``, one after the other from the beginning of a line."""
    place = 0
    while match := _TUPLE.match(line, place):
        place = match.end()
        parts = match.group(1).split(",")
        if len(parts) == 3:
            yield _relation(parts[0], parts[1], parts[2])


def _pair(arguments: str) -> tuple[str, str] | None:
    """The two arguments of a call. Names hold commas, too: the one without a space after it separates."""
    cut = max((n for n, c in enumerate(arguments[:-1]) if c == "," and not arguments[n + 1].isspace()), default=-1)
    cut = cut if cut > 0 else arguments.find(",")
    return (arguments[:cut], arguments[cut + 1 :]) if cut > 0 else None
