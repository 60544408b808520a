"""Graphs made of statements: every statement is a sentence and a chunk of its own."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from graph_changes import DIMENSION, NOW

from graph.identity import chunk_id, entity_id
from graph.model import Chunk, Document, GraphChange, Mention, Metadata, Position, Relation, Span
from graph.text.names import norm

W = "w"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """``source -predicate→ target``, with the types of both ends; ``after`` follows in the same sentence."""

    source: str
    predicate: str
    target: str
    types: tuple[str, str] = ("", "")
    after: str = ""

    @property
    def sentence(self) -> str:
        return f"{self.source} {self.predicate} {self.target}{self.after}."


def said(text: str, *, types: tuple[str, str] = ("", ""), after: str = "") -> Said:
    """From ``source | predicate | target``."""
    source, predicate, target = (part.strip() for part in text.split("|"))
    return Said(source=source, predicate=predicate, target=target, types=types, after=after)


def stating(
    document_id: str, version: int, statements: Sequence[Said], *, metadata: Metadata | None = None,
    by_model: bool = True,
) -> GraphChange:  # fmt: skip
    """A document that states them, one after another."""
    document = Document(
        id=document_id, version=version, title=document_id, source=document_id, media_type="text/plain",
        metadata=metadata or {}, content_hash=f"{document_id}{version}", created_at=NOW, updated_at=NOW,
        stage="model" if by_model else "rules",
    )  # fmt: skip
    text, chunks, positions = "", list[Chunk](), list[Position]()
    mentions, relations = list[Mention](), list[Relation]()
    for ordinal, one in enumerate(statements):
        sentence = one.sentence
        chunk = Chunk(
            id=chunk_id(document_id, document_id, (), sentence, sum(c.text == sentence for c in chunks)),
            document_id=document_id, headings=(), text=sentence, sentences=(Span(start=0, end=len(sentence)),),
        )  # fmt: skip
        chunks.append(chunk)
        positions.append(
            Position(chunk_id=chunk.id, ordinal=ordinal, start=len(text), end=len(text) + len(sentence))
        )  # fmt: skip
        text += sentence + "\n"
        ends = ((one.source, 0), (one.target, len(one.source) + len(one.predicate) + 2))
        ids = [entity_id(W, norm(name)) for name, _ in ends]
        mentions += [
            Mention(
                chunk_id=chunk.id, entity_id=identity, sentence=0, start=start, end=start + len(name), name=name,
                key=norm(name), type=kind, is_name=True,
            )
            for identity, (name, start), kind in zip(ids, ends, one.types, strict=True)
        ]  # fmt: skip
        if ids[0] != ids[1]:
            relations.append(
                Relation(
                    chunk_id=chunk.id, source_id=ids[0], target_id=ids[1], predicate=one.predicate, start=0,
                    end=len(sentence), extractor="a model",
                )
            )  # fmt: skip
    vectors = np.tile(np.eye(1, DIMENSION, dtype=np.float32), (len(chunks), 1)).reshape(-1, DIMENSION)
    return GraphChange(
        document=document, text=text, chunks=tuple(chunks), positions=tuple(positions), vectors=vectors,
        mentions=tuple(mentions), relations=tuple(relations),
    )  # fmt: skip
