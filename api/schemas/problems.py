"""The body of every problem (RFC 9457)."""

from pydantic import BaseModel, ConfigDict


class PlaceBody(BaseModel):
    """Where in a request something is wrong, and what."""

    at: str
    message: str


class ProblemBody(BaseModel):
    """Why a request failed: ``code`` is stable and for machines, ``detail`` is one sentence for people.

    ``usage``: the calls and tokens of models that were spent until then, where any were.
    """

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[PlaceBody] = []
    usage: dict[str, int] = {}
