"""A service behind a proxy that puts a path before its own: nothing that it says leads elsewhere."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import httpx
import openai
import pytest
from prefix_proxy import prefix_proxy
from service_process import PATIENCE_SECONDS, QUICK, ServiceProcess

PREFIX = "/tools/quipu"
WHO = "Who built the Orm Gate?"


@pytest.fixture(scope="module")
def prefixed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceProcess]:
    folder = tmp_path_factory.mktemp("prefixed")
    with ServiceProcess(folder / "data", **QUICK, QUIPU_ROOT_PATH=PREFIX).start() as running:
        running.put("gate", "The Orm Gate was built by Ivo Stam.", title="Orm Gate")
        yield running


@pytest.fixture(params=["stripped", "kept"])
def address(prefixed: ServiceProcess, request: pytest.FixtureRequest) -> Iterator[str]:
    with prefix_proxy(prefixed.port, PREFIX, keeps=request.param == "kept") as found:
        yield found


@pytest.fixture
def reader() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=PATIENCE_SECONDS, trust_env=False) as client:
        yield client


def test_pages_and_all_that_they_load(address: str, reader: httpx.Client) -> None:
    start = reader.get(f"{address}/", follow_redirects=True)
    page = reader.get(f"{address}/docs")
    assert start.status_code == page.status_code == 200
    loaded = re.findall(r'(?:src|href)="([^"#]+)"', page.text)
    assert len(loaded) >= 4
    for link in loaded:
        assert not link.startswith("/"), link
        assert reader.get(urljoin(str(page.url), link)).status_code == 200, link
    script = reader.get(urljoin(str(page.url), "docs/start.js")).text
    (document,) = re.findall(r'url: "([^"]+)"', script)
    assert reader.get(urljoin(str(page.url), document)).json()["info"]["title"] == "Quipu"


def test_the_interface_says_where_it_is(address: str, reader: httpx.Client) -> None:
    document = reader.get(f"{address}/openapi.json")
    (server,) = document.json()["servers"]
    base = urljoin(str(document.url), server["url"]).rstrip("/")
    assert base == address
    assert reader.post(f"{base}/v1/ask", json={"question": WHO}).json()["citations"][0]["document_id"] == "gate"


def test_what_was_made_is_where_it_is_said_to_be(address: str, reader: httpx.Client) -> None:
    made = reader.post(f"{address}/v1/watches", json={"question": WHO})
    assert made.status_code == 201
    assert made.headers["Location"].startswith(f"{PREFIX}/v1/watches/")
    assert reader.get(urljoin(address, made.headers["Location"])).json()["question"] == WHO


def test_the_page_finds_its_files_without_a_last_slash(address: str, reader: httpx.Client) -> None:
    for path in ("", "/"):
        page = reader.get(f"{address}{path}", follow_redirects=True)
        loaded = re.findall(r'(?:src|href)="([^"#]+)"', page.text)
        assert len(loaded) == 3
        for link in loaded:
            assert reader.get(urljoin(str(page.url), link)).status_code == 200, link


def test_redirects_stay_below_the_prefix(address: str, reader: httpx.Client) -> None:
    for path in ("", "/", "/docs/"):
        answer = reader.get(f"{address}{path}", follow_redirects=True)
        assert answer.status_code == 200, path
        assert str(answer.url).startswith(address), path
        for step in answer.history:
            assert not step.headers["Location"].startswith("http"), step.headers["Location"]


def test_clients_take_the_address_with_its_path(address: str, prefixed: ServiceProcess, tmp_path: Path) -> None:
    asked = prefixed.quipu("ask", WHO, QUIPU_URL=address)
    assert "Ivo Stam" in asked.stdout, asked.stderr
    with openai.OpenAI(
        base_url=f"{address}/v1", api_key="none", max_retries=0, http_client=httpx.Client(trust_env=False)
    ) as client:
        chunks = client.chat.completions.create(
            model="quipu", stream=True, messages=[{"role": "user", "content": WHO}]
        )  # fmt: skip
        said = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert "Ivo Stam" in said


def test_this_machine_needs_no_prefix(prefixed: ServiceProcess) -> None:
    assert prefixed.ask(WHO)["citations"][0]["document_id"] == "gate"
    assert prefixed.http.get("/tools/other").status_code == 404
    for path in ("/tools/quipux/v1/formats", "/tools%2Fquipu/v1/formats", "/tools/quip%75/v1/formats"):
        assert prefixed.http.get(path).status_code == 404, path


def test_an_id_may_look_like_the_prefix(address: str, reader: httpx.Client) -> None:
    name = "tools%2Fquipu%2Fnote"
    sent = reader.put(f"{address}/v1/documents/{name}", json={"documents": [{"text": "A note."}]}, params={"wait": 30})
    assert sent.status_code == 200, sent.text
    assert reader.get(f"{address}/v1/documents/{name}").json()["id"] == "tools/quipu/note"


@pytest.mark.parametrize("path", ["quipu", "/quipu/", "/a b", "/", "//x", "https://host/quipu"])
def test_what_is_no_path_is_refused(path: str, tmp_path: Path) -> None:
    refused = ServiceProcess(tmp_path / "data", **QUICK, QUIPU_ROOT_PATH=path).refusal()
    assert "QUIPU_ROOT_PATH" in refused
    assert len(refused.splitlines()) == 1
