"""Questions that wait for a revision hold no thread meanwhile."""

from pathlib import Path

import anyio
import pytest
from small_world import small_world

from graph.errors import InputError, RevisionNotReached
from graph.model import DEFAULT_WORKSPACE as W
from retrieval import pipeline
from retrieval.model import Question

TEXT = "Ida Quell built the tower."


def test_others_are_answered_while_many_wait_and_those_are_once_it_is_there(tmp_path: Path) -> None:
    with small_world(tmp_path) as world:
        first = world.put("tower", TEXT).revision
        ended: list[str] = []

        async def ask(name: str, min_revision: int | None) -> None:
            found = await world.questions.find(Question(text="tower", workspace=W, min_revision=min_revision))
            assert found.hits
            assert found.revision >= (min_revision or 0)
            ended.append(name)

        async def main() -> None:
            async with anyio.create_task_group() as group:
                for number in range(8):  # there are two threads
                    group.start_soon(ask, f"waiting {number}", first + 1)
                await ask("other", None)
                assert ended == ["other"]
                await anyio.to_thread.run_sync(lambda: world.put("bridge", "Ida Quell built the bridge."))
            assert len(ended) == 9

        anyio.run(main)


def test_the_wait_has_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "WAIT_SECONDS", 0.05)
    with small_world(tmp_path) as world:
        newest = world.put("tower", TEXT).revision
        for ahead, error in ((1, RevisionNotReached), (10**9, InputError)):
            with pytest.raises(error):
                anyio.run(world.questions.find, Question(text="tower", workspace=W, min_revision=newest + ahead))
