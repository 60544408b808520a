"""Fixtures for every layer, and the guard that no test reaches another machine."""

import asyncio
import ipaddress
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from neo4j_server import Neo4jServer, server_for_tests
from side_by_side import ByServer, arrange
from small_world import SmallWorld, small_world

# a busy machine is no failure: neither one example nor the making of all of them is timed
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


class OutsideConnection(AssertionError):
    """Something tried to reach another machine."""


def _check(address: object) -> None:
    if not isinstance(address, tuple) or not address:
        return  # a Unix socket
    host = str(address[0])
    if host in {"localhost", ""}:
        return
    try:
        outside = not ipaddress.ip_address(host).is_loopback
    except ValueError:
        outside = True
    if outside:
        raise OutsideConnection(f"a test tried to reach {address}")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByServer:
    return ByServer(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if hasattr(config, "workerinput"):
        arrange(items, config.workerinput["testrunuid"])


@pytest.fixture(autouse=True, scope="session")
def _loopback_only() -> Iterator[None]:
    """Any connection but to loopback, and any look-up of another name, fails the test."""
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        _check(address)
        connect(self, address)

    def guarded_look_up(host: Any, *arguments: Any, **more: Any) -> Any:
        _check((host.decode() if isinstance(host, bytes) else host or "", 0))
        return look_up(host, *arguments, **more)

    socket.socket.connect = guarded_connect  # type: ignore[method-assign,assignment]
    socket.getaddrinfo = guarded_look_up
    yield
    socket.socket.connect = connect  # type: ignore[method-assign]
    socket.getaddrinfo = look_up


@pytest.fixture(autouse=True, scope="session")
def _no_folder_of_the_user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What names no data folder works on one of the tests, never on that of whoever runs them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("user")))
        yield


@pytest.fixture(autouse=True, scope="session")
def _no_loop_by_the_way() -> None:
    """LlamaIndex asks for the current event loop, and Python 3.11 makes one for it that nobody closes.

    After this it is told that there is none, as it is everywhere once something has run a loop of its own.
    """
    asyncio.set_event_loop(None)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of evaluation data; without it a test is skipped, or, with CI=true, fails."""
    folder = Path(os.environ.get("QUIPU_SHARED_DATA", Path(__file__).parents[2] / "shared" / "data")).resolve()
    if not folder.is_dir():
        message = f"no evaluation data at {folder}; set QUIPU_SHARED_DATA"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return folder


@pytest.fixture(scope="session")
def neo4j_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neo4jServer]:
    """One Neo4j for all tests that ask for it, one after the other; where it cannot be had, they fail."""
    server = server_for_tests(tmp_path_factory.mktemp("neo4j"))
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("graph.stores.neo4j.connection.PATIENCE_SECONDS", 100.0)  # on a busy machine it plans long
            yield server
    finally:
        server.stop()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[SmallWorld]:
    with small_world(tmp_path) as made:
        yield made
