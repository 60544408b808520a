"""One connection of a client, with an end to every wait: a server of sockets must not trust those who open them.

uvicorn limits the pause between two requests and nothing else. Here a head has to come within seconds, a body has to
go on, an answer has to be taken, and there are only so many connections; of those the longest idle one makes room.
"""

import asyncio
import json
from http import HTTPStatus
from typing import Any

import h11
from typing_extensions import override
from uvicorn.protocols.http.h11_impl import H11Protocol

from api.rest.problems import MEDIA_TYPE, problem_body

HEAD_SECONDS = 10.0
"""From the opening of a connection, or the first byte of another request on it, to the end of the request's head."""
BODY_SECONDS = 15.0
LEAST_BYTES = 4096
"""Within that time so many bytes of a body must come, or its end, while somebody reads it."""
TAKEN_SECONDS = 30.0
"""A client that takes nothing of its answer for so long has gone."""
KEPT_SECONDS = 15
"""How long a connection stays open between two requests."""


class Connection(H11Protocol):
    """HTTP/1.1 as uvicorn speaks it, with limits. ``connections_at_most`` is set by whoever serves."""

    connections_at_most = 1024

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._head_timer: asyncio.TimerHandle | None = None
        self._body_timer: asyncio.TimerHandle | None = None
        self._taken_timer: asyncio.TimerHandle | None = None
        self._received = 0
        self.resting_since = self.loop.time()

    @override
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > self.connections_at_most and not self._make_room():
            self._refuse(503, "busy", "too many connections are open", {"Retry-After": "1"})
            return
        self._head_timer = self.loop.call_later(HEAD_SECONDS, self._no_head)

    @override
    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        self._received += len(data)
        super().data_received(data)
        self._look()

    @override
    def on_response_complete(self) -> None:
        self.resting_since = self.loop.time()
        super().on_response_complete()
        self._look()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        for timer in (self._head_timer, self._body_timer, self._taken_timer):
            _cancel(timer)
        super().connection_lost(exc)

    @override
    def pause_writing(self) -> None:
        super().pause_writing()
        self._taken_timer = self.loop.call_later(TAKEN_SECONDS, self.transport.abort)

    @override
    def resume_writing(self) -> None:
        super().resume_writing()
        _cancel(self._taken_timer)

    @override
    def send_400_response(self, msg: str) -> None:
        self._refuse(400, "malformed-request", msg, {})

    @property
    def resting(self) -> bool:
        """Whether no request is under way here."""
        return self.cycle is None or self.cycle.response_complete

    def _make_room(self) -> bool:
        """Close the connection that has rested longest; False where each has a request under way."""
        resting = [one for one in self.connections if one is not self and isinstance(one, Connection) and one.resting]
        if not resting:
            return False
        longest = min(resting, key=lambda one: one.resting_since)
        self.connections.discard(longest)
        longest.transport.abort()
        return True

    def _look(self) -> None:
        """Set the timer of what is waited for now."""
        waits_for_head = self.conn.their_state is h11.IDLE
        if not waits_for_head:
            _cancel(self._head_timer)
            self._head_timer = None
        elif self._head_timer is None and self.timeout_keep_alive_task is None:
            self._head_timer = self.loop.call_later(HEAD_SECONDS, self._no_head)
        if self.conn.their_state is not h11.SEND_BODY:
            _cancel(self._body_timer)
            self._body_timer = None
        elif self._body_timer is None:
            self._received = 0
            self._body_timer = self.loop.call_later(BODY_SECONDS, self._no_body)

    def _no_head(self) -> None:
        if self._received:
            self._refuse(408, "request-timeout", "the head of the request did not come", {})
        else:
            self.transport.close()

    def _no_body(self) -> None:
        self._body_timer = None
        unread = self.flow.read_paused or self.cycle.waiting_for_100_continue  # then it is we who wait
        if self._received < LEAST_BYTES and not unread:
            self._refuse(408, "request-timeout", "the body of the request did not go on", {})
        else:
            self._look()

    def _refuse(self, status: int, code: str, detail: str, headers: dict[str, str]) -> None:
        """Answer if that is still possible, and close. Who works on a request here learns that its client is gone."""
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if self.conn.our_state not in {h11.IDLE, h11.SEND_RESPONSE}:
            self.transport.abort()
            return
        body = json.dumps(problem_body(status, code, detail)).encode()
        told = {"Content-Type": MEDIA_TYPE, "Content-Length": str(len(body)), "Connection": "close", **headers}
        answer = h11.Response(status_code=status, headers=list(told.items()), reason=HTTPStatus(status).phrase)
        for event in (answer, h11.Data(data=body), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()


def _cancel(timer: asyncio.TimerHandle | None) -> None:
    if timer is not None:
        timer.cancel()
