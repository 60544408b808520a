"""Who comes in: tells the caller of a request, refuses those who may not, and keeps count of the others. Pure ASGI."""

from collections.abc import Sequence

from fastapi.routing import APIRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.access import Caller
from api.admission.access import Access, Asked
from api.admission.in_hand import InHand
from api.rest.problems import SPENT, quipu_problem
from api.rest.roles import is_open, least_for
from graph.errors import NotFoundError, QuipuError
from graph.ports.spending import Tally, paid_by

WORKSPACE_HEADER = "x-quipu-workspace"
ASKED = "asked"
"""Where the state of a request says who sent it: of one that the application sends itself, in whose name it does."""


class Doorkeeper:
    """Stands before the application. The caller stands in ``scope["state"]["caller"]``, None where nobody is known.

    Nothing of a request is read before it is let in but its head.

    Args:
        access: tells the caller.
        in_hand: keeps count of those who are inside, by workspace.
        principals_header: the header in which a trusted proxy names principals; empty where none does.
        routes: those of all operations, in the order in which the application tries them.
    """

    def __init__(
        self, app: ASGIApp, *, access: Access, in_hand: InHand, principals_header: str,
        routes: Sequence[APIRoute],
    ) -> None:  # fmt: skip
        self._app = app
        self._access = access
        self._in_hand = in_hand
        self._header = principals_header.lower()
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Look at the head, then let in or refuse."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        state["caller"] = None
        state[ASKED] = asked = state.get(ASKED) or self._asked(scope)
        is_free = is_open(scope["path"])
        try:
            state["caller"] = caller = self._access.caller(asked)
            caller.check("ask" if is_free else least_for(self._routes, scope))
        except QuipuError as error:
            if is_free and not isinstance(error, NotFoundError):
                await self._app(scope, receive, send)
                return
            await quipu_problem(error)(scope, receive, send)
            return
        await self._let_in(caller, scope, receive, send)

    async def _let_in(self, caller: Caller, scope: Scope, receive: Receive, send: Send) -> None:
        answer = _Answer(send)
        scope["state"][SPENT] = spent = Tally()
        with (
            self._in_hand.within(caller.workspace) as ended,
            paid_by(self._access.payer(caller)),
            paid_by(spent.add),
        ):
            await self._app(scope, receive, answer.send)
        if ended.cancelled_caught and not answer.complete:
            if answer.begun:
                await send({"type": "http.response.body", "body": b"", "more_body": False})
            else:
                await quipu_problem(NotFoundError(f"no workspace {caller.workspace!r}"))(scope, receive, send)

    def _asked(self, scope: Scope) -> Asked:
        """What the head says of the sender; principals are taken out of it, so that nobody behind reads them."""
        found: dict[str, str] = {}
        kept = []
        for raw_name, raw in scope["headers"]:
            name = raw_name.decode("latin-1").lower()
            if self._header and name == self._header:
                found[name] = ",".join(filter(None, (found.get(name), raw.decode("utf-8", "replace"))))
                continue
            kept.append((raw_name, raw))
            if name in {"authorization", WORKSPACE_HEADER}:
                found[name] = raw.decode("latin-1")
        scope["headers"] = kept
        client = scope.get("client") or ("",)
        return Asked(
            authorization=found.get("authorization", ""), workspace=found.get(WORKSPACE_HEADER, ""),
            peer=str(client[0]), principals=found.get(self._header, ""),
        )  # fmt: skip


class _Answer:
    """How far an answer has come."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.begun = False
        self.complete = False

    async def send(self, message: Message) -> None:
        self.begun = True
        self.complete = message["type"] == "http.response.body" and not message.get("more_body", False)
        await self._send(message)
