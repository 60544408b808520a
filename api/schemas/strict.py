"""What every request body and several replies share, and how the raw strings of requests are read."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, StrictInt

from graph.errors import InputError
from graph.parsing import LARGEST, moment, whole_number

Revision: TypeAlias = Annotated[StrictInt, Field(ge=0, le=LARGEST)]
"""A revision in JSON."""


class StrictBody(BaseModel):
    """A request body in which an unknown field is an error."""

    model_config = ConfigDict(extra="forbid")


def parse_as_of(raw: int | str | None) -> int | datetime | None:
    """A revision or a moment. Raises InputError."""
    if raw is None or isinstance(raw, int):
        return raw
    number = whole_number(raw)
    found = moment(raw) if number is None else number
    if found is None:
        raise InputError(f"as_of is neither a revision nor an ISO 8601 time: {_shown(raw)}")
    return found


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
