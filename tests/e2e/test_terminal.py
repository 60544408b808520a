"""The command line as whoever types it sees it: at a terminal, from any folder, with keys that interrupt."""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import processes
import pytest
from at_a_terminal import CTRL_C, CTRL_D, UP, AtATerminal
from service_process import QUICK, ServiceProcess

from api.server import free_port

QUIPU = [sys.executable, "-m", "api"]
LEAKS = ("Traceback", "nanobind", "%|", "KeyboardInterrupt")
"""What no library may leave on a terminal."""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceProcess]:
    with ServiceProcess(tmp_path_factory.mktemp("typed") / "data", **QUICK).start() as running:
        running.put("bridge.md", "Amber Bridge was built by Tove Rask.", title="[/x].md")
        yield running


def typed(service: ServiceProcess, *arguments: str, **settings: str) -> AtATerminal:
    address = {"QUIPU_URL": str(service.http.base_url)}
    return AtATerminal(
        [*QUIPU, *arguments], env={**service.environment(), **address, **settings}, cwd=service.data_dir.parent
    )  # fmt: skip


def without_leaks(terminal: AtATerminal) -> str:
    shown = terminal.shown
    assert not [leak for leak in LEAKS if leak in shown], shown
    return shown


def test_a_dialogue(service: ServiceProcess) -> None:
    with typed(service, "chat") as terminal:
        terminal.until("go on from the ones before")
        terminal.until("? ")
        terminal.type("Who built Amber Bridge?\n")
        terminal.until("Tove Rask. [1]")
        terminal.until("(bridge.md, version 1, characters 0–36)")
        terminal.until("? ")
        terminal.type(UP + "\n")
        terminal.until("Tove Rask. [1]")
        terminal.until("? ")
        terminal.type("And what does it cross?\n")
        terminal.until("understood as: And what does Amber Bridge cross?")
        terminal.until("? ")
        terminal.type(CTRL_C)
        terminal.until("/quit, or Ctrl-D, leaves")
        terminal.type(CTRL_D)
        assert terminal.ended() == 0
        without_leaks(terminal)


def test_who_interrupts_is_told_what_goes_on(service: ServiceProcess) -> None:
    watch = service.http.post("/v1/watches", json={"question": "Who built Amber Bridge?"}).json()["id"]
    with typed(service, "watches", "follow", watch) as terminal:
        terminal.until("Tove Rask")
        terminal.type(CTRL_C)
        assert terminal.ended() == 130
        assert f"interrupted: the service at {service.http.base_url} goes on" in " ".join(
            without_leaks(terminal).split()
        )


def test_a_service_that_is_interrupted_ends_in_order(service: ServiceProcess, tmp_path: Path) -> None:
    with ServiceProcess(tmp_path / "data", **QUICK) as other:
        other.port = free_port()
        with AtATerminal([*QUIPU, "serve"], env=other.environment(), cwd=tmp_path) as terminal:
            terminal.until(str(tmp_path / "data"))
            terminal.until("parser process ready")
            terminal.type(CTRL_C)
            assert terminal.ended() == 0
            without_leaks(terminal)


def test_ids_are_whole_and_names_are_no_markup(service: ServiceProcess) -> None:
    job = service.read("/v1/jobs")["jobs"][0]["id"]
    for arguments, whole in ((["jobs"], job), (["documents", "list"], "[/x].md")):
        with typed(service, *arguments) as terminal:
            assert terminal.ended() == 0
            assert whole in without_leaks(terminal)
            plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", terminal.shown)
            assert max(map(len, plain.splitlines())) <= 80


def test_the_doctor_finds_nothing_wrong(service: ServiceProcess) -> None:
    ran = service.quipu("doctor", "--json")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    found = {one["what"]: one for one in json.loads(ran.stdout)}
    assert {"data folder", "disk", "service", "graph", "language model", "embedder", "OCR", "parser"} <= set(found)
    assert str(service.http.base_url) in found["service"]["says"]


def test_the_doctor_tells_what_is_misspelt(service: ServiceProcess) -> None:
    ran = service.quipu("doctor", QUIPU_PROT="8001")
    assert ran.returncode == 1
    assert "did you mean QUIPU_PORT?" in ran.stdout


def test_asking_makes_no_folder_and_an_empty_export_is_refused(service: ServiceProcess, tmp_path: Path) -> None:
    nothing = tmp_path / "nothing"
    for arguments in (["ask", "Who?"], ["documents", "list"], ["export", str(tmp_path / "out")]):
        ran = service.quipu(*arguments, running=False, QUIPU_DATA_DIR=str(nothing), QUIPU_PORT="9")
        assert ran.returncode == 2, ran.stderr
        assert f"nothing is kept in {nothing}" in ran.stderr
    ran = service.quipu("export", str(tmp_path / "out"), QUIPU_DATA_DIR=str(nothing))
    assert ran.returncode == 2
    assert f"keeps its documents in {service.data_dir}" in ran.stderr
    assert not nothing.exists()
    assert not (tmp_path / "out").exists()


def test_an_export_beside_a_running_service_holds_all(service: ServiceProcess, tmp_path: Path) -> None:
    ran = service.quipu("export", str(tmp_path / "out"))
    assert ran.returncode == 0, ran.stderr
    assert str(service.data_dir) in ran.stderr
    assert ran.stdout.startswith(f"exported {service.read('/readyz')['revision']} revisions")


def test_one_folder_for_each_user_from_wherever_they_type(service: ServiceProcess, tmp_path: Path) -> None:
    settings = {name: value for name, value in service.environment().items() if name != "QUIPU_DATA_DIR"}
    settings |= {"XDG_DATA_HOME": str(tmp_path / "user"), "QUIPU_PORT": "9"}
    (tmp_path / "note.txt").write_text("Amber Bridge was built by Nils Orr.", encoding="utf-8")
    for folder, arguments in (("a", ["ingest", "../note.txt"]), ("b", ["ask", "Who built Amber Bridge?"])):
        (tmp_path / folder).mkdir()
        ran = processes.run([*QUIPU, *arguments], env=settings, cwd=tmp_path / folder)
        assert ran.returncode == 0, ran.stderr
        assert str(tmp_path / "user" / "quipu") in ran.stderr
        assert not [leak for leak in LEAKS if leak in ran.stderr], ran.stderr
        assert list((tmp_path / folder).iterdir()) == []
    assert "Nils Orr" in ran.stdout
