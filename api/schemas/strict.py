"""What every request body and several replies share, and how the raw strings of requests are read."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StrictInt, StrictStr, ValidationError, WithJsonSchema

from graph.errors import InputError
from graph.parsing import LARGEST, moment, whole_number

Revision: TypeAlias = Annotated[StrictInt, Field(ge=0, le=LARGEST)]
"""A revision in JSON."""
MOMENT: list[dict[str, object]] = [
    {"type": "string", "pattern": "^[0-9]{1,15}$"},
    {"type": "string", "format": "date-time"},
]
"""How a revision or a moment is written as text."""
AsOf: TypeAlias = Annotated[
    Revision | StrictStr | None,
    WithJsonSchema(
        {
            "anyOf": [{"type": "integer", "minimum": 0, "maximum": LARGEST}, *MOMENT, {"type": "null"}],
            "description": "a revision, or an ISO 8601 time",
        }
    ),
]
"""A revision or a moment in JSON, as ``parse_as_of`` reads it."""


Token: TypeAlias = Annotated[StrictStr, Field(pattern=r"^[A-Za-z0-9_-]+([.][A-Za-z0-9_-]+)*$", max_length=20_000)]
After: TypeAlias = Annotated[
    Token | Annotated[list[Token], Field(max_length=100)],
    Field(
        description="the answer has to contain what was acknowledged under this `token`, or these; `now`: all that is"
        " acknowledged when it is asked. It is waited for; 503 says how far it is"
    ),
]
"""Tokens of uploads and deletions in JSON, as ``tokens`` reads them."""


class StrictBody(BaseModel):
    """A request body in which an unknown field is an error."""

    model_config = ConfigDict(extra="forbid")


Body = TypeVar("Body", bound=StrictBody)


def parse_body(body: type[Body], raw: object) -> Body:
    """A body that its route reads by itself, because it may also be a form. Raises InputError."""
    try:
        return body.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InputError(f"{where}: {first['msg']}" if where else first["msg"]) from error


def parse_as_of(raw: int | str | None) -> int | datetime | None:
    """A revision or a moment. Raises InputError."""
    if raw is None or isinstance(raw, int):
        return raw
    number = whole_number(raw)
    found = moment(raw) if number is None else number
    if found is None:
        raise InputError(f"as_of is neither a revision nor an ISO 8601 time: {_shown(raw)}")
    return found


def tokens(after: str | Sequence[str] | None) -> tuple[str, ...]:
    """Tokens: none, one or several."""
    return () if after is None else (after,) if isinstance(after, str) else tuple(after)


def parse_number(what: str, raw: str) -> int:
    """A whole number from 0 up, as a header carries it. Raises InputError."""
    number = whole_number(raw)
    if number is None:
        raise InputError(f"{what}, not {_shown(raw)}")
    return number


def rounded(seconds: Mapping[str, float]) -> dict[str, float]:
    """Times by name, to a tenth of a millisecond."""
    return {name: round(value, 4) for name, value in seconds.items()}


def _shown(raw: str) -> str:
    return repr(raw if len(raw) <= 80 else raw[:80] + "…")
