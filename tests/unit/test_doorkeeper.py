"""What stands before the application: it lets in, refuses, and takes out of the head what only it may read."""

from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute
from in_memory_admission import InMemoryKeys, InMemoryWorkspaces
from starlette.responses import StreamingResponse

from api.access import OWNER
from api.admission.access import Access, networks
from api.admission.in_hand import InHand
from api.admission.keys import KeyPays, Keys
from api.admission.model import NewKey
from api.admission.workspaces import Workspaces
from api.rest.doorkeeper import Doorkeeper
from graph.errors import DependencyError
from graph.ports.spending import Cost, paid_by, pay

router = APIRouter(prefix="/v1/documents")
App = Callable[..., Awaitable[None]]


@router.get("/forgotten")
def forgotten() -> None:
    """An operation without a declared role."""


@router.get("/{document_id:path}/content")
def content(document_id: str) -> None: ...


@router.get("/{document_id:path}")
def document(document_id: str) -> None: ...


class Door:
    def __init__(self, app: App | None = None, *, header: str = "X-Who") -> None:
        self.workspaces = Workspaces(InMemoryWorkspaces())
        self.workspaces.create(OWNER, "hr")
        self.register = InMemoryKeys()
        self.keys = Keys(self.register, alone=False)
        self.in_hand = InHand()
        access = Access(self.keys, self.workspaces, api_key="s3cret", proxies=networks("10.0.0.7"))
        self.inside: list[dict[str, Any]] = []
        self.sent: list[dict[str, Any]] = []
        self.keeper = Doorkeeper(
            app or self._app, access=access, in_hand=self.in_hand, principals_header=header,
            routes=[route for route in router.routes if isinstance(route, APIRoute)],
        )  # fmt: skip
        self.ask = self.keys.create(OWNER, NewKey(role="ask", principals=("user:a",)))[1]

    async def _app(self, scope: Any, receive: Any, send: Any) -> None:
        self.inside.append(scope)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def send(self, message: Any) -> None:
        self.sent.append(message)

    async def receive(self) -> Any:
        raise AssertionError("nothing is read before somebody is let in")

    async def come(self, path: str, *headers: tuple[str, str], peer: str = "10.0.0.7") -> int:
        scope = {
            "type": "http", "path": path, "method": "GET", "query_string": b"", "root_path": "",
            "client": (peer, 1), "headers": [(name.lower().encode(), value.encode()) for name, value in headers],
        }  # fmt: skip
        self.sent.clear()
        await self.keeper(scope, self.receive, self.send)
        return int(self.sent[0]["status"])


def come(door: Door, path: str, *headers: tuple[str, str], key: str = "", **more: str) -> int:
    given = [*headers, *([("Authorization", f"Bearer {key or door.ask}")] if key != "-" else [])]

    async def main() -> int:
        return await door.come(path, *given, **more)

    return anyio.run(main)


def test_principals_are_taken_out_of_every_request_and_believed_of_a_proxy() -> None:
    for peer, named in (("10.0.0.7", {"user:a", "user:b", "group:ä", "x"}), ("10.0.0.8", {"user:a"})):
        door = Door()
        headers = [("X-Who", "user:b, group:ä"), ("x-WHO", "x"), ("X-Other", "o")]
        assert come(door, "/v1/documents/a", *headers, peer=peer) == 200
        (scope,) = door.inside
        assert scope["state"]["caller"].audience.principals == named
        assert {name for name, _ in scope["headers"]} == {b"authorization", b"x-other"}


def test_without_the_setting_the_header_means_nothing() -> None:
    door = Door(header="")
    assert come(door, "/v1/documents/a", ("X-Who", "user:b")) == 200
    assert door.inside[0]["state"]["caller"].audience.principals == {"user:a"}


@pytest.mark.parametrize(
    ("path", "key", "status"),
    [
        ("/v1/documents/a", "", 200), ("/v1/documents/a/content", "", 403), ("/v1/documents/forgotten", "", 403),
        ("/v1/documents/a/content", "s3cret", 200), ("/v1/documents/forgotten", "s3cret", 200),
        ("/v1/documents/a", "-", 401), ("/v1/documents/a", "wrong", 401), ("/unknown", "", 200), ("/unknown", "-", 401),
        ("/healthz", "-", 200), ("/readyz", "wrong", 200), ("/healthz/", "-", 401), ("/HEALTHZ", "-", 401),
    ],
)  # fmt: skip
def test_who_is_let_in(path: str, key: str, status: int) -> None:
    door = Door()
    assert come(door, path, key=key) == status
    assert bool(door.inside) == (status == 200)


def test_workspaces() -> None:
    door = Door()
    assert come(door, "/v1/documents/a", ("X-Quipu-Workspace", "hr")) == 200
    assert door.inside[0]["state"]["caller"].workspace == "hr"
    assert come(door, "/v1/documents/a", ("X-Quipu-Workspace", "nowhere")) == 404


@pytest.mark.parametrize("begun", [True, False])
def test_a_request_in_a_workspace_that_goes_is_ended_in_order(begun: bool) -> None:
    entered = anyio.Event()

    async def lasting(scope: Any, receive: Any, send: Any) -> None:
        async def lines() -> Any:
            yield "one\n"
            entered.set()
            await anyio.sleep_forever()

        if begun:
            response = StreamingResponse(lines())
            await response(scope, receive, send)
        entered.set()
        await anyio.sleep_forever()

    door = Door(lasting)

    async def never() -> Any:
        await anyio.sleep_forever()

    door.receive = never  # type: ignore[method-assign]

    async def main() -> None:
        headers = [("Authorization", f"Bearer {door.ask}"), ("X-Quipu-Workspace", "hr")]
        async with anyio.create_task_group() as group:
            group.start_soon(lambda: door.come("/v1/documents/a", *headers))
            await entered.wait()
            door.workspaces.delete(OWNER, "hr")
            assert await anyio.to_thread.run_sync(door.in_hand.end, "hr")
            with anyio.fail_after(100):
                while not door.sent or "body" not in door.sent[-1] or door.sent[-1].get("more_body"):
                    await anyio.sleep(0.01)
        assert door.sent[0]["status"] == (200 if begun else 404)
        assert door.sent[-1]["body"] == b"" or not begun

    anyio.run(main)


def test_a_key_pays_once_for_what_its_request_spends_whatever_becomes_of_it() -> None:
    async def spends(scope: Any, receive: Any, send: Any) -> None:
        with paid_by(KeyPays(door.keys, key.id)):
            pay(Cost(calls=1, prompt_tokens=20))
        async with anyio.create_task_group() as group:
            group.start_soon(answer, Cost(calls=1, prompt_tokens=5, completion_tokens=2))
        if scope["path"] == "/v1/documents/none":
            raise DependencyError("the model is gone")
        await Door._app(door, scope, receive, send)

    async def answer(cost: Cost) -> None:
        pay(cost)

    door = Door(spends)
    (key,) = door.keys.page(OWNER)
    assert come(door, "/v1/documents/a") == 200
    with pytest.raises(DependencyError):
        come(door, "/v1/documents/none")
    found = door.keys.get(OWNER, key.id)
    assert (found.calls, found.tokens) == (4, 54)
    assert door.register.all()[0].calls == 0, "a request waits for no disk"
    door.keys.write_uses()
    again = Keys(door.register, alone=False).get(OWNER, key.id)
    assert (again.calls, again.tokens) == (4, 54)
