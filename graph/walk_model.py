"""What a walk inside the store brings back: values of the GraphWalk port."""

from collections.abc import Sequence
from dataclasses import dataclass

from graph.indexes.adjacency import plain_words
from graph.model import IndexRow, Metadata
from graph.text.names import nested_names, norm
from graph.text.tokens import stems


@dataclass(frozen=True, slots=True, kw_only=True)
class NamePassage:
    """A live passage that mentions a name; ``in_text`` is false where only its document's title does."""

    chunk_id: str
    document_id: str
    in_text: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NamePassages:
    """Where a name is mentioned, by itself or at the edge of a longer one; a passage may come twice.

    ``mentions`` counts those by itself that live now, several in one passage included; a hub's passages are left out.
    """

    passages: tuple[NamePassage, ...]
    mentions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NameMention:
    """A name as a passage writes it, in a sentence (-1: the title).

    ``mentions`` counts those of all passages; for a name at the edge of a longer one it is 0.
    """

    key: str
    name: str
    sentence: int
    mentions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageCard:
    """What ranking asks of a passage: the document it is live in, and the terms of both."""

    document_id: str
    title: str
    metadata: Metadata
    terms: "PassageTerms"


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageTerms:
    """The stems of title, headings and text, in order, with repetition; the first ``titled`` are the title's."""

    stems: tuple[str, ...]
    titled: int


def passage_terms(title: str, headings: Sequence[str], text: str) -> PassageTerms:
    """The terms of a passage, as the resident keyword index has them."""
    titled = stems(title)
    return PassageTerms(stems=(*titled, *stems(" ".join((*headings, text)))), titled=len(titled))


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageWords:
    """What a vocabulary counts of a passage: stems of headings and text, words without a capital, stems in all."""

    chunk_id: str
    stems: frozenset[str]
    plain: frozenset[str]
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TitleWords:
    """What a vocabulary counts of a document: stems of its title that its first passage does not hold otherwise."""

    document_id: str
    stems: frozenset[str]


def passage_words(row: IndexRow) -> PassageWords:
    """The words of a passage."""
    terms = passage_terms(row.title, row.chunk.headings, row.chunk.text)
    return PassageWords(
        chunk_id=row.chunk.id, stems=frozenset(terms.stems[terms.titled :]), length=len(terms.stems),
        plain=frozenset(plain_words(row.chunk.text)),
    )  # fmt: skip


def nested_terms(name: str) -> frozenset[str]:
    """The names at the edges of a longer one, each as one term."""
    return frozenset(name_term(norm(nested)) for nested in nested_names(name))


def name_term(key: str) -> str:
    """A normalised name as one term: its words hold no underscore."""
    return key.replace(" ", "_")


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPassage:
    """What an index of the store found; ``live`` is false where the passage is not live at the revision asked for."""

    chunk_id: str
    score: float
    live: bool
