"""Watches every call from outside of all other layers: its span, its audit line, its place in the metrics. Pure ASGI.

Refused calls are watched, too. What only a route knows (ids in a body, the mode of a question) it notes in
:class:`Notes`; see ``notes`` of :class:`api.rest.context.RequestContext`.
"""

import re
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from fastapi.routing import APIRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.access import Caller
from api.audit.lines import AuditLine
from api.rest.declarations import OPERATIONS
from api.rest.edge.addresses import as_given
from api.rest.problems import GONE
from api.rest.roles import OPEN, operation_at
from graph import tracing
from retrieval.answer import Answer, EvidenceFound

REQUEST_ID = "x-request-id"
_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


@dataclass(slots=True, kw_only=True)
class Notes:
    """What a route tells of its call. ``ids``: documents and others that it was about, or that its answer showed."""

    ids: list[str] = field(default_factory=list)
    mode: str | None = None

    def shows(self, event: object) -> None:
        """Note the documents that an answer, or a part of it, shows."""
        if isinstance(event, EvidenceFound):
            self.ids += [item.placed.document.id for item in event.evidence]
        elif isinstance(event, Answer):
            self.ids += [citation.document_id for citation in event.citations]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call that has ended. ``route`` is the pattern of its path; ``caller``: None where nobody is known."""

    route: str
    caller: Caller | None
    mode: str | None
    line: AuditLine


class CallWatcher:
    """The middleware around all others.

    Args:
        told: learns of each call once it has ended, in the event loop: quick.
        routes: those of all operations: where a call is refused, they tell what it would have been.
    """

    def __init__(self, app: ASGIApp, *, told: Callable[[Call], None], routes: Sequence[APIRoute]) -> None:
        self._app = app
        self._routes = routes
        self._told = told

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and tell how it ended."""
        if scope["type"] != "http" or scope["path"] in OPEN:  # probes come every second and say nothing of anybody
            await self._app(scope, receive, send)
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        course = _Course(scope, headers, send)
        span = tracing.begin(
            str(scope["method"]), {"http.request.method": scope["method"]}, kind="server", carried=headers
        )
        try:
            with span.entered():
                await self._app(scope, receive, course.send)
        except BaseException as error:
            course.status = course.status or (500 if isinstance(error, Exception) else GONE)
            span.fail(error)
            raise
        finally:
            call = course.ended(self._routes)
            span.rename(f"{scope['method']} {call.route}")
            span.note(_attributes(call))
            span.end()
            self._told(call)


class _Course:
    """One call under way."""

    def __init__(self, scope: Scope, headers: Mapping[str, str], send: Send) -> None:
        self._scope = scope
        self._send = send
        self._started = time.perf_counter()
        self._state: dict[str, object] = scope.setdefault("state", {})
        self._notes = Notes()
        given = headers.get(REQUEST_ID, "")
        self._request_id = given if _ID.fullmatch(given) else uuid.uuid4().hex
        self._state["notes"] = self._notes
        self._state[REQUEST_ID] = self._request_id
        self.status = 0

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = int(message["status"])
            named = (REQUEST_ID.encode(), self._request_id.encode())
            message = {**message, "headers": [*message.get("headers", ()), named]}
        await self._send(message)

    def ended(self, routes: Sequence[APIRoute]) -> Call:
        route, action, ids = self._place(routes)
        caller = self._state.get("caller")
        caller = caller if isinstance(caller, Caller) else None
        client = self._scope.get("client")
        line = AuditLine(
            at=datetime.now(UTC), key=caller.key_id if caller else None, workspace=caller.workspace if caller else None,
            action=action, ids=list(dict.fromkeys((*ids, *self._notes.ids))), status=self.status or GONE,
            milliseconds=(time.perf_counter() - self._started) * 1000, request=self._request_id,
            client=client[0] if client else None,
        )  # fmt: skip
        return Call(route=route, caller=caller, mode=self._notes.mode, line=line)

    def _place(self, routes: Sequence[APIRoute]) -> tuple[str, str | None, list[str]]:
        """Pattern of the path, operation and ids in the path: as routed, or as it would have been but for a refusal."""
        method = {"HEAD": "GET"}.get(self._scope["method"], str(self._scope["method"]))
        if "route" in self._scope:
            route, given = self._scope["route"], self._scope.get("path_params", {})
        elif found := operation_at(routes, {**self._scope, "method": method}):
            route, given = found
        else:
            return "unknown", None, []
        path = getattr(route, "path_format", "unknown")
        named = OPERATIONS.get((method.lower(), path))
        return path, named.id if named else None, [as_given(str(value)) for value in given.values()]


def _attributes(call: Call) -> tracing.Attributes:
    found: dict[str, tracing.Attribute] = {
        "http.route": call.route, "http.response.status_code": call.line.status,
        "quipu.operation": call.line.action or "",
    }  # fmt: skip
    if call.caller is not None:
        found["quipu.workspace"] = call.caller.workspace
    return found
