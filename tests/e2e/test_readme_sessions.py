"""The sessions of READMEs and guides, pasted as a whole into a shell: each prints what stands there."""

import os
import sys
from pathlib import Path

import processes
import pytest
from console_sessions import Typed, script, sessions
from service_process import ROOT, ServiceProcess

MARK = "-- next --"


ENGLISH = ("docs/reasoning.md", "README.md", "docs/dialogue.md")


@pytest.mark.parametrize("names", [ENGLISH, ("README.zh-CN.md",)], ids=["en", "zh"])
def test_what_is_pasted_prints_what_stands_there(names: tuple[str, ...], tmp_path: Path) -> None:
    pasted = [session for name in names for session in sessions(ROOT / name)]
    assert sum(map(len, pasted)) >= 8
    assert all(sessions(ROOT / name) for name in names)
    with ServiceProcess(tmp_path / "data") as service:
        service.start()
        loaded = service.quipu("ingest", str(ROOT / "samples" / "documents"), "--wait")
        assert loaded.returncode == 0, loaded.stderr
        for typed in pasted:
            for one, printed in zip(typed, _paste(typed, service, tmp_path), strict=True):
                assert one.prints(printed), f"$ {one.command}\n{printed}\ninstead of\n{one.printed}"


def test_a_session_knows_what_it_should_print() -> None:
    one = Typed(command="x", printed='{"id":"a",\n   "n":1,…}')
    assert one.prints('{"id":"a","n":1,"more":{}}\n')
    assert not one.prints('{"id":"a","n":2,"more":{}}')
    assert not one.prints('{"id":"a","n":1,"more":{}} and more')


def _paste(typed: list[Typed], service: ServiceProcess, folder: Path) -> list[str]:
    """What each command prints, one after the other without a pause, on the service of the test."""
    programs = folder / "bin"
    programs.mkdir(exist_ok=True)
    quipu = programs / "quipu"
    quipu.write_text(f'#!/bin/sh\nexec {sys.executable} -m api "$@"\n', encoding="utf-8")
    quipu.chmod(0o755)
    text = script(typed, MARK).replace("localhost:8000", f"127.0.0.1:{service.port}")
    environment = service.environment() | {
        "PATH": os.pathsep.join([str(programs), os.environ["PATH"]]), "QUIPU_URL": str(service.http.base_url),
    }  # fmt: skip
    ran = processes.run(["bash", "-c", text], env=environment, cwd=folder)
    return ran.stdout.split(f"\n{MARK}\n")[:-1]
