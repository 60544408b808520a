"""Strings that act, as text, title, file name, entity, question and metadata: nothing of them acts in any output.

The model obeys documents: it repeats what they tell it to say, with markup and all.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

import httpx
import pytest
from active_content import BARE, CARRIERS, TARGETS, strings
from markdown_clients import acting
from misbehaving import passages
from model_server import Asked, ModelServer, Reply
from service_process import QUICK, ServiceProcess

from graph.text.controls import CONTROLS

QUESTION = "Who designed the Selm Tower, number {}?"
SHARE = 40
"""One string in so many goes through a whole service; tests/unit/test_inert.py has all of them."""
PICKED = sorted({*list(strings())[::SHARE], *BARE[::3]})


@dataclass
class Parrot:
    """Says what it is told to, a few characters at a time; ``§`` is the source, a passage with ``of`` in it."""

    says: str = ""
    of: str = ""

    def __call__(self, asked: Asked) -> Reply:
        found = passages(asked)
        handle = next((one for one, text in found.items() if self.of in text), next(iter(found), "X1"))
        said = self.says.replace("§", f"[{handle}]")
        return Reply(pieces=[said[place : place + 3] for place in range(0, len(said), 3)])


@pytest.fixture(scope="module")
def parrot() -> Parrot:
    return Parrot()


@pytest.fixture(scope="module")
def service(parrot: Parrot, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceProcess]:
    with ModelServer(parrot) as server:
        settings = {"QUIPU_LLM": "openai/test", "QUIPU_EXTRACT_LLM": "none", "QUIPU_LLM_URL": server.url}
        with ServiceProcess(tmp_path_factory.mktemp("active") / "data", **QUICK, **settings).start() as running:
            documents = [
                {
                    "id": name(number), "title": f"Selm {printable(text)}", "metadata": {"note": text},
                    "text": document_text(number, text),
                }
                for number, text in enumerate(PICKED)
            ]  # fmt: skip
            for part in running.upload(*documents):
                assert running.job(part["job_id"])["state"] == "done"
            yield running


def printable(text: str) -> str:
    """Without control characters, with which it would be refused as a title and as a text."""
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", "", text)


def document_text(number: int, text: str) -> str:
    said = printable(text)
    return f"# {said}\n\nThe Selm Tower, number {number}, was designed by Edda Brink. She said: {said}"


def name(number: int) -> str:
    """An id that acts as far as ids may."""
    return CONTROLS.sub("", PICKED[number])[:200].strip("/") + f"-{number}.md"


def path_of(number: int) -> str:
    return "/v1/documents/" + quote(name(number), safe="")


def contents(answer: httpx.Response) -> str:
    """The whole text of a chat completion, streamed or not."""
    if "event-stream" not in answer.headers["content-type"]:
        return str(answer.json()["choices"][0]["message"]["content"])
    events = [line[6:] for line in answer.text.splitlines() if line.startswith("data: {")]
    return "".join(json.loads(one)["choices"][0]["delta"].get("content") or "" for one in events)


@pytest.mark.parametrize("stream", [False, True])
def test_no_answer_acts_though_the_model_obeys(service: ServiceProcess, parrot: Parrot, stream: bool) -> None:
    cited = said = 0
    for number, text in enumerate(PICKED):
        question = QUESTION.format(number)
        parrot.of = f"number {number},"
        parrot.says = f"The Selm Tower, number {number}, was designed by Edda Brink §. She said: {text} §. {text} §"
        body = {"model": "quipu", "stream": stream, "messages": [{"role": "user", "content": f"{question} {text}"}]}
        answer = service.http.post("/v1/chat/completions", json=body)
        assert answer.status_code == 200, answer.text
        whole = contents(answer)
        assert not acting(whole), whole
        said += "She said" in whole
        assert not CONTROLS.search(whole.replace("\n", "")), whole
        cited += "[1]" in whole
        asked = service.ask(question, filters={"note": text})
        assert not acting(asked["answer"]), asked["answer"]
        for citation in asked["citations"]:
            assert citation["document_id"] in {name(n) for n in range(len(PICKED))}
    assert cited > len(PICKED) / 2, "there are answers to look at"
    assert said > len(PICKED) / 2, "with the strings in them"


def test_an_address_that_the_model_makes_up_is_not_said(service: ServiceProcess, parrot: Parrot) -> None:
    answered = 0
    for carrier in CARRIERS[::2]:
        for target in TARGETS[:4:2]:
            made_up = carrier.format(target.replace("leak", "collector"))
            parrot.of = "number 1,"
            parrot.says = (
                f"Edda Brink designed the Selm Tower {made_up} §. The Selm Tower was designed by Edda Brink §."
            )
            answer = service.ask(f"{QUESTION.format(1)} {made_up}")
            assert "collector" not in answer["answer"], answer["answer"]
            answered += not answer["abstained"]
    assert answered > len(CARRIERS)


def test_everything_else_is_data_that_no_browser_reads_as_a_page(service: ServiceProcess) -> None:
    paths = ["/v1/documents?limit=1000", "/v1/graph/entities?query=selm", "/v1/changes?since=0", "/v1/jobs", "/nothing"]
    for number in range(len(PICKED)):
        paths += [path_of(number), f"{path_of(number)}/content", f"{path_of(number)}/chunks"]
    for path in paths:
        answer = service.http.get(path)
        kind = answer.headers["content-type"].split(";")[0]
        assert kind in {"application/json", "application/problem+json", "text/plain"}, path
        assert answer.headers["x-content-type-options"] == "nosniff", path
        assert "default-src 'none'" in answer.headers["content-security-policy"], path


def test_quotes_are_literal_all_the_same(service: ServiceProcess, parrot: Parrot) -> None:
    quoted = 0
    for number, text in enumerate(PICKED):
        parrot.of = f"number {number},"
        parrot.says = f"The Selm Tower, number {number}, was designed by Edda Brink §. She said: {text} §"
        for citation in service.ask(QUESTION.format(number), filters={"note": text})["citations"]:
            content = service.http.get(f"{path_of(number)}/content").text
            assert content[citation["start"] : citation["end"]] == citation["quote"]
            quoted += 1
    assert quoted > len(PICKED) / 2


def test_the_command_line_prints_no_sequence(service: ServiceProcess, parrot: Parrot) -> None:
    parrot.says = "The Selm Tower, number 1, was designed by Edda Brink. [1]"
    for command in (["documents", "list"], ["search", "Selm Tower"], ["ask", QUESTION.format(1)], ["jobs"],
                    ["documents", "list", "--json"], ["entities", "find", "selm"]):  # fmt: skip
        ran = service.quipu(*command)
        assert ran.returncode == 0, ran.stderr
        assert not CONTROLS.search(ran.stdout), command


def test_pages_have_a_policy(service: ServiceProcess) -> None:
    page = service.http.get("/docs")
    policy = page.headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "unsafe-inline" not in re.findall(r"script-src[^;]*", policy)[0]
    assert {"object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"} <= {
        one.strip() for one in policy.split(";")
    }
