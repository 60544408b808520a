"""From names as written to entities: pure, and independent of the order of uploads."""

from collections.abc import Sequence

from graph.identity import entity_id
from graph.model import Mention, Relation
from graph.names import norm
from ingest.model import Extraction


def resolve(workspace: str, chunk_id: str, extraction: Extraction) -> tuple[Sequence[Mention], Sequence[Relation]]:
    """Mentions and relations of one chunk. Names without a letter or digit are dropped, with their relations."""
    keys = [norm(name.name) for name in extraction.names]
    ids = [entity_id(workspace, key) for key in keys]
    mentions = [
        Mention(
            chunk_id=chunk_id, entity_id=identity, sentence=name.sentence, start=name.start, end=name.end,
            name=name.name, key=key, type=name.type, is_name=name.is_name,
        )
        for name, key, identity in zip(extraction.names, keys, ids, strict=True)
        if key
    ]  # fmt: skip
    relations = [
        Relation(
            chunk_id=chunk_id, source_id=ids[relation.source], target_id=ids[relation.target],
            predicate=relation.predicate, start=relation.start, end=relation.end,
            extractor=relation.extractor or extraction.extractor,
        )
        for relation in extraction.relations
        if keys[relation.source] and keys[relation.target] and ids[relation.source] != ids[relation.target]
    ]  # fmt: skip
    return mentions, relations
