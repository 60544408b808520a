from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.model import DEFAULT_WORKSPACE, Chunk, Document, PlacedChunk, Position
from graph.text.tokens import stems
from ingest.extraction.sentences import split_sentences
from retrieval.answer import Claim
from retrieval.answering.citations import verify_claim
from retrieval.model import Evidence, Hit, Question, Why
from retrieval.questions.read_question import ReadQuestion, read_question

NOW = datetime(2026, 1, 1, tzinfo=UTC)
TEXT = "Prologue. The mirror was ground in 1960 by Ana Ruiz. It cracked. 镜面于1960年磨成，由石川磨制。"
QUESTION = "Who ground the mirror, and when? 镜面是谁磨制的？"


def read(text: str) -> ReadQuestion:
    return read_question(Question(text=text, workspace=DEFAULT_WORKSPACE))


READ = read(QUESTION)


def evidence(marker: int = 1, start: int = 100, text: str = TEXT) -> Evidence:
    document = Document(
        id="d", version=3, title="Telescope", source="d", media_type="text/plain", metadata={}, content_hash="",
        created_at=NOW, updated_at=NOW,
    )  # fmt: skip
    chunk = Chunk(id=f"c{marker}", document_id="d", headings=(), text=text, sentences=tuple(split_sentences(text)))
    position = Position(chunk_id=chunk.id, ordinal=0, start=start, end=start + len(text))
    hit = Hit(chunk_id=chunk.id, document_id="d", rank=marker, score=1.0, why=Why(retriever="chain"))
    return Evidence(marker=marker, hit=hit, placed=PlacedChunk(chunk=chunk, position=position, document=document))


def test_offsets_are_those_of_the_document() -> None:
    quote = "The mirror was ground in 1960"
    verified = verify_claim(Claim(text="Ana Ruiz ground it in 1960.", quotes=((1, quote),)), [evidence()], READ)
    assert verified.text == "Ana Ruiz ground it in 1960."
    citation = verified.citations[0]
    assert (citation.quote, citation.start, citation.end, citation.version) == (quote, 110, 110 + len(quote), 3)


@pytest.mark.parametrize(
    "quote", ["the mirror was ground in 1960", "The  mirror was\nground in 1960", "The mirror was ground in 1960"]
)
def test_what_is_shown_is_the_text_of_the_passage(quote: str) -> None:
    verified = verify_claim(Claim(text="It was ground in 1960.", quotes=((1, quote),)), [evidence()], READ)
    assert [citation.quote for citation in verified.citations] == ["The mirror was ground in 1960"]


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("Ana Ruiz ground the mirror in 1961.", "The mirror was ground in 1960"),  # another number
        ("Nils Orr ground the mirror.", "The mirror was ground in 1960"),  # another name
        ("Cheese tastes wonderful on toast.", "The mirror was ground in 1960"),  # another matter
        ("Ana Ruiz ground the mirror.", "The mirror was ground by Ana Ruiz"),  # a quote that is not there
        ("Ana Ruiz ground the mirror.", "was in by"),  # a quote that says nothing
        ("Ana Ruiz ground the mirror.", "  "),
        ("镜面由小林在2001年打磨。", "镜面于1960年磨成"),
        ("?!", "The mirror was ground in 1960"),
    ],
)
def test_what_the_passage_does_not_say_is_dropped(text: str, quote: str) -> None:
    verified = verify_claim(Claim(text=text, quotes=((1, quote),)), [evidence()], read("Who did it?"))
    assert (verified.text, verified.citations, verified.dropped) == ("", (), 1)


def test_a_claim_in_another_script_rests_on_its_quote_and_numbers() -> None:
    english = evidence(text="The mirror was ground in 1960 by Ana Ruiz.")
    quote = "ground in 1960 by Ana Ruiz"
    kept = verify_claim(Claim(text="镜面由安娜于1960年磨制。", quotes=((1, quote),)), [english], read("谁磨的？"))
    assert [citation.quote for citation in kept.citations] == [quote]
    assert not verify_claim(
        Claim(text="镜面于1961年磨制。", quotes=((1, quote),)), [english], read("谁磨的？")
    ).citations


def test_without_a_quote_the_supporting_sentence_is_found() -> None:
    claim = Claim(text="The mirror was ground by Ana Ruiz.", quotes=((1, None),))
    verified = verify_claim(claim, [evidence()], READ)
    assert [citation.quote for citation in verified.citations] == ["The mirror was ground in 1960 by Ana Ruiz."]
    assert not verify_claim(Claim(text="The tower leans.", quotes=((1, None),)), [evidence()], READ).citations


