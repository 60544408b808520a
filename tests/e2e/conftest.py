from collections.abc import Iterator
from pathlib import Path

import pytest
from service_process import ServiceProcess


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceProcess]:
    """One running service for all tests that leave it unharmed; each uses document ids of its own."""
    running = ServiceProcess(tmp_path_factory.mktemp("service") / "data").start()
    yield running
    assert "NETGUARD" not in running.log.read_text()
    running.close()


@pytest.fixture(scope="session")
def samples() -> Path:
    return Path(__file__).parents[2] / "samples"
