"""No process that a test starts outlives it, however the test ends; and waiting ends where nothing goes on."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import processes
import psutil
import pytest
from progress import wait_until
from warm_process import Forking, clear_away

from api.server import free_port

SUPPORT = Path(__file__).parents[1] / "support"
ROOT = SUPPORT.parents[1]
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(SUPPORT)])}
WITHOUT = ("-p", "no:cacheprovider", "-p", "no:schemathesis", "-p", "no:hypothesispytest")
"""Plugins that take longer to import than all that is looked at here."""
TEST = """
import pathlib, time
from service_process import NETGUARD, QUICK, ROOT, ServiceProcess
from warm_process import Forking

def test_with_a_service(tmp_path):
    ServiceProcess.forking = {forking}
    service = ServiceProcess(tmp_path / "data", **QUICK).start(ready=False)
    pathlib.Path({note!r}).write_text(str(service._process.pid))
    {then}
"""


def runs(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def ends(pid: int) -> None:
    wait_until(lambda: not runs(pid), f"the end of process {pid}", seen=lambda: runs(pid))


@pytest.mark.parametrize(
    ("then", "options", "forking"),
    [
        ("raise AssertionError", [], None), ("time.sleep(600)", [], None), ("time.sleep(600)", ["-n", "1"], None),
        ("time.sleep(600)", [], "Forking([NETGUARD, ROOT])"),
    ],
    ids=[
        "its test fails", "pytest is killed", "pytest is killed, and a worker runs the test",
        "pytest is killed, and another process has forked it",
    ],
)  # fmt: skip
def test_a_service_ends_with_its_test_run(tmp_path: Path, then: str, options: list[str], forking: str | None) -> None:
    note = tmp_path / "pid"
    (tmp_path / "test_it.py").write_text(TEST.format(note=str(note), then=then, forking=forking))
    command = [sys.executable, "-m", "pytest", "-q", *WITHOUT, "-c", os.devnull, *options, "test_it.py"]
    with (tmp_path / "log").open("wb") as log:
        run = processes.start(command, env=ENVIRONMENT, cwd=tmp_path, stdout=log, stderr=log)
    try:
        wait_until(
            lambda: note.exists() and note.read_text(), "a started service",
            seen=lambda: ((tmp_path / "log").read_text(), run.poll(), processes.work()),
        )  # fmt: skip
        if "sleep" in then:
            assert runs(int(note.read_text()))
        else:
            wait_until(lambda: run.poll() is not None, "the end of the failing test", seen=processes.work)
            assert run.returncode == 1
    finally:
        processes.end(run)
    ends(int(note.read_text()))


def test_what_a_killed_run_left_is_cleared_away_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    left, used, other = (tmp_path / f"quipu-warm-{name}" for name in (f"{ended.pid}-x", f"{os.getpid()}-x", "7x"))
    for folder in (left, used, other):
        (folder / "inside").mkdir(parents=True)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    clear_away()
    assert [folder.exists() for folder in (left, used, other)] == [False, True, True]


def test_a_forked_command_says_and_ends_as_any_other(tmp_path: Path) -> None:
    environment = {**ENVIRONMENT, "QUIPU_PORT": "many", "QUIPU_DATA_DIR": "data"}
    forking = Forking([ROOT])
    try:
        for command, code in {("formats", "--help"): 0, ("serve",): 2, ("no such command",): 2}.items():
            forked = processes.finished(
                lambda out, errors, arguments=command: forking.start(
                    arguments, env=environment, cwd=tmp_path, stdout=out, stderr=errors
                ),
                command,
            )
            other = processes.run([sys.executable, "-m", "api", *command], env=environment, cwd=tmp_path)
            assert (forked.stdout, forked.stderr) == (other.stdout, other.stderr)
            assert forked.returncode == other.returncode == code
    finally:
        forking.end()


@pytest.fixture
def trying(tmp_path: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """What ``make start-neo4j`` runs, in a process of its own."""
    environment = {**ENVIRONMENT, "TMPDIR": str(tmp_path)}
    command = [sys.executable, str(SUPPORT / "neo4j_server.py")]
    with (tmp_path / "said").open("wb") as said:
        process = processes.start(command, env=environment, stdout=said, stderr=said)
    try:
        yield process
    finally:
        processes.end(process)


def server_of(process: "subprocess.Popen[bytes]") -> int:
    """The process id of the Neo4j that a process started, 0 before it has."""
    for child in psutil.Process(process.pid).children():
        with suppress(psutil.Error):  # another child, which has just ended
            if any("CommunityEntryPoint" in part for part in child.cmdline()):
                return child.pid
    return 0


@pytest.mark.parametrize(
    ("number", "ready"),
    [(signal.SIGTERM, False), (signal.SIGTERM, True), (signal.SIGINT, False), (signal.SIGKILL, False)],
)
def test_a_neo4j_to_try_ends_with_its_command(
    trying: "subprocess.Popen[bytes]", tmp_path: Path, number: signal.Signals, ready: bool
) -> None:
    """While it starts, or once it has said that it is ready."""
    server = wait_until(lambda: server_of(trying), "a Neo4j", seen=processes.work)
    if ready:
        said = tmp_path / "said"
        wait_until(lambda: b"until Ctrl-C" in said.read_bytes(), "its settings", seen=processes.work)
    trying.send_signal(number)
    wait_until(lambda: trying.poll() is not None, "the end of the command", seen=processes.work)
    ends(server)
    if number != signal.SIGKILL:
        assert trying.returncode == 0
        assert not list(tmp_path.glob("quipu-neo4j-*")), "its data go with it"


def test_waiting_goes_on_with_what_gets_on_and_ends_with_what_stands_still() -> None:
    def after(seconds: float) -> Callable[[], bool]:
        end = time.monotonic() + seconds
        return lambda: time.monotonic() > end

    assert wait_until(after(0.6), "a slow thing", seen=time.monotonic, still=0.3)
    with pytest.raises(AssertionError, match=r"a lost thing: not after .* last seen: half done"):
        wait_until(after(60), "a lost thing", seen=lambda: "half done", still=0.3)
    with pytest.raises(AssertionError, match="an endless thing"):
        wait_until(after(60), "an endless thing", seen=time.monotonic, still=30, last=0.3)


def test_asking_an_idle_process_is_no_progress() -> None:
    process = processes.start([sys.executable, "-m", "http.server", "--bind", "127.0.0.1", str(free_port())])
    try:
        with pytest.raises(AssertionError, match="nothing"):
            wait_until(lambda: False, "nothing", seen=processes.work, still=2)
    finally:
        processes.end(process)
