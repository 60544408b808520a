"""An address that nobody can listen on: told at once, with who has it and what to do."""

import os
import socket
import sys
from collections.abc import Iterator

import processes
import pytest
from service_process import ROOT

from api.listening.address import check_address
from graph.errors import ConfigurationError


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that this process listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_free_address_is_no_matter(taken: int) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
    check_address("127.0.0.1", free)
    with pytest.raises(ConfigurationError):
        check_address("127.0.0.1", taken)


def test_who_has_it_is_named_and_a_free_port(taken: int) -> None:
    with pytest.raises(ConfigurationError) as refused:
        check_address("127.0.0.1", taken)
    said = str(refused.value)
    assert f"127.0.0.1:{taken} is taken by process {os.getpid()} (" in said
    other = int(said.rpartition("QUIPU_PORT=")[2])
    assert other > taken
    check_address("127.0.0.1", other)


def test_an_address_of_another_machine() -> None:
    with pytest.raises(ConfigurationError, match=r"203\.0\.113\.9:8000 cannot be listened on .*; set QUIPU_HOST"):
        check_address("203.0.113.9", 8000)


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_command_says_so_before_libraries_are_loaded(command: str, taken: int) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("QUIPU_")}
    environment = {**kept, "QUIPU_PORT": str(taken)}
    ran = processes.run([sys.executable, "-X", "importtime", "-m", "api", command], env=environment, cwd=ROOT)
    imported = {line.rpartition("|")[2].strip() for line in ran.stderr.splitlines() if line.startswith("import time")}
    assert ran.returncode == 2
    assert f"error: 127.0.0.1:{taken} is taken by process {os.getpid()}" in ran.stderr
    assert "api.settings" in imported
    assert not {"rich", "httpx", "numpy", "uvicorn", "api.cli.app"} & imported
