"""What is done for keys and workspaces beside the requests."""

import pytest
from in_memory_admission import InMemoryKeys, InMemoryWorkspaces
from progress import wait_until

from api.access import OWNER
from api.admission import housekeeping
from api.admission.housekeeping import Housekeeping
from api.admission.keys import Keys
from api.admission.workspaces import Workspaces
from graph.errors import DependencyError


def test_a_workspace_goes_once_nobody_works_in_it_and_what_failed_is_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    register = InMemoryWorkspaces()
    workspaces = Workspaces(register)
    workspaces.create(OWNER, "left")
    workspaces.create(OWNER, "later")
    register.begin_deleting("left")  # by an earlier process
    workspaces = Workspaces(register)
    answers = {"left": [False, DependencyError("down"), True], "later": [True]}
    tried: list[str] = []

    def erase(name: str) -> bool:
        tried.append(name)
        answer = answers[name].pop(0)
        if isinstance(answer, Exception):
            raise answer
        return bool(answer)

    monkeypatch.setattr(housekeeping, "RETRY_SECONDS", 0.05)
    house = Housekeeping(Keys(InMemoryKeys()), workspaces, erase)
    house.start()
    wait_until(lambda: workspaces.state("left") is None, "the first goes", seen=lambda: list(tried))
    workspaces.delete(OWNER, "later")
    wait_until(lambda: workspaces.state("later") is None, "the second goes", seen=lambda: list(tried))
    house.stop()
    assert tried == ["left"] * 3 + ["later"]
    assert [one.name for one in register.all()] == ["default"]
