"""Who may read a document."""

import pytest

from graph.audience import UNRESTRICTED, Audience

HR = Audience(principals=frozenset({"user:a@b", "group:hr"}))


@pytest.mark.parametrize(
    ("audience", "readers", "expected"),
    [
        (HR, None, True),
        (HR, [], False),
        (HR, ["group:hr", "group:law"], True),
        (HR, ["group:law"], False),
        (Audience(), None, True),
        (Audience(), ["group:hr"], False),
        (UNRESTRICTED, [], True),
    ],
)
def test_may_read(audience: Audience, readers: list[str] | None, expected: bool) -> None:
    assert audience.may_read(readers) is expected
