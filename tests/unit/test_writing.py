"""An answer as it comes about: only what has been verified is shown, and what is dropped is counted."""

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st
from table_snapshot import evidence, placed

from graph.model import DEFAULT_WORKSPACE
from retrieval.answer import Citation, Claim, Draft, Token
from retrieval.answering.writing import Writing
from retrieval.model import Question
from retrieval.questions.read_question import read_question

TEXTS = ("The Selm Tower was designed by Edda Brink in 1931.", "Edda Brink was born in Port Calder.")
QUESTION = "Who designed the Selm Tower?"
TRUE = Claim(text="Edda Brink designed it.", quotes=((1, "designed by Edda Brink"),))
BORN = Claim(text="Edda Brink was born in Port Calder.", quotes=((2, "born in Port Calder"),), lead="\n")
FORGED = Claim(text="Edda Brink designed the Selm Tower.", quotes=((1, "designed by Nils Orr"),))
UNTRUE = Claim(text="Nils Orr designed it.", quotes=((1, "designed by Edda Brink"),))
NOWHERE = Claim(text="Edda Brink designed it.", quotes=((7, "designed by Edda Brink"),))


def write(*parts: Claim | Draft, question: str = QUESTION, texts: Sequence[str] = TEXTS) -> tuple[Writing, str]:
    """The writing at its end, and what was shown until then."""
    read = read_question(Question(text=question, workspace=DEFAULT_WORKSPACE))
    passages = evidence(*(placed(f"c{number}", text) for number, text in enumerate(texts)))
    writing = Writing(read, passages)
    events = [event for part in parts for event in writing.add(part)]
    events += writing.end()
    assert [event for event in events if isinstance(event, Citation)] == writing.citations
    return writing, "".join(event.text for event in events if isinstance(event, Token))


def test_verified_sentences_and_their_citations_are_shown() -> None:
    writing, shown = write(TRUE, BORN, Draft(abstained=False, calls=1, tokens=9))
    assert shown == writing.text == "Edda Brink designed it. [1]\nEdda Brink was born in Port Calder. [2]"
    assert [citation.quote for citation in writing.citations] == ["designed by Edda Brink", "born in Port Calder"]
    assert (writing.dropped_citations, writing.dropped_sentences, writing.abstained) == (0, 0, False)
    assert (writing.draft.calls, writing.draft.tokens) == (1, 9)
    assert writing.summary == "2 citations"


def test_passages_are_numbered_as_they_are_cited() -> None:
    last = Claim(text="Edda Brink was born in Port Calder.", quotes=((2, "born in Port Calder"), (1, "Edda Brink")))
    writing, shown = write(BORN, TRUE, last)
    assert shown == f"{BORN.text} [1] {TRUE.text} [2] {BORN.text} [1] [2]"
    assert [(citation.marker, citation.chunk_id) for citation in writing.citations] == [(1, "c1"), (2, "c0"), (2, "c0")]


def test_a_sentence_with_a_forged_quote_is_dropped() -> None:
    for forged in (FORGED, UNTRUE, NOWHERE):
        writing, shown = write(TRUE, forged)
        assert shown == "Edda Brink designed it. [1]"
        assert (writing.dropped_citations, writing.dropped_sentences) == (1, 1)
        assert writing.summary == "1 citations, 1 sentences dropped"


def test_a_sentence_is_said_once() -> None:
    writing, shown = write(TRUE, TRUE)
    assert shown == "Edda Brink designed it. [1]"
    assert (writing.dropped_sentences, len(writing.citations)) == (1, 1)


def test_where_nothing_holds_the_answer_abstains_in_the_language_of_the_question() -> None:
    assert write(FORGED, Draft(abstained=False))[1].startswith("Not found in the documents. ")
    writing, shown = write(question="谁设计了云塔？", texts=())
    assert shown == writing.text == "文档中没有找到答案。"
    assert writing.abstained
    assert writing.summary == "未作答"


def test_sentences_in_chinese_stand_side_by_side() -> None:
    texts = ("云塔由石川设计。", "石川出生于青岛。")
    claims = [Claim(text=text, quotes=((marker, text),)) for marker, text in enumerate(texts, start=1)]
    assert write(*claims, question="谁设计了云塔？", texts=texts)[1] == "云塔由石川设计。 [1]石川出生于青岛。 [2]"


def test_the_other_side_is_told_and_cited() -> None:
    texts = ("The Selm Tower was completed in 1931.", "The Selm Tower was completed in 1934.")
    claim = Claim(text=texts[0], quotes=((1, texts[0]),))
    writing, shown = write(claim, question="When was the Selm Tower completed?", texts=texts)
    assert writing.conflict is not None
    assert f"Sources differ:\n- {texts[0]} [1]\n- {texts[1]} [2]" in shown
    assert [citation.marker for citation in writing.citations] == [1, 2]


def test_the_sides_of_a_conflict_are_numbered_on_with_the_rest() -> None:
    texts = ("It rained.", "The Selm Tower was completed in 1931.", "The Selm Tower was completed in 1934.")
    claim = Claim(text=texts[2], quotes=((3, texts[2]),))
    writing, shown = write(claim, question="When was the Selm Tower completed?", texts=texts)
    assert shown.startswith(f"{texts[2]} [1]")
    assert f"\n- {texts[1]} [2]" in shown
    assert writing.conflict is not None
    cited = {(citation.marker, citation.chunk_id) for citation in writing.citations}
    assert {(side.citation.marker, side.citation.chunk_id) for side in writing.conflict.sides} == cited


@settings(deadline=None)
@given(st.lists(st.sampled_from([TRUE, BORN, FORGED, UNTRUE, NOWHERE])))
def test_nothing_is_shown_but_what_holds(claims: list[Claim]) -> None:
    writing, shown = write(*claims)
    kept = list(dict.fromkeys(claim.text for claim in claims if claim in (TRUE, BORN)))
    assert shown.split("\n") == shown.splitlines()
    assert [shown.count(text) for text in kept] == [1] * len(kept)
    assert "Nils Orr" not in shown
    assert len(writing.citations) == len(kept)
    assert writing.dropped_sentences == len(claims) - len(kept)
    assert writing.abstained == (not kept)
