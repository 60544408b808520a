"""Which questions ask for more than a sentence, in English and Chinese."""

import pytest

from retrieval.questions.broad_questions import read_broad


@pytest.mark.parametrize(
    ("question", "kind", "subject"),
    [
        ("List all harbours where Nordak Lines keeps ships.", "list", "harbours"),
        ("Could you please list the rules for guests?", "list", "rules"),
        ("Which valves are made by Hessel?", "list", "valves"),
        ("Who works at Nordak Lines", "list", ""),
        ("Nordak 航运公司有哪些港口？", "list", "港口"),
        ("请列出所有的港口", "list", "港口"),
        ("公司的假期有哪些", "list", "假期"),
        ("How many valves are in stock?", "count", "valves"),
        ("一共有几个港口？", "count", "港口"),
        ("What is a caravel?", "definition", "a caravel"),
        ("tell me about Edda Brink", "definition", "Edda Brink"),
        ("Who's Edda Brink?", "definition", "Edda Brink"),
        ("What do you know about the Selm Tower?", "definition", "the Selm Tower"),
        ("石川是谁？", "definition", "石川"),
        ("什么是《云塔记》？", "definition", "云塔记"),
        ("能介绍一下云塔吗？", "definition", "云塔"),
        ("What is in here?", "overview", ""),
        ("what are these documents about", "overview", ""),
        ("Summarise everything", "overview", ""),
        ("Give me an overview, please.", "overview", ""),
        ("这里有哪些资料？", "overview", ""),
        ("这里有哪些人物", "overview", ""),
        ("概括一下这些文件的主要内容", "overview", ""),
        ("Summarize the document about the Selm Tower.", "summary", "Selm Tower"),
        ("总结一下《云塔记》这份文档", "summary", "云塔记"),
    ],
)
def test_broad_questions(question: str, kind: str, subject: str) -> None:
    found = read_broad(question)
    assert found is not None
    assert (found.kind, found.subject) == (kind, subject)


@pytest.mark.parametrize(
    "question",
    [
        "When was the Selm Tower completed?",
        "Which county contains the state of the tower?",
        "Is the Selm Tower open on Mondays?",
        "Which is older, the Selm Tower or the bridge?",
        "What causes rust?",
        "云塔建于哪一年？",
        "石川和井上谁的年纪更大？",
        "",
        "?",
        "list " + "x" * 1000,
    ],
)
def test_questions_of_one_sentence(question: str) -> None:
    assert read_broad(question) is None
