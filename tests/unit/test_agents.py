"""What holds of agents whatever they find: rounds end, calls are shared, dossiers point where reports did."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import anyio
from hypothesis import given
from hypothesis import strategies as st
from scripted_model import ScriptedModel

from graph.model import DEFAULT_WORKSPACE, Chunk, Document, PlacedChunk, Position, Span
from graph.prompting import Prompt
from retrieval.agents.critic import Critic
from retrieval.agents.dossier import put_together
from retrieval.agents.model import MOST_RETURNS, Report, Review, Task
from retrieval.agents.rounds import KEPT_CALLS, MOST_CALLS, Rounds, shared
from retrieval.answer import Claim
from retrieval.budget import BUDGETS, Account
from retrieval.model import Evidence, Hit, Question, Why
from retrieval.questions.read_question import read_question
from retrieval.reasoning.model import Plan, SubQuestion

NOW = datetime(2026, 11, 30, tzinfo=UTC)
SENTENCE = "The Selm Tower was designed by Edda Brink."


def passage(number: int, marker: int, text: str = SENTENCE) -> Evidence:
    chunk = Chunk(
        id=f"c{number}", document_id=f"d{number}", headings=(), text=text, sentences=(Span(start=0, end=len(text)),)
    )  # fmt: skip
    document = Document(
        id=f"d{number}", version=1, title=f"Selm {number}", source="", media_type="text/plain", metadata={},
        content_hash="", created_at=NOW, updated_at=NOW,
    )  # fmt: skip
    placed = PlacedChunk(
        chunk=chunk, position=Position(chunk_id=chunk.id, ordinal=0, start=0, end=len(text)), document=document
    )  # fmt: skip
    hit = Hit(chunk_id=chunk.id, document_id=document.id, rank=marker, score=1.0, why=Why(retriever="keyword"))
    return Evidence(marker=marker, hit=hit, placed=placed)


@st.composite
def reports(draw: st.DrawFn) -> list[Report]:
    made = []
    for place in range(draw(st.integers(0, 4))):
        numbers = draw(st.lists(st.integers(0, 12), unique=True, max_size=10))
        evidence = tuple(passage(number, marker) for marker, number in enumerate(numbers, start=1))
        cited = draw(st.lists(st.sampled_from(evidence), max_size=3)) if evidence else []
        claims = tuple(Claim(text=f"{one.placed.chunk.id}", quotes=((one.marker, SENTENCE),)) for one in cited)
        task = Task(role="passages", question=place, text="?")
        made.append(Report(task=task, detail="", evidence=evidence, claims=claims, exact=draw(st.booleans())))
    return made


@given(reports())
def test_a_dossier_points_where_its_reports_did(given_reports: Sequence[Report]) -> None:
    dossier = put_together(given_reports)
    by_marker = {item.marker: item.placed.chunk.id for item in dossier.evidence}
    assert list(by_marker) == list(range(1, len(dossier.evidence) + 1))
    assert len(set(by_marker.values())) == len(by_marker), "each passage once"
    assert len(by_marker) <= 10
    for claim in (*dossier.exact, *dossier.found):
        assert [by_marker[marker] for marker, _ in claim.quotes] == [claim.text]
    wanted = {claim.text for report in given_reports for claim in report.claims}
    assert {claim.text for claim in (*dossier.exact, *dossier.found)} == wanted & set(by_marker.values())


def test_what_answers_a_part_is_kept_where_the_whole_says_the_same() -> None:
    claim = Claim(text="c1", quotes=((1, SENTENCE),))
    dossier = put_together([
        Report(
            task=Task(role="passages", question=number, text="?", part=number > 0), detail="",
            evidence=(passage(1, 1),), claims=(claim,),
        )
        for number in (1, 0)
    ])  # fmt: skip
    assert (dossier.parts, dossier.whole) == ((claim,), (claim,))


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    questions = []
    for number in range(1, draw(st.integers(1, 6)) + 1):
        needs = draw(st.lists(st.integers(1, number - 1), unique=True, max_size=2)) if number > 1 else []
        questions.append(SubQuestion(number=number, text=" ".join(["What of", *(f"#{one}" for one in needs)])))
    return Plan(questions=tuple(questions), kind="one" if len(questions) == 1 else "chain")


@given(plans(), st.integers(0, MOST_RETURNS), st.data())
def test_rounds_end_and_each_question_waits_for_those_it_names(plan: Plan, returns: int, data: st.DataObject) -> None:
    rounds = Rounds(text="whole", plan=plan, roles=("passages", "changes"), returns=returns)
    tasks, asked, sent_back = rounds.first(), [], 0
    for _ in range(len(plan.questions) + MOST_RETURNS + 1):
        if not tasks:
            break
        asked += [task.question for task in tasks if not task.returned]
        done = set(asked)
        for task in tasks:
            if task.question:
                assert done >= set(plan.questions[task.question - 1].needs)
        sent_back += any(task.returned for task in tasks)
        reviews = [
            Review(report=Report(task=task, detail=""), missing=data.draw(st.sampled_from(["", "nothing"])))
            for task in tasks
        ]
        rounds, tasks = rounds.next(reviews)
    assert not tasks
    assert sent_back <= returns
    assert sorted(number for number in asked if number) == [one.number for one in plan.questions], "each once"


@given(st.integers(0, 40), st.integers(1, 8))
def test_researchers_share_what_critic_and_writer_leave(left: int, number: int) -> None:
    tasks = shared([Task(role="passages", question=one, text="?", part=True) for one in range(1, number + 1)], left)
    assert sum(task.calls for task in tasks) <= max(0, left - KEPT_CALLS)
    assert all(task.calls <= MOST_CALLS for task in tasks)
    assert len({task.calls for task in tasks}) == 1, "nobody has more because it was quicker"


QUESTION = read_question(Question(text="Who designed the Selm Tower?", workspace=DEFAULT_WORKSPACE, mode="keyword"))
TRUE = Claim(text=SENTENCE, quotes=((1, SENTENCE),))
FALSE = Claim(text="The Selm Tower was designed by Nils Orr in 1888.", quotes=((1, SENTENCE),))


def reviewed(
    claims: tuple[Claim, ...], reply: str | None = None
) -> tuple[Review, Sequence[Prompt], tuple[str, ...], str]:
    model = ScriptedModel(lambda _: reply or "")
    critic = Critic(model if reply is not None else None)
    report = Report(
        task=Task(role="passages", question=1, text=QUESTION.text), detail="", evidence=(passage(1, 1),), claims=claims
    )  # fmt: skip
    found = anyio.run(critic.review, [report], QUESTION, Account(BUDGETS["medium"]))
    return found.reviews[0], model.asked, found.degraded, found.look_for


def test_the_critic_drops_what_its_citation_does_not_say() -> None:
    review, _, _, _ = reviewed((TRUE, FALSE))
    assert (review.report.claims, review.dropped, review.missing) == ((TRUE,), 1, "")
    review, _, _, _ = reviewed((FALSE,))
    assert (review.report.claims, review.dropped) == ((), 1)
    assert review.missing, "it is to be looked for again"


def test_a_model_as_critic_may_drop_more_and_add_nothing() -> None:
    review, asked, _, _ = reviewed((TRUE, replace(TRUE, lead="\n")), '{"unsupported": [2, 7, -1], "missing": ""}')
    assert (review.report.claims, review.dropped) == ((TRUE,), 1)
    assert len(asked) == 1
    review, _, _, look_for = reviewed((TRUE,), 'Well: {"unsupported": [], "missing": "Who paid for it?"} I think.')
    assert (review.report.claims, look_for) == ((TRUE,), "Who paid for it?")


def test_a_critic_that_cannot_be_read_is_asked_once_more_and_then_rules_stand() -> None:
    review, asked, degraded, _ = reviewed((TRUE, FALSE), '{"unsupported": "all of them"}')
    assert (review.report.claims, review.dropped, len(asked)) == ((TRUE,), 1, 2)
    assert degraded == ("2 replies of the language model could not be used",)


def test_a_critic_that_drops_all_says_so_in_the_language_of_the_question() -> None:
    for text, why in (("Who designed the Selm Tower?", "the critic dropped"), ("谁设计了塞尔姆塔？", "评审删去了")):
        read = replace(QUESTION, question=replace(QUESTION.question, text=text))
        task = Task(role="passages", question=1, text=text)
        report = Report(task=task, detail="", evidence=(passage(1, 1),), claims=(TRUE,))
        critic = Critic(ScriptedModel(lambda _: '{"unsupported": [1]}'))
        found = anyio.run(critic.review, [report], read, Account(BUDGETS["medium"]))
        assert found.reviews[0].missing.startswith(why)
