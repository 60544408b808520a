"""Whether anybody is shown anything that they may not read. Prints JSON; ``differing`` must be 0 everywhere.

python -m benchmarks.who_may_read                      # all three parts, some minutes
python -m benchmarks.who_may_read principals           # 40 principals, 500 documents: each against what they may read
python -m benchmarks.who_may_read twins --steps 200    # with and without secrets: 500 questions over all modes
python -m benchmarks.who_may_read cost --passages 20000 # what a restricted question costs beside an unrestricted one
"""

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain, product
from pathlib import Path
from statistics import median
from typing import Any, get_args

sys.path.append(str(Path(__file__).parent.parent / "tests" / "support"))

from graph_changes import make_change
from hashing_embedder import HashingEmbedder
from many_readers import Shown, fill, members
from small_world import small_world
from twins import ASKS, FOLLOW_UPS, PEOPLE, PLACES, QUESTIONS, THINGS, twins

from graph.audience import UNRESTRICTED
from graph.model import DEFAULT_WORKSPACE as W
from graph.stores.sqlite.store import SqliteGraphStore
from graph.view.knowledge_view import KnowledgeViews
from retrieval.finding.search import PassageRetriever
from retrieval.model import Question
from retrieval.modes import AskedMode

SHOWN = 20
WRITES = 30
QUESTIONS_ASKED = 500
FORMS = (
    "Who built the {2} of {1}?", "When did {0} build the {2}?", "When did {0} build the {2} of {1}?", "{0} in {1}",
    "Did {0} build the {2} of {1}?", "{2} {1}", "Where did {0} live?", "{0}在{1}建了什么?",
)  # fmt: skip
"""Of questions, with a person, a place and a thing."""


def principals(count: int, documents: int, folder: Path, processes: int) -> dict[str, Any]:
    """Everything that each of many people is shown, against a base that holds what they may read and no more."""
    parts = [(count, documents, folder / str(part), part, processes) for part in range(processes)]
    with ProcessPoolExecutor(processes) as pool:
        found = list(pool.map(some_principals, *zip(*parts, strict=True)))
    wrong = [line for one in found for line in one["wrong"]]
    return {
        "principals": count, "documents": documents, "modes": sorted({mode for one in found for mode in one["modes"]}),
        "compared": sum(one["compared"] for one in found), "differing": len(wrong), "first": wrong[:SHOWN],
    }  # fmt: skip


def some_principals(count: int, documents: int, folder: Path, part: int, parts: int) -> dict[str, Any]:
    """Every ``parts``-th of them, in a world of their own; all worlds are the same."""
    generator = random.Random(1)
    people = members(count, generator)
    wrong: list[str] = []
    with small_world(folder) as world:
        one = Shown(world, fill(world, documents, people, generator), len(get_args(AskedMode)))
        for number in range(part, count, parts):
            wrong += [f"{number}: {line}" for line in one.wrong(people[number], folder)]
            tell(f"principals, part {part + 1} of {parts}", number + 1, count, wrong)
        return {"compared": one.compared, "modes": one.modes, "wrong": wrong}


def tell(what: str, done: int, of: int, wrong: list[str]) -> None:
    """How far it is, for whoever waits for it."""
    print(json.dumps({"part": what, "done": done, "of": of, "differing": len(wrong)}), file=sys.stderr, flush=True)


def asked(count: int) -> list[str]:
    """Different questions about what the twins' texts speak of. Raises ValueError where there are not so many."""
    others = {
        form.format(person, place, thing)
        for form, person, place, thing in product(FORMS, PEOPLE, PLACES, THINGS)
    } - set(QUESTIONS)  # fmt: skip
    return [*QUESTIONS, *random.Random(2).sample(sorted(others), count - len(QUESTIONS))]


