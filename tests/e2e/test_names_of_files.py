"""Files that people name, move and mix up, through the command line."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from service_process import QUICK, ServiceProcess


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceProcess]:
    with ServiceProcess(tmp_path_factory.mktemp("names") / "data", **QUICK).start() as running:
        yield running
        running.check()


@pytest.fixture
def folder(service: ServiceProcess, request: pytest.FixtureRequest) -> Path:
    """A folder of this test, below the working directory of commands."""
    made = service.data_dir.parent / request.node.name
    made.mkdir()
    return made


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def ingest(service: ServiceProcess, *options: str | Path, code: int = 0) -> dict[str, dict[str, Any]]:
    ran = service.quipu("ingest", *map(str, options), "--wait", "--json")
    assert ran.returncode == code, ran.stderr
    return {one["id"]: one for one in json.loads(ran.stdout)}


def ids(service: ServiceProcess) -> set[str]:
    return {one["id"] for one in service.read("/v1/documents", params={"limit": 1000})["documents"]}


def test_two_files_of_one_name_are_two_documents(service: ServiceProcess, folder: Path) -> None:
    one = write(folder / "a" / "report.txt", "The Aldra report is by Ada Stone.")
    two = write(folder / "b" / "report.txt", "The Brenn report is by Bo Quill.")
    found = ingest(service, one, two)
    assert {name.split("/")[-2] for name in found} == {"a", "b"}
    assert {one["state"] for one in found.values()} == {"done"}
    assert set(found) <= ids(service)
    assert {one["state"] for one in ingest(service, two, one).values()} == {"unchanged"}


def test_equal_ids_are_told_before_anything_is_sent(service: ServiceProcess, folder: Path) -> None:
    write(folder / "a" / "equal.txt", "One text.")
    write(folder / "b" / "equal.txt", "Another text.")
    before = ids(service)
    ran = service.quipu("ingest", str(folder / "a"), str(folder / "b"), "--wait")
    assert ran.returncode == 2
    assert "equal.txt" in ran.stderr
    assert ids(service) == before
    assert set(ingest(service, folder / "a", folder / "b", "--root", folder)) == {"a/equal.txt", "b/equal.txt"}


def test_another_folder_replaces_nothing_unasked(service: ServiceProcess, folder: Path) -> None:
    write(folder / "left" / "plan.txt", "The left plan is by Ada Stone.")
    write(folder / "right" / "plan.txt", "The right plan is by Bo Quill.")
    ingest(service, folder / "left")
    refused = ingest(service, folder / "right", code=1)["plan.txt"]
    assert refused["state"] == "refused"
    assert "'left'" in refused["note"]
    assert "left plan" in service.http.get("/v1/documents/plan.txt/content").text
    assert ingest(service, folder / "right", "--replace")["plan.txt"]["state"] == "done"
    assert "right plan" in service.http.get("/v1/documents/plan.txt/content").text


def test_a_renamed_file_takes_its_readers_along(service: ServiceProcess, folder: Path) -> None:
    old = write(folder / "notes" / "old.txt", "The Corvo mill was built by Cato Lind.")
    assert ingest(service, folder / "notes", "--reader", "group:mill")["old.txt"]["state"] == "done"
    (folder / "notes" / "sub").mkdir()
    old.rename(folder / "notes" / "sub" / "new.txt")
    found = ingest(service, folder / "notes")["sub/new.txt"]
    assert (found["state"], found["renamed_from"]) == ("done", "old.txt")
    assert "renamed from 'old.txt'" in found["note"]
    document = service.read("/v1/documents/sub%2Fnew.txt")
    assert document["readers"] == ["group:mill"]
    assert document["metadata"] == {"root": "notes", "path": "sub/new.txt", "folder": "sub"}
    assert service.http.get("/v1/documents/old.txt").status_code == 404
    assert ingest(service, folder / "notes")["sub/new.txt"]["state"] == "unchanged"


def test_a_copy_and_a_stranger_with_the_same_bytes_stay(service: ServiceProcess, folder: Path) -> None:
    text = "The Dovre dam was built by Dag Holm."
    service.upload({"id": "stranger", "text": text})
    write(folder / "dams" / "one.txt", text)
    ingest(service, folder / "dams")
    write(folder / "dams" / "two.txt", text)
    assert {one["renamed_from"] for one in ingest(service, folder / "dams").values()} == {None}
    assert {"stranger", "one.txt", "two.txt"} <= ids(service)


def test_a_document_of_the_earlier_rule_is_told(service: ServiceProcess, folder: Path) -> None:
    file = write(folder / "deep" / "early.txt", "The Elk bridge was built by Eva Moen.")
    service.http.put("/v1/documents/early.txt", files={"file": ("early.txt", file.read_bytes())})
    (found,) = ingest(service, file).values()
    assert found["state"] == "done"
    assert "'early.txt'" in found["note"]
    assert "still there" in found["note"]
    assert "early.txt" in ids(service)


def test_files_of_one_name_in_one_form_are_both_kept_and_told(service: ServiceProcess) -> None:
    files = [("file", ("same.txt", text)) for text in (b"The first of both.", b"The second of both.")]
    answer = service.http.post("/v1/documents", files=files).json()["documents"]
    assert len({one["id"] for one in answer}) == 2
    assert all("same name" in one["note"] for one in answer)
    alone = service.http.post("/v1/documents", files=files[:1]).json()["documents"]
    assert (alone[0]["deduplicated"], alone[0]["note"]) == (True, None)
