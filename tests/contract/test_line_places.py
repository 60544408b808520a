"""Where lines stand on pages, run over every adapter: kept with a version, and gone with it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from kept_state import KINDS, Kept, kept_state

from ingest.line_places import LinePlaces
from ingest.model import LineBox, Upload

W = "w"
START = datetime(2026, 1, 1, tzinfo=UTC)
BOXES = (
    LineBox(start=0, end=10, page=1, x0=20.5, y0=700.0, x1=90.0, y1=711.5),
    LineBox(start=11, end=20, page=1, x0=20.5, y0=680.0, x1=90.0, y1=691.5),
    LineBox(start=22, end=30, page=3, x0=20.5, y0=700.0, x1=90.0, y1=711.5),
)


@pytest.fixture(params=KINDS)
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Kept]:
    with kept_state(request.param, tmp_path) as found:
        for document_id, version in (("a", 1), ("a", 2), ("b", 1)):
            upload = Upload(
                workspace=W, document_id=document_id, version=version, title=None, source="it.pdf",
                media_type="application/pdf", metadata={}, content_hash=f"{document_id}{version}", created_at=START,
                updated_at=START + timedelta(days=version),
            )  # fmt: skip
            found.register.add(upload, deleted=False, job_id="j")
        yield found


@pytest.fixture
def places(kept: Kept) -> LinePlaces:
    for document_id, version in (("a", 1), ("a", 2), ("b", 1)):
        kept.places.set_places(W, document_id, version, BOXES)
    return kept.places


def held(places: LinePlaces) -> list[tuple[str, int]]:
    return [each for each in (("a", 1), ("a", 2), ("b", 1)) if places.places(W, *each, 0, 100)]


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [(0, 30, BOXES), (5, 12, BOXES[:2]), (10, 11, ()), (12, 23, BOXES[1:]), (29, 99, BOXES[2:]), (30, 99, ())],
)
def test_the_lines_that_a_range_touches(
    places: LinePlaces, start: int, end: int, found: tuple[LineBox, ...]
) -> None:  # fmt: skip
    assert tuple(places.places(W, "a", 1, start, end)) == found


def test_of_what_is_unknown_there_are_none(places: LinePlaces) -> None:
    assert not places.places(W, "a", 3, 0, 100)
    assert not places.places("other", "a", 1, 0, 100)


def test_a_second_reading_takes_the_place_of_the_first(places: LinePlaces) -> None:
    places.set_places(W, "a", 1, BOXES[2:])
    assert tuple(places.places(W, "a", 1, 0, 100)) == BOXES[2:]


def test_they_go_with_their_version(kept: Kept, places: LinePlaces) -> None:
    kept.register.forget_superseded(W, START + timedelta(days=9))
    assert held(places) == [("a", 2), ("b", 1)]
    kept.register.forget(W, "a", 2)
    assert held(places) == [("b", 1)]
    kept.register.forget_workspace(W)
    assert held(places) == []


def test_nothing_is_kept_of_a_version_that_is_forgotten(kept: Kept, places: LinePlaces) -> None:
    kept.register.forget(W, "a", 2)
    places.set_places(W, "a", 2, BOXES)
    places.set_places(W, "z", 1, BOXES)
    assert held(places) == [("b", 1)]
    assert not places.places(W, "z", 1, 0, 100)


def test_a_place_that_is_no_number_is_none(places: LinePlaces) -> None:
    nowhere = LineBox(start=0, end=10, page=1, x0=float("nan"), y0=0.0, x1=float("inf"), y1=1.0)
    places.set_places(W, "a", 1, (nowhere, BOXES[1]))
    assert tuple(places.places(W, "a", 1, 0, 100)) == BOXES[1:2]
