"""A fixed share of the hostile requests of benchmarks/hostile_requests.py, and ids and texts at their limits."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from service_process import QUICK, ServiceProcess

from benchmarks.hostile_requests import campaign

REQUESTS = 320
KEY = "operator-key-of-the-hostile-requests"


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceProcess]:
    """A service that may be harmed."""
    folder: Path = tmp_path_factory.mktemp("hostile")
    with ServiceProcess(folder / "data", **QUICK, QUIPU_API_KEY=KEY).start() as running:
        yield running


@pytest.mark.parametrize("seed", [3, 11])
def test_nothing_hostile_breaks_it(attacked: ServiceProcess, seed: int) -> None:
    found = campaign(str(attacked.http.base_url), REQUESTS // 2, seed, KEY)
    assert not found.broken
    assert not found.slow
    assert sum(found.statuses.values()) == REQUESTS // 2
    assert len(found.reached) > len(found.operations) // 3, "not everything is refused at the door"
    assert attacked.readiness() == (200, "ready")
    assert "Traceback" not in attacked.log.read_text()


@pytest.mark.parametrize(
    "document_id", ["plans/content", "a/b/versions", "chunks", "x/chunks/content", "100%", "a%2Fb"]
)
def test_every_id_is_reached_by_its_encoded_segment(service: ServiceProcess, document_id: str) -> None:
    path = "/v1/documents/" + quote(document_id, safe="")
    body = {"documents": [{"text": f"The words of {document_id}.", "title": "Reached"}]}
    answer = service.http.put(path, json=body)
    assert answer.status_code == 202, answer.text
    assert service.job(answer.json()["documents"][0]["job_id"])["state"] == "done"
    assert service.read(path)["id"] == document_id
    assert service.http.get(path + "/content").text.strip() == f"The words of {document_id}."
    assert len(service.read(path + "/versions")) == 1
    assert [chunk["ordinal"] for chunk in service.read(path + "/chunks")] == [0]
    assert service.delete(path)["id"] == document_id
    assert service.http.get(path).status_code == 404


def test_a_plain_slash_goes_on_working(service: ServiceProcess) -> None:
    service.put("notes/of/may", "May was dry.")
    assert service.read("/v1/documents/notes/of/may")["id"] == "notes/of/may"
    assert service.http.get("/v1/documents/notes/of/may/content").text == "May was dry."
    service.delete("/v1/documents/notes%2Fof%2Fmay")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/documents/%ff", 422),
        ("/v1/documents/a%00b", 422),
        ("/v1/documents/a%1fb", 422),
        ("/v1/documents?cursor=%ed%a0%80", 422),
        ("/v1/documents?as_of=%C2%B2", 400),
        ("/v1/documents?as_of=9999-12-31T23:59:59-01:00", 400),
        ('/v1/documents?filters={"a":NaN}', 400),
        ('/v1/documents?filters={"a":"%5Cud800"}', 422),
        ("/v1/changes?since=0&kind=relations&cursor=[1,2]", 400),
        ("/v1/changes?since=0001-01-01T00:00:00%2B14:00", 400),
    ],
)
def test_what_is_no_text_no_number_and_no_moment(service: ServiceProcess, path: str, status: int) -> None:
    answer = service.http.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text


@pytest.mark.parametrize(
    ("part", "status", "said"),
    [
        ('"metadata": {"at": 1e400}', 400, "'at'"),
        ('"metadata": {"at": [1, -1e400]}', 400, "'at'"),
        ('"metadata": {"at": NaN}', 400, "NaN"),
        ('"metadata": {"at": 18446744073709551616}', 400, "64 bits"),
        ('"metadata": {"at": 1, "at": 2}', 400, "twice"),
        ('"title": "\\ud800"', 422, "surrogate"),
        ('"title": "' + "x" * 501 + '"', 400, "500"),
        ('"id": ".."', 400, "'..'"),
        ('"media_type": "' + "x" * 201 + '"', 400, "200"),
        ('"metadata": {"' + "x" * 257 + '": 1}', 400, "256"),
        ('"metadata": {"a": [' + "1," * 1_000 + "1]}", 400, "1000"),
    ],
)
def test_what_is_refused_says_what_is_wrong(service: ServiceProcess, part: str, status: int, said: str) -> None:
    body = '{"documents": [{"text": "Some text.", ' + part + "}]}"
    answer = service.http.post("/v1/documents", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == status, answer.text
    assert said in answer.json()["detail"]


def test_a_form_is_utf8_and_nothing_of_it_is_guessed(service: ServiceProcess) -> None:
    def sent(title: bytes, filename: bytes) -> int:
        body = (
            b'--b\r\nContent-Disposition: form-data; name="title"\r\n\r\n' + title + b"\r\n"
            b'--b\r\nContent-Disposition: form-data; name="file"; filename="'
            + filename
            + b'"\r\n\r\nForm text.\r\n--b--\r\n'
        )
        headers = {"Content-Type": "multipart/form-data; boundary=b"}
        return service.http.put("/v1/documents/form", content=body, headers=headers).status_code

    assert sent(b"Gr\xc3\xbc\xc3\x9fe", b"gr\xc3\xbc\xc3\x9fe.txt") == 202
    assert sent(b"Gr\xfc\xdfe", b"a.txt") == 422
    assert sent(b"Gruss", b"\xff.txt") == 422
    found = service.read("/v1/documents/form")
    assert (found["title"] in {"Grüße", "grüße.txt"}, found["source"]) == (True, "grüße.txt")
    service.delete("/v1/documents/form")


def test_true_is_not_one(service: ServiceProcess) -> None:
    service.put("flag", "Gamma rule one.", id="flag", metadata={"flag": True})
    job = service.put("flag", "Gamma rule one.", id="flag", metadata={"flag": 1})
    assert service.read("/v1/documents/flag")["version"] == 2, job

    def found(value: object) -> list[str]:
        body = {"query": "Gamma rule", "mode": "keyword", "filters": {"flag": value, "document_id": "flag"}}
        return [hit["document_id"] for hit in service.http.post("/v1/search", json=body).json()["hits"]]

    assert found(True) == []
    assert found(1) == ["flag"]
    service.delete("/v1/documents/flag")
