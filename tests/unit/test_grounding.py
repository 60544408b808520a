"""What a model says is held against the chunk; what does not stand goes and is counted."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.extraction import grounding
from ingest.extraction.answer_parser import ModelAnswer, ModelEntity, ModelRelation, parse_answer
from ingest.extraction.grounding import Grounded, add_names, ground, relation_limit
from ingest.extraction.light_extractor import LightExtractor
from ingest.extraction.sentences import split_sentences
from ingest.model import ChunkText, Extraction
from ingest.model_reading import ExtractionSchema
from ingest.resolving.resolution import resolve

TEXT = "Amber Bridge was built by Tove Rask in 1931. It crosses the Aune, says Tove  Rask."


def chunk(text: str = TEXT, headings: tuple[str, ...] = ()) -> ChunkText:
    sentences = tuple(split_sentences(text))
    return ChunkText(start=0, end=len(text), text=text, headings=headings, page=None, sentences=sentences)


def grounded(
    *relations: tuple[str, ...], entities: tuple[tuple[str, str], ...] = (), title: str = "", text: str = TEXT,
    schema: ExtractionSchema | None = None,
) -> Grounded:  # fmt: skip
    answer = ModelAnswer(
        entities=tuple(ModelEntity(name=name, type=kind) for name, kind in entities),
        relations=tuple(
            ModelRelation(source=r[0], relation=r[1], target=r[2], evidence=r[3] if len(r) > 3 else "")
            for r in relations
        ),
        understood=True,
    )
    return ground(answer, chunk(text), title, schema or ExtractionSchema())


def stated(found: Grounded) -> list[tuple[str, str, str]]:
    return [(found.names[r.source].name, r.predicate, found.names[r.target].name) for r in found.relations]


def test_names_are_literal_and_in_their_place() -> None:
    found = grounded(entities=(("tove rask", "person"), ("Ask", ""), ("Nils Orr", "person")))
    assert [(n.name, TEXT[n.start : n.end], n.sentence, n.type, n.is_name) for n in found.names] == [
        ("Tove Rask", "Tove Rask", 0, "person", True), ("Tove  Rask", "Tove  Rask", 1, "person", True),
    ]  # fmt: skip
    assert found.rejected == {grounding.ABSENT: 2}


def test_a_relation_stands_between_the_nearest_mentions() -> None:
    found = grounded(("Amber Bridge", "built by", "Tove Rask"))
    assert stated(found) == [("Amber Bridge", "built by", "Tove Rask")]
    relation = found.relations[0]
    assert TEXT[relation.start : relation.end] == "Amber Bridge was built by Tove Rask"
    assert not any(name.is_name for name in found.names), "ends that were not listed are for people to browse"


def test_evidence_is_literal_or_the_relation_goes() -> None:
    found = grounded(
        ("Amber Bridge", "crosses", "Aune", "It crosses the Aune"),
        ("Amber Bridge", "near", "Aune", "It is by the Aune"),
        ("Tove Rask", "said", "Aune", "says Tove Rask"),
    )  # fmt: skip
    assert [predicate for _, predicate, _ in stated(found)] == ["crosses", "said"]
    assert TEXT[found.relations[0].start : found.relations[0].end] == "It crosses the Aune"
    assert found.rejected == {grounding.UNPROVEN: 1}


SAID = "Amber Bridge was never built by Tove Rask. He planned it. Reportedly, Nils Orr bought it from Tove Rask."


def test_numbers_of_sentences_stand_for_their_words() -> None:
    """Where the sentence holds an end or a word of the relation; a model that miscounts is no reason to lose it."""
    answer = parse_answer(
        '{"entities": [], "relations": ['
        '{"source": "Amber Bridge", "relation": "crosses", "target": "Aune", "evidence": 2},'
        '{"source": "Amber Bridge", "relation": "built by", "target": "Tove Rask", "evidence": 7}]}'
    )
    found = ground(answer, chunk(), "", ExtractionSchema())
    assert [TEXT[r.start : r.end] for r in found.relations] == [
        "It crosses the Aune, says Tove  Rask.", "Amber Bridge was built by Tove Rask",
    ]  # fmt: skip


def test_a_sentence_of_pronouns_is_known_by_the_relation() -> None:
    text = "Tove Rask never saw Amber Bridge. She designed it."
    answer = '{"relations": [{"source": "Tove Rask", "relation": "designed", "target": "Amber Bridge", "evidence": 2}]}'
    found = ground(parse_answer(answer), chunk(text), "", ExtractionSchema())
    assert [text[r.start : r.end] for r in found.relations] == ["She designed it."]


@pytest.mark.parametrize("told", ["", ', "evidence": 1'])
def test_what_is_denied_or_hearsay_is_no_fact_unless_the_relation_says_so(told: str) -> None:
    answer = parse_answer(
        f'{{"relations": [{{"source": "Amber Bridge", "relation": "built by", "target": "Tove Rask"{told}}},'
        '{"source": "Nils Orr", "relation": "bought from", "target": "Tove Rask"},'
        f'{{"source": "Amber Bridge", "relation": "never built by", "target": "Tove Rask"{told}}}]}}'
    )
    found = ground(answer, chunk(SAID), "", ExtractionSchema())
    assert [predicate for _, predicate, _ in stated(found)] == ["never built by"]
    assert found.rejected == {grounding.UNASSERTED: 2}


def test_the_title_and_headings_lend_names() -> None:
    found = grounded(("Brennick Castle", "near", "Aune"), title="Brennick Castle (Norway)")
    assert stated(found) == [("Brennick Castle", "near", "Aune")]
    assert [name.sentence for name in found.names if name.name == "Brennick Castle"] == [-1]


def test_what_does_not_stand_is_counted_by_reason() -> None:
    found = grounded(
        ("Amber Bridge", "built by", "Tove Rask"), ("amber bridge", "built by", "Tove Rask"),
        ("Tove Rask", "built by", "Amber Bridge"), ("Aune", "is", "the Aune"), ("Aune", "in", "Norway"),
        ("Amber Bridge", "made by", "Tove Rask"), ("Amber Bridge", "by", "Tove Rask"),
    )  # fmt: skip
    assert [predicate for _, predicate, _ in stated(found)] == ["built by", "made by"]
    assert found.rejected == {
        grounding.REPEATED: 2, grounding.CIRCULAR: 1, grounding.ABSENT: 1, grounding.TOO_MANY: 1,
    }  # fmt: skip


def test_a_flood_is_cut() -> None:
    names = [f"Name{n} Of{n}" for n in range(200)]
    text = "They are " + ", ".join(names) + "."
    found = grounded(
        *((names[n], "precedes", names[n + 1]) for n in range(199)),
        entities=tuple((name, "") for name in names), text=text,
    )  # fmt: skip
    assert len(found.relations) <= relation_limit(1)
    assert found.rejected[grounding.TOO_MANY] > 100


def test_a_schema_is_kept_to() -> None:
    schema = ExtractionSchema(entity_types=("person", "bridge"), relation_types=("built by",))
    found = grounded(
        ("Amber Bridge", "Built_by", "Tove Rask"), ("Amber Bridge", "crosses", "Aune"), ("bridge", "built by", "Aune"),
        entities=(("Tove Rask", "Person"), ("Aune", "river")), schema=schema,
    )  # fmt: skip
    assert stated(found) == [("Amber Bridge", "built by", "Tove Rask")]
    assert {name.name: name.type for name in found.names} == {
        "Tove Rask": "person", "Tove  Rask": "person", "Aune": "", "Amber Bridge": "",
    }  # fmt: skip
    assert found.rejected == {
        grounding.UNKNOWN_TYPE: 1, grounding.UNKNOWN_RELATION: 1, grounding.TYPE_AS_NAME: 1,
    }  # fmt: skip


def test_chinese_names_need_no_spaces() -> None:
    text = "琥珀桥由陶若思设计，1931年通车。"
    found = grounded(("琥珀桥", "设计者", "陶若思"), entities=(("陶若思", "人物"), ("张三", "人物")), text=text)
    assert stated(found) == [("琥珀桥", "设计者", "陶若思")]
    assert found.rejected == {grounding.ABSENT: 1}


def test_a_date_ends_where_chinese_words_begin() -> None:
    text = "琥珀桥于1931年通车，T1931年报不算。"
    found = grounded(("琥珀桥", "通车于", "1931年"), entities=(("1931年", "日期"), ("琥珀", "桥")), text=text)
    assert stated(found) == [("琥珀桥", "通车于", "1931年")]
    assert [name.start for name in found.names if name.name == "1931年"] == [4]


def test_names_by_rule_stay_and_learn_their_types() -> None:
    rules = LightExtractor().read("Amber Bridge", chunk()).names
    found = grounded(("Tove Rask", "spoke of", "crosses"), entities=(("Tove Rask", "person"),))
    names, relations = add_names(rules, found, "m")
    assert {(n.name, n.start, n.end) for n in rules} <= {(n.name, n.start, n.end) for n in names}
    assert {n.type for n in names if n.name == "Tove Rask"} == {"person"}
    assert [(names[r.source].name, names[r.target].name, r.extractor) for r in relations] == [
        ("Tove Rask", "crosses", "m")
    ]


PARTS = st.sampled_from(["Amber Bridge", "Tove Rask", "\ud800", "\udfff", "\x00", "", "built by", "1931", "Aune\ud83d"])
VALUES = st.recursive(
    PARTS | st.none() | st.booleans() | st.integers() | st.floats(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["name", "type", "source", "relation", "target", "evidence", "entities"]), inner
        )
    ),
    max_leaves=20,
)


@given(VALUES, st.integers(0, 400))
@settings(max_examples=300, deadline=None)
def test_whatever_a_model_says_ends_as_text_that_can_be_kept(value: object, cut: int) -> None:
    for raw in (json.dumps(value), json.dumps({"entities": value, "relations": value})[: cut + 1]):
        found = ground(parse_answer(raw), chunk(), "Title", ExtractionSchema())
        names, relations = add_names(LightExtractor().read("Title", chunk()).names, found, "model")
        read = Extraction(extractor="model", names=names, relations=relations)
        mentions, facts, _ = resolve("w", "Title", "c", read)
        for mention in mentions:
            assert (mention.name + mention.key + mention.type).encode()
        for fact in facts:
            assert fact.predicate.encode()
        assert all(count > 0 for count in found.rejected.values())
