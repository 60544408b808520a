"""What a model said of a chunk, compared with the chunk: what is not in the text is refused and counted. Pure.

Small models return more than twice the relations that are there (LLaMA-3-8B on ``extraction/llama3_tekgen``), names
from memory, and the names of types in place of those of things.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from graph.model import Span
from graph.text.names import norm
from graph.text.polarity import is_asserted
from graph.text.tokens import fold, is_east_asian, stems
from ingest.extraction.answer_parser import ModelAnswer, ModelEntity, ModelRelation
from ingest.extraction.sentences import sentence_at
from ingest.model import ChunkText, ExtractedName, ExtractedRelation
from ingest.model_reading import ExtractionSchema

MAX_ENTITIES = 60
RELATIONS_A_PAIR = 2
MAX_PLACES = 20
"""Mentions kept of one name in one chunk."""

ABSENT = "name not in the text"
UNPROVEN = "evidence not in the text"
UNASSERTED = "denied, planned or hearsay"
UNKNOWN_RELATION = "relation not in the schema"
UNKNOWN_TYPE = "type not in the schema"
TYPE_AS_NAME = "a type given as a name"
REPEATED = "said before"
CIRCULAR = "a relation to itself"
TOO_MANY = "over-extraction"
BROKEN = "no text"
CUT_OFF = "answer cut off"
LOOPED = "answer repeated itself"
COPIED = "copied from the prompt"

_PARENTHESES = re.compile(r"\([^()]*\)|（[^（）]*）")
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounded:
    """What is kept. Relations refer to ``names`` by index; ``rejected`` counts by reason what is not kept."""

    names: tuple[ExtractedName, ...]
    relations: tuple[ExtractedRelation, ...]
    rejected: dict[str, int]


def ground(answer: ModelAnswer, chunk: ChunkText, title: str, schema: ExtractionSchema) -> Grounded:
    """Keep what the chunk, its headings or its document's title bear out."""
    work = _Grounding(chunk, title, schema)
    work.rejected[BROKEN] += answer.broken
    for entity in answer.entities:
        work.entity(entity)
    for relation in answer.relations:
        work.relation(relation)
    return Grounded(names=tuple(work.names), relations=tuple(work.relations), rejected=dict(+work.rejected))


def relation_limit(sentences: int) -> int:
    """How many relations a text of so many sentences can be expected to state at most."""
    return 10 + 4 * sentences


