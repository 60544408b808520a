"""What a client sends, and how it reads what comes back, as values: they know neither threads nor event loops."""

import json
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Generic, TypeAlias, TypeVar

import httpx
from httpx_sse import ServerSentEvent
from pydantic import TypeAdapter
from pydantic_core import to_jsonable_python

from api.client.problems import problem_error, service_error

T = TypeVar("T")
AsOf: TypeAlias = int | str | datetime | None
"""A revision or a moment; None is now."""
Query: TypeAlias = Mapping[str, str | int | float | datetime | Sequence[str] | None]
Read: TypeAlias = Callable[[httpx.Response], T]
"""How an answer is read. Raises QuipuError where the service refused."""
LAST_LINE = "[DONE]"
"""What OpenAI's protocol ends a stream with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What a call says beside its address. Of ``query``, ``headers``, ``form`` and ``body`` what is None is left out.

    ``repeatable``: whether a call whose answer was lost may be made again; None: as its operation says.
    """

    query: Query = field(default_factory=dict)
    headers: Mapping[str, str | None] = field(default_factory=dict)
    body: Mapping[str, object] | None = None
    form: Mapping[str, str | None] = field(default_factory=dict)
    files: Sequence[tuple[str, tuple[str, bytes, str]]] = ()
    repeatable: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Generic[T]):
    """One request, and how its answer is read."""

    method: str
    path: str
    sent: Sent
    repeatable: bool
    read: Read[T]

    def options(self) -> dict[str, Any]:
        """What ``httpx`` takes by keyword."""
        return _options(self.method, self.path, self.sent)

    def at(self, cursor: str) -> "Call[T]":
        """The same for another page of a list."""
        return replace(self, sent=replace(self.sent, query={**self.sent.query, "cursor": cursor}))


@dataclass(frozen=True, slots=True, kw_only=True)
class EventCall(Generic[T]):
    """A request whose answer is server-sent events, and how these are read by their names.

    ``resumes``: it may be made again once some were read, from the last of them on.
    """

    method: str
    path: str
    sent: Sent
    resumes: bool
    events: Mapping[str, type[T]]
    repeatable: bool = True

    def options(self) -> dict[str, Any]:
        """What ``httpx`` takes by keyword: events come whenever they do."""
        return _options(self.method, self.path, self.sent) | {"timeout": httpx.Timeout(None, connect=5.0)}

    def after(self, event: ServerSentEvent) -> "EventCall[T]":
        """What is to be asked for where the connection breaks behind an event."""
        headers = {**self.sent.headers, "Last-Event-ID": event.id or None}
        return replace(self, sent=replace(self.sent, headers=headers), repeatable=self.resumes)

    def checked(self, response: httpx.Response) -> httpx.Response:
        """The answer. Raises QuipuError where the service refused."""
        if not response.is_success:
            raise service_error(response)
        return response

    def read(self, event: ServerSentEvent) -> T | None:
        """What an event tells; None: it was the last, and tells nothing. Raises QuipuError for one that is an error."""
        if event.data == LAST_LINE:
            return None
        if event.event == "error":
            raise problem_error(json.loads(event.data))
        if event.event == "message" and "error" in (told := json.loads(event.data)):
            raise problem_error(told["error"])
        return TypeAdapter(self.events[event.event]).validate_json(event.data)


Flow: TypeAlias = Generator[Call[Any] | float, Any, T]
"""Calls that end in one result: a generator of calls, whose answers it is sent, and of pauses in seconds."""


def given(values: Mapping[str, T | None]) -> dict[str, T]:
    """Those that are not None."""
    return {name: value for name, value in values.items() if value is not None}


def reading(answers: type[T]) -> Read[T]:
    """How the answer of a form is read: text and bytes as they are, nothing as nothing, all else as JSON."""
    as_it_is: dict[object, Callable[[httpx.Response], Any]] = {
        str: lambda response: response.text, bytes: lambda response: response.content, type(None): lambda _: None,
    }  # fmt: skip
    read = as_it_is.get(answers) or (lambda response: TypeAdapter(answers).validate_json(response.content))

    def checked(response: httpx.Response) -> T:
        if not response.is_success:
            raise service_error(response)
        found: T = read(response)
        return found

    return checked


def _options(method: str, path: str, sent: Sent) -> dict[str, Any]:
    query = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in sent.query.items()}
    options: dict[str, Any] = {
        "method": method, "url": path, "params": given(query), "headers": given(sent.headers),
    }  # fmt: skip
    if sent.body is not None:
        options["json"] = to_jsonable_python(given(sent.body))
    if sent.files:
        options |= {"files": list(sent.files), "data": given(sent.form)}
    return options
