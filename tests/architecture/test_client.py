"""The Python client offers what the OpenAPI document offers: every operation, parameter, body and answer of it."""

import inspect
import json
import subprocess
import sys
import typing
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from api.client.methods import Following, Operation
from api.client.quipu import Operations
from api.rest.app import ROUTERS
from api.rest.openapi import DescribedApp
from api.rest.schema_forms import plain

Offered = Operation[..., Any] | Following[..., Any]
OLLAMA = "/api/"
"""Another protocol, whose clients are others."""
SAID_OTHERWISE = {
    "documents", "extract", "file", "if-match", "if-none-match", "last-event-id", "metadata", "n", "readers", "stream",
    "stream_options", "title",
}  # fmt: skip
"""What methods say by themselves, or under another name."""


def offered() -> dict[str, Offered]:
    found = {name: inspect.getattr_static(Operations, name) for name in dir(Operations)}
    return {name: one for name, one in found.items() if isinstance(one, Operation | Following)}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    app = DescribedApp(title="Quipu", version="0")
    for router in ROUTERS:
        app.include_router(router)
    return app.openapi()


def test_every_operation_has_a_method_and_every_method_an_operation(document: dict[str, Any]) -> None:
    paths = {path: item for path, item in document["paths"].items() if not path.startswith(OLLAMA)}
    real = {(m.upper(), path) for path, item in paths.items() for m in item if m != "parameters"}
    assert {(one.method, one.path) for one in offered().values()} == real
    streams = {
        (m.upper(), path) for path, item in paths.items() for m, one in item.items()
        if "text/event-stream" in json.dumps(one["responses"])
    }  # fmt: skip
    assert {(one.method, one.path) for one in offered().values() if isinstance(one, Following)} == streams


@pytest.mark.parametrize(("name", "one"), offered().items(), ids=offered())
def test_methods_take_what_operations_take(document: dict[str, Any], name: str, one: Offered) -> None:
    described = document["paths"][one.path][one.method.lower()]
    wanted = {parameter["name"] for parameter in described.get("parameters", ())}
    for body in described.get("requestBody", {}).get("content", {}).values():
        wanted |= resolved(document, body["schema"]).get("properties", {}).keys()
    taken: set[str] = set()
    for parameter in inspect.signature(one.shown).parameters.values():
        if parameter.kind is parameter.VAR_KEYWORD:
            (options,) = typing.get_args(parameter.annotation)
            taken |= options.__annotations__.keys()
        else:
            taken.add(parameter.name)
    twins = [other for other in offered().values() if (other.method, other.path) == (one.method, one.path)]
    assert taken <= wanted | {"self", "document", "documents", "files", "if_match"}
    if len(twins) == 1:
        assert wanted - SAID_OTHERWISE <= taken


@pytest.mark.parametrize(("name", "one"), offered().items(), ids=offered())
def test_answers_have_the_forms_that_are_described(document: dict[str, Any], name: str, one: Offered) -> None:
    answers = document["paths"][one.path][one.method.lower()]["responses"]
    for content in [answer.get("content", {}) for status, answer in answers.items() if status[0] == "2"]:
        if isinstance(one, Following):
            described = json.dumps(content["text/event-stream"])
            for model in one.events.values():
                assert f"#/components/schemas/{model.__name__}" in described
                same_fields(document, {"$ref": f"#/components/schemas/{model.__name__}"}, model)
        elif one.answers in {str, bytes, type(None)}:
            assert "application/json" not in content or "text/html" in content
        else:
            same_fields(document, content["application/json"]["schema"], one.answers)


def same_fields(document: dict[str, Any], schema: dict[str, Any], model: Any) -> None:
    """Every schema below one of the document is that of the model, field by field."""
    ours = plain(TypeAdapter(model).json_schema(mode="serialization", ref_template="#/components/schemas/{model}"))
    named = ours.pop("$defs", {})
    top = resolved({"components": {"schemas": named}}, ours)
    assert fields(resolved(document, schema)) == fields(top)
    for name, one in named.items():
        assert fields(document["components"]["schemas"][name]) == fields(one), name


def fields(schema: dict[str, Any]) -> dict[str, Any]:
    """What an object has; that a field may be left out is said either way."""
    found = schema.get("properties", {})
    return {
        name: {key: value for key, value in one.items() if (key, value) != ("default", None)}
        for name, one in found.items()
    }


def resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in schema:
        return schema
    found: dict[str, Any] = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return found


def test_importing_it_loads_no_service() -> None:
    heavy = {"apsw", "faiss", "fastapi", "llama_index", "lxml", "neo4j", "opencc", "scipy", "structlog", "torch"}
    code = f"import sys, api.client\nprint(*{heavy!r}.intersection(name.split('.')[0] for name in sys.modules))"
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2]
    )
    assert ran.stdout.strip() == ""
