"""A real model, a service over it, and the table of what it did. Without a model all tests here are skipped."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import real_model
from model_figures import Figures
from real_model import LlamaServer
from recorded_calls import RecordingProxy, recording
from service_process import ServiceProcess

FIGURES = pytest.StashKey[Figures]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[FIGURES] = Figures()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    figures = config.stash[FIGURES]
    if figures.model:
        terminalreporter.write_sep("=", "for docs/language-models.md")
        terminalreporter.write_line(figures.table())


@pytest.fixture(scope="session", autouse=True)
def _real_model() -> None:
    if real_model.MISSING:
        pytest.skip(real_model.MISSING)


@pytest.fixture(scope="session")
def figures(request: pytest.FixtureRequest) -> Figures:
    found = request.config.stash[FIGURES]
    found.model = real_model.model_name()
    return found


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[LlamaServer]:
    """A server that tests may kill and freeze."""
    if real_model.URL:
        pytest.skip("the server of QUIPU_TEST_LLM_URL is not ours to kill")
    server = LlamaServer(tmp_path, window=8192).start().wait_until_ready()
    try:
        yield server
    finally:
        server.kill()


@contextmanager
def recorded_model(folder: Path, window: int) -> Iterator[RecordingProxy]:
    """The model, behind a proxy that notes every call."""
    if real_model.URL:
        with recording(real_model.URL) as proxy:
            yield proxy
        return
    server = LlamaServer(folder, window=window).start().wait_until_ready()
    try:
        with recording(server.url) as proxy:
            yield proxy
    finally:
        server.kill()


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RecordingProxy]:
    with recorded_model(tmp_path_factory.mktemp("model"), 8192) as proxy:
        yield proxy


@pytest.fixture(scope="module")
def small_window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RecordingProxy]:
    """The same model with room for 1,024 tokens."""
    if real_model.URL:
        pytest.skip("the server of QUIPU_TEST_LLM_URL has the window that it has")
    with recorded_model(tmp_path_factory.mktemp("small"), 1024) as proxy:
        yield proxy


@pytest.fixture(scope="module")
def service(model: RecordingProxy, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceProcess]:
    """A service that reads, answers and judges with it."""
    data = tmp_path_factory.mktemp("service") / "data"
    sets = {"QUIPU_DATASETS_DIR": str(data.parent / "sets")}
    with ServiceProcess(data, **real_model.settings(model.url), **sets).start() as running:
        yield running
        running.check()
        assert "NETGUARD" not in running.log.read_text()