def alike(steps: int, folder: Path) -> dict[str, Any]:
    """Twins: looked at while secrets come and go, in the end with some 500 questions over all modes, and built anew."""
    wrong: list[str] = []
    with twins(folder, 1) as pair:
        modes, each = pair.modes, -(-QUESTIONS_ASKED // len(pair.modes))
        questions = asked(QUESTIONS_ASKED)
        for step in range(steps):
            pair.step()
            if step % 10 == 9:
                wrong += pair.differences()
            if step % 20 == 19:
                mode = modes[step // 20 % len(modes)]
                wrong += pair.conversed(mode, [QUESTIONS[step // 20 % len(QUESTIONS)], FOLLOW_UPS[step // 20 % 5]])
                tell("steps of twins", step + 1, steps, wrong)
        for place, mode in enumerate(modes):
            wrong += pair.differences(questions=questions[place * each : (place + 1) * each], modes=[mode])
            tell(f"questions to twins, {mode} the last", (place + 1) * each, each * len(modes), wrong)
        wrong += pair.differences(questions=QUESTIONS, modes=modes, rebuilt=True)
        secrets = len(pair.with_secrets.store.rights(W))
    return {
        "steps": steps, "secrets": secrets, "modes": modes, "questions": each * len(modes), "differing": len(wrong),
        "first": wrong[:SHOWN],
    }  # fmt: skip


@dataclass
class Took:
    """Milliseconds of work, and of the processor alone: on a busy machine only these can be compared."""

    milliseconds: list[float] = field(default_factory=list)
    of_processor: list[float] = field(default_factory=list)

    @contextmanager
    def measured(self) -> Iterator[None]:
        started, worked = time.perf_counter(), time.process_time()
        yield
        self.milliseconds.append(1000 * (time.perf_counter() - started))
        self.of_processor.append(1000 * (time.process_time() - worked))

    def shown(self, name: str) -> dict[str, float]:
        return {
            f"{name}_p50_ms": round(median(self.milliseconds), 1),
            f"{name}_processor_p50_ms": round(median(self.of_processor), 1),
        }


def cost(passages: int, folder: Path) -> dict[str, Any]:
    """A question to everything, to a part of it, to that after a write, and the first of an audience."""
    generator = random.Random(3)
    words = [f"Word{number}" for number in range(passages // 4)]
    store = SqliteGraphStore(folder / "graph.sqlite")
    changes = (
        make_change(f"d{number}", 1, [" ".join(generator.sample(words, 8)) for _ in range(20)])
        for number in range(passages // 20)
    )
    for change in changes:
        store.apply(W, [change])
    for number in range(0, passages // 20, 3):
        store.set_readers(W, f"d{number}", 1, frozenset({"group:hr"}))
    # as many numbers as ``make_change`` gives a passage
    views, retriever = KnowledgeViews(store), PassageRetriever(HashingEmbedder(4))
    views.snapshot(W)
    took = {name: Took() for name in ("first_of_an_audience", "unrestricted", "restricted", "restricted_after_a_write")}
    with took["first_of_an_audience"].measured():
        views.snapshot(W, audience=ASKS)
    for turn in range(100 + WRITES):
        text = " ".join(generator.sample(words, 4))
        if turn >= 100:
            store.apply(W, [make_change(f"new{turn}", 1, [text])])
            views.snapshot(W)  # as after each commit
        for name, audience in (("unrestricted", UNRESTRICTED), ("restricted", ASKS)):
            if turn >= 100 and audience is UNRESTRICTED:
                continue
            question = Question(text=text, workspace=W, audience=audience)
            with took[name if turn < 100 else "restricted_after_a_write"].measured():
                retriever.search(retriever.read(question), views.snapshot(W, audience=audience))
    store.close()
    shown = [one.shown(name).items() for name, one in took.items()]
    return {"passages": passages, **dict(chain(*shown))}


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", nargs="?", choices=["principals", "twins", "cost"])
    parser.add_argument("--principals", type=int, default=40)
    parser.add_argument("--documents", type=int, default=500)
    parser.add_argument("--processes", type=int, default=2, help="that share the principals")
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--passages", type=int, default=20_000)
    given = parser.parse_args()
    parts = {
        "principals": lambda folder: principals(given.principals, given.documents, folder, given.processes),
        "twins": lambda folder: alike(given.steps, folder),
        "cost": lambda folder: cost(given.passages, folder),
    }
    for name, run in parts.items():
        if given.part in {None, name}:
            with tempfile.TemporaryDirectory() as folder:
                print(json.dumps({name: run(Path(folder))}, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
