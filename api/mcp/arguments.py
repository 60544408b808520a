"""What each tool takes. Descriptions are for the model that calls it."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from graph.filters import MAX_FIELD
from retrieval.model import MAX_QUESTION
from retrieval.modes import AskedMode, Effort, SearchMode

Filters = Annotated[
    dict[str, JsonValue],
    Field(description='Metadata that documents must have, such as {"year": {"gte": 2020}, "language": "en"}.'),
]
Moment = Annotated[
    str | int | None, Field(description="Read the past: a revision, or an ISO 8601 time. Left out: now.")
]
NEW = "new"
"""In place of a session: one is begun."""
Page = Annotated[int, Field(ge=1, le=200, description="How many at most.")]


class Arguments(BaseModel):
    """Arguments of a tool; those that it does not know are refused by name."""

    model_config = ConfigDict(extra="forbid")


class SearchArguments(Arguments):
    """Of ``search``."""

    query: Annotated[str, Field(min_length=1, max_length=MAX_QUESTION, description="What to look for.")]
    k: Annotated[int, Field(ge=1, le=50, description="How many passages at most.")] = 8
    mode: Annotated[SearchMode, Field(description="How to look; hybrid is best unless there is a reason.")] = "hybrid"
    filters: Filters = Field(default_factory=dict)
    as_of: Moment = None


class AskArguments(Arguments):
    """Of ``ask``."""

    question: Annotated[
        str,
        Field(
            min_length=1,
            max_length=MAX_QUESTION,
            description="A question that stands alone, names spelt out; in a session it may lean on what was said.",
        ),
    ]
    mode: Annotated[
        AskedMode | None, Field(description="How to answer; as the service is set unless there is a reason.")
    ] = None
    effort: Annotated[
        Effort, Field(description="What a mode of several steps may cost, in calls, tokens and steps.")
    ] = "medium"
    session_id: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=100,
            description=f"The conversation it belongs to, as an answer gave it; '{NEW}' begins one. The answer then"
            " says which earlier ones no longer hold. Left out: no conversation.",
        ),
    ] = None
    filters: Filters = Field(default_factory=dict)
    as_of: Moment = None


class FactsArguments(Arguments):
    """Of ``facts``."""

    name: Annotated[str, Field(min_length=1, max_length=1000, description="A name, or a part of one.")]
    limit: Page = 30
    as_of: Moment = None


class ReadArguments(Arguments):
    """Of ``read_document``."""

    document_id: Annotated[str, Field(min_length=1, description="The id, as citations and lists give it.")]
    start: Annotated[int, Field(ge=0, description="The first character.")] = 0
    characters: Annotated[int, Field(ge=1, le=100_000, description="How many at most.")] = 20_000
    as_of: Moment = None


class ListArguments(Arguments):
    """Of ``list_documents``."""

    q: Annotated[str, Field(max_length=MAX_FIELD, description="Words that stand in its title, id or source.")] = ""
    filters: Filters = Field(default_factory=dict)
    limit: Page = 50
    cursor: Annotated[str, Field(description="Where the page before ended: its `next_cursor`.")] = ""
    as_of: Moment = None


class AddArguments(Arguments):
    """Of ``add_document``."""

    text: Annotated[str, Field(min_length=1, description="The whole text.")]
    title: Annotated[str | None, Field(description="What it is called.")] = None
    document_id: Annotated[
        str | None, Field(min_length=1, description="The id to replace, or to give; left out: a new document.")
    ] = None
    media_type: Annotated[
        Literal["text/plain", "text/markdown", "text/html", "text/csv"], Field(description="How to read the text.")
    ] = "text/markdown"
    metadata: Annotated[dict[str, JsonValue], Field(description="Fields that filters can ask for.")] = Field(
        default_factory=dict
    )
    wait: Annotated[int, Field(ge=0, le=60, description="Seconds to wait until every question can read it.")] = 30


class ChangesArguments(Arguments):
    """Of ``changes``."""

    since: Annotated[str | int, Field(description="A revision, or an ISO 8601 time.")]
    until: Moment = None
    kind: Annotated[
        Literal["documents", "entities", "relations"] | None, Field(description="Only these; left out: all.")
    ] = None
    limit: Page = 50
    cursor: Annotated[str | None, Field(description="Where the page before ended; give its kind as well.")] = None
