from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from neo4j_server import Neo4jServer, server_for_tests
from service_process import NETGUARD, QUICK, ROOT, ServiceProcess
from warm_process import PATIENT_WITH_NEO4J, Forking

StoreSettings = Callable[[], dict[str, str]]
PATIENT = {PATIENT_WITH_NEO4J: "100"}


@pytest.fixture(autouse=True, scope="session")
def _forked_services() -> Iterator[None]:
    """Services with ``QUICK`` start in a moment; those with the embedder that users have start as theirs do."""
    ServiceProcess.forking = Forking([NETGUARD, ROOT])
    yield
    ServiceProcess.forking.end()
    ServiceProcess.forking = None


@pytest.fixture(scope="session", params=["sqlite", "neo4j"])
def store_kind(request: pytest.FixtureRequest) -> str:
    """Every test that runs a service over a store runs over each."""
    return str(request.param)


@pytest.fixture(scope="session")
def service(store_kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceProcess]:
    """One running service for all tests that leave it unharmed; each uses document ids of its own.

    That over SQLite finds passages by the vectors that Quipu has where nobody chooses, that over Neo4j by quick ones.
    """
    with ExitStack() as ends:
        settings: dict[str, str] = {}
        if store_kind == "neo4j":
            server = server_for_tests(tmp_path_factory.mktemp("neo4j-of-the-service"), 1)
            ends.callback(server.stop)
            settings = {**QUICK, **PATIENT, **server.settings()}
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
    return {**server.settings(), **PATIENT}


@pytest.fixture(scope="session")
def samples() -> Path:
    return Path(__file__).parents[2] / "samples"
