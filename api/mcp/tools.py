"""The tools: what each is called, what it takes and gives, and which calls of the REST interface it makes."""

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, JsonValue

from api.mcp import results, wording
from api.mcp.arguments import (
    NEW,
    AddArguments,
    Arguments,
    AskArguments,
    ChangesArguments,
    FactsArguments,
    ListArguments,
    ReadArguments,
    SearchArguments,
)
from api.mcp.rest_client import Query, RestClient, document_path
from api.schemas.changes import ChangesBody
from graph.text.names import norm

A = TypeVar("A", bound=Arguments)
R = TypeVar("R", bound=BaseModel)
NAMESAKES = 10
"""Entities of one name that are told of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool(Generic[A, R]):
    """One tool. ``work`` does it, ``worded`` says its result as text; ``writes``: it changes the knowledge base."""

    name: str
    title: str
    description: str
    takes: type[A]
    gives: type[R]
    work: Callable[[RestClient, A], Awaitable[R]]
    worded: Callable[[R], str]
    writes: bool = False

    async def call(self, rest: RestClient, arguments: object) -> tuple[R, str]:
        """Its result, as a value and as text. Raises pydantic's ValidationError, and what the client raises."""
        result = await self.work(rest, self.takes.model_validate(arguments))
        return result, self.worded(result)


async def _search(rest: RestClient, given: SearchArguments) -> results.Found:
    return results.Found.model_validate_json(await rest.post("/v1/search", _body(given)))


async def _ask(rest: RestClient, given: AskArguments) -> results.Answered:
    if given.session_id == NEW:
        begun = results.Session.model_validate_json(await rest.post("/v1/sessions", {}))
        given = given.model_copy(update={"session_id": begun.id})
    answer = results.Answered.model_validate_json(await rest.post("/v1/ask", _body(given)))
    return answer.model_copy(update={"session_id": given.session_id})


async def _facts(rest: RestClient, given: FactsArguments) -> results.Facts:
    query: Query = {"query": given.name, "limit": 200, "as_of": given.as_of}
    found = results.Entities.model_validate_json(await rest.get("/v1/graph/entities", query))
    wanted = norm(given.name)  # of many that hold it, the one that is called so; then what is mentioned most
    named = sorted(found.entities, key=lambda one: (norm(one.name) != wanted, -one.mentions, one.id))[:NAMESAKES]
    if not named:
        return results.Facts(revision=found.revision, entities=[], relations=[], mentions=[])
    whole = results.Entity.model_validate_json(
        await rest.get(f"/v1/graph/entities/{named[0].id}", {"limit": given.limit, "as_of": found.revision})
    )
    return results.Facts(
        revision=whole.revision, entities=named, relations=whole.relations, mentions=whole.sources
    )  # fmt: skip


async def _read(rest: RestClient, given: ReadArguments) -> results.Text:
    path, moment = document_path(given.document_id), {"as_of": given.as_of}
    document = results.Document.model_validate_json(await rest.get(path, moment))
    whole = (await rest.get(f"{path}/content", moment)).decode()
    text = whole[given.start : given.start + given.characters]
    return results.Text(
        document_id=document.id, version=document.version, title=document.title, text=text, start=given.start,
        end=given.start + len(text), characters=len(whole),
    )  # fmt: skip


async def _list(rest: RestClient, given: ListArguments) -> results.Documents:
    query = {
        "q": given.q, "filters": json.dumps(given.filters) if given.filters else None, "limit": given.limit,
        "cursor": given.cursor, "as_of": given.as_of,
    }  # fmt: skip
    return results.Documents.model_validate_json(await rest.get("/v1/documents", query))


async def _add(rest: RestClient, given: AddArguments) -> results.Added:
    document: dict[str, JsonValue] = {"text": given.text, "media_type": given.media_type, "metadata": given.metadata}
    if given.title is not None:
        document["title"] = given.title
    body: dict[str, JsonValue] = {"documents": [document]}
    send, path = (
        (rest.post, "/v1/documents") if given.document_id is None else (rest.put, document_path(given.document_id))
    )
    answer = results.Acknowledged.model_validate_json(await send(path, body, {"wait": given.wait}))
    return results.Added(document=answer.documents[0], revision=answer.revision)


async def _changes(rest: RestClient, given: ChangesArguments) -> ChangesBody:
    query = given.model_dump()
    return ChangesBody.model_validate_json(await rest.get("/v1/changes", query))


def _body(given: Arguments) -> dict[str, JsonValue]:
    body: dict[str, JsonValue] = given.model_dump(mode="json", exclude_none=True)
    return body


TOOLS: Sequence[Tool[Any, Any]] = (
    Tool(
        name="ask", title="Ask the documents", takes=AskArguments, gives=results.Answered, work=_ask,
        worded=wording.answered,
        description="Answer a question from the documents as they are now, with literal quotes that are verified."
        " Says so when the documents do not answer.",
    ),
    Tool(
        name="search", title="Search passages", takes=SearchArguments, gives=results.Found, work=_search,
        worded=wording.found,
        description="Find passages in the documents, by meaning, by words and along the graph.",
    ),
    Tool(
        name="facts", title="Facts about a name", takes=FactsArguments, gives=results.Facts, work=_facts,
        worded=wording.facts,
        description="What the graph says about a person, place, organisation or other thing: statements with the"
        " sentences they were read in.",
    ),
    Tool(
        name="list_documents", title="List documents", takes=ListArguments, gives=results.Documents, work=_list,
        worded=wording.documents, description="The documents there are, in order of their ids, or those of a name.",
    ),
    Tool(
        name="read_document", title="Read a document", takes=ReadArguments, gives=results.Text, work=_read,
        worded=wording.text, description="The text of a document, a piece at a time.",
    ),
    Tool(
        name="add_document", title="Add or replace a document", takes=AddArguments, gives=results.Added, work=_add,
        worded=wording.added, writes=True,
        description="Put a text into the knowledge base, or replace the document of an id; questions read it at once.",
    ),
    Tool(
        name="changes", title="What has changed", takes=ChangesArguments, gives=ChangesBody, work=_changes,
        worded=wording.changes,
        description="What is different between two revisions or dates: documents, entities, relations added, removed,"
        " altered.",
    ),
)  # fmt: skip
