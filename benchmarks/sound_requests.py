"""Sound requests as an OpenAPI document describes them, to be spoilt. See :mod:`benchmarks.hostile_requests`."""

import json
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, quote_from_bytes

import httpx

LONGEST_URL = 60_000
TOOLS = ("ask", "search", "facts", "list_documents", "read_document", "add_document", "changes")
MCP: tuple[str, Mapping[str, Any]] = ("/mcp", {"post": {"requestBody": {"content": {"application/json": {"schema": {
    "type": "object", "required": ["jsonrpc", "id", "method", "params"], "properties": {
        "jsonrpc": {"const": "2.0"}, "id": {"type": "integer"},
        "method": {"enum": ["tools/call", "tools/call", "tools/list", "initialize", "resources/list"]},
        "params": {"type": "object", "required": ["name", "arguments"], "properties": {
            "name": {"enum": TOOLS}, "arguments": {"type": "object", "properties": {
                name: {"type": "string"} for name in ("question", "query", "document_id", "mode", "text", "since")
            }},
        }},
    },
}}}}}})  # fmt: skip
"""The one operation that no OpenAPI document describes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hostile:
    """A request. The target is sent as it stands; ``kind`` says what is spoilt."""

    operation: str
    kind: str
    method: str
    target: bytes
    headers: tuple[tuple[bytes, bytes], ...] = ()
    body: bytes = b""


class Sound:
    """A sound request of one operation. ``ids`` are values of path parameters and fields that there are, by name."""

    def __init__(
        self, openapi: Mapping[str, Any], operation: tuple[str, str, Mapping[str, Any]], ids: Mapping[str, str],
        chance: random.Random,
    ) -> None:  # fmt: skip
        self._openapi, self._ids, self._chance = openapi, ids, chance
        self.method, self.path, details = operation
        self.names = [one["name"] for one in details.get("parameters", []) if one["in"] == "query"]
        self.needed = [o["name"] for o in details.get("parameters", []) if o["in"] == "query" and o.get("required")]
        self.places = [part[1:-1].split(":")[0] for part in self.path.split("/") if part.startswith("{")]
        content = details.get("requestBody", {}).get("content", {})
        self.takes_form = "multipart/form-data" in content
        self.schema = self._resolved(content.get("application/json", {}).get("schema", {}))

    def target(self, spoilt: Mapping[str, bytes], query: Sequence[tuple[str, bytes]] = ()) -> bytes:
        """The path and query, some parts of the path replaced."""
        filled = self.path
        for name in self.places:
            raw = spoilt.get(name, self._ids.get(name, "none").encode())
            filled = filled.replace("{" + name + "}", quote_from_bytes(raw, safe=""))
        given = {name for name, _ in query}
        needed = ((name, self._ids.get(name, "0").encode()) for name in self.needed if name not in given)
        asked = "&".join(f"{quote(name)}={quote_from_bytes(value, safe='')}" for name, value in [*query, *needed])
        return (filled + ("?" + asked if asked else "")).encode()[:LONGEST_URL]

    def request(self, kind: str, target: bytes | None = None, **more: Any) -> Hostile:
        """It, with what is spoilt."""
        if "body" not in more and self.schema:
            more["body"] = json.dumps(self.example()).encode()
            more["headers"] = ((b"Content-Type", b"application/json"), *more.get("headers", ()))
        return Hostile(
            operation=f"{self.method} {self.path}", kind=kind, method=self.method,
            target=self.target({}) if target is None else target, **more,
        )  # fmt: skip

    def example(self) -> dict[str, Any]:
        """A sound body, as far as the schema tells: what may be left out is left out every other time."""
        found: dict[str, Any] = self._object(self.schema)
        return found

    def _object(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        needed = schema.get("required", ())
        return {
            name: self._field(name, self._resolved(one))
            for name, one in schema.get("properties", {}).items()
            if name in needed or self._chance.random() < 0.5
        }

    def _field(self, name: str, schema: Mapping[str, Any]) -> Any:
        return self._ids[name] if name in self._ids and "enum" not in schema else self._value(schema)

    def _value(self, schema: Mapping[str, Any]) -> Any:
        if "enum" in schema:
            return self._chance.choice(schema["enum"])
        for choice in ("anyOf", "oneOf", "allOf"):
            if choice in schema:
                return self._value(self._resolved(self._chance.choice(schema[choice])))
        if "const" in schema or "default" in schema:
            return schema.get("const", schema.get("default"))
        kind = schema.get("type")
        kind = kind[0] if isinstance(kind, list) else kind
        if kind == "array":
            return [self._value(self._resolved(schema.get("items", {})))]
        if kind == "object":
            return self._object(schema)
        made: dict[str, Any] = {
            "string": "Who built the Hostile Mill?", "integer": 1, "number": 1.0, "boolean": False, "null": None,
        }  # fmt: skip
        return made.get(str(kind), "x")

    def _resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        while "$ref" in schema:
            schema = self._openapi["components"]["schemas"].get(schema["$ref"].rsplit("/", 1)[1], {})
        return schema


def sound_ids(http: httpx.Client) -> dict[str, str]:
    """What there is of each kind that a path or a field names, so that what is spoilt is not always behind a 404."""
    put = {"documents": [{"text": "Ada Stone built the Hostile Mill in 1840.", "title": "Hostile Mill"}]}
    _sent(http, "PUT", "/v1/quota", {})
    accepted = _sent(http, "PUT", "/v1/documents/hostile-mill", put)["documents"][0]
    while http.get(f"/v1/jobs/{accepted['job_id']}").json()["state"] not in {"done", "failed"}:
        time.sleep(0.1)
    entities = http.get("/v1/graph/entities", params={"query": "stone"}).raise_for_status().json()["entities"]
    if http.get("/v1/workspaces/hostile").status_code == 404:
        _sent(http, "POST", "/v1/workspaces", {"name": "hostile"})
    return {
        "document_id": "hostile-mill", "job_id": accepted["job_id"], "page": "1", "model": "quipu",
        "watch_id": _sent(http, "POST", "/v1/watches", {"question": "Who built the Hostile Mill?"})["id"],
        "session_id": _sent(http, "POST", "/v1/sessions")["id"],
        "key_id": _sent(http, "POST", "/v1/keys", {"role": "ask", "label": "hostile"})["id"],
        "entity_id": entities[0]["id"] if entities else "none", "entity": "Ada Stone",
        "role": "user", "name": "hostile", "workspace": "hostile",
    }  # fmt: skip


def _sent(http: httpx.Client, method: str, path: str, body: Any = None) -> Any:
    answer = http.request(method, path, json=body)
    if answer.is_error:
        raise RuntimeError(f"{method} {path}: {answer.status_code} {answer.text}")
    return answer.json()
