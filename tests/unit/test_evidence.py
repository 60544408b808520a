import pytest
from table_snapshot import hit, placed

from graph.model import PlacedChunk
from retrieval.finding.evidence import gather_evidence
from retrieval.finding.weights import EVIDENCE_LIMITS
from retrieval.model import Evidence

WORDS = "amber birch cedar delta ember fjord grain heath inlet jetty".split()


def gather(*chunks: PlacedChunk, gone: str = "") -> tuple[Evidence, ...]:
    hits = [hit(each, rank) for rank, each in enumerate(chunks, start=1)]
    return gather_evidence(hits, {each.chunk.id: each for each in chunks if each.chunk.id != gone})


def ids(found: tuple[Evidence, ...]) -> list[str]:
    assert [item.marker for item in found] == list(range(1, len(found) + 1))
    return [item.placed.chunk.id for item in found]


def test_in_order_of_rank_without_what_is_gone() -> None:
    found = gather(placed("b", "birch"), placed("a", "amber"), placed("c", "cedar"), gone="a")
    assert ids(found) == ["b", "c"]
    assert [item.hit.rank for item in found] == [1, 3]
    assert gather() == ()


def test_near_duplicates_are_left_out() -> None:
    ten = " ".join(WORDS)
    assert ids(gather(placed("a", ten), placed("b", ten + " amber"), placed("c", "amber"))) == ["a", "c"]
    nine_of_ten = " ".join(WORDS[:9])  # similarity .9, exactly the limit
    assert ids(gather(placed("a", ten), placed("b", nine_of_ten))) == ["a"]
    assert ids(gather(placed("a", ten), placed("b", " ".join(WORDS[:8])))) == ["a", "b"]


def test_passages_without_a_term_are_no_duplicates_of_each_other() -> None:
    assert ids(gather(placed("a", "?"), placed("b", "!"))) == ["a", "b"]


def test_at_most_so_many() -> None:
    many = [placed(f"c{number}", f"{word} {other}") for number, (word, other) in enumerate(pairs())]
    assert len(gather(*many)) == EVIDENCE_LIMITS.passages


def pairs() -> list[tuple[str, str]]:
    return [(one, other) for one in WORDS for other in WORDS if one < other]


def test_the_first_may_be_longer_than_all_may_be() -> None:
    long = "amber " * EVIDENCE_LIMITS.characters
    assert ids(gather(placed("a", long), placed("b", "birch"))) == ["a"]
    exact = "cedar".ljust(EVIDENCE_LIMITS.characters - len("birch"), ".")
    assert ids(gather(placed("a", exact), placed("b", "birch"), placed("c", "d"))) == ["a", "b"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Guests may use the hall.", "Guests may not use the hall."),
        ("Guests may use the hall.", "Guests must use the hall."),
        ("The hall isn't open.", "The hall is open."),
        ("The hall seats 120.", "The hall seats 140."),
        ("The hall was led by Edda Brink.", "The hall was led by Nils Orr."),
        ("访客可以使用大厅。", "访客不得使用大厅。"),
        ("大厅可容纳120人。", "大厅可容纳140人。"),
    ],
)
def test_what_says_otherwise_is_no_duplicate(one: str, other: str) -> None:
    rest = " ".join(f"{word} {other_word}" for word, other_word in pairs())
    assert ids(gather(placed("a", f"{one} {rest}"), placed("b", f"{other} {rest}"))) == ["a", "b"]
    assert ids(gather(placed("a", f"{one} {rest}"), placed("b", f"{one} {rest}."))) == ["a"]
