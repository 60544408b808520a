"""Ids of files are paths below a root."""

from pathlib import Path

import pytest

from api.cli.documents.files import find_files
from graph.errors import InputError


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("work/a/report.txt", "work/b/report.txt", "work/b/deep/x.txt", "work/.hidden/y.txt", "else/z.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path


def ids(*paths: str | Path, root: str | None = None) -> list[str]:
    return [one.document_id for one in find_files([Path(path) for path in paths], Path(root) if root else None)]


def test_a_folder_is_a_root(tree: Path) -> None:
    assert ids("b") == ["deep/x.txt", "report.txt"]
    assert ids(tree / "work" / "b") == ["deep/x.txt", "report.txt"], "however it is named"
    assert ids(".") == ["a/report.txt", "b/deep/x.txt", "b/report.txt"]


def test_a_folder_like_the_samples_stands_for_its_documents(tree: Path) -> None:
    samples = tree / "samples"
    (samples / "documents").mkdir(parents=True)
    (samples / "documents" / "bridge.md").write_text("A bridge.")
    assert ids(samples) == ["documents/bridge.md"], "an ordinary folder"
    (samples / "questions.jsonl").write_text("{}")
    assert ids(samples) == ["bridge.md"]
    assert ids(samples / "questions.jsonl") != [], "unless it is named by itself"


def test_a_file_has_its_path_from_here(tree: Path) -> None:
    assert ids("a/report.txt", "b/report.txt") == ["a/report.txt", "b/report.txt"]
    assert ids("b/../a/report.txt") == ["a/report.txt"]


def test_a_file_elsewhere_has_its_whole_path(tree: Path) -> None:
    assert ids("../else/z.txt") == [(tree / "else" / "z.txt").as_posix().removeprefix("/")]


def test_two_that_would_be_one_are_told(tree: Path) -> None:
    with pytest.raises(InputError, match="--root DIR") as told:
        ids("a", "b")
    assert "a/report.txt" in str(told.value)
    assert "b/report.txt" in str(told.value)
    assert ids("a", "b", root=".") == ["a/report.txt", "b/deep/x.txt", "b/report.txt"]


def test_a_root_is_above_everything(tree: Path) -> None:
    with pytest.raises(InputError, match="is not below"):
        ids("a", "../else/z.txt", root=".")
    assert ids("a", "../else/z.txt", root="..") == ["else/z.txt", "work/a/report.txt"]


@pytest.mark.parametrize("order", [("b/report.txt", "b"), ("b", "b/report.txt")])
def test_a_file_that_is_named_twice_comes_once(tree: Path, order: tuple[str, str]) -> None:
    assert ids(*order) == ["deep/x.txt", "report.txt"]


def test_where_it_stands_is_metadata(tree: Path) -> None:
    top, deep = (one.metadata for one in reversed(find_files([Path("b")])))
    assert top == {"root": "b", "path": "report.txt"}
    assert deep == {"root": "b", "path": "deep/x.txt", "folder": "deep"}


def test_what_is_not_there(tree: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        ids("nowhere")
