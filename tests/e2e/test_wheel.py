"""An installed Quipu: the wheel is whole, and works without the checkout it was built from."""

import re
import signal
import site
import subprocess
import sys
import zipfile
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import processes
import pytest
from progress import wait_until
from service_process import NETGUARD, ROOT

from api.server import free_port
from graph import DISTRIBUTION

PAGE = ROOT / "api" / "page"
ROOMS = ("api", "evals", "graph", "ingest", "retrieval")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from the source archive, as package indexes and ``uv build`` do."""
    built = tmp_path_factory.mktemp("built")
    made = processes.run([sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", str(built)], cwd=ROOT)
    assert made.returncode == 0, made.stderr
    (archive,) = built.glob("*.tar.gz")
    processes.run(["tar", "-xzf", str(archive), "-C", str(built)])
    unpacked = built / archive.name.removesuffix(".tar.gz")
    made = processes.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(built)], cwd=unpacked)
    assert made.returncode == 0, made.stderr
    (found,) = built.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as opened:
        return set(opened.namelist())


@pytest.fixture(scope="module")
def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as opened:
        (name,) = (name for name in opened.namelist() if name.endswith(".dist-info/METADATA"))
        return message_from_bytes(opened.read(name))


def test_all_that_the_code_reads_is_in_it(names: set[str]) -> None:
    kept = {
        str(path.relative_to(ROOT))
        for room in ROOMS
        for path in (ROOT / room).rglob("*")
        if path.is_file() and not path.is_relative_to(PAGE) and "__pycache__" not in path.parts
    }
    samples = {f"api/{path.relative_to(ROOT)}" for path in (ROOT / "samples").rglob("*") if path.is_file()}
    assert len(samples) > 20
    assert kept | samples <= names


def test_of_the_page_it_has_what_was_built_and_no_sources(names: set[str]) -> None:
    built = {str(path.relative_to(ROOT)) for path in (PAGE / "dist").rglob("*") if path.is_file()}
    if not built:
        pytest.skip("make page builds it")
    assert built == {name for name in names if name.startswith("api/page/")}


def test_types_are_told_and_nothing_else_comes_along(names: set[str]) -> None:
    assert {f"{room}/py.typed" for room in ROOMS} <= names
    tops = {name.partition("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == set(ROOMS)


def test_each_dependency_has_a_lower_bound(metadata: Message) -> None:
    wanted = metadata.get_all("Requires-Dist") or []
    assert len(wanted) > 40
    assert [one for one in wanted if not re.match(r"[\w.-]+(\[[\w,]+\])?[^;]*>=\d", one)] == []
    assert metadata["Name"] == DISTRIBUTION


@pytest.fixture
def installed(wheel: Path, tmp_path: Path) -> Path:
    """The command of an environment that sees the libraries of this one and none of its code, in a folder to quote."""
    environment = tmp_path / "it's here"
    made = processes.run([sys.executable, "-m", "venv", "--without-pip", str(environment)])
    assert made.returncode == 0, made.stderr
    (packages,) = environment.glob("lib/python*/site-packages")
    (packages / "libraries.pth").write_text("\n".join(site.getsitepackages()), encoding="utf-8")
    pip = [sys.executable, "-m", "pip", "--python", str(environment), "install", "--quiet", "--no-deps", "--no-index"]
    made = processes.run([*pip, str(wheel)])
    assert made.returncode == 0, made.stderr
    return environment / "bin" / "quipu"


def test_it_works_far_from_the_checkout(installed: Path, tmp_path: Path) -> None:
    """The demonstration of a newcomer, and what it says to type next, typed in another folder."""
    bare = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "PYTHONPATH": str(NETGUARD)}
    log, elsewhere = tmp_path / "log", tmp_path / "elsewhere"
    elsewhere.mkdir()
    with log.open("wb") as written:
        demo = processes.start(
            [installed, "demo"], stdout=written, stderr=subprocess.STDOUT, cwd=tmp_path,
            env={**bare, "QUIPU_PORT": str(free_port()), "QUIPU_DATA_DIR": "kept"},
        )  # fmt: skip
    try:
        typed = wait_until(
            lambda: _typed_next(log, demo), "what to type next", seen=lambda: (log.stat().st_size, processes.work())
        )
        asked = processes.run(["bash", "-c", typed], env=bare, cwd=elsewhere)
        demo.send_signal(signal.SIGINT)
        wait_until(lambda: demo.poll() is not None, "the end of the demonstration", seen=processes.work)
    finally:
        processes.end(demo)
    said = log.read_text(encoding="utf-8")
    assert "20 done" in said
    assert "Port Calder" in said
    assert str(ROOT) not in said
    assert (tmp_path / "kept" / "operations.sqlite").is_file()
    assert asked.returncode == 0, asked.stderr
    assert "Ingrid Vael" in asked.stdout
    assert [*elsewhere.iterdir()] == []
    assert demo.returncode == 0


def _typed_next(log: Path, demo: "subprocess.Popen[bytes]") -> str:
    said = log.read_text(encoding="utf-8")
    assert demo.poll() is None, said
    found = re.search(r"in any folder:  (.+)\n", said)
    return found[1] if found else ""
