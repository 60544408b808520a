"""Questions in words as queries: their form, their names, and which words stand round which name."""

import pytest
from fact_graphs import Said, W, said, stating
from reference_store import ReferenceStore

from graph.filters import Filters
from graph.view.knowledge_view import KnowledgeViews
from retrieval.facts.asked import read_facts
from retrieval.facts.facts import Facts
from retrieval.facts.model import FactQuery, FactRows
from retrieval.facts.phrases import voice_of

PERSON = ("PER", "ORG")
STATEMENTS = [
    said("Orrin Labs | founded by | Ida Quell", types=PERSON[::-1], after=" in 1985"),
    said("Selm Works | founded by | Ida Quell", types=PERSON[::-1], after=" in 1991"),
    said("Nordak Lines | founded by | Ida Quell", types=PERSON[::-1], after=" in 2002"),
    said("Orrin Labs | founded by | Tom Reed", types=PERSON[::-1]),
    said("Tom Reed | worked at | Atari Park", types=PERSON), said("Vic Sund | worked at | Atari Park", types=PERSON),
    said("Ida Quell | born in | Halden", types=("PER", "LOC")),
    said("Tom Reed | born in | Halden", types=("PER", "LOC")),
    said("Tom Reed | died in | Ebb", types=("PER", "LOC")), said("Pike Tools | subsidiary of | Orrin Labs"),
    said("Ida Quell | date of birth | 4 May 1951", types=("PER", "TIME")),
    said("Tom Reed | date of birth | 1949", types=("PER", "TIME")),
    said("李明 | 创立 | 东方科技", types=PERSON, after="于1998年"),
    said("李明 | 创立 | 西湖软件", types=PERSON, after="于2010年"),
    said("王芳 | 创立 | 南山药业", types=PERSON), said("王芳 | 毕业于 | 北京大学", types=PERSON),
    said("东方科技 | 子公司 | 东方芯片", types=("ORG", "ORG")),
    said("东方科技 | 子公司 | 东方云", types=("ORG", "ORG")),
]  # fmt: skip


def world(*statements: Said) -> KnowledgeViews:
    store = ReferenceStore()
    store.apply(W, [stating("a", 1, statements or STATEMENTS)])
    return KnowledgeViews(store)


def read(text: str, views: KnowledgeViews | None = None) -> FactQuery | None:
    return read_facts(text, (views or world()).snapshot(W), Filters(), 100)


def answered(text: str) -> FactRows:
    snapshot = world().snapshot(W)
    query = read_facts(text, snapshot, Filters(), 100)
    assert query is not None, text
    return Facts().ask(query, snapshot)


@pytest.mark.parametrize(
    ("text", "things"),
    [
        ("Which companies did Ida Quell found?", "Nordak Lines, Orrin Labs, Selm Works"),
        ("Which companies were founded by Ida Quell?", "Nordak Lines, Orrin Labs, Selm Works"),
        ("List all companies founded by Ida Quell.", "Nordak Lines, Orrin Labs, Selm Works"),
        ("Could you tell me which companies Ida Quell has founded?", "Nordak Lines, Orrin Labs, Selm Works"),
        ("What companies did Ida Quell establish before 1990?", "Orrin Labs"),
        ("Which companies did Ida Quell found after 1990?", "Nordak Lines, Selm Works"),
        ("Which companies did Ida Quell found between 1990 and 1995?", "Selm Works"),
        ("Which companies did Ida Quell found in 1991?", "Selm Works"),
        ("Who founded Orrin Labs?", "Ida Quell, Tom Reed"),
        ("Who are the founders of Orrin Labs?", "Ida Quell, Tom Reed"),
        ("Who of Orrin Labs's founders also worked at Atari Park?", "Tom Reed"),
        ("Which of the founders of Orrin Labs worked at Atari Park?", "Tom Reed"),
        ("Who was born in Halden and died in Ebb?", "Tom Reed"),
        ("Which companies belong to Orrin Labs?", "Pike Tools"),
        ("What are Orrin Labs' subsidiaries?", "Pike Tools"),
        ("Where was Tom Reed born?", "Halden"),
        ("Who worked at Atari Park?", "Tom Reed, Vic Sund"),
        ("李明创立了哪些公司？", "东方科技, 西湖软件"),
        ("哪些公司是李明创立的？", "东方科技, 西湖软件"),
        ("请列出李明创立的公司", "东方科技, 西湖软件"),
        ("李明在2000年之前创立了哪些公司？", "东方科技"),
        ("谁创立了南山药业？", "王芳"),
        ("谁既创立了南山药业又毕业于北京大学？", "王芳"),
        ("东方科技的子公司有哪些？", "东方云, 东方芯片"),
        ("东方科技旗下有哪些公司？", "东方云, 东方芯片"),
        ("王芳毕业于哪所大学？", "北京大学"),
        ("Ida Quell创立了哪些公司？", "Nordak Lines, Orrin Labs, Selm Works"),
        ("谁创立了Orrin Labs？", "Ida Quell, Tom Reed"),
        ("Which companies did 李明 found?", "东方科技, 西湖软件"),
    ],
)
def test_things(text: str, things: str) -> None:
    assert ", ".join(sorted(row.name for row in answered(text).rows)) == things


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("How many companies did Ida Quell found?", 3),
        ("What is the number of companies founded by Ida Quell?", 3),
        ("How many people worked at Atari Park?", 2),
        ("李明创立了几家公司？", 2),
        ("东方科技一共有多少家子公司？", 2),
    ],
)
def test_numbers(text: str, number: int) -> None:
    found = answered(text)
    assert (found.query.kind, found.count) == ("count", number)


