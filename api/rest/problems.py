"""Every error over HTTP is a problem document (RFC 9457)."""

import json
import uuid
from collections.abc import Mapping
from http import HTTPStatus

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response
from typing_extensions import override

from api.event_log import mark_told
from api.rest.response_headers import HEADERS
from graph.disk import is_full, storage_error
from graph.errors import Forbidden, QuipuError, Unauthorized
from graph.ports.spending import Cost, Tally

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:quipu:problem:"
GONE = 499
"""The client went away before it was answered: for the metrics only, since nobody reads the answer."""
LONGEST_DETAIL = 1_000
"""Characters: a problem that quotes its input must not become as large."""
_log = structlog.get_logger()


SPENT = "spent"
"""Where the state of a request has what models have cost for it so far, as a Tally."""
NOTHING = Cost()


def problem(
    status: int, code: str, detail: str, headers: Mapping[str, str] | None = None, **more: object
) -> JSONResponse:
    """A problem response."""
    body = problem_body(status, code, detail[:LONGEST_DETAIL], **more)
    return _Problem(body, status_code=status, headers=headers, media_type=MEDIA_TYPE)


class _Problem(JSONResponse):
    """What a problem tells of may hold halves of characters: those are written as escapes."""

    @override
    def render(self, content: object) -> bytes:
        return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")


def problem_body(status: int, code: str, detail: str, **more: object) -> dict[str, object]:
    """The members of a problem document."""
    return {
        "type": TYPE_PREFIX + code, "title": HTTPStatus(status).phrase, "status": status, "code": code,
        "detail": detail, **more,
    }  # fmt: skip


def error_body(error: QuipuError) -> dict[str, object]:
    """A Quipu error as a problem document."""
    return problem_body(error.status, error.code, str(error), **error.members)


def quipu_problem(error: QuipuError, spent: Cost = NOTHING) -> JSONResponse:
    """A Quipu error as a response: one of no key says how to send one, one of too low a role names the role.

    What models have cost until it came to that stands in ``usage``.
    """
    headers = {} if error.retry_seconds is None else {"Retry-After": str(error.retry_seconds)}
    if isinstance(error, Unauthorized):
        headers["WWW-Authenticate"] = "Bearer"
    more: dict[str, object] = {"role": error.role} if isinstance(error, Forbidden) else {}
    if spent.calls:
        more["usage"] = {"calls": spent.calls, "tokens": spent.tokens}
    return problem(error.status, error.code, str(error), headers, **error.members, **more)


def install(app: FastAPI) -> None:
    """Answer every error of an application with a problem document."""
    app.add_exception_handler(QuipuError, _quipu_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(ClientDisconnect, _gone)
    app.add_exception_handler(OSError, _os_error)
    app.add_exception_handler(Exception, _unexpected)


async def _quipu_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, QuipuError):
        raise error
    spent = getattr(request.state, SPENT, None)
    return quipu_problem(error, spent.cost if isinstance(spent, Tally) else Cost())


async def _http_error(_: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    known = {413: "document-too-large"}
    code = known.get(error.status_code) or HTTPStatus(error.status_code).phrase.lower().replace(" ", "-")
    return problem(error.status_code, code, str(error.detail), error.headers)


async def _validation_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    found = error.errors()
    first = found[0]
    where = ".".join(str(part) for part in first["loc"][1:]) or str(first["loc"][0])
    kind = request.headers.get("content-type", "")
    if first["loc"] == ("body",) and first["type"] != "missing" and "json" not in kind.lower():
        return problem(415, "unsupported-media-type", f"send application/json, not {kind or 'nothing'!r}")
    errors = [{"at": ".".join(map(str, one["loc"])), "message": one["msg"]} for one in found[:20]]
    return problem(422, "invalid-input", f"{where}: {first['msg']}", errors=errors)


async def _gone(_: Request, __: Exception) -> Response:
    return Response(status_code=GONE)


async def _os_error(request: Request, error: Exception) -> Response:
    """A body that finds no room while it is received is no fault of ours, nor of the sender."""
    if isinstance(error, OSError) and is_full(error):
        return quipu_problem(storage_error("the request cannot be kept", error))
    return await _unexpected(request, error)


async def _unexpected(request: Request, error: Exception) -> Response:
    incident = uuid.uuid4().hex[:12]
    _log.error("unexpected error", incident=incident, method=request.method, path=request.url.path, exc_info=error)
    mark_told(error, incident)
    detail = f"something went wrong here; the log names it as incident {incident}"
    # the server closes a connection on which something was raised: its client must not send more on it
    return problem(500, "internal-error", detail, {**HEADERS, "Connection": "close"}, incident=incident)
