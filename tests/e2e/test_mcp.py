"""The tools, by the protocol's own client library: over HTTP and over standard input and output."""

import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest
from mcp import Client, ClientSession, StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import CallToolResult
from service_process import PATIENCE_SECONDS, QUICK, ROOT, ServiceProcess

from graph.text.names import norm

TEXT = "The Karr Mill was founded by Edda Voss. Edda Voss was born in Lund."
WHO = "Who founded the Karr Mill?"
TOOLS = {"ask", "search", "facts", "list_documents", "read_document", "add_document", "changes"}


@pytest.fixture(scope="module")
def mill(service: ServiceProcess) -> ServiceProcess:
    service.put("mcp-mill", TEXT, title="Karr Mill", metadata={"kind": "mcp"})
    return service


@asynccontextmanager
async def over_http(service: ServiceProcess, key: str | None = None, **headers: str) -> AsyncIterator[Client]:
    said = {**headers, **({"Authorization": f"Bearer {key}"} if key else {})}
    async with httpx2.AsyncClient(headers=said, timeout=PATIENCE_SECONDS, trust_env=False) as http:
        transport = streamable_http_client(f"http://127.0.0.1:{service.port}/mcp", http_client=http)
        async with Client(transport) as client:
            yield client


@asynccontextmanager
async def over_stdio(service: ServiceProcess, **settings: str) -> AsyncIterator[Client]:
    environment = {**service.environment(), "QUIPU_URL": f"http://127.0.0.1:{service.port}", **settings}
    command = StdioServerParameters(command=sys.executable, args=["-m", "api", "mcp"], env=environment, cwd=ROOT)
    async with Client(stdio_client(command)) as client:
        yield client


WAYS = {"http": over_http, "stdio": over_stdio}


@pytest.fixture(params=["http", "stdio"])
def way(request: pytest.FixtureRequest) -> Any:
    return WAYS[request.param]


def text_of(result: CallToolResult) -> str:
    return "\n".join(part.text for part in result.content if part.type == "text")


async def call(client: Client, tool: str, /, **arguments: Any) -> Any:
    """What a tool gives that must succeed."""
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, text_of(result)
    return result.structured_content


async def refused(client: Client, tool: str, /, **arguments: Any) -> str:
    """Why a tool fails that must."""
    result = await client.call_tool(tool, arguments)
    assert result.is_error, text_of(result)
    return text_of(result)


def test_every_tool(mill: ServiceProcess, way: Any) -> None:
    async def scenario() -> None:
        async with way(mill) as client:
            listed = (await client.list_tools()).tools
            assert {tool.name for tool in listed} == TOOLS
            assert {tool.name for tool in listed if not tool.annotations.read_only_hint} == {"add_document"}
            assert all(tool.description and tool.output_schema for tool in listed)
            answer = await client.call_tool("ask", {"question": WHO, "filters": {"kind": "mcp"}})
            citation = answer.structured_content["citations"][0]
            assert TEXT[citation["start"] : citation["end"]] == citation["quote"]
            assert "[1] Karr Mill (mcp-mill, version" in text_of(answer)
            found = await call(client, "search", query="Karr Mill founder", filters={"kind": "mcp"}, k=3)
            assert [hit["document_id"] for hit in found["hits"]] == ["mcp-mill"]
            listed = await call(client, "list_documents", filters={"kind": "mcp"})
            assert [one["id"] for one in listed["documents"]] == ["mcp-mill"]
            piece = await call(client, "read_document", document_id="mcp-mill", start=4, characters=9)
            assert (piece["text"], piece["start"], piece["end"], piece["characters"]) == (TEXT[4:13], 4, 13, len(TEXT))
            facts = await call(client, "facts", name="Edda Voss")
            assert norm(facts["entities"][0]["name"]) == norm("Edda Voss")
            assert any("Karr Mill" in one["evidence"]["quote"] for one in facts["relations"])

    anyio.run(scenario)


def test_what_is_added_is_in_the_next_answer(mill: ServiceProcess, way: Any) -> None:
    name = f"mcp-added-{way.__name__}"

    async def scenario() -> None:
        async with way(mill) as client:
            before = (await call(client, "search", query="nothing"))["revision"]
            added = await call(
                client, "add_document", document_id=name, title="Dun Bridge",
                text="Dun Bridge was built by Per Alm.", metadata={"bridge": name},
            )  # fmt: skip
            assert added["document"]["id"] == name
            assert added["revision"] is not None
            answer = await call(client, "ask", question="Who built Dun Bridge?", filters={"bridge": name})
            assert "Per Alm" in answer["answer"]
            changed = await client.call_tool("changes", {"since": before, "kind": "documents"})
            assert name in [one["id"] for one in changed.structured_content["documents"]["added"]]
            assert f"+ document {name} (version" in text_of(changed)
            unnamed = await call(client, "add_document", text="A note of no name.", metadata={"bridge": name})
            assert unnamed["document"]["id"] != name

    anyio.run(scenario)