class _Grounding:
    """One chunk's work."""

    def __init__(self, chunk: ChunkText, title: str, schema: ExtractionSchema) -> None:
        self._chunk = chunk
        self._above = (title, *chunk.headings)
        self._types = {fold(kind): kind for kind in schema.entity_types}
        self._predicates = {_folded(kind): kind for kind in schema.relation_types}
        self._limit = relation_limit(len(chunk.sentences))
        self._places: dict[str, list[int]] = {}
        self._said: set[tuple[str, str, str]] = set()
        self._pairs: Counter[tuple[str, str]] = Counter()
        self.names: list[ExtractedName] = []
        self.relations: list[ExtractedRelation] = []
        self.rejected: Counter[str] = Counter()

    def entity(self, entity: ModelEntity) -> None:
        """Keep an entity that stands in the chunk."""
        if norm(entity.name) in self._places:
            return
        if len(self._places) >= MAX_ENTITIES:
            self.rejected[TOO_MANY] += 1
            return
        kind = entity.type
        if self._types and kind:
            kind = self._types.get(fold(kind), "")
            self.rejected[UNKNOWN_TYPE] += not kind
        reason = self._name(entity.name, kind, is_name=True)
        if reason:
            self.rejected[reason] += 1

    def relation(self, relation: ModelRelation) -> None:
        """Keep a relation whose ends stand in the chunk."""
        reason = self._refusal(relation)
        if reason:
            self.rejected[reason] += 1

    def _refusal(self, relation: ModelRelation) -> str | None:
        """Why a relation is not kept; None where it is."""
        predicate = relation.relation
        if self._predicates:
            predicate = self._predicates.get(_folded(predicate), "")
        statement = norm(relation.source), predicate, norm(relation.target)
        reason = self._misshapen(statement) or self._unproven(relation)
        if reason is None:
            self._said.add(statement)
            reason = self._place(statement, relation)
        return reason

    def _misshapen(self, statement: tuple[str, str, str]) -> str | None:
        source, predicate, target = statement
        if not predicate:
            return UNKNOWN_RELATION
        if source == target:
            return CIRCULAR
        return REPEATED if {statement, (target, predicate, source)} & self._said else None

    def _unproven(self, relation: ModelRelation) -> str | None:
        if relation.evidence and find_literal(self._chunk.text, relation.evidence) is None:
            return UNPROVEN
        for name in (relation.source, relation.target):
            if norm(name) not in self._places and (reason := self._name(name, "", is_name=False)):
                return reason
        return None

    def _place(self, statement: tuple[str, str, str], relation: ModelRelation) -> str | None:
        """Keep the statement, between the two mentions that stand closest together, in the sentence told if it can be.

        A number of a sentence that holds neither end nor a word of the relation counts for nothing: models miscount.
        """
        source, predicate, target = statement
        quote = find_literal(self._chunk.text, relation.evidence)
        told = sentence_at(self._chunk.sentences, quote.start) if quote else relation.sentence - 1
        ends = [self._inside(name, told) for name in (source, target)]
        pairs = ((a, b) for a in ends[0] or self._places[source] for b in ends[1] or self._places[target])
        first, second = min(pairs, key=lambda pair: (self._distance(*pair), pair))
        inside = [self.names[place] for place in (first, second) if self.names[place].sentence >= 0]
        meant = any(ends) or self._says(told, predicate)
        if not meant:
            told = max((name.sentence for name in inside), default=-1)
        if told >= 0 and is_asserted(predicate) and not self._asserted(told, inside):
            return UNASSERTED
        if self._pairs[source, target] >= RELATIONS_A_PAIR or len(self.relations) >= self._limit:
            return TOO_MANY
        self._pairs[source, target] += 1
        span = quote or (self._sentence(told) if meant and relation.sentence else _around(inside))
        self.relations.append(
            ExtractedRelation(source=first, target=second, predicate=predicate, start=span.start, end=span.end)
        )
        return None

    def _inside(self, name: str, sentence: int) -> list[int]:
        """The mentions of a name in a sentence."""
        return [place for place in self._places[name] if self.names[place].sentence == sentence >= 0]

    def _says(self, sentence: int, predicate: str) -> bool:
        """Whether a sentence, in which pronouns may stand for both ends, has a word of the relation."""
        if not 0 <= sentence < len(self._chunk.sentences):
            return False
        span = self._sentence(sentence)
        return not frozenset(stems(predicate)).isdisjoint(stems(self._chunk.text[span.start : span.end]))

    def _asserted(self, sentence: int, ends: Sequence[ExtractedName]) -> bool:
        span = self._sentence(sentence)
        places = [(name.start - span.start, name.end - span.start) for name in ends if name.sentence == sentence]
        return is_asserted(self._chunk.text[span.start : span.end], places)

    def _sentence(self, number: int) -> Span:
        sentences = self._chunk.sentences
        return sentences[number] if number < len(sentences) else Span(start=0, end=len(self._chunk.text))

    def _name(self, name: str, kind: str, *, is_name: bool) -> str | None:
        """Keep a name with its places; the result says why it was not kept, and is None where it was."""
        key = norm(name)
        if not key:
            return ABSENT
        if fold(name) in self._types:
            return TYPE_AS_NAME
        found = [place for place in self._from_text(name, kind, is_name=is_name) if norm(place.name) == key]
        found = found[:MAX_PLACES]
        if not found:
            found = list(self._from_above(name, key, kind, is_name=is_name))
        if not found:
            return ABSENT
        self._places[key] = list(range(len(self.names), len(self.names) + len(found)))
        self.names += found
        return None

    def _from_text(self, name: str, kind: str, *, is_name: bool) -> Iterator[ExtractedName]:
        """The name as the text has it; without what it has in parentheses, where the text has it only so."""
        text = self._chunk.text
        for span in list(find_name(text, name)) or find_name(text, _PARENTHESES.sub(" ", name)):
            yield ExtractedName(
                name=text[span.start : span.end], type=kind, start=span.start, end=span.end, is_name=is_name,
                sentence=sentence_at(self._chunk.sentences, span.start),
            )  # fmt: skip

    def _from_above(self, name: str, key: str, kind: str, *, is_name: bool) -> Iterator[ExtractedName]:
        """The name as the title or a heading has it."""
        for text in self._above:
            for span in find_name(text, name):
                literal = text[span.start : span.end]
                if norm(literal) == key or norm(text) == key:
                    yield ExtractedName(name=literal, type=kind, sentence=-1, start=0, end=0, is_name=is_name)
                    return

    def _distance(self, first: int, second: int) -> int:
        return abs(self.names[first].start - self.names[second].start)


