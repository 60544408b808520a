"""The shape of the code, as enforced facts."""

import ast
import importlib.metadata
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph import DISTRIBUTION

ROOT = Path(__file__).parents[2]
ROOMS = ("api", "evals", "graph", "ingest", "retrieval")
OUTLIVE_EVERYTHING = {
    "graph/job_thread.py": {"foreseen"},
    "retrieval/standing/runner.py": {"_outlived"},
    "graph/language_models/foreign.py": {"foreign_pieces"},
}
"""The functions, by file, that may catch every exception and raise another: loops that others wait for outlive what
nobody foresaw, and each foreign library has exceptions of its own."""
FORBIDDEN_NAMES = {"utils", "helpers", "common", "misc", "base", "manager", "types"}


def modules() -> Iterator[Path]:
    for room in ROOMS:
        yield from sorted((ROOT / room).rglob("*.py"))


def test_rooms_import_downwards_only() -> None:
    ran = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports")], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout


@pytest.mark.parametrize("path", list(modules()), ids=lambda path: str(path.relative_to(ROOT)))
def test_sizes_and_names(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert source.count("\n") <= 300
    assert path.stem not in FORBIDDEN_NAMES
    assert len(path.relative_to(ROOT).parts) <= 4
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno <= 40, node.name


def broad(handler: ast.ExceptHandler) -> bool:
    """Whether a handler catches everything and does not raise it again as it is."""
    named = (
        {node.id for node in ast.walk(handler.type) if isinstance(node, ast.Name)} if handler.type else {"Exception"}
    )
    again = any(isinstance(inner, ast.Raise) and inner.exc is None for inner in ast.walk(handler))
    return bool(named & {"Exception", "BaseException"}) and not again


@pytest.mark.parametrize("path", list(modules()), ids=lambda path: str(path.relative_to(ROOT)))
def test_nobody_catches_broadly_but_the_loops_that_outlive_everything(path: Path) -> None:
    allowed = OUTLIVE_EVERYTHING.get(str(path.relative_to(ROOT)), set())
    found = {
        function.name
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        if any(isinstance(node, ast.ExceptHandler) and broad(node) for node in ast.walk(function))
    }
    assert found == allowed


def protocols(path: Path) -> Iterator[ast.ClassDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ClassDef):
            parents = {ast.unparse(parent).partition("[")[0] for parent in node.bases}
            if parents & {"Protocol", "typing.Protocol"}:
                yield node


def test_protocols_are_small() -> None:
    """Wherever they stand. A protocol that only puts others together has no method of its own."""
    rooms = set()
    for path in modules():
        for node in protocols(path):
            rooms.add(path.relative_to(ROOT).parts[0])
            methods = [inner for inner in node.body if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef)]
            assert len(methods) <= 6, f"{path.relative_to(ROOT)}: {node.name}"
    assert rooms >= {"evals", "graph", "ingest", "retrieval"}


def test_folders_are_small() -> None:
    """A folder holds a dozen files or so; ``evals`` has no part that could leave without an import upwards."""
    for folder in {path.parent for path in modules()}:
        files = [path for path in folder.glob("*.py") if path.stem != "__init__"]
        assert len(files) <= (20 if folder.name == "evals" else 14), folder.relative_to(ROOT)


def test_the_environment_is_read_in_settings_only() -> None:
    for path in modules():
        if path != ROOT / "api" / "settings.py":
            source = path.read_text(encoding="utf-8")
            # setting a variable for a library before it is imported is no reading
            found = re.findall(r"os\.getenv|os\.environ(?!\[\"(?:HF_HUB|TRANSFORMERS)_OFFLINE\"\] =)", source)
            assert not found, path


def test_no_code_from_data() -> None:
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = [alias.name for alias in node.names] + [getattr(node, "module", "") or ""]
                assert not {"pickle", "marshal", "shelve", "dill"} & set(names), path
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in {"eval", "exec"}, path


def test_a_restore_opens_every_table_of_the_operational_database() -> None:
    """Else it takes a backup with a table of ours for one of a newer Quipu. The graph's store is a file of its own."""
    keeping = {
        node.name
        for path in modules() if "stores" not in path.parts
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.ClassDef)
        if ".ensure_schema('" in ast.unparse(node)
    }  # fmt: skip
    upkeep = ast.parse((ROOT / "api" / "upkeep.py").read_text(encoding="utf-8"))
    (opening,) = [
        node for node in ast.walk(upkeep) if isinstance(node, ast.FunctionDef) and node.name == "_open_tables"
    ]
    opened = {ast.unparse(node.func) for node in ast.walk(opening) if isinstance(node, ast.Call)}
    assert len(keeping) > 10
    assert keeping <= opened, keeping - opened


def test_importing_is_quick_and_quiet() -> None:
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in modules()]
    # these import LlamaIndex, and are imported only where it is wanted
    late = ("retrieval.llamaindex.", "graph.language_models.")
    wanted = [name for name in names if not name.startswith(late)]
    code = (
        "import importlib, socket, sys\n"
        "def refuse(*a, **k): raise AssertionError('a socket at import')\n"
        "socket.socket.connect = refuse\n"
        f"for name in {wanted!r}: importlib.import_module(name)\n"
        "heavy = {'torch', 'sentence_transformers', 'faiss', 'llama_index', 'transformers'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr


def test_nobody_else_owns_our_package_names() -> None:
    owners = importlib.metadata.packages_distributions()
    for room in ROOMS:
        assert set(owners.get(room, [])) <= {DISTRIBUTION}, room


def test_error_tree_in_its_docstring_is_the_real_one() -> None:
    from graph import errors, prompting

    known = {**vars(errors), **vars(prompting)}
    drawn = re.findall(r"[├└]── (\w+)", errors.__doc__ or "")
    real = {
        name for name, value in known.items()
        if isinstance(value, type) and issubclass(value, errors.QuipuError) and value is not errors.QuipuError
    }  # fmt: skip
    assert set(drawn) == real
    for name, status in re.findall(r"[├└]── (\w+) .*? (\d{3})\n", errors.__doc__ or ""):
        assert known[name].status == int(status), name


def test_no_tracked_file_names_a_package_source() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    words = ["index-" + "url", "pypi" + ".org", "registry." + "npmjs", "repo.maven" + ".apache"]
    for name in tracked:
        path = ROOT / name
        if path.is_file() and path.suffix not in {".pdf", ".docx"}:
            source = path.read_text(encoding="utf-8", errors="replace")
            assert not [word for word in words if word in source], name
