"""What a line of the audit says, and cannot say."""

import json
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from api.audit.lines import MAX_CHARACTERS, MAX_IDS, AuditLine

ANYTHING = st.text(st.characters(), max_size=300)


def line(**more: object) -> AuditLine:
    at = datetime(2026, 11, 29, 8, 30, tzinfo=UTC)
    return AuditLine(**{"at": at, "key": "k", "workspace": "w", "action": "ask", "status": 200, **more})  # type: ignore[arg-type]


@given(st.lists(ANYTHING, max_size=80), ANYTHING)
def test_whatever_ids_hold_a_line_is_one_bounded_line_of_ascii(ids: list[str], key: str) -> None:
    text = line(ids=ids, key=key).to_json()
    assert text.isascii()
    assert len(text.splitlines()) == 1
    assert len(text) < (MAX_IDS + 2) * (12 * MAX_CHARACTERS + 60) + 300
    told = json.loads(text)
    assert len(told["ids"]) == min(len(ids), MAX_IDS)
    assert told.get("more_ids", 0) == max(0, len(ids) - MAX_IDS)
    assert all(short == full for short, full in zip(told["ids"], ids, strict=False) if len(full) <= MAX_CHARACTERS)


def test_long_ids_stay_apart() -> None:
    one, two = ("x" * 500 + end for end in "ab")
    told = json.loads(line(ids=[one, two]).to_json())["ids"]
    assert told[0] != told[1]
    assert max(map(len, told)) == MAX_CHARACTERS + 17
