"""The parts of reasoning without a service: replies, budgets, votes, merging, what a step is verified by."""

import json
from dataclasses import replace
from itertools import pairwise
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from table_snapshot import evidence, placed

from graph.model import DEFAULT_WORKSPACE
from graph.ports.spending import Cost
from retrieval.answer import Citation
from retrieval.budget import BUDGETS, Account, Budget
from retrieval.model import Evidence, Question, SearchResult
from retrieval.modes import Effort, SearchMode
from retrieval.questions.read_question import ReadQuestion, read_question
from retrieval.reasoning.merging import merged
from retrieval.reasoning.model import Finding, Plan, ReasoningState, SubQuestion
from retrieval.reasoning.replies import ReadReply, is_about, judgement_of, plan_of, reading_of
from retrieval.reasoning.verifying import verified_reply
from retrieval.reasoning.voting import decided, majority, turned

TEXT = "Ash Harbour was directed by Mara Quill in 1961. It was not written by Jon Ode."
PASSAGES = evidence(placed("Ash Harbour", TEXT, title="Ash Harbour"), placed("b", "Low Water is a film.", title="b"))


def read(text: str) -> ReadQuestion:
    return read_question(Question(text=text, workspace=DEFAULT_WORKSPACE, mode="keyword"))


@pytest.mark.parametrize(
    ("reply", "steps"),
    [
        ('{"steps": ["Who made X?", "When did #1 die?"]}', ("Who made X?", "When did #1 die?")),
        ('Sure!\n```json\n{"steps": ["Who  made X?"]}\n```', ("Who made X?",)),
        ('{"steps": ["When did #1 die?"]}', None), ('{"steps": ["A?", "Of #2?"]}', None),
        ('{"steps": ["Of #0?"]}', None),
        ('{"steps": []}', None), ('{"steps": "A?"}', None), ('{"steps": [7]}', None), ('{"steps": ["  "]}', None),
        ('{"steps": ["A?", "B?", "C?", "D?"]}', None), ("[" * 50_000, None), ('{"steps": ["\\ud800"]}', None),
        ("", None), ('{"entities": []}', None), ('{"steps": ["' + "x" * 401 + '"]}', None),
        ("{" + "x" * 20_000 + "}", None),
    ],
)  # fmt: skip
def test_a_plan_is_taken_whole_or_not_at_all(reply: str, steps: tuple[str, ...] | None) -> None:
    assert plan_of(reply, 3) == steps


@pytest.mark.parametrize(
    ("question", "steps", "about"),
    [
        (
            "Who owns the company that built the Orrin Telescope?",
            ("Who built the Orrin Telescope?", "Who owns #1?"),
            True,
        ),
        ("《星海札记》的作者的导师是谁？", ("《星海札记》的作者是谁？", "#1的导师是谁？"), True),
        ("Which river crosses Lakeholm?", ("Who wrote The Low Mill?", "Who is the husband of #1?"), False),
        ("云塔在哪座城市？", ("《石坞夜话》的作者是谁？", "#1的丈夫是谁？"), False),
    ],
)
def test_a_plan_that_copies_the_example_is_not_about_the_question(
    question: str, steps: tuple[str, ...], about: bool
) -> None:
    assert is_about(steps, question) is about


def test_a_judgement_that_wants_more_asks_for_it() -> None:
    asks = '{"decision": "more", "missing": "the year", "steps": ["When did #2 die?"]}'
    judged = judgement_of(asks, begun=2, most=2)
    assert judged is not None
    assert judged.steps == ("When did #2 die?",)
    assert judgement_of(asks, begun=1, most=2) is None, "#2 is no earlier question then"
    assert judgement_of('{"decision": "more", "missing": "", "steps": []}', begun=2, most=2) is None
    assert judgement_of('{"decision": "enough", "missing": "", "steps": ["A?"]}', begun=2, most=2) is None
    assert judgement_of('{"decision": "perhaps", "missing": "", "steps": []}', begun=2, most=2) is None


@given(st.text(max_size=200) | st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=20),
                                            lambda inner: st.lists(inner, max_size=3)
                                            | st.dictionaries(st.sampled_from(["steps", "answer", "quote", "passage",
                                                                               "decision", "missing"]), inner)
                                            ).map(json.dumps))  # fmt: skip
def test_no_reply_is_too_strange_to_be_refused(reply: str) -> None:
    for found in (plan_of(reply, 3), reading_of(reply), judgement_of(reply, begun=1, most=2)):
        assert found is None or found


def test_an_effort_costs_more_in_everything_than_the_one_below() -> None:
    ordered = [BUDGETS[effort] for effort in get_args(Effort)]
    for less, more in pairwise(ordered):
        for name in Budget.__slots__:
            assert getattr(less, name) < getattr(more, name), name


def test_an_account_tells_which_bound_is_met() -> None:
    now = [0.0]
    account = Account(Budget(calls=2, tokens=100, seconds=5, steps=1, passages=1, judgements=0), clock=lambda: now[0])
    assert (account.lacks(calls=2, tokens=100), account.lacks(calls=3), account.lacks(tokens=101)) == (
        None, "calls", "tokens",
    )  # fmt: skip
    account.pay(Cost(calls=1, prompt_tokens=60, completion_tokens=20))
    assert (account.calls_left, account.tokens_left, account.lacks(tokens=21)) == (1, 20, "tokens")
    assert account.lacks_steps() is None
    account.take_step()
    assert account.lacks_steps() == "steps"
    now[0] = 6.0
    assert (account.lacks(), account.seconds_left) == ("seconds", 0.0)


