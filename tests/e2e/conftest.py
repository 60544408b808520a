from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from neo4j_server import Neo4jServer, server_for_tests
from service_process import ServiceProcess

StoreSettings = Callable[[], dict[str, str]]


@pytest.fixture(scope="session", params=["sqlite", "neo4j"])
def store_kind(request: pytest.FixtureRequest) -> str:
    """Every test that runs a service over a store runs over each."""
    return str(request.param)


@pytest.fixture(scope="session")
def service(store_kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceProcess]:
    """One running service for all tests that leave it unharmed; each uses document ids of its own."""
    with ExitStack() as ends:
        settings: dict[str, str] = {}
        if store_kind == "neo4j":
            server = server_for_tests(tmp_path_factory.mktemp("neo4j-of-the-service"), 1)
            ends.callback(server.stop)
            settings = server.settings()
        running = ends.enter_context(ServiceProcess(tmp_path_factory.mktemp("service") / "data", **settings).start())
        yield running
        running.check()
        assert "NETGUARD" not in running.log.read_text()


@pytest.fixture
def store_settings(store_kind: str, request: pytest.FixtureRequest) -> dict[str, str]:
    """What makes a service of a test's own use an empty store of its own."""
    if store_kind == "sqlite":
        return {}
    server: Neo4jServer = request.getfixturevalue("neo4j_server")
    server.empty()
    return server.settings()


@pytest.fixture(scope="session")
def samples() -> Path:
    return Path(__file__).parents[2] / "samples"
