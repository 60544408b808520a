"""Names and relations by rule, without a language model: fast and deterministic.

Names come from :mod:`graph.text.names`. Dates, quantities and noun phrases are entities for people to browse,
never links for retrieval. A relation is what a sentence states (:mod:`ingest.extraction.stated_relations`), or what
a row of a table says of its columns (:mod:`ingest.extraction.row_relations`).
"""

import re
from collections.abc import Iterator, Sequence
from sys import intern

import rjieba
from typing_extensions import override

from graph.model import Span
from graph.text.names import find_names
from graph.text.stop_words import STOP_WORDS
from graph.text.tokens import is_east_asian
from ingest.extraction.row_relations import row_places, row_relations
from ingest.extraction.sentences import sentence_at
from ingest.extraction.stated_aliases import stated_aliases
from ingest.extraction.stated_relations import stated_relations
from ingest.extraction.stating.stated import RULES
from ingest.model import ChunkText, ExtractedAlias, ExtractedName, Extraction, Passages
from ingest.ports import Extractor, Tell

TOLD_EVERY = 64
"""Chunks of a document that are read between two looks at whether it is still wanted: a tenth of a second."""
MAX_BROWSED = 40
_TYPES = {"title": "title", "name": "name", "part": "name", "word": "name", "quoted": "quoted", "year": "date"}
_MONTH = r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_DATE = re.compile(
    rf"\b\d{{1,2}} {_MONTH} \d{{4}}\b|\b{_MONTH} \d{{1,2}}, \d{{4}}\b|\b{_MONTH} \d{{4}}\b|\b\d{{4}}-\d{{2}}-\d{{2}}\b"
    r"|\d{4}年(?:\d{1,2}月(?:\d{1,2}日)?)?"
)
_QUANTITY = re.compile(
    r"(?<![\w.])[$€£¥]?\d[\d,]{0,30}+(?:\.\d{1,30}+)?(?: ?%| (?:percent|per cent|million|billion|trillion|thousand|km|"
    r"kilometres|kilometers|miles|metres|meters|feet|kg|tonnes|tons|acres|hectares|years|days|hours|people|dollars|euros|MW|GW))\b"
    r"|(?<!\d)\d[\d,.]{0,30}+(?:万|亿|%|％|公里|米|千克|公斤|吨|元|人|年|天|小时|平方公里)"
)
_NOUN_PHRASE = re.compile(r"\b(?:the|a|an|this|its|their|his|her) ((?:[a-z][a-z-]+ ){1,3}[a-z][a-z-]+)")
_HAN_NOUN = frozenset({"n", "vn", "nz", "l", "j"})


class LightExtractor(Extractor):
    """The Extractor port by rules. Equal strings are kept once: a long table says the same a hundred thousand times."""

    identity = RULES

    @override
    def extract(self, documents: Sequence[Passages], tell: Tell) -> tuple[tuple[Extraction, ...], ...]:
        return tuple(tuple(self._read_all(place, each, tell)) for place, each in enumerate(documents))

    def _read_all(self, place: int, passages: Passages, tell: Tell) -> Iterator[Extraction]:
        """One extraction a chunk; nothing more is read of a document that is no longer wanted."""
        wanted = True
        for done, chunk in enumerate(passages.chunks):
            if done and not done % TOLD_EVERY:
                wanted = wanted and tell(place, done)
            yield self.read(passages.document.title, chunk) if wanted else _nothing(self.identity)

    def read(self, title: str, chunk: ChunkText) -> Extraction:
        """One chunk. ``title`` is its document's."""
        names = [
            ExtractedName(
                name=intern(found.name), type=_TYPES[found.kind], sentence=found.sentence, start=found.start,
                end=found.end, is_name=True,
            )
            for found in find_names(chunk.text, chunk.sentences, title)
        ]  # fmt: skip
        taken = {(name.start, name.end) for name in names}
        for number, sentence in enumerate(chunk.sentences):
            if len(names) >= len(taken) + MAX_BROWSED:
                break
            names += [name for name in _browsed(chunk.text, number, sentence) if (name.start, name.end) not in taken]
        places = row_places(chunk)
        names = [name for name in names if not places.label(name)]
        aliases = tuple(_aliases(chunk, names))
        relations = stated_relations(title, chunk, names, places.sentences)
        relations += row_relations(chunk, names)
        return Extraction(extractor=self.identity, names=tuple(names), relations=tuple(relations), aliases=aliases)


def _nothing(identity: str) -> Extraction:
    return Extraction(extractor=identity, names=(), relations=())


def _aliases(chunk: ChunkText, names: list[ExtractedName]) -> Iterator[ExtractedAlias]:
    """Names that the text says to be one thing. A second name that no rule had found is added to ``names``."""
    place_of = {(name.start, name.end): place for place, name in enumerate(names) if name.sentence >= 0}
    for alias in stated_aliases(chunk.text, names):
        pair = []
        for span in (alias.first, alias.second):
            if (span.start, span.end) not in place_of:
                place_of[span.start, span.end] = len(names)
                names.append(
                    ExtractedName(
                        name=chunk.text[span.start : span.end], type="name", start=span.start, end=span.end,
                        is_name=True, sentence=sentence_at(chunk.sentences, span.start),
                    )
                )  # fmt: skip
            pair.append(place_of[span.start, span.end])
        yield ExtractedAlias(first=pair[0], second=pair[1])


def _browsed(text: str, number: int, sentence: Span) -> Iterator[ExtractedName]:
    """Dates, quantities and noun phrases of one sentence."""
    piece = text[sentence.start : sentence.end]
    spans = [(*match.span(), "date") for match in _DATE.finditer(piece)]
    spans += [(*match.span(), "quantity") for match in _QUANTITY.finditer(piece)]
    spans += [(*span, "noun phrase") for span in _noun_phrases(piece)]
    end = 0
    for start, stop, kind in sorted(spans, key=lambda span: (span[0], -span[1])):
        if start < end:
            continue
        end = stop
        yield ExtractedName(
            name=intern(piece[start:stop]), type=kind, sentence=number, start=sentence.start + start,
            end=sentence.start + stop, is_name=False,
        )  # fmt: skip


def _noun_phrases(sentence: str) -> Iterator[tuple[int, int]]:
    for match in _NOUN_PHRASE.finditer(sentence):
        words = match.group(1).split(" ")
        length = next((place for place, word in enumerate(words) if word in STOP_WORDS), len(words))
        if length >= 2:
            yield match.start(1), match.start(1) + len(" ".join(words[:length]))
    if is_east_asian(sentence):
        yield from _han_noun_phrases(sentence)


def _han_noun_phrases(sentence: str) -> Iterator[tuple[int, int]]:
    """Runs of two or more nouns as the segmenter tags them."""
    place, begin, count = 0, 0, 0
    for word, tag in [*rjieba.tag(sentence), ("", "")]:
        if tag in _HAN_NOUN and is_east_asian(word):
            begin = begin if count else place
            count += 1
        else:
            if count >= 2 and place - begin <= 12:
                yield begin, place
            count = 0
        place += len(word)
