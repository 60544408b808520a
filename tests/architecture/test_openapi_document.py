"""The OpenAPI document says of every route, new ones too, what it is called and how it can fail."""

import re
from typing import Any

import pytest
from openapi_spec_validator import validate

from api.rest.app import ROUTERS
from api.rest.openapi import DescribedApp

METHODS = {"get", "put", "post", "delete", "patch"}
Operation = tuple[str, str, dict[str, Any]]


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    app = DescribedApp(title="Quipu", version="0")
    for router in ROUTERS:
        app.include_router(router)
    return app.openapi()


def operations(document: dict[str, Any]) -> list[Operation]:
    return [(m, path, item[m]) for path, item in document["paths"].items() for m in sorted(METHODS & item.keys())]


def test_it_is_valid_and_readable(document: dict[str, Any]) -> None:
    validate(document)
    ids = [one["operationId"] for _, _, one in operations(document)]
    assert len(ids) == len(set(ids))
    for method, path, one in operations(document):
        where = f"{method} {path}"
        assert re.fullmatch(r"[a-z]+(_[a-z]+)+", one["operationId"]), where
        assert 5 <= len(one["summary"]) <= 100, where
        assert one["tags"], where
        assert set(one["tags"]) <= {tag["name"] for tag in document["tags"]}, where
        for parameter in one.get("parameters", ()):
            assert parameter["description"], f"{where}: {parameter['name']}"
    assert "HTTPValidationError" not in document["components"]["schemas"]


def test_every_operation_says_how_it_can_fail(document: dict[str, Any]) -> None:
    for method, path, one in operations(document):
        expected = {"400", "403", "413", "429", "500", "503"}
        expected |= {"401"} if path not in {"/healthz", "/readyz"} else set()
        expected |= {"404"} if "{" in path else set()
        expected |= {"415", "422"} if "requestBody" in one else set()
        assert expected <= one["responses"].keys(), f"{method} {path}"
    for problem in document["components"]["responses"].values():
        assert set(problem["content"]) == {"application/problem+json"}
