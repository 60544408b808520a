"""JSON schemas as people write them: no generated titles, no ``anyOf`` with null where a type says the same. Pure."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel


def plain(value: Any) -> Any:
    """A document whose schemas say the same with less."""
    if isinstance(value, list):
        return [plain(one) for one in value]
    if not isinstance(value, dict):
        return value
    found = {key: one if key in {"example", "examples", "default"} else plain(one) for key, one in value.items()}
    if isinstance(found.get("title"), str) and _is_schema(found):
        del found["title"]
    return _parameter(found) if "in" in found and "schema" in found else _nullable(found)


def _is_schema(found: dict[str, Any]) -> bool:
    return bool(found.keys() & {"type", "$ref", "anyOf", "const", "enum", "oneOf", "allOf"}) or found.keys() == {
        "title"
    }


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    options = schema.get("anyOf")
    if not isinstance(options, list) or {"type": "null"} not in options:
        return schema
    others = [one for one in options if one != {"type": "null"}]
    if len(others) != 1 or "const" in others[0] or not isinstance(others[0].get("type"), str):
        return schema
    rest = {key: one for key, one in schema.items() if key != "anyOf"}
    merged = {**others[0], **rest, "type": [others[0]["type"], "null"]}
    if "enum" in merged:
        merged["enum"] = [*merged["enum"], None]
    return merged


def _parameter(parameter: dict[str, Any]) -> dict[str, Any]:
    """A parameter that can be left out is never null."""
    schema = parameter["schema"]
    if isinstance(schema.get("type"), list):
        schema["type"] = schema["type"][0]
        schema["enum"] = [one for one in schema.get("enum", ()) if one is not None]
        if not schema["enum"]:
            del schema["enum"]
    elif "anyOf" in schema:
        schema["anyOf"] = [one for one in schema["anyOf"] if one != {"type": "null"}]
        if len(schema["anyOf"]) == 1:
            (only,) = schema.pop("anyOf")
            schema = {**only, **schema}
    if schema.get("default", 0) is None:
        del schema["default"]
    return {**parameter, "schema": schema}


def events_schema(events: Mapping[str, type[BaseModel]]) -> dict[str, Any]:
    """One server-sent event: its name, and data that is JSON of a schema.

    Events named ``message`` go without a name, and after the last comes the ``[DONE]`` of OpenAI's protocol.
    """
    return {"anyOf": [one for name, model in events.items() for one in _events(name, model)]}


def _events(name: str, model: type[BaseModel]) -> list[dict[str, Any]]:
    data = {
        "type": "string", "contentMediaType": "application/json",
        "contentSchema": {"$ref": f"#/components/schemas/{model.__name__}"},
    }  # fmt: skip
    if name != "message":
        return [
            {"type": "object", "required": ["event", "data"], "properties": {"event": {"const": name}, "data": data}}
        ]
    ended = {"const": "[DONE]"}
    return [{"type": "object", "required": ["data"], "properties": {"data": one}} for one in (data, ended)]
