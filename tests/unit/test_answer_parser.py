"""Answers of every form are read, nothing raises, and size and depth are bounded."""

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.extraction.answer_parser import MAX_ITEMS, ModelRelation, parse_answer

GOOD = (
    '{"entities":[{"name":"Ada","type":"person"}],"relations":[{"source":"Ada","relation":"wrote","target":"Notes"}]}'
)


def triples(text: str) -> list[tuple[str, str, str]]:
    return [(r.source, r.relation, r.target) for r in parse_answer(text).relations]


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        f"Sure! Here it is:\n```json\n{GOOD}\n```\nAnything else?",
        GOOD.replace("]}", ",]}").replace('"}]', '",}]'),
        GOOD.removesuffix("}") + ', {"source": "Ada", "relation": "kn',
        GOOD.removesuffix("]}"),
        json.dumps([{"Head": "Ada", "Relation": "wrote", "Tail": "Notes"}]),
        json.dumps({"triples": [["Ada", "wrote", "Notes"]]}),
        json.dumps({"edges": [{"from": {"name": "Ada"}, "label": "wrote", "to": "Notes"}]}),
        '{"head": "Ada", "relation": "wrote", "tail": "Notes"}\n{"head": "Ada", "relation": "wrote", "tail": "Notes"}',
        'See [1 and: {"subject": "Ada", "predicate": "wrote", "object": "Notes"}',
        '{"source": "John "Jack" Ray"}, {"source": "Ada", "relation": "wrote", "target": "Notes"}',
        "wrote(Ada, Notes)",
        "1. wrote(Ada,Notes)\n2. wrote(Ada,Notes)",
        "Test output: wrote(Ada, Notes)",
        "(Ada, wrote, Notes)",
        'triples.append(("Ada", "wrote", "Notes"))',
        "Ada -> wrote -> Notes",
        "| Subject | Predicate | Object |\n| --- | --- | --- |\n| Ada | wrote | Notes |",
        "| Relation | One | Two |\n|---|---|---|\n| wrote | Ada | Notes |",
        '{"头实体": "Ada", "关系": "wrote", "尾实体": "Notes"}',
    ],
)
def test_forms_and_damage(text: str) -> None:
    assert triples(text) == [("Ada", "wrote", "Notes")]


def test_the_contract_is_read_whole() -> None:
    text = json.dumps(
        {
            "entities": [{"name": " Ada ", "type": "person", "description": "x"}, {"name": "诺特", "type": "人物"}],
            "relations": [{"source": "Ada", "relation": "wrote_of", "target": "诺特", "evidence": "Ada wrote"}],
        }
    )
    answer = parse_answer(text)
    assert [(e.name, e.type) for e in answer.entities] == [("Ada", "person"), ("诺特", "人物")]
    assert answer.relations == (ModelRelation(source="Ada", relation="wrote of", target="诺特", evidence="Ada wrote"),)


def test_names_hold_commas_and_parentheses() -> None:
    assert triples("director(Turn Left, Turn Right,Johnnie To)") == [
        ("Turn Left, Turn Right", "director", "Johnnie To")
    ]
    assert triples("cast\\_member(Alfie (2004 film),Jude Law)") == [("Alfie (2004 film)", "cast member", "Jude Law")]


def test_nothing_found_is_understood_and_prose_is_not() -> None:
    assert parse_answer('{"entities": [], "relations": []}').understood
    assert parse_answer("[]").understood
    for prose in ("", "I am sorry, I cannot do that.", "The film (Japanese: , Hepburn: Bakemono) is a film.", "{"):
        answer = parse_answer(prose)
        assert not answer.understood
        assert not answer.relations


FLOODS = (
    "[" * 200_000, '{"a":' * 50_000, '["' * 100_000, "a(" * 100_000, "(" * 100_000, '{"x": "' + "\\" * 99_999,
    GOOD * 3_000, "| a " * 50_000, "relation(a, b) " * 20_000, "1" * 100_000 + "{" + "9" * 50_000 + "}",
)  # fmt: skip


def test_size_and_depth_are_bounded() -> None:
    many = json.dumps({"entities": [{"name": f"e{n}"} for n in range(10_000)]})
    assert len(parse_answer(many).entities) == MAX_ITEMS
    started = time.process_time()
    for text in FLOODS:
        parse_answer(text)
    assert time.process_time() - started < 10
    assert triples("A" * 500 + "(b, c)") == []


FRAGMENTS = st.sampled_from(
    ['{"entities":', "[", "]", "{", "}", '"name"', ":", ",", '"Ada"', "wrote(Ada, Notes)", "\\", '"', "\n", "| a | b |",
     "```", "(a, b, c)", "->", "null", "1e999", '"relations":', "é", "\ud800", "\x00"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=300), st.lists(FRAGMENTS, max_size=60).map("".join)))
def test_nothing_raises(text: str) -> None:
    parse_answer(text)


@pytest.mark.parametrize(
    ("text", "understood"),
    [
        ('{"entities": [], "relations": []}', True), ("[]", True), ('{"Triples": []}', True),
        ('{"entities": "none", "relations": {"source": 7}}', False), ("{}", False), ('{"answer": []}', False),
    ],
)  # fmt: skip
def test_saying_nothing_is_told_from_saying_nothing_that_can_be_read(text: str, understood: bool) -> None:
    answer = parse_answer(text)
    assert (answer.entities, answer.relations, answer.understood) == ((), (), understood)


@pytest.mark.parametrize("part", ["name", "type", "source", "relation", "target", "evidence"])
@pytest.mark.parametrize("poison", ["\\ud800", "x\\udfff", "\\u0000", "a\\u0007b"])
def test_what_is_no_text_is_left_out_and_counted(part: str, poison: str) -> None:
    fields = {"name": "Ada", "type": "person", "source": "Ada", "relation": "wrote", "target": "Notes", "evidence": ""}
    fields[part] = poison
    entity = {name: fields[name] for name in ("name", "type")}
    relation = {name: fields[name] for name in ("source", "relation", "target", "evidence")}
    raw = json.dumps({"entities": [entity, {"name": "Bela"}], "relations": [relation]}).replace("\\\\", "\\")
    found = parse_answer(raw)
    assert found.broken == 1
    assert found.understood
    assert "Bela" in [one.name for one in found.entities]
    assert len(found.entities) + len(found.relations) == 2


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        (GOOD, False),
        (GOOD + " Done.", False),
        ("No JSON (at all).", False),
        (GOOD[:-1], True),
        (GOOD[:40], True),
        ('{"entities": [{"name": "Ada \\ud83d', True),
        ("wrote(Ada, Notes)", False),
    ],
)
def test_an_answer_that_ends_in_the_middle_is_told(text: str, cut: bool) -> None:
    assert parse_answer(text).cut_off is cut


@pytest.mark.parametrize(
    ("evidence", "sentence", "words"),
    [("2", 2, ""), ('"2"', 2, ""), ('"[2]"', 2, ""), ("2.0", 2, ""), ('"in 1931"', 0, "in 1931"), ("null", 0, "")],
)
def test_evidence_is_the_number_of_a_sentence_or_words_of_it(evidence: str, sentence: int, words: str) -> None:
    read = parse_answer(f'{{"relations": [{{"source": "A", "relation": "r", "target": "B", "evidence": {evidence}}}]}}')
    assert [(one.sentence, one.evidence) for one in read.relations] == [(sentence, words)]
