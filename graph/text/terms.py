"""What search keeps of the words of a text: terms to rank by, and words to count. Pure; alike for every store."""

from collections.abc import Sequence
from dataclasses import dataclass

from graph.model import IndexRow
from graph.text.names import nested_names, norm
from graph.text.tokens import plain_words, stems

TERMS_VERSION = 2
"""Of how text is cut into terms. A store that keeps terms keeps it beside them, and cuts anew what is of another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkTerms:
    """The stems of title, headings and text, in order, with repetition; the first ``titled`` are the title's."""

    stems: tuple[str, ...]
    titled: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkWords:
    """What a vocabulary counts of a chunk: stems of headings and text, words without a capital, stems in all."""

    chunk_id: str
    stems: frozenset[str]
    plain: frozenset[str]
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TitleWords:
    """What a vocabulary counts of a document: stems of its title that its first chunk does not hold otherwise."""

    document_id: str
    stems: frozenset[str]


def chunk_terms(title: str, headings: Sequence[str], text: str) -> ChunkTerms:
    """The terms of a chunk, as the resident keyword index has them."""
    titled = stems(title)
    return ChunkTerms(stems=(*titled, *stems(" ".join((*headings, text)))), titled=len(titled))


def chunk_words(row: IndexRow) -> ChunkWords:
    """The words of a chunk."""
    terms = chunk_terms(row.title, row.chunk.headings, row.chunk.text)
    return ChunkWords(
        chunk_id=row.chunk.id, stems=frozenset(terms.stems[terms.titled :]), length=len(terms.stems),
        plain=frozenset(plain_words(row.chunk.text)),
    )  # fmt: skip


def nested_terms(name: str) -> frozenset[str]:
    """The names at the edges of a longer one, each as one term."""
    return frozenset(name_term(norm(nested)) for nested in nested_names(name))


def name_term(key: str) -> str:
    """A normalised name as one term: its words hold no underscore."""
    return key.replace(" ", "_")