def test_without_a_source_any_passage_may_support_it_but_a_forged_one_spoils_it() -> None:
    other = evidence(2, text="Nothing of the kind.")
    named = Claim(text="The mirror was ground by Ana Ruiz.", quotes=())
    assert [c.marker for c in verify_claim(named, [other, evidence()], READ).citations] == [1]
    forged = Claim(text="The mirror was ground by Ana Ruiz.", quotes=(), forged=1)
    assert verify_claim(forged, [other, evidence()], READ).dropped == 1
    assert not verify_claim(forged, [other, evidence()], READ).citations


@given(
    st.lists(
        st.tuples(
            st.integers(min_value=-3, max_value=20),
            st.one_of(st.none(), st.sampled_from(["The mirror", "It cracked.", "镜面"]), st.text(max_size=30)),
        ),
        max_size=8,
    ),
    st.one_of(st.just("The mirror cracked."), st.text(max_size=60)),
)
def test_what_is_not_literally_there_is_never_cited(quotes: list[tuple[int, str | None]], text: str) -> None:
    passages = [evidence(1), evidence(2, start=0)]
    verified = verify_claim(Claim(text=text, quotes=tuple(quotes)), passages, READ)
    assert bool(verified.text) == bool(verified.citations)
    for citation in verified.citations:
        assert citation.marker in ({marker for marker, _ in quotes} or {1, 2})
        base = 100 if citation.marker == 1 else 0
        assert TEXT[citation.start - base : citation.end - base] == citation.quote
        assert stems(citation.quote)
    bad = [quote for marker, quote in quotes if marker not in {1, 2} or (quote is not None and not stems(quote))]
    assert verified.dropped >= len(bad)


def test_without_a_quote_one_sentence_must_say_most_of_it() -> None:
    spread = Claim(text="The mirror cracked in the prologue.", quotes=((1, None),))
    assert not verify_claim(spread, [evidence()], read("Who is Ana?")).citations


@pytest.mark.parametrize(
    ("text", "question", "kept"),
    [
        ("Mirror.", "Who is Ana?", False),
        ("Mirror.", "What is the mirror?", True),
        ("Mirror ground.", "Who is Ana?", True),
        ("Mirror ground.", "Who is Nils?", False),  # not about what is asked
    ],
)
def test_a_single_word_must_be_asked_for(text: str, question: str, kept: bool) -> None:
    verified = verify_claim(Claim(text=text, quotes=((1, None),)), [evidence()], read(question))
    assert bool(verified.citations) is kept


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("The mirror was ground with patient careful strokes yearly.", False),  # two terms of six, in English
        ("The mirror was ground with care.", True),  # two of three
        ("Spiegel: mirror ground, kupfer, glas.", True),  # two of five, in another language
    ],
)
def test_passages_must_hold_enough_of_the_words(text: str, kept: bool) -> None:
    claim = Claim(text=text, quotes=((1, "The mirror was ground in 1960"),))
    assert bool(verify_claim(claim, [evidence()], read("Who did it?")).citations) is kept


HEDGED = (
    "Ana Ruiz did not grind the lens, but built the dome. Reportedly, Nils Orr bought the telescope. 石川没有磨制镜面。"
)


@pytest.mark.parametrize(
    ("text", "quote", "holds"),
    [
        ("Ana Ruiz ground the lens.", "grind the lens", False),
        ("Ana Ruiz did not grind the lens.", "did not grind the lens", True),
        ("Ana Ruiz built the dome.", "built the dome", True),
        ("Ana Ruiz ground the lens.", "Ana Ruiz did not grind the lens, but built the dome.", False),
        ("Nils Orr bought the telescope.", "Nils Orr bought the telescope", False),
        ("Nils Orr reportedly bought the telescope.", "Nils Orr bought the telescope", True),
        ("石川磨制了镜面。", "磨制镜面", False),
        ("石川没有磨制镜面。", "石川没有磨制镜面", True),
    ],
)
def test_no_sentence_asserts_what_its_passage_denies_or_only_reports(text: str, quote: str, holds: bool) -> None:
    verified = verify_claim(Claim(text=text, quotes=((1, quote),)), [evidence(text=HEDGED)], read("Ana? 石川？"))
    assert bool(verified.citations) is holds


def test_a_question_that_denies_is_answered_by_what_is_denied() -> None:
    who = read("Who did not grind the lens?")
    assert verify_claim(
        Claim(text="Ana Ruiz.", quotes=((1, "did not grind the lens"),)), [evidence(text=HEDGED)], who
    ).text
