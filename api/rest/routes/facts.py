"""Typed questions to the graph's relations."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.rest.context import TheContext, while_connected
from api.rest.problems import GONE
from api.schemas.facts import FactsAskedBody, FactsBody, facts_body

router = APIRouter(prefix="/v1/graph", tags=["graph"])


@router.post("/facts", response_model=FactsBody)
async def facts(body: FactsAskedBody, request: Request, context: TheContext) -> Response | FactsBody:
    """What satisfies conditions on relations: listed, counted, compared, the newest; each row with its quotes."""
    query, of = body.to_query(), body.to_question(context.workspace, context.audience)
    rows = await while_connected(request, lambda: context.cases.facts.ask(query, of))
    if rows is None:
        return Response(status_code=GONE)
    context.notes.ids += list(
        dict.fromkeys(one.quote.placed.document.id for row in rows.rows for one in row.stated)
    )  # fmt: skip
    return facts_body(rows)
