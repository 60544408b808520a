"""Sixty questions as a newcomer asks them of the samples, in English and Chinese, each with what must be answered.

A line of ``everyday_questions.jsonl`` says what the answer must hold (``must``: of each list one at least, in its text
or its quotes), what its first line must (``first``), what it must not (``never``), which documents it cites by title
(``cites``), what a short verdict says (``verdict``), or that it is refused (``refused``), which word no document knows
(``unknown``), and the title of what came nearest (``near``).
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from service_process import ServiceProcess

LEAST = 54
"""Of the sixty."""
VERDICTS = {"yes": ("Yes", "yes", "是"), "no": ("No", "no", "不是", "否")}
QUESTIONS = Path(__file__).with_name("everyday_questions.jsonl")


@pytest.fixture(scope="module")
def newcomers(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceProcess]:
    """A service that holds the samples and nothing else."""
    with ServiceProcess(tmp_path_factory.mktemp("newcomers") / "data").start() as running:
        ran = running.quipu("ingest", str(samples / "documents"), "--wait", "--json")
        assert ran.returncode == 0, ran.stderr
        yield running


def everyday_questions() -> list[dict[str, Any]]:
    return [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]


def faults(asked: dict[str, Any], answer: dict[str, Any]) -> list[str]:
    """What an answer lacks, in words; nothing if it satisfies."""
    text = str(answer["answer"])
    if asked.get("refused"):
        return _faults_of_a_refusal(asked, answer)
    if answer["abstained"]:
        return ["refused"]
    shown = "\n".join([text, *(citation["quote"] for citation in answer["citations"])])
    titles = {citation["title"] for citation in answer["citations"]}
    found = [f"lacks {' or '.join(any_of)}" for any_of in asked.get("must", ()) if not any(a in shown for a in any_of)]
    if "first" in asked and not any(a in text.strip().split("\n")[0][:400].split(" [1]")[0] for a in asked["first"]):
        found.append(f"does not begin with {asked['first'][0]}")
    found += [f"says {wrong}" for wrong in asked.get("never", ()) if wrong in text]
    found += [f"does not cite {title}" for title in asked.get("cites", ()) if title not in titles]
    verdict = answer.get("short_answer")
    if (
        "verdict" in asked
        and verdict is not None
        and verdict["text"] not in VERDICTS.get(asked["verdict"], asked["verdict"])
    ):
        found.append(f"says {verdict['text']} for {asked['verdict']}")
    return found


def _faults_of_a_refusal(asked: dict[str, Any], answer: dict[str, Any]) -> list[str]:
    if not answer["abstained"]:
        return ["answered, where no document says"]
    refusal = answer.get("refusal") or {}
    found = []
    if "unknown" in asked and asked["unknown"] not in refusal.get("unknown_terms", ()):
        found.append(f"does not say that no document knows {asked['unknown']}")
    if "near" in asked and asked["near"] not in {near["title"] for near in refusal.get("nearest", ())}:
        found.append(f"does not point to {asked['near']}")
    return found


def test_questions_of_a_newcomer_are_answered(newcomers: ServiceProcess) -> None:
    questions = everyday_questions()
    assert len(questions) == 60
    assert sum(question["id"].startswith("zh") for question in questions) == 30
    failed = []
    for question in questions:
        answer = newcomers.ask(question["text"])
        if found := faults(question, answer):
            failed.append(f"{question['id']}: {question['text']} {'; '.join(found)}\n    {answer['answer']}")
    assert len(questions) - len(failed) >= LEAST, "\n".join(failed)


def test_every_quote_of_an_everyday_answer_is_literal(newcomers: ServiceProcess) -> None:
    texts: dict[str, str] = {}
    for question in everyday_questions():
        for citation in newcomers.ask(question["text"])["citations"]:
            key = citation["document_id"]
            text = texts.get(key) or texts.setdefault(key, newcomers.http.get(f"/v1/documents/{key}/content").text)
            assert text[citation["start"] : citation["end"]] == citation["quote"]