@pytest.mark.parametrize(
    ("text", "kind", "first"),
    [
        ("What is the newest company founded by Ida Quell?", "newest", "Nordak Lines"),
        ("Which is the first company that Ida Quell founded?", "oldest", "Orrin Labs"),
        ("李明创立的最新的公司是什么？", "newest", "西湖软件"),
    ],
)
def test_the_newest_and_the_oldest(text: str, kind: str, first: str) -> None:
    found = answered(text)
    assert (found.query.kind, found.rows[0].name) == (kind, first)


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("Who founded more companies, Ida Quell or Tom Reed?", [3, 1]),
        ("Did Tom Reed or Ida Quell found more companies?", [1, 3]),
        ("李明和王芳谁创立的公司更多？", [2, 1]),
    ],
)
def test_sides_are_counted(text: str, counts: list[int]) -> None:
    found = answered(text)
    assert ([one.count for one in found.taken], found.leading) == (counts, counts.index(max(counts)))


def test_sides_are_compared_by_what_they_are_worth() -> None:
    found = answered("Who is older, Ida Quell or Tom Reed?")
    assert [one.values for one in found.taken] == [("1951-05-04",), ("1949",)]


def test_a_question_that_names_nothing_known_is_none() -> None:
    assert read("Which companies did Zed Ames found?") is None
    assert read("谁创立了无名公司？") is None
    assert read("") is None
    assert read("Who founded Orrin Labs? " * 100) is None


def test_words_for_kinds_are_neither_names_nor_verbs() -> None:
    views = world(said("公司 | 属于 | 国家"), said("李明 | 创立 | 东方科技"), said("Orrin Labs | located in | Ebb"))
    chinese, english = read("李明创立了哪些公司？", views), read("Which firms are located in Ebb?", views)
    assert chinese is not None
    assert english is not None
    assert ([one.entity for one in chinese.conditions], chinese.type) == (["李明"], "公司")
    assert ([one.entity for one in english.conditions], english.type) == (["Ebb"], "firms")


def test_plain_words_are_no_names_beside_capitals() -> None:
    views = world(said("companies | owned by | states"), said("Orrin Labs | owned by | Ida Quell"))
    query = read("Which companies are owned by Ida Quell?", views)
    assert query is not None
    assert [one.entity for one in query.conditions] == ["Ida Quell"]


@pytest.mark.parametrize(
    ("predicate", "voice"),
    [
        ("founded by", "by"), ("member of", "toward"), ("WORKS_AT", "toward"), ("bornIn", "toward"),
        ("founded", "verb"),
        ("has_subsidiary", "noun"), ("author", "agent"), ("father", "noun"), ("place of birth", "noun"),
        ("毕业于", "toward"), ("创始人", "agent"), ("创立", "verb"), ("出生地", "noun"), ("由其创立", "by"),
    ],
)  # fmt: skip
def test_how_predicates_are_built(predicate: str, voice: str) -> None:
    assert voice_of(predicate) == voice
