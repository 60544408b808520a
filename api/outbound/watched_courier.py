"""Deliveries of updates, each with a span and a line of the audit."""

from typing_extensions import override

from api.audit.trail import AuditTrail
from graph.errors import QuipuError
from graph.tracing import span
from retrieval.standing.model import Watch, WatchUpdate
from retrieval.standing.ports import Courier

ACTION = "background:webhook"


class WatchedCourier(Courier):
    """A courier whose deliveries are told. ``status`` of a line is 200, or that of the error; the host is not told."""

    def __init__(self, courier: Courier, audit: AuditTrail) -> None:
        self._courier = courier
        self._audit = audit

    @override
    def check(self, address: str) -> None:
        self._courier.check(address)

    @override
    async def deliver(self, watch: Watch, update: WatchUpdate) -> None:
        status = 500
        try:
            with span("POST webhook", {"http.request.method": "POST", "quipu.watch": watch.id}, kind="client"):
                await self._courier.deliver(watch, update)
            status = 200
        except QuipuError as error:
            status = error.status
            raise
        finally:
            self._audit.note(ACTION, watch.workspace, [watch.id, str(update.id)], status=status)
