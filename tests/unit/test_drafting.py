"""Questions are drafted so that their answer and gold documents are known."""

import json
from pathlib import Path
from typing import Any

import anyio
import pytest

from evals.dataset import CorpusDocument, load_dataset
from evals.drafting import draft, rephrase, write_drafts
from evals.ports import StatedFact
from graph.errors import InputError
from graph.prompting import Completion, Prompt


def fact(source: str, predicate: str, target: str, document: str, *, kind: str = "name") -> StatedFact:
    return StatedFact(
        source=source, source_type="name", predicate=predicate, target=target, target_type=kind, document_id=document,
        quote=f"{source} {predicate} {target}",
    )  # fmt: skip


BRIDGE = fact("Amber Bridge", "was built by the", "Tove Rask", "bridge")
RASK = fact("Tove Rask", "was born in", "Brennick", "rask")
OPENED = fact("Amber Bridge", "was opened in", "1866", "bridge", kind="date")
CHINESE = fact("长河仪器厂", "制造了", "望舒镜", "factory")
BAD = [
    fact("Amber Bridge", "and", "Tove Rask", "bad"),
    fact("Amber Bridge", "of the", "Tove Rask", "bad"),
    fact("Amber Bridge", "father", "Tove Rask", "bad"),
    fact("Amber Bridge", "was (in 1866)", "Tove Rask", "bad"),
    fact("Amber Bridge", "was called", "Bridge", "bad"),
]


def test_one_hop_and_two_hop() -> None:
    drafts = draft([BRIDGE, RASK, OPENED, CHINESE, *BAD], one_hop=10, two_hop=10)
    assert {(one.question, one.answer) for one in drafts} == {
        ("Amber Bridge was built by whom or what?", "Tove Rask"),
        ("Tove Rask was born in whom or what?", "Brennick"),
        ("Amber Bridge was opened in what year?", "1866"),
        ("长河仪器厂制造了什么？", "望舒镜"),
        ("The one in “Amber Bridge was built by the …” was born in whom or what?", "Brennick"),
    }
    two = next(one for one in drafts if len(one.facts) == 2)
    assert [step.document_id for step in two.facts] == ["bridge", "rask"]
    assert not any(step.target in two.question for step in two.facts)


def test_a_document_comes_again_only_after_all_others() -> None:
    facts = [fact(f"Name{n}", "was built in", f"Place{n}{m}", f"d{n}") for n in range(5) for m in range(9)]
    drafts = draft(facts, one_hop=5, two_hop=0, seed=7)
    assert {one.facts[0].document_id for one in drafts} == {f"d{n}" for n in range(5)}
    assert draft(facts, one_hop=5, two_hop=0, seed=7) == drafts != draft(facts, one_hop=5, two_hop=0, seed=8)


def test_what_is_written_is_a_data_set(tmp_path: Path) -> None:
    drafts = draft([BRIDGE, RASK], one_hop=2, two_hop=1)
    corpus = [CorpusDocument(id=name, title=name, text="…") for name in ("bridge", "rask")]
    write_drafts(tmp_path / "set", drafts, corpus)
    dataset = load_dataset(tmp_path / "set")
    assert [query.hops for query in dataset.queries] == [1, 1, 2]
    assert dataset.queries[2].steps == ("bridge", "rask")
    assert set(dataset.qrels["draft-3"]) == {"bridge", "rask"}
    assert dataset.queries[2].passages["rask"] == "Tove Rask was born in Brennick"
    with pytest.raises(InputError, match="exists"):
        write_drafts(tmp_path / "set", drafts, None)


class Model:
    """The LanguageModel port, answering one thing."""

    identity = "test"
    context_tokens = 8192
    sees = False

    def __init__(self, answer: str) -> None:
        self.answer = answer
        self.asked: list[Prompt] = []

    def count_tokens(self, text: str) -> int:
        return len(text)

    async def complete(self, prompt: Prompt) -> Completion:
        self.asked.append(prompt)
        return Completion(text=self.answer, prompt_tokens=1, completion_tokens=1, calls=1, seconds=0.0, cut=False)

    def stream(self, prompt: Prompt) -> Any:
        raise NotImplementedError


@pytest.mark.parametrize(
    ("answer", "taken"),
    [
        (json.dumps({"question": "Where was the builder of Amber Bridge born?"}), True),
        (json.dumps({"question": "Was the builder born in Brennick?"}), False),
        (json.dumps({"question": "Where was Tove Rask born?"}), False),
        (json.dumps({"question": " "}), False),
        ("no object", False),
    ],
)
def test_a_model_may_rephrase_but_not_give_away(answer: str, taken: bool) -> None:
    drafts = draft([BRIDGE, RASK], one_hop=0, two_hop=1)
    model = Model(answer)
    rephrased = anyio.run(rephrase, drafts, model)
    assert (rephrased[0].question != drafts[0].question) is taken
    assert rephrased[0].facts == drafts[0].facts
    assert "Hidden name: Tove Rask" in model.asked[0].user