def citation(quote: str) -> Citation:
    return Citation(marker=1, document_id="d", version=1, chunk_id="c", title="", quote=quote, start=0, end=len(quote))


def test_what_most_readings_say_holds_and_of_as_many_the_first() -> None:
    one, other = ("Mara Quill", citation("a")), ("the Mara Quill", citation("b"))
    jon = ("Jon Ode", citation("c"))
    assert majority([jon, one, other]) == (one, 2), "a spelling is no other answer"
    assert majority([jon, one]) == (jon, 1)
    assert majority([None, None, one]) == (None, 2), "to say nothing is a vote"
    assert (decided([one, other], of=3), decided([one, jon], of=3), majority([])) == (True, False, (None, 0))


@given(st.lists(st.integers(), max_size=9), st.integers(min_value=0, max_value=20))
def test_passages_are_turned_and_none_is_lost(items: list[int], turn: int) -> None:
    found = turned(items, turn)
    assert sorted(found) == sorted(items)
    assert list(turned(items, 0)) == items


HELD = [
    ("Who directed Ash Harbour?", ReadReply(answer="Mara Quill", passage="h1", quote="directed by Mara Quill"), True),
    ("Who directed Ash Harbour?", ReadReply(answer="Mara Quill", passage="h9", quote="directed by Mara Quill"), False),
    ("Who directed Ash Harbour?", ReadReply(answer="Mara Quill", passage="h1", quote="directed by Jon Ode"), False),
    ("Who directed Ash Harbour?", ReadReply(answer="Ada Brink", passage="h1", quote="directed by Mara Quill"), False),
    ("Who wrote Ash Harbour?", ReadReply(answer="Jon Ode", passage="h1", quote="written by Jon Ode"), False),
    ("Who directed Ash Harbour?", ReadReply(answer="", passage="", quote=""), False),
    ("Was Ash Harbour directed by Mara Quill?", ReadReply(answer="yes", passage="h1", quote="directed by Mara"), True),
    ("When was Ash Harbour made?", ReadReply(answer="1962", passage="h1", quote="Mara Quill in 1961"), False),
]


@pytest.mark.parametrize(("question", "reply", "holds"), HELD)
def test_an_answer_holds_with_a_sentence_that_says_it(question: str, reply: ReadReply, holds: bool) -> None:
    found = verified_reply(reply, {"h1": 1, "h2": 2}, PASSAGES, read(question))
    assert (found is not None) == holds
    if found is not None:
        assert found[1].quote == "Ash Harbour was directed by Mara Quill in 1961."


def finding(number: int, names: str, cited: str = "") -> Finding:
    items = [replace(item, marker=place) for place, item in enumerate(passages(names), start=1)]
    one = replace(citation("x"), chunk_id=cited) if cited else None
    return Finding(number=number, asked="", evidence=tuple(items), answer="x" if cited else "", citation=one)


def passages(names: str) -> list[Evidence]:
    return evidence(*(placed(name, f"text of {name}") for name in names))


def searched(names: str) -> SearchResult:
    items = passages(names)
    return SearchResult(
        revision=1, hits=tuple(item.hit for item in items), chunks={i.placed.chunk.id: i.placed for i in items}
    )  # fmt: skip


def reasoned(*findings: Finding) -> ReasoningState:
    """A chain in which each question names the answer to the one before it."""
    asked = [SubQuestion(number=n, text=f"Of #{n - 1}?" if n > 1 else "Of X?") for n in range(1, len(findings) + 1)]
    return ReasoningState(plan=Plan(questions=tuple(asked), kind="chain"), findings=findings)


def ids(whole: str, state: ReasoningState, k: int, mode: SearchMode = "keyword") -> str:
    return "".join(one.chunk_id for one in merged(searched(whole), state, k, mode).hits)


def test_evidence_is_what_is_cited_the_best_of_the_whole_and_of_what_knows_more() -> None:
    known = replace(finding(1, "efg", cited="g"), by_model=True)
    found = merged(searched("abcdopq"), reasoned(known, finding(2, "bhijkl")), 8, "keyword")
    assert "".join(one.chunk_id for one in found.hits) == "gabcdhij"
    assert [one.rank for one in found.hits] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert found.chunks.keys() == set("gabcdhij")


def test_what_a_guess_finds_takes_fewer_places_unless_chains_ranked_the_whole() -> None:
    state = reasoned(finding(1, "efg", cited="g"), finding(2, "hijkl"))
    assert ids("abcdopqr", state, 10) == "gabcdohijp"
    assert ids("abcdopqr", state, 10, "hybrid") == "gabcdohijk"


def test_what_was_asked_without_the_answer_that_it_names_takes_no_place_of_the_whole() -> None:
    state = reasoned(finding(1, "efg"), finding(2, "hij"))
    assert ids("abcdopqr", state, 8) == "abcdeopq"
    assert ids("ab", state, 8) == "abehfigj", "there is room"


@given(st.text("abcdefgh", max_size=8), st.lists(st.text("abcdefgh", max_size=8), max_size=4), st.integers(1, 12))
def test_evidence_is_no_larger_than_of_one_search_and_has_no_passage_twice(
    whole: str, parts: list[str], k: int
) -> None:
    unique = ["".join(dict.fromkeys(names)) for names in (whole, *parts)]
    state = reasoned(*(finding(n, names) for n, names in enumerate(unique[1:], start=1)))
    found = ids(unique[0], state, k)
    assert len(found) == len(set(found)) == min(k, len(set("".join(unique))))
    assert set(unique[0][: k // 2]) <= set(found)
