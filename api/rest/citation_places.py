"""The places of citations on the pages of their documents, added to answers as they go out."""

from collections.abc import Sequence

from api.rest.context import RequestContext
from api.schemas.answers import AnswerBody, BoxBody, CitationBody


async def placed_answer(context: RequestContext, body: AnswerBody) -> AnswerBody:
    """An answer whose citations say where they stand."""
    sides = body.conflict.sides if body.conflict else []
    await _place(context, [*body.citations, *(side.citation for side in sides)])
    return body


async def placed_citation(context: RequestContext, body: CitationBody) -> CitationBody:
    """A citation that says where it stands."""
    await _place(context, [body])
    return body


async def _place(context: RequestContext, citations: Sequence[CitationBody]) -> None:
    """Only documents with pages have places; a citation of another one is let be."""
    paged = [citation for citation in citations if citation.page is not None]
    if not paged:
        return
    places = context.cases.places

    def found() -> None:
        for one in paged:
            lines = places.places(context.workspace, one.document_id, one.version, one.start, one.end)
            one.boxes = [
                BoxBody(page=line.page, x0=line.x0, y0=line.y0, x1=line.x1, y1=line.y1) for line in lines
            ] or None

    await context.in_thread(found)
