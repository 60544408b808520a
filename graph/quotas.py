"""What a workspace may hold and spend."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much a workspace may hold (``documents``, ``bytes`` of their originals) and spend (``tokens`` of language
    models a day, which begins at midnight UTC). None: any amount; in an override: whatever the settings say."""

    documents: int | None = None
    bytes: int | None = None
    tokens: int | None = None

    def or_else(self, defaults: "Limits") -> "Limits":
        """These, and the defaults where these say nothing. A limit of 0 that somebody set is none at all."""
        return Limits(
            documents=_chosen(self.documents, defaults.documents),
            bytes=_chosen(self.bytes, defaults.bytes),
            tokens=_chosen(self.tokens, defaults.tokens),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """How many documents there are, and the bytes of their newest originals."""

    documents: int = 0
    bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a workspace stands: what it may, what it holds, and the tokens it has spent today, until ``free_at``."""

    limits: Limits
    holding: Holding
    tokens: int
    free_at: datetime


def today() -> str:
    """The day that tokens are counted for, such as ``2026-11-29``."""
    return datetime.now(UTC).date().isoformat()


def next_day() -> datetime:
    """When the tokens of a new day begin."""
    return datetime.combine(datetime.now(UTC).date() + timedelta(days=1), datetime.min.time(), UTC)


def _chosen(own: int | None, default: int | None) -> int | None:
    """0 stands for no limit wherever a person writes one."""
    return (own if own is not None else default) or None