def find_name(text: str, name: str) -> Iterator[Span]:
    """Places of a name, whatever the case and the punctuation between its words; whole words only.

    Words end where another script begins: 1887年 stands in 于1887年.
    """
    words = _WORD.findall(name)
    if not words:
        return
    pattern = re.compile(r"[\W_]+".join(re.escape(word) for word in words), re.IGNORECASE)
    match = pattern.search(text)
    while match:
        start, end = match.span()
        whole = not (_joined(text[start - 1 : start], words[0][0]) or _joined(text[end : end + 1], words[-1][-1]))
        if whole:
            yield Span(start=start, end=end)
        match = pattern.search(text, end if whole else start + 1)


def _joined(beside: str, edge: str) -> bool:
    """Whether a character beside a name makes one word with the name's edge."""
    return beside.isalnum() and not is_east_asian(edge) and not is_east_asian(beside)


def _around(names: Sequence[ExtractedName]) -> Span:
    """From the first to the last of names in the chunk; nothing where there are none."""
    return Span(start=min((n.start for n in names), default=0), end=max((n.end for n in names), default=0))


def find_literal(text: str, quote: str) -> Span | None:
    """Where a quote stands in a text, white space aside; None if it does not."""
    words = quote.split()
    match = re.search(r"\s+".join(re.escape(word) for word in words), text) if words else None
    return Span(start=match.start(), end=match.end()) if match else None


def add_names(rules: Sequence[ExtractedName], grounded: Grounded, extractor: str) -> tuple[
    tuple[ExtractedName, ...], tuple[ExtractedRelation, ...]
]:  # fmt: skip
    """Names by rule, joined with those of a model, which says their types and adds names that the rules did not find.

    Relations refer to the joint names and carry their ``extractor``.
    """
    told = {norm(name.name): name for name in reversed(grounded.names)}
    names = [_told(name, told.get(norm(name.name))) for name in rules]
    place_of: dict[str, int] = {}
    for place, name in enumerate(names):
        place_of.setdefault(norm(name.name), place)
    known = frozenset(place_of)
    for name in grounded.names:
        if norm(name.name) not in known:
            place_of.setdefault(norm(name.name), len(names))
            names.append(name)
    relations = [
        replace(
            relation, source=place_of[norm(grounded.names[relation.source].name)],
            target=place_of[norm(grounded.names[relation.target].name)], extractor=extractor,
        )
        for relation in grounded.relations
    ]  # fmt: skip
    return tuple(names), tuple(relations)


def _told(name: ExtractedName, by_model: ExtractedName | None) -> ExtractedName:
    if by_model is None:
        return name
    return replace(name, type=by_model.type or name.type, is_name=name.is_name or by_model.is_name)


def total(counts: Iterable[dict[str, int]]) -> dict[str, int]:
    """Counts by reason, added up."""
    added: Counter[str] = Counter()
    for each in counts:
        added.update(each)
    return {reason: added[reason] for reason in sorted(added) if added[reason]}


def _folded(predicate: str) -> str:
    return " ".join(_WORD.findall(fold(predicate)))
