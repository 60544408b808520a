"""Keys: made, listed, revoked."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.rest.context import TheContext
from api.schemas.keys import CreatedKeyBody, KeyBodies, KeyBody, NewKeyBody, key_body

router = APIRouter(prefix="/v1/keys", tags=["keys"])


@router.post("", status_code=201)
async def create_key(body: NewKeyBody, response: Response, context: TheContext) -> CreatedKeyBody:
    """Make a key. The answer shows it once; from the first key on every request needs one."""
    keys, caller = context.cases.admission.keys, context.caller
    key, sent = await context.in_thread(lambda: keys.create(caller, body.to_key(caller)))
    response.headers["Location"] = f"/v1/keys/{key.id}"
    return CreatedKeyBody(**key_body(key).model_dump(), key=sent)


@router.get("")
async def list_keys(
    context: TheContext, cursor: str = "", limit: Annotated[int, Query(ge=1, le=1000)] = 100
) -> KeyBodies:
    """Keys in order of their ids, revoked ones as well: those of the workspace, or all for an operator."""
    keys = context.cases.admission.keys
    found = await context.in_thread(lambda: keys.page(context.caller, after=cursor, limit=limit + 1))
    more = found[limit - 1].id if len(found) > limit else None
    return KeyBodies(keys=[key_body(key) for key in found[:limit]], next_cursor=more)


@router.get("/{key_id}")
async def get_key(key_id: str, context: TheContext) -> KeyBody:
    """One key, without its secret."""
    keys = context.cases.admission.keys
    return key_body(await context.in_thread(lambda: keys.get(context.caller, key_id)))


@router.delete("/{key_id}")
async def revoke_key(key_id: str, context: TheContext) -> KeyBody:
    """Revoke a key: the next request that carries it is refused. It stays in the list, for the record."""
    keys = context.cases.admission.keys
    return key_body(await context.in_thread(lambda: keys.revoke(context.caller, key_id)))
