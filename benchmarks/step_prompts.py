"""Measures the prompts by which a model plans a question and rewrites a follow-up: yield, gold, tokens. Prints JSON.

    python -m benchmarks.step_prompts plan --set multihop/musique --count 20 --record FILE
    python -m benchmarks.step_prompts rewrite --set multihop/musique --replies FILE
    python -m benchmarks.step_prompts rewrite --set chinese/cmrc --replies gold

Without ``--replies`` the model of QUIPU_LLM and QUIPU_LLM_URL is asked, ``--record`` keeps its replies, as in
``benchmarks.prompt_quality``. ``gold`` is no model: it replies with the plan or the question that the data set records,
and shows how much of these the checks let through.

*Usable*: replies that could be read (of a rewriting also: taken, for it holds nothing that nobody said). *Words*: F1 of
the words of a plan's questions with those recorded, or of a rewriting with the question that stands alone.
"""

import argparse
import asyncio
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

from benchmarks.follow_ups import _chinese_pairs, _rows, _with_pronoun
from benchmarks.prompt_quality import _model
from benchmarks.prompt_replies import Asked, Scripted
from evals.metrics import normalise, token_f1
from graph.model import DEFAULT_WORKSPACE
from retrieval.model import Question, Utterance
from retrieval.reasoning.replies import is_about, plan_of
from retrieval.reasoning.step_prompts import plan_prompt
from retrieval.rewriting.exchanges import exchanges_of
from retrieval.rewriting.rewrite_prompt import compose, objection, parse

MOST_STEPS = 6
_REFERENCE = re.compile(r"#(\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is asked, and what a perfect reply says: the questions of a plan, or the one that stands alone."""

    key: str
    question: Question
    gold: tuple[str, ...]
    named: str = ""


def plans(name: str) -> Iterator[Case]:
    """Questions with the steps that their set records."""
    for row in _rows(name):
        if steps := row["metadata"].get("decomposition"):
            asked = Question(text=row["text"], workspace=DEFAULT_WORKSPACE)
            yield Case(key=f"plan/{row['_id']}", question=asked, gold=tuple(step["question"] for step in steps))


def follow_ups(name: str) -> Iterator[Case]:
    """Questions that need what was said before: second steps, or second questions on a passage."""
    if name.startswith("chinese/"):
        for number, (before, whole, asked, _, _) in enumerate(_chinese_pairs(name)):
            yield _follow_up(f"rewrite/{number}", [(before, "")], asked, whole, "")
        return
    for row in _rows(name):
        said: list[tuple[str, str]] = []
        for number, step in enumerate(row["metadata"].get("decomposition") or []):
            earlier = [int(one) for one in _REFERENCE.findall(step["question"]) if int(one) <= number]
            asked = whole = step["question"].strip().rstrip("?").rstrip() + "?"
            for one in earlier:
                before = row["metadata"]["decomposition"][one - 1]
                asked, whole = _with_pronoun(asked, one, before), whole.replace(f"#{one}", before["answer"])
            if len(earlier) == 1:
                named = row["metadata"]["decomposition"][earlier[0] - 1]["answer"]
                yield _follow_up(f"rewrite/{row['_id']}/{number}", said, asked, whole, named)
            said = [*said, (asked, step["answer"])]


def _follow_up(key: str, said: Sequence[tuple[str, str]], asked: str, whole: str, named: str) -> Case:
    history = [
        Utterance(speaker=speaker, text=text)
        for question, answer in said
        for speaker, text in (("user", question), ("agent", answer))
        if text
    ]
    question = Question(text=asked, workspace=DEFAULT_WORKSPACE, history=tuple(history))
    return Case(key=key, question=question, gold=(whole,), named=named)


async def planned(cases: Sequence[Case], model: Asked) -> dict[str, object]:
    """How often a plan can be used, has as many questions as recorded, and says the same."""
    usable: list[bool] = []
    as_many: list[bool] = []
    alike: list[float] = []
    for case in cases:
        model.about = case.key
        steps = plan_of((await model.complete(plan_prompt(case.question, MOST_STEPS))).text, MOST_STEPS)
        usable.append(steps is not None and is_about(steps, case.question.text))
        if steps is not None and usable[-1]:
            as_many.append(len(steps) == len(case.gold))
            alike.append(token_f1(" ".join(steps), [" ".join(case.gold)]))
    return {
        "questions": len(cases), "usable": _mean(usable), "as many questions as recorded": _mean(as_many),
        "words": _mean(alike),
    }  # fmt: skip


async def rewritten(cases: Sequence[Case], model: Asked) -> dict[str, object]:
    """How often a rewriting is taken, names what it has to, and asks what the whole question asks."""
    usable: list[bool] = []
    why: Counter[str] = Counter()
    named: list[bool] = []
    alike: list[float] = []
    for case in cases:
        model.about = case.key
        exchanges = exchanges_of(case.question.history)
        prompt = compose(case.question, exchanges, model.count_tokens, model.context_tokens)
        text = parse((await model.complete(prompt)).text)
        objected = "cannot be read" if text is None else objection(text, case.question.text, exchanges)
        usable.append(objected is None)
        if objected is not None or text is None:
            why[objected or ""] += 1
            continue
        alike.append(token_f1(text, case.gold))
        if case.named:
            named.append(normalise(case.named) in normalise(text))
    asked = [token_f1(case.question.text, case.gold) for case in cases]
    return {
        "questions": len(cases), "usable": _mean(usable), "not taken": dict(why),
        "names the earlier answer": _mean(named), "words": _mean(alike), "words of the question as asked": _mean(asked),
    }  # fmt: skip


def gold(cases: Sequence[Case]) -> Scripted:
    """What the data set records, in the form that is asked for."""
    recorded = {case.key: case.gold for case in cases}

    def reply(about: str, _: object) -> str:
        if about.startswith("plan/"):
            return json.dumps({"steps": list(recorded[about])})
        return json.dumps({"question": recorded[about][0]}, ensure_ascii=False)

    return Scripted("gold", reply)


def _mean(values: Sequence[float]) -> float | None:
    return round(mean(values), 3) if values else None


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("prompt", choices=["plan", "rewrite"])
    parser.add_argument("--set", default="multihop/musique")
    parser.add_argument("--count", type=int, help="how many questions, from the first on")
    parser.add_argument("--replies", help="a recording, or 'gold'; else the model of QUIPU_LLM is asked")
    parser.add_argument("--record", type=Path, help="where to keep the replies of the model")
    parser.add_argument("--max-tokens", type=int, help="the most tokens of a reply; a cut one counts as it stands")
    given = parser.parse_args()
    made = plans(given.set) if given.prompt == "plan" else follow_ups(given.set)
    cases = list(made)[: given.count]
    model = gold(cases) if given.replies == "gold" else _model(given.replies, given.record, given.max_tokens)
    found = asyncio.run((planned if given.prompt == "plan" else rewritten)(cases, model))
    calls = max(1, model.calls)
    told = {
        "prompt": given.prompt, "set": given.set, "replies": model.identity, **found, "calls": model.calls,
        "cut": model.cut, "prompt tokens a call": round(model.prompt_tokens / calls, 1),
        "reply tokens a call": round(model.completion_tokens / calls, 1),
    }  # fmt: skip
    sys.stdout.write(json.dumps(told, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
