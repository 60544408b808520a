"""What a language model is asked to find in documents, and what it answered."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractionSchema:
    """Types of entities and relations to keep to; where empty, any type will do."""

    entity_types: tuple[str, ...] = ()
    relation_types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelReading:
    """A model's literal answer about one chunk or one page, or why there is none that can be read."""

    answer: str
    failure: str = ""
