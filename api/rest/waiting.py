"""Uploads and deletions that are waited for until they can be read, outside of the lane of writes."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Annotated, Any

from fastapi import Query
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from api.rest.context import RequestContext, while_connected
from api.rest.edge.lanes import Place
from api.rest.problems import GONE, MEDIA_TYPE, error_body, problem_body
from api.schemas.documents import AcceptedBodies, AcceptedBody
from graph.errors import NotFoundError, Stopped
from graph.jobs import Job
from graph.ports.own_writes import Standing
from ingest.model import Accepted
from ingest.outcomes import unchanged, update_by

MOST_SECONDS = 60
Wait = Annotated[
    float | None,
    Query(
        ge=0, le=MOST_SECONDS,
        description="Seconds to wait until every question can read what is sent: 200, and 202 where it takes longer. "
        "It covers the reading by rule; of a language model, which reads later, `model` of a document tells.",
    ),
]  # fmt: skip
LOCKED_OUT = "you are not among its readers: for you it is not there"
NAMESAKE = "another file of this upload has the same name; both are kept"


async def until_readable(
    request: Request, context: RequestContext, token: str, seconds: float
) -> Standing | None:  # fmt: skip
    """How far it is what was acknowledged under a token, once it can be read or the time is over; None: nobody waits.

    Whoever waits gives the place among the writes back. A service that has to stop, or has no room for those who wait,
    lets nobody wait.
    """
    place: Place | None = getattr(request.state, "place", None)
    if seconds > 0 and place is not None and not await place.rest():
        seconds = 0.0
    writes = context.cases.own_writes
    try:
        return await while_connected(
            request, lambda: writes.settled(context.workspace, context.audience, [token], seconds)
        )  # fmt: skip
    except Stopped:
        return Standing(pending=1)


async def accepted_response(
    request: Request, context: RequestContext, accepted: Sequence[Accepted], wait: float | None
) -> Response:  # fmt: skip
    """202, or 200 where somebody waits and all of it can be read; the first problem where every part was refused."""
    bodies = AcceptedBodies(documents=[_body(one) for one in accepted])
    errors = [one.error for one in accepted if one.error is not None]
    if len(errors) == len(accepted):
        refused = {**error_body(errors[0]), **bodies.model_dump(mode="json")}
        return JSONResponse(refused, status_code=errors[0].status, media_type=MEDIA_TYPE)
    bodies.token = ".".join(dict.fromkeys(one.token for one in accepted if one.error is None))
    if wait is not None:
        standing = await until_readable(request, context, bodies.token, wait)
        if standing is None:
            return Response(status_code=GONE)
        if standing.missed:
            await context.in_thread(lambda: _tell_missed(context, bodies.documents))
        elif not standing.pending:
            bodies.revision = await context.in_thread(lambda: context.revision(None))
    if any(body.deduplicated for body in bodies.documents) or bodies.revision is not None:
        await context.in_thread(lambda: _tell_updates(context, bodies.documents))
    return JSONResponse(bodies.model_dump(mode="json"), status_code=202 if bodies.revision is None else 200)


def _body(accepted: Accepted) -> AcceptedBody:
    notes = [LOCKED_OUT] * accepted.locked_out + [NAMESAKE] * accepted.namesake
    return AcceptedBody(
        id=accepted.document_id, version=accepted.version, job_id=accepted.job_id, deduplicated=accepted.deduplicated,
        error=error_body(accepted.error) if accepted.error else None, note="; ".join(notes) or None,
    )  # fmt: skip


def _tell_missed(context: RequestContext, bodies: Sequence[AcceptedBody]) -> None:
    """Documents that came to nothing while they were waited for carry their problem as refused ones do."""
    for body, job in _jobs(context, bodies):
        if job.state in {"failed", "cancelled"}:
            body.error = _problem(job.error.code, job.error.message) if job.error else _problem("cancelled", job.state)


def _tell_updates(context: RequestContext, bodies: Sequence[AcceptedBody]) -> None:
    """What each part did to its document, as far as that is known."""
    for body, job in _jobs(context, bodies):
        body.update = unchanged(job) if body.deduplicated else update_by(job)


def _jobs(context: RequestContext, bodies: Sequence[AcceptedBody]) -> Iterator[tuple[AcceptedBody, Job]]:
    """What was accepted, with its job: of a document that its sender may not read, there is none to be seen."""
    for body in bodies:
        if body.job_id is not None:
            with suppress(NotFoundError):
                yield body, context.cases.documents.job(context.workspace, body.job_id)


def _problem(code: str, detail: str) -> dict[str, Any]:
    return problem_body(422, code, detail)
