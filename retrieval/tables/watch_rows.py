"""Rows of watches and their updates as values, whatever release wrote them. Pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from graph.audience import UNRESTRICTED, Audience
from graph.parsing import legible, read_stored, stored_moment, stored_names
from retrieval.answer import Citation
from retrieval.standing.model import HeldAnswer, Watch, Watcher, WatchUpdate, stored_damage

_LOST = HeldAnswer(revision=0, text="", abstained=True, citations=(), sources=())
"""In place of an answer that cannot be read."""


def watch_of(row: Sequence[Any]) -> Watch:
    """A watch as any release may have stored it; broken where it cannot be carried out."""
    watch_id, workspace, question, mode, filters, webhook, created_at, revision, evidence, answer, problem = row[:11]
    held, unread = _held(answer) if answer else (None, None)
    watch = Watch(
        id=watch_id, workspace=workspace, question=question, webhook=webhook, created_at=stored_moment(created_at),
        revision=revision, evidence=evidence, answer=held, problem=unread or (problem and legible(problem)),
        watcher=Watcher(key_id=row[11], audience=_audience(row[12])),
    )  # fmt: skip
    damage = stored_damage(mode, filters, webhook)
    if damage is not None:
        return replace(watch, webhook=webhook and webhook.encode("ascii", "backslashreplace").decode(), broken=True,
                       problem=f"it is broken as it is stored, and is not answered: {damage}")  # fmt: skip
    return replace(watch, mode=mode, filters=json.loads(filters))


def principals_text(audience: Audience) -> str | None:
    """An audience as a column; None where it may read everything."""
    return None if audience.unrestricted else json.dumps(sorted(audience.principals), ensure_ascii=False)


def _audience(principals: str | None) -> Audience:
    """Whose eyes a watch has; nobody's where what is stored of it cannot be read."""
    return UNRESTRICTED if principals is None else Audience(principals=frozenset(stored_names(principals)))


def update_of(row: Sequence[Any]) -> WatchUpdate:
    """An update as it was kept; failed where it cannot be read."""
    number, watch_id, at, before, after, delivery, tries, problem = row
    held, damage = _held(after)
    return WatchUpdate(
        id=number, watch_id=watch_id, at=stored_moment(at), before=_held(before)[0] if before else None,
        after=held or _LOST, delivery="failed" if damage else delivery, tries=tries,
        delivery_problem=damage or (problem and legible(problem)),
    )  # fmt: skip


def _held(raw: str) -> tuple[HeldAnswer | None, str | None]:
    """An answer as it was kept, or why it cannot be read."""
    try:
        return _load(raw), None
    except (ValueError, KeyError, TypeError) as error:
        return None, f"the answer that is stored cannot be read: {type(error).__name__}"


def answer_text(answer: HeldAnswer) -> str:
    """An answer as a column."""
    return json.dumps(asdict(answer), ensure_ascii=False)


def _load(raw: str) -> HeldAnswer:
    held = read_stored(raw)
    return HeldAnswer(
        revision=held["revision"], text=held["text"], abstained=held["abstained"],
        citations=tuple(map(_citation, held["citations"])), sources=tuple(held["sources"]),
    )  # fmt: skip


def _citation(held: Mapping[str, Any]) -> Citation:
    """As it was kept; what was kept before there were headings has none."""
    return Citation(**{**held, "headings": tuple(held.get("headings", ()))})
