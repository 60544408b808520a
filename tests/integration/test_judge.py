"""The judge over a real model port and a server that answers by rule: words of the reference are what it knows."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from evaluated_world import RecipeService
from model_server import Asked, ModelServer, Reply, words

from api.language_models import LanguageModels, build_judge
from api.settings import Settings
from evals.dataset import CorpusDocument, Dataset, Query
from evals.judge import Judge
from evals.model import Plan
from evals.reporting.sections import publish, report_of
from evals.runner import Evaluation
from evals.runs import Run, RunFolder
from evals.summary import summarise
from graph.errors import ConfigurationError, DependencyError

FACTS = {"d1": "Rask built the bridge. It is red.", "d2": "The tower is tall.", "d3": "The mill is old."}


def obedient(asked: Asked) -> Reply:
    """Splits at full stops; a claim is entailed if its last word stands in the reference."""
    assert asked.schema is not None
    if "claims" in asked.schema["properties"]:
        answer = asked.user.split("Answer: ", 1)[1]
        claims = [part.strip() for part in answer.split(".") if part.strip()]
        return words(json.dumps({"claims": claims, "relevance": 2}))
    reference, claims = asked.user.split("\n\nClaims:\n")
    labels = [
        {"claim": number, "label": "entailment" if claim.split()[-1].strip(".") in reference else "neutral"}
        for number, claim in enumerate(claims.splitlines(), start=1)
    ]
    return words("```json\n" + json.dumps({"labels": labels}) + "\n```")


def _judge(settings: Settings) -> Judge | None:
    return build_judge(settings, LanguageModels(settings))


def judge_of(server: ModelServer, labels: Path | None = None) -> Judge:
    found = _judge(Settings(llm="none", judge_llm="ollama/judge", llm_url=server.url, judge_labels=labels))
    assert found is not None
    return found


def evaluation(folder: Path, judge: Judge | None) -> Evaluation:
    answers = {"Who?": ("d1", "Rask built the bridge."), "Tall?": ("d2", "The tower is tall."), "Old?": None}
    queries = tuple(
        Query(id=text, text=text, answers=(gold,), answerable=True, hops=1, steps=(), passages={})
        for text, gold in (("Who?", "Rask built the bridge. It is red"), ("Tall?", "tall"), ("Old?", "old"))
    )
    corpus = tuple(CorpusDocument(id=name, title=name, text=text) for name, text in FACTS.items())
    qrels = {query.id: {f"d{number}": 1} for number, query in enumerate(queries, start=1)}
    finds = {query.text: [f"d{number}"] for number, query in enumerate(queries, start=1)}
    return Evaluation(
        plan=Plan(kind="answers"), dataset=Dataset(name="s", corpus=corpus, queries=queries, qrels=qrels, digest="d"),
        service=RecipeService(finds, answers), folder=RunFolder(folder), own_corpus=True, judge=judge,
    )  # fmt: skip


def ran(folder: Path, judge: Judge | None) -> Run:
    return evaluation(folder, judge).run(lambda *_: None)


def test_judged_figures_stand_beside_agreement_with_people(tmp_path: Path) -> None:
    labels = tmp_path / "labels.jsonl"
    claims = [(["Rask", "built", "bridges"], "Entailment"), ("It is tall", "Neutral"), ("It is red", "Contradiction")]
    row = {"reference": "bridges, tall", "claims": [{"claim": claim, "label": label} for claim, label in claims]}
    labels.write_text("\n".join(json.dumps(one) for one in (row, {"claims": [row["claims"][0]]})))
    with ModelServer(obedient) as server:
        run = ran(tmp_path / "run", judge_of(server, labels))
    summary = summarise(run)
    assert summary.metrics["faithfulness"].mean == 1.0
    assert summary.metrics["faithfulness"].n == 2  # what was refused has no claims
    # half of the first gold answer, all of the second, nothing of the third, which was refused
    assert summary.metrics["correctness"].mean == pytest.approx(0.5)
    assert summary.metrics["relevance"].mean == 1.0
    assert run.agreement is not None
    assert (run.agreement.claims, run.agreement.with_reference) == (4, 3)
    assert run.agreement.accuracy == 0.25
    assert run.agreement.supported_accuracy == 0.5
    judged = next(section for section in report_of(run).sections if section.key == "judged")
    assert {figure.note for figure in judged.figures} == {"agreement with people 0.50"}
    assert "1 of these claims come without the text" in judged.lead


def test_without_a_judge_there_are_no_such_figures(tmp_path: Path) -> None:
    assert _judge(Settings(llm="none")) is None
    run = ran(tmp_path, None)
    assert not {"faithfulness", "relevance", "correctness"} & set(summarise(run).metrics)
    assert "judged" not in [section.key for section in report_of(run).sections]


def test_a_judge_without_labels_says_so(tmp_path: Path) -> None:
    with ModelServer(obedient) as server:
        run = ran(tmp_path, judge_of(server))
    publish(tmp_path)
    assert run.agreement is None
    assert "Agreement with people: not measured" in (tmp_path / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "answer",
    [
        "no object at all",
        '{"claims": ["a"], "relevance": 7}',
        '{"claims": "a", "relevance": 1}',
        '{"claims": ["a", "b"], "relevance": 1, "labels": [{"claim": 1, "label": "entailment"}]}',
        '{"claims": ["a"], "relevance": 1, "labels": [{"claim": 1, "label": "sure"}]}',
        json.dumps({"claims": ["a"], "relevance": 1, "labels": [{"claim": 1, "label": "neutral"}] * 2}),
    ],
)  # fmt: skip
def test_a_judge_that_breaks_the_contract_is_told_not_trusted(tmp_path: Path, answer: str) -> None:
    with ModelServer(lambda _: words(answer)) as server:
        run = ran(tmp_path, judge_of(server))
    assert [bool(judgement.failed) for judgement in run.judgements.values()].count(True) == 2
    assert "faithfulness" not in summarise(run).metrics
    judged = next(section for section in report_of(run).sections if section.key == "judged")
    assert "2 answers could not be judged" in judged.lead


def test_a_judge_whose_answer_is_cut_off_is_told_so(tmp_path: Path) -> None:
    cut = Reply(pieces=['{"claims": ["a"], "relevance": 2} and'], finish="length")
    with ModelServer(lambda _: cut) as server:
        run = ran(tmp_path, judge_of(server))
    told = [judgement.failed for judgement in run.judgements.values() if judgement.failed]
    assert told == ["the judge's answer was cut off at 1500 tokens"] * 2


def test_judging_goes_on_after_an_outage(tmp_path: Path) -> None:
    calls = 0

    def dying(asked: Asked) -> Reply:
        nonlocal calls
        calls += 1
        return obedient(asked) if calls <= 5 else Reply(status=400)

    with ModelServer(dying) as server:
        with pytest.raises(DependencyError):
            ran(tmp_path, judge_of(server))
        kept = len(RunFolder(tmp_path).load().judgements)
        assert kept < 3
        server.answer = obedient
        run = ran(tmp_path, judge_of(server))
    assert len(run.judgements) == len(run.rows) == 3
    assert replace(run.info, finished_at="") != run.info


def test_bad_labels_are_refused_at_once(tmp_path: Path) -> None:
    labels = tmp_path / "labels.jsonl"
    labels.write_text('{"claims": []}\n{"claims": [{"claim": "x", "label": "Maybe"}]}\n')
    with pytest.raises(ConfigurationError, match=r"labels\.jsonl:2"):
        _judge(Settings(llm="ollama/x", judge_labels=labels))


def test_the_labels_of_refchecker_are_read(shared_data: Path) -> None:
    from evals.judge import LABELLED, load_labelled

    path = shared_data / "groundedness" / "refchecker" / "answers.jsonl"
    found = load_labelled(path)
    assert len(found) == LABELLED
    assert found == load_labelled(path)
    assert {label for answer in found for _, label in answer.claims} == {"entailment", "neutral", "contradiction"}
