"""Problem documents can be sent whatever they tell of."""

import json

import pytest

from api.rest.problems import LONGEST_DETAIL, problem


@pytest.mark.parametrize("detail", ["\ud800", "a\x00b", "密\n", "x" * 100_000, '"\\'])
def test_any_detail_is_valid_json(detail: str) -> None:
    body = json.loads(bytes(problem(400, "invalid-input", detail, errors=[{"at": detail}]).body))
    assert body["detail"] == detail[:LONGEST_DETAIL]
    assert body["errors"] == [{"at": detail}]
