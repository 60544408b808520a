"""What each operation needs of its caller: said here, checked by the doorkeeper, and written into OpenAPI."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import parse_qsl

from fastapi.routing import APIRoute
from starlette.routing import Match
from starlette.types import Scope

from api.access import Least

OPEN: Final = frozenset({"/healthz", "/readyz"})
"""Answered to anybody, so that whatever watches over the process needs no key."""
PAGE_FILES: Final = "/assets"
"""Where the files of the web page stand."""
LEAST: Final[Mapping[str, Mapping[str, Least]]] = {
    "/v1/search": {"POST": "ask"},
    "/v1/ask": {"POST": "ask"},
    "/v1/sessions": {"GET": "ask", "POST": "ask"},
    "/v1/sessions/{session_id}": {"GET": "ask", "DELETE": "ask"},
    "/v1/chat/completions": {"POST": "ask"},
    "/v1/models": {"GET": "ask"},
    "/v1/models/{model}": {"GET": "ask"},
    "/api/chat": {"POST": "ask"},
    "/api/generate": {"POST": "ask"},
    "/api/tags": {"GET": "ask"},
    "/api/ps": {"GET": "ask"},
    "/api/show": {"POST": "ask"},
    "/api/version": {"GET": "ask"},
    "/mcp": {"POST": "ask"},
    "/v1/documents": {"GET": "ask", "POST": "write"},
    "/v1/documents/{document_id}": {"GET": "ask", "PUT": "write", "DELETE": "write"},
    "/v1/documents/{document_id}/content": {"GET": "write"},
    "/v1/documents/{document_id}/original": {"GET": "write"},
    "/v1/documents/{document_id}/pages/{page}": {"GET": "write"},
    "/v1/documents/{document_id}/versions": {"GET": "write"},
    "/v1/documents/{document_id}/chunks": {"GET": "write"},
    "/v1/graph/entities": {"GET": "ask"},
    "/v1/graph/entities/{entity_id}": {"GET": "ask"},
    "/v1/graph/neighbourhood": {"GET": "ask"},
    "/v1/graph/facts": {"POST": "ask"},
    "/v1/graph/communities": {"GET": "ask"},
    "/v1/graph/merges": {"GET": "ask", "POST": "admin"},
    "/v1/graph/resolve": {"POST": "admin"},
    "/v1/changes": {"GET": "ask"},
    "/v1/revisions": {"GET": "ask"},
    "/v1/revisions/days": {"GET": "ask"},
    "/v1/jobs": {"GET": "write"},
    "/v1/jobs/{job_id}": {"GET": "write"},
    "/v1/jobs/{job_id}/events": {"GET": "write"},
    "/v1/jobs/{job_id}/cancel": {"POST": "write"},
    "/v1/jobs/{job_id}/retry": {"POST": "write"},
    "/v1/watches": {"GET": "write", "POST": "write"},
    "/v1/watches/{watch_id}": {"GET": "write", "DELETE": "write"},
    "/v1/watches/{watch_id}/updates": {"GET": "write"},
    "/v1/watches/{watch_id}/events": {"GET": "write"},
    "/v1/reindex": {"POST": "admin"},
    "/v1/verify": {"POST": "admin"},
    "/v1/evals": {"GET": "admin", "POST": "admin"},
    "/v1/evals/{eval_id}": {"GET": "admin"},
    "/v1/evals/{eval_id}/report": {"GET": "admin"},
    "/v1/evals/{eval_id}/comparison": {"GET": "admin"},
    "/v1/keys": {"GET": "admin", "POST": "admin"},
    "/v1/keys/{key_id}": {"GET": "admin", "DELETE": "admin"},
    "/v1/quota": {"GET": "admin", "PUT": "operator"},
    "/v1/audit": {"GET": "admin"},
    "/v1/workspaces": {"GET": "ask", "POST": "operator"},
    "/v1/workspaces/{name}": {"GET": "ask", "DELETE": "operator"},
    "/v1/formats": {"GET": "ask"},
    "/v1/caller": {"GET": "ask"},
    "/v1/language-models": {"GET": "write"},
    "/v1/samples": {"GET": "ask", "POST": "write"},
    "/v1/config": {"GET": "admin"},
    "/metrics": {"GET": "admin"},
}
LEAST_WITH: Final[Mapping[tuple[str, str, str], Least]] = {("/v1/documents/{document_id}", "DELETE", "purge"): "admin"}
"""A switch in the query that takes more: path, method, switch."""
UNDECLARED: Final[Least] = "operator"
_OFF = frozenset({"0", "false", "f", "no", "n", "off"})
_BEARER = {
    "type": "http", "scheme": "bearer",
    "description": "A key `qk_…` of `POST /v1/keys`, or QUIPU_API_KEY. `x-quipu-role` names the least role of each"
    " operation: `ask`, `write`, `admin`, or `operator`, an administrator whom nothing binds to one workspace. The"
    " header `X-Quipu-Workspace` chooses a workspace where the key is bound to none; anything of another is a 404.",
}  # fmt: skip


def is_open(path: str) -> bool:
    """Whether a path is answered to anybody: a browser that opens the web page cannot send a key along."""
    return path in OPEN or path == "/" or path.startswith(f"{PAGE_FILES}/")


def least_of(path: str, method: str) -> Least:
    """What an operation needs; what was forgotten is for operators alone."""
    return LEAST.get(path, {}).get(method, UNDECLARED)


def operation_at(routes: Sequence[APIRoute], scope: Scope) -> tuple[APIRoute, Mapping[str, object]] | None:
    """The operation that a request is for, and what stands in its path; None where there is none.

    ``routes``: those of all operations, in the order in which the application tries them.
    """
    for route in routes:
        match, found = route.matches(scope)
        if match is Match.FULL:
            return route, found["path_params"]
    return None


def least_for(routes: Sequence[APIRoute], scope: Scope) -> Least:
    """What a request needs. What is no operation (the API's own page, an unknown path) needs any key that counts."""
    operation = operation_at(routes, scope)
    if operation is None:
        return "ask"
    path, method = operation[0].path_format, scope["method"]
    for name, value in parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True):
        more = LEAST_WITH.get((path, method, name))
        if more is not None and value.lower() not in _OFF:
            return more
    return least_of(path, method)


def describe(schema: dict[str, Any]) -> None:
    """Let an OpenAPI document say what each operation needs."""
    schema.setdefault("components", {}).setdefault("securitySchemes", {})["bearer"] = _BEARER
    for path, item in schema["paths"].items():
        for method, operation in item.items():
            if path in OPEN:
                operation["security"] = []
                continue
            operation["x-quipu-role"] = least_of(path, method.upper())
            more = {name: least for (of, on, name), least in LEAST_WITH.items() if (of, on) == (path, method.upper())}
            if more:
                operation["x-quipu-role-with"] = more
