"""Which questions are about the time of documents, in English and Chinese, and of which day."""

from datetime import date

import pytest

from retrieval.agents.researching.time_asked import TimeAsked, read_time

TODAY = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("question", "subject", "since"),
    [
        ("What changed in the travel policy?", "the travel policy", None),
        ("What changed?", "", None),
        ("What's new in the documents?", "", None),
        ("What has changed since 2026-11-01?", "", date(2026, 11, 1)),
        ("What is new in the pricing page since last week?", "the pricing page", date(2026, 11, 23)),
        ("Which documents were updated yesterday?", "", date(2026, 11, 29)),
        ("Show me the changes to the leave policy in the last 3 days", "the leave policy", date(2026, 11, 27)),
        ("差旅政策有什么变化？", "差旅政策", None),
        ("自2026年11月1日以来，差旅制度改了什么？", "差旅制度", date(2026, 11, 1)),
        ("最近7天更新了哪些内容？", "", date(2026, 11, 23)),
        ("上周以来报销标准有哪些更新？", "报销标准", date(2026, 11, 23)),
        ("哪些文档被修改了？", "", None),
    ],
)
def test_what_changed(question: str, subject: str, since: date | None) -> None:
    assert read_time(question, TODAY) == TimeAsked(kind="changed", subject=subject, since=since)


@pytest.mark.parametrize(
    ("question", "subject", "until"),
    [
        ("What is the newest release of Selm?", "What is the newest release of Selm?", None),
        ("最新的版本是什么？", "最新的版本是什么？", None),
        ("As of 2024-05-01, who is the director?", "who is the director?", date(2024, 5, 1)),
        ("截至2024年5月1日，谁是主任？", "谁是主任？", date(2024, 5, 1)),
    ],
)
def test_what_is_newest(question: str, subject: str, until: date | None) -> None:
    assert read_time(question, TODAY) == TimeAsked(kind="newest", subject=subject, until=until)


@pytest.mark.parametrize(
    "question",
    [
        "How did the population change between 1990 and 2000?", "Who designed the tower?", "What is New York?",
        "What new films did Ana Ruiz direct?", "What climate changes happened?", "谁建造了这座塔？",
        "What is New Zealand's capital?", "",
    ],
)  # fmt: skip
def test_what_is_about_something_else(question: str) -> None:
    assert read_time(question, TODAY) is None
