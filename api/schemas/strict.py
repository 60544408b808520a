"""What every request body and several replies share."""

from collections.abc import Mapping
from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict

from graph.errors import InputError


class StrictBody(BaseModel):
    """A request body in which an unknown field is an error."""

    model_config = ConfigDict(extra="forbid")


def parse_as_of(raw: int | str | None) -> int | datetime | None:
    """A revision or a moment. Raises InputError."""
    if raw is None or isinstance(raw, int):
        return raw
    if raw.isdigit():
        return int(raw)
    try:
        moment = datetime.fromisoformat(raw)
    except ValueError as error:
        raise InputError(f"as_of is neither a revision nor an ISO 8601 time: {raw!r}") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def rounded(seconds: Mapping[str, float]) -> dict[str, float]:
    """Times by name, to a tenth of a millisecond."""
    return {name: round(value, 4) for name, value in seconds.items()}
