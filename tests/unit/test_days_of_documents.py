"""Which day a document states for itself; when it was uploaded is none."""

from datetime import date

import pytest
from table_snapshot import placed

from graph.model import Metadata
from retrieval.answering.dates import dated


@pytest.mark.parametrize(
    ("title", "metadata", "day"),
    [
        ("Minutes", {"date": "2024-11-30"}, date(2024, 11, 30)),
        ("Minutes", {"Date": "2024-11-30T08:00:00Z"}, date(2024, 11, 30)),
        ("Minutes", {"published": "30 November 2024"}, date(2024, 11, 30)),
        ("Minutes", {"published": "2024-11-30", "date": "2024-12-01"}, date(2024, 12, 1)),
        ("纪要", {"日期": "2024年11月30日"}, date(2024, 11, 30)),
        ("Minutes 2024-11-30", {}, date(2024, 11, 30)),
        ("关于开放时间的通知（2024年11月30日）", {}, date(2024, 11, 30)),
        ("Minutes", {}, None),
        ("Minutes", {"date": "last autumn"}, None),
        ("Minutes", {"date": "2024年"}, None),
        ("The fire of 2024-11-30 in Selm", {}, None),
        ("The battle of 5 May 1862", {}, None),
    ],
)
def test_the_day_of_a_document(title: str, metadata: Metadata, day: date | None) -> None:
    assert dated(placed("a", "Text.", title=title, metadata=metadata).document) == day
