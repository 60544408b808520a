import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.answer import Claim
from retrieval.answering.claims import ClaimParser

HANDLES = {"kf1": 1, "kf2": 2, "kf10": 10}


def read(answer: str, size: int = 10_000, *, cut: bool = False) -> list[Claim]:
    parser = ClaimParser(HANDLES)
    claims = [claim for at in range(0, len(answer), size) for claim in parser.feed(answer[at : at + size])]
    return [*claims, *parser.finish(cut=cut)]


@pytest.mark.parametrize(
    ("end", "said"),
    [
        ("It is re", []), ("It is red [kf2", []), ('It is red [kf2: "red"]', []),
        ('It is red [kf2: "red"].', ["It is red."]),
        ('It is red. [kf2: "red"]', ["It is red."]), ("It is red.", []), ("NOT FOU", []), ("<think>It is", []),
    ],
)  # fmt: skip
def test_of_a_cut_answer_no_unfinished_sentence_is_a_claim(end: str, said: list[str]) -> None:
    for size in (1, 7, 10_000):
        found = [claim.text for claim in read(f"Ada built it [kf1]. {end}", size, cut=True)]
        assert found == ["Ada built it.", *said]


@pytest.mark.parametrize(
    ("answer", "claims"),
    [
        ('Ada built it [kf1: "built by Ada"].', [("Ada built it.", ((1, "built by Ada"),), 0)]),
        ('Ada built it. [kf1: "built by Ada"]', [("Ada built it.", ((1, "built by Ada"),), 0)]),
        ("Ada built it [kf1].", [("Ada built it.", ((1, None),), 0)]),
        ("Ada built it (kf1, kf10).", [("Ada built it.", ((1, None), (10, None)), 0)]),
        ("艾达建造了它【kf2：“由艾达建造”】。", [("艾达建造了它。", ((2, "由艾达建造"),), 0)]),
        ('Ada [kf1: "Ada"] built it [kf2: "built"].', [("Ada built it.", ((1, "Ada"), (2, "built")), 0)]),
        ('It is so [kf1: "so"] [kf2: "also so"].', [("It is so.", ((1, "so"), (2, "also so")), 0)]),
        ('One [kf1: "a"].\nTwo [kf2: "b"].', [("One.", ((1, "a"),), 0), ("Two.", ((2, "b"),), 0)]),
        ('So [kf1: "the mill [sic] isn\'t \'hers\'"].', [("So.", ((1, "the mill [sic] isn't 'hers"),), 0)]),
        ("Made up [1].", [("Made up.", (), 1)]),
        ("Made up [[2]].", [("Made up.", (), 1)]),
        ("Ada [kf1] built it", [("Ada built it", ((1, None),), 0)]),
        ("Made up [kf7: \"x\"] and 【3†source】.", [("Made up and.", (), 2)]),
        ("Plain. Words [sic] without source.", [("Plain. Words [sic] without source.", (), 0)]),
        ("<think>Is it kf1? [kf1]</think>Yes [kf2].", [("Yes.", ((2, None),), 0)]),
        ("<think>never ends [kf1].", []),
        (" .\n", []),
    ],
)  # fmt: skip
def test_forms(answer: str, claims: list[tuple[str, tuple[tuple[int, str | None], ...], int]]) -> None:
    assert [(claim.text, claim.quotes, claim.forged) for claim in read(answer)] == claims
    assert read(answer, 1) == read(answer)


@pytest.mark.parametrize("answer", ["NOT FOUND", "NOT FOUND.", " **not_found** "])
def test_not_found(answer: str) -> None:
    parser = ClaimParser(HANDLES)
    assert [*parser.feed(answer), *parser.finish()] == []
    assert parser.found_nothing


def test_a_claim_is_there_as_soon_as_it_is_complete() -> None:
    parser = ClaimParser(HANDLES)
    assert list(parser.feed('Ada built it [kf1: "built"]')) == []
    assert [claim.text for claim in parser.feed(". It")] == ["Ada built it."]


PARTS = ["Ada built it", "[kf1", ': "built"', "]", ".", " ", "\n", "[2]", "【", "”", "<think>", "é"]


@given(st.lists(st.sampled_from(PARTS)), st.integers(min_value=1, max_value=7))
def test_pieces_of_any_size_read_the_same_and_keep_every_word(parts: list[str], size: int) -> None:
    answer = "".join(parts)
    claims = read(answer, size)
    assert all({marker for marker, _ in claim.quotes} <= {1, 2, 10} for claim in claims)
    if "<think>" not in answer:
        said = sum(claim.text.count("Ada built it") for claim in claims)
        quoted = sum((quote or "").count("Ada built it") for claim in claims for _, quote in claim.quotes)
        assert said + quoted <= answer.count("Ada built it")
