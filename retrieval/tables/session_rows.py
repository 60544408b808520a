"""Rows of sessions and their turns as values, whatever release wrote them. Pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any, get_args

from graph.audience import UNRESTRICTED, Audience
from graph.filters import Filters
from graph.parsing import legible, read_stored, stored_moment, stored_names
from retrieval.answer import Citation, Step
from retrieval.conversation.model import Asked, Holder, Reply, Session, SessionEntry, Turn
from retrieval.modes import Effort, Mode, SearchMode

_PLAIN = Asked(mode="hybrid")


def holder_columns(holder: Holder) -> tuple[str, str, str]:
    """A holder as the columns workspace, key_id, principals: empty where there is no key, where all may be read."""
    audience = holder.audience
    named = "" if audience.unrestricted else json.dumps(sorted(audience.principals), ensure_ascii=False)
    return holder.workspace, holder.key_id or "", named


def session_of(row: Sequence[Any], turns: Sequence[Turn]) -> Session:
    """A session from id, workspace, key_id, principals, created_at, used_at, dropped."""
    session_id, workspace, key_id, principals, created_at, used_at, dropped = row
    audience = Audience(principals=frozenset(stored_names(principals))) if principals else UNRESTRICTED
    return Session(
        id=session_id, holder=Holder(workspace=workspace, audience=audience, key_id=key_id or None),
        created_at=stored_moment(created_at), used_at=stored_moment(used_at), turns=tuple(turns), dropped=dropped,
    )  # fmt: skip


def entry_of(row: Sequence[Any]) -> SessionEntry:
    """An entry from id, created_at, used_at, number of turns, first question."""
    session_id, created_at, used_at, turns, question = row
    return SessionEntry(
        id=session_id, created_at=stored_moment(created_at), used_at=stored_moment(used_at), turns=turns,
        question=question and legible(question),
    )  # fmt: skip


def turn_text(turn: Turn) -> str:
    """A turn as a column, without its number and its steps."""
    said: dict[str, object] = {
        "at": turn.at.isoformat(), "question": turn.question, "rewritten": turn.rewritten, "seen": turn.seen,
        "purged": turn.purged, "asked": {**asdict(turn.asked), "filters": _conditions(turn.asked.filters)},
        "strange": sorted(turn.strange), "replies": [asdict(reply) for reply in turn.replies],
    }  # fmt: skip
    return json.dumps(said, ensure_ascii=False)


def turn_of(number: int, raw: str) -> Turn:
    """A turn as it was kept; without its text where that cannot be read."""
    try:
        held = read_stored(raw)
        return Turn(
            number=number, at=stored_moment(held["at"]), question=held["question"], rewritten=held["rewritten"],
            asked=_asked(held["asked"]), replies=tuple(map(_reply, held["replies"])), seen=int(held["seen"]),
            strange=frozenset(held["strange"]), purged=bool(held["purged"]),
        )  # fmt: skip
    except (ValueError, KeyError, TypeError):
        return Turn(number=number, at=stored_moment(""), question=None, asked=_PLAIN, seen=0)


def steps_text(steps: Sequence[Step]) -> str:
    """Steps as a column."""
    return json.dumps([asdict(step) for step in steps], ensure_ascii=False)


def steps_of(raw: str | None) -> tuple[Step, ...]:
    """Steps as they were kept; none where they cannot be read."""
    try:
        return tuple(Step(**held) for held in read_stored(raw)) if raw else ()
    except (ValueError, TypeError):
        return ()


def is_readable(raw: str) -> bool:
    """Whether a turn can be read as it is kept."""
    return turn_of(1, raw).at != stored_moment("")


def _asked(held: Mapping[str, Any]) -> Asked:
    """A mode that this release does not know is asked as a search."""
    asked = Asked(
        mode=held["mode"], search_mode=held["search_mode"], effort=held["effort"], past=held["past"],
        filters=Filters.parse(held["filters"]),
    )  # fmt: skip
    known = (asked.mode in get_args(Mode), asked.search_mode in get_args(SearchMode), asked.effort in get_args(Effort))
    return asked if all(known) else replace(_PLAIN, filters=asked.filters, past=asked.past)


def _reply(held: Mapping[str, Any]) -> Reply:
    return Reply(**{**held, "citations": tuple(map(_citation, held["citations"])), "sources": tuple(held["sources"])})


def _citation(held: Mapping[str, Any]) -> Citation:
    return Citation(**{**held, "headings": tuple(held["headings"])})


def _conditions(filters: Filters) -> dict[str, dict[str, object]]:
    """Filters as :meth:`graph.filters.Filters.parse` reads them."""
    found: dict[str, dict[str, object]] = {}
    for one in filters.conditions:
        found.setdefault(one.field, {})[one.operator] = one.value
    return found
