"""The model as the judge of literal answers, so that there is something to judge however little it answers itself."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import real_model
from model_figures import Figures
from progress import wait_until
from recorded_calls import RecordingProxy
from service_process import ROOT, ServiceProcess

JUDGED = ("halden-observatory.md", "comet-lune-harrow.md")
SECONDS = 7200
"""At the slowest: four calls for an answer, each up to its bound."""


@pytest.mark.timeout(SECONDS)
def test_answers_are_judged_and_what_cannot_be_judged_is_counted(
    model: RecordingProxy, figures: Figures, tmp_path: Path
) -> None:
    of_the_judge = {
        "QUIPU_LLM": "none", "QUIPU_JUDGE_LLM": real_model.model_name(), "QUIPU_LLM_URL": model.url,
    }  # fmt: skip
    with ServiceProcess(tmp_path / "data", **of_the_judge).start() as service:
        for name in JUDGED:
            text = (ROOT / "samples" / "documents" / name).read_text(encoding="utf-8")
            service.put(name, text, title=Path(name).stem, media_type="text/markdown")
        before = len(model.calls())
        files = {"queries": questions(), "qrels": "".join(f"{name}\t{name}\t1\n" for name in JUDGED).encode()}
        begun = service.http.post("/v1/evals", files=files, data={"kind": "answers"})
        assert begun.status_code == 202, begun.text
        found: dict[str, Any] = {}

        def ended() -> bool:
            found.update(service.read(f"/v1/evals/{begun.json()['id']}"))
            return found["state"] in {"done", "failed", "cancelled"}

        wait_until(ended, "the end of the evaluation", seen=lambda: len(model.calls()), still=900, last=SECONDS)
        assert (found["state"], found["questions_done"]) == ("done", len(JUDGED)), found
        report = service.http.get(f"/v1/evals/{found['id']}/report")
        assert report.status_code == 200, report.text
    told = re.search(r"(\d+) answers could not be judged", report.text)
    figures.not_judged = int(told.group(1)) if told else 0
    figures.judged = found["metrics"].get("relevance", {"n": 0})["n"]
    assert figures.judged + figures.not_judged == len(JUDGED), found
    assert len(model.calls()) - before >= len(JUDGED)


def questions() -> bytes:
    """Those of the samples that one of the documents answers by itself, under its name."""
    lines = (ROOT / "samples" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    rows = {tuple(row["documents"]): row for row in map(json.loads, lines)}
    return "\n".join(
        json.dumps({"_id": name, "text": rows[name,]["text"], "answers": rows[name,]["answers"]}) for name in JUDGED
    ).encode()
