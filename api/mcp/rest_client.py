"""How tools ask Quipu: by its REST interface, so that keys, roles, readers, lanes and the audit hold as there."""

from collections.abc import Mapping
from urllib.parse import quote

import httpx
from pydantic import JsonValue

from graph.errors import DependencyError, InputError

Query = Mapping[str, str | int | None]


class RestClient:
    """The REST interface of one service, for whoever ``http`` speaks for."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def get(self, path: str, query: Query | None = None) -> bytes:
        """What a GET answers. What is None in the query is left out."""
        given = {name: value for name, value in (query or {}).items() if value is not None}
        return await self._send(self._http.build_request("GET", path, params=given))

    async def post(self, path: str, body: Mapping[str, JsonValue], query: Query | None = None) -> bytes:
        """What a POST answers."""
        return await self._send(self._http.build_request("POST", path, json=body, params=dict(query or {})))

    async def put(self, path: str, body: Mapping[str, JsonValue], query: Query | None = None) -> bytes:
        """What a PUT answers."""
        return await self._send(self._http.build_request("PUT", path, json=body, params=dict(query or {})))

    async def _send(self, request: httpx.Request) -> bytes:
        """The body of the answer.

        Raises:
            InputError: the service refuses; its message is the service's cause.
            DependencyError: it cannot answer now, or nobody is there.
        """
        try:
            answer = await self._http.send(request)
        except httpx.HTTPError as error:
            raise DependencyError(f"{self._http.base_url} does not answer: {error or type(error).__name__}") from error
        if answer.is_success:
            return answer.content
        raise (InputError if answer.status_code < 500 else DependencyError)(_cause(answer))


def document_path(document_id: str) -> str:
    """The path of a document; its id is one segment, whatever slashes it holds."""
    return "/v1/documents/" + quote(document_id, safe="")


def _cause(answer: httpx.Response) -> str:
    try:
        body = answer.json()
    except ValueError:
        body = None
    detail = body.get("detail") if isinstance(body, dict) else None
    return f"{detail or answer.text[:1000]} (HTTP {answer.status_code})"
