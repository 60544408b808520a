"""Members through random lives of their parents: what is live is always just what the newest parents hold."""

from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from ingest_desk import Desk, W, part
from kept_state import KINDS, kept_state

from graph.audience import UNRESTRICTED
from graph.errors import DependencyError
from ingest.acknowledging.family import held_by, member_id
from ingest.model import Accepted

KEY = "of whoever uploads"
PARENTS = ("a", "b")
NAMES = ("x.txt", "y.txt", "z.txt")
READERS = (None, frozenset({"ada"}), frozenset({"ada", "ben"}))
TEXTS = ("One.", "Two.", "Three.\\n+ w.txt: Within.", "Four.\\n+ w.txt: Within.\\n+ v.txt: Too.")


def contents(held: dict[str, str], words: str) -> str:
    return "\n".join([words, *(f"+ {name}: {text}" for name, text in held.items())])


def ids_of(parent: str, held: dict[str, str]) -> set[str]:
    """The documents that a parent makes: itself, its members, and theirs."""
    found = {parent}
    for name, text in held.items():
        found.add(member_id(parent, name))
        found |= {member_id(member_id(parent, name), line[2:].partition(": ")[0]) for line in text.split("\\n")[1:]}
    return found


class Lives(RuleBasedStateMachine):
    """``expected``: what each parent that is there holds once all work is done."""

    kind = "memory"

    def __init__(self) -> None:
        super().__init__()
        self.expected: dict[str, set[str]] = {}
        self.readers: dict[str, frozenset[str] | None] = {}
        self.idle = True
        self.number = 0

    @initialize()
    def begin(self) -> None:
        self.folder = TemporaryDirectory()
        self.context = kept_state(self.kind, Path(self.folder.name))
        self.desk = Desk(self.context.__enter__(), batch=3, max_bytes=100_000)

    def teardown(self) -> None:
        if hasattr(self, "context"):
            self.context.__exit__(None, None, None)
            self.folder.cleanup()

    @rule(
        parent=st.sampled_from(PARENTS), held=st.dictionaries(st.sampled_from(NAMES), st.sampled_from(TEXTS)),
        readers=st.sampled_from(READERS),
    )  # fmt: skip
    def replace(self, parent: str, held: dict[str, str], readers: frozenset[str] | None) -> None:
        self.number += 1
        text = contents(held, f"Version {self.number}.")
        (accepted,) = self.desk.intake.accept(
            W, [part(parent, text, readers=readers)], audience=UNRESTRICTED, account=KEY
        )
        assert isinstance(accepted, Accepted)
        assert accepted.error is None
        self.expected[parent], self.readers[parent] = ids_of(parent, held), readers
        self.idle = False

    @precondition(lambda self: self.expected)
    @rule(data=st.data(), purge=st.booleans())
    def delete(self, data: st.DataObject, purge: bool) -> None:
        parent = data.draw(st.sampled_from(sorted(self.expected)))
        self.desk.intake.withdraw(W, parent, purge=purge, audience=UNRESTRICTED)
        del self.expected[parent]
        assert not {one for one in self.live() if one == parent or one.startswith(f"{parent}/")}, "at once"

    @precondition(lambda self: self.expected and self.idle)
    @rule(data=st.data())
    def delete_a_member(self, data: st.DataObject) -> None:
        parent = data.draw(st.sampled_from(sorted(self.expected)))
        members = sorted(self.expected[parent] - {parent})
        if members:
            chosen = data.draw(st.sampled_from(members))
            self.desk.intake.withdraw(W, chosen, audience=UNRESTRICTED)
            self.expected[parent] = {
                one for one in self.expected[parent] if one != chosen and not one.startswith(f"{chosen}/")
            }

    @rule()
    def work_a_little(self) -> None:
        self.desk.worker.work()

    @rule()
    def fail_in_the_middle(self) -> None:
        """The graph is out of reach for one round: what was begun is finished later."""
        self.desk.store.down = True
        with suppress(DependencyError):
            self.desk.worker.work()
        self.desk.store.down = False

    @rule()
    def work(self) -> None:
        self.desk.work()
        while any(job.state == "waiting" for job in self.desk.kept.jobs.list(W, limit=1000)):
            self.retry()
            self.desk.work()
        self.idle = True

    @invariant()
    def just_what_the_newest_parents_hold(self) -> None:
        if not hasattr(self, "desk") or not self.idle:
            return
        expected = set().union(*self.expected.values()) if self.expected else set()
        assert self.live() == expected
        accounts = {job.account for job in self.desk.kept.jobs.list(W, limit=1000)}
        assert accounts <= {KEY}, "who uploads a document pays for what it holds"
        for parent in self.expected:
            for one in held_by(self.desk.kept.register, W, parent):
                if not one.deleted:
                    assert one.upload.readers == self.readers[parent]

    def retry(self) -> None:
        for job in self.desk.kept.jobs.list(W, limit=1000):
            if job.state == "waiting":
                self.desk.kept.jobs.update(job.id, state="queued", progress=job.progress)

    def live(self) -> set[str]:
        return set(self.desk.store._at(W, self.desk.store.revision(W)))


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_live_is_what_the_newest_parents_hold(kind: str) -> None:
    machine = type(f"Lives{kind}", (Lives,), {"kind": kind})
    examples = 40 if kind == "memory" else 10
    run_state_machine_as_test(
        machine, settings=settings(max_examples=examples, stateful_step_count=15, deadline=None)
    )  # fmt: skip