def test_a_conversation_tells_which_answer_no_longer_holds(mill: ServiceProcess) -> None:
    async def scenario() -> None:
        async with over_http(mill) as client:
            mill.put("mcp-ferry", "The Oster Ferry is steered by Nan Holt. The Oster Ferry was built in 1903.")
            first = await call(
                client, "ask", question="Who steers the Oster Ferry?", session_id="new", effort="low"
            )  # fmt: skip
            assert ("Nan Holt" in first["answer"], first["changed_since"]) == (True, [])
            mill.put("mcp-ferry", "The Oster Ferry is steered by Ulf Bram. The Oster Ferry was built in 1903.")
            later = await client.call_tool("ask", {"question": "When was it built?", "session_id": first["session_id"]})
            assert "1903" in later.structured_content["answer"]
            (changed,) = later.structured_content["changed_since"]
            assert (changed["turn"], "Ulf Bram" in changed["now"]) == (1, True)
            assert "No longer holds: answer 1 to “Who steers the Oster Ferry?”" in text_of(later)
            assert "404" in await refused(client, "ask", question=WHO, session_id="nobody's")
            assert "effort" in await refused(client, "ask", question=WHO, effort="endless")

    anyio.run(scenario)


def test_causes_are_told(mill: ServiceProcess, way: Any) -> None:
    async def scenario() -> None:
        async with way(mill) as client:
            assert "no document" in await refused(client, "read_document", document_id="nowhere")
            assert "mode" in await refused(client, "ask", question=WHO, mode="psychic")
            assert "colour" in await refused(client, "search", query="mill", colour="red")
            assert "has not happened yet" in await refused(client, "changes", since=10**6)
            assert "there is no tool 'drop'" in await refused(client, "drop")
            assert "nothing in the graph" in text_of(await client.call_tool("facts", {"name": "Zzyzx Qq"}))

    anyio.run(scenario)


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceProcess]:
    folder = tmp_path_factory.mktemp("guarded")
    guarded = {"QUIPU_API_KEY": "secret", "QUIPU_PRINCIPALS_HEADER": "X-Who", "QUIPU_TRUSTED_PROXIES": "127.0.0.1"}
    with ServiceProcess(folder / "data", **QUICK, **guarded) as running:
        running.http.headers["Authorization"] = "Bearer secret"
        running.start()
        running.put("open", "The Sel Tower was built by Bo Lind.", title="Sel Tower", readers=["user:ida"])
        running.put("shut", "The Tarn Gate was built by Una Berg.", title="Tarn Gate", readers=["user:olaf"])
        yield running


def key_of(service: ServiceProcess, **wanted: Any) -> str:
    made = service.http.post("/v1/keys", json=wanted)
    assert made.status_code == 201, made.text
    return str(made.json()["key"])


def as_stdio(service: ServiceProcess, key: str) -> Any:
    return over_stdio(service, QUIPU_API_KEY=key)


@pytest.mark.parametrize("as_holder", [over_http, as_stdio])
def test_keys_and_roles_hold(guarded: ServiceProcess, as_holder: Any) -> None:
    asking = key_of(guarded, role="ask", principals=["user:ida"])
    writing = key_of(guarded, role="write", principals=["user:ida"])

    async def scenario() -> None:
        async with as_holder(guarded, asking) as client:
            assert "Bo Lind" in (await call(client, "ask", question="Who built the Sel Tower?"))["answer"]
            assert "Una Berg" not in str(await call(client, "ask", question="Who built the Tarn Gate?"))
            listed = await call(client, "list_documents")
            assert {"open", "shut"} & {one["id"] for one in listed["documents"]} == {"open"}
            assert "no document" in await refused(client, "read_document", document_id="shut")
            assert "role 'write'" in await refused(client, "add_document", text="Something new.")
            assert "role 'write'" in await refused(client, "read_document", document_id="open")
        async with as_holder(guarded, writing) as client:
            assert (await call(client, "read_document", document_id="open"))["text"].startswith("The Sel Tower")
            added = await call(client, "add_document", text="Mine alone.", document_id="mine")
            assert added["document"]["id"] == "mine"

    anyio.run(scenario)


