"""How long reading will go on, from how fast it went so far."""

from ingest.under_way.pace import Pace, expected_seconds


def test_nothing_is_told_before_something_is_read() -> None:
    pace = Pace(clock=lambda: 5.0)
    assert pace.seconds_left() is None
    pace.note("a", 3, 10)
    assert pace.seconds_left() is None
    assert expected_seconds(read=0, left=4, elapsed=9.0) is None


def test_what_was_read_before_costs_no_time_and_documents_end_together() -> None:
    now = [100.0]
    pace = Pace(clock=lambda: now[0])
    pace.note("a", 6, 10)
    pace.note("b", 0, 20)
    for done in (7, 8):
        now[0] += 3.0
        pace.note("a", done, 10)
    assert pace.seconds_left() == 2 * 3.0 / 2 * (2 + 20)
    now[0] += 4.0
    pace.note("b", 1, 20)
    assert pace.seconds_left() == 10.0 / 3 * (2 + 19)