def test_without_a_key_that_counts_nobody_comes_in(guarded: ServiceProcess) -> None:
    url, start = f"http://127.0.0.1:{guarded.port}/mcp", {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    said = {"Accept": "application/json, text/event-stream", "Authorization": ""}
    for authorization in ("", "Bearer wrong"):
        answer = guarded.http.post(url, json=start, headers={**said, "Authorization": authorization})
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_trusted_proxy_names_who_asks(guarded: ServiceProcess) -> None:
    key = key_of(guarded, role="ask")

    async def scenario() -> None:
        async with over_http(guarded, key, **{"X-Who": "user:olaf"}) as client:
            listed = await call(client, "list_documents")
            assert {"open", "shut"} & {one["id"] for one in listed["documents"]} == {"shut"}

    anyio.run(scenario)


def test_workspaces_hold(guarded: ServiceProcess) -> None:
    assert guarded.http.post("/v1/workspaces", json={"name": "lab"}).status_code == 201
    key = key_of(guarded, role="write", workspace="lab")

    async def scenario() -> None:
        async with over_http(guarded, key) as client:
            assert (await call(client, "list_documents"))["documents"] == []
            await call(client, "add_document", text="Of the lab.", document_id="lab-note")
        async with over_http(guarded, "secret", **{"X-Quipu-Workspace": "lab"}) as client:
            listed = await call(client, "list_documents")
            assert [one["id"] for one in listed["documents"]] == ["lab-note"]
        async with over_stdio(guarded, QUIPU_API_KEY="secret", QUIPU_WORKSPACE="lab") as client:
            assert "no document" in await refused(client, "read_document", document_id="open")

    anyio.run(scenario)


def test_calls_are_told_to_the_audit(guarded: ServiceProcess) -> None:
    key = key_of(guarded, role="ask", principals=["user:ida"])

    async def scenario() -> None:
        async with over_http(guarded, key) as client:
            await call(client, "ask", question="Who built the Sel Tower?")

    anyio.run(scenario)
    name = key.split("_")[1]

    def lines() -> list[dict[str, Any]]:
        found = guarded.read("/v1/audit", params={"key": name})["lines"]
        return [line for line in found if line["action"] == "ask_question"]

    (asked,) = guarded.until(lines, "the line of the question")
    assert asked["ids"] == ["open"]
    every = guarded.read("/v1/audit", params={"key": name})["lines"]
    assert "use_tools" in {line["action"] for line in every if line["request"] == asked["request"]}


def test_pages_of_other_origins_and_foreign_hosts_are_refused(mill: ServiceProcess) -> None:
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    said = {"Accept": "application/json, text/event-stream"}
    for headers in ({"Origin": "https://evil.example"}, {"Host": "evil.example"}):
        assert mill.http.post("/mcp", json=body, headers={**said, **headers}).status_code == 403
    assert mill.http.post("/mcp", json=body, headers=said).status_code == 200
    assert mill.http.get("/mcp", headers=said).status_code == 405


def test_a_session_as_older_clients_begin_it(mill: ServiceProcess) -> None:
    async def scenario() -> None:
        async with (
            httpx2.AsyncClient(timeout=PATIENCE_SECONDS, trust_env=False) as http,
            streamable_http_client(f"http://127.0.0.1:{mill.port}/mcp", http_client=http) as streams,
            ClientSession(streams[0], streams[1]) as session,
        ):
            began = await session.initialize()
            assert began.server_info.name == "quipu"
            result = await session.call_tool("search", {"query": "Karr Mill"})
            assert not result.is_error

    anyio.run(scenario)


def test_where_no_service_runs_the_command_starts_one(tmp_path: Path) -> None:
    closed = ServiceProcess(tmp_path / "data", **QUICK)

    async def scenario() -> None:
        environment = {**closed.environment(), "QUIPU_PORT": "9"}
        command = StdioServerParameters(
            command=sys.executable, args=["-m", "api", "mcp"], env=environment, cwd=tmp_path
        )
        async with Client(stdio_client(command), read_timeout_seconds=PATIENCE_SECONDS) as client:
            await call(client, "add_document", text=TEXT, document_id="mill")
            assert "Edda Voss" in (await call(client, "ask", question=WHO))["answer"]

    anyio.run(scenario)
