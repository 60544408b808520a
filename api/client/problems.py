"""The service's problem documents (RFC 9457) as the errors of :mod:`graph.errors` that they tell of."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

import httpx

from graph import errors
from graph.errors import DependencyError, InputError, NotFoundError, QuipuError

SHOWN = 300
"""Characters of an answer that is no problem document, such as that of a proxy."""


class Unreachable(DependencyError):
    """Nobody answers at the address, or the connection broke."""


def service_error(response: httpx.Response) -> QuipuError:
    """Why a request was refused or failed."""
    problem = _members(response)
    if "code" in problem:
        error = problem_error(problem)
        error.usage = problem.get("usage", {})
        return error
    return _by_status(response.status_code)(f"{response.text[:SHOWN]} (HTTP {response.status_code})")


def problem_error(problem: Mapping[str, Any]) -> QuipuError:
    """The error that a problem document tells of."""
    code, status, detail = str(problem["code"]), int(problem.get("status", 500)), str(problem.get("detail", ""))
    for kind, members, make in _WITH_MEMBERS:
        if kind.code == code and members <= problem.keys():
            return make(detail, problem)
    return _PLAIN.get((code, status), _by_status(status))(detail)


def code_of(response: httpx.Response) -> str:
    """The code of a problem document; empty for anything else."""
    return str(_members(response).get("code", ""))


def _members(response: httpx.Response) -> dict[str, Any]:
    try:
        found = response.json()
    except (json.JSONDecodeError, UnicodeDecodeError):
        return {}
    return found if isinstance(found, dict) else {}


def _by_status(status: int) -> type[QuipuError]:
    return NotFoundError if status == 404 else InputError if status < 500 else DependencyError


_WITH_MEMBERS: tuple[tuple[type[QuipuError], frozenset[str], Callable[[str, Mapping[str, Any]], QuipuError]], ...] = (
    (
        errors.Forbidden, frozenset({"role"}),
        lambda detail, problem: errors.Forbidden(detail, role=str(problem["role"])),
    ),
    (
        errors.QuotaExceeded, frozenset({"quota", "asked", "used", "limit"}),
        lambda _, problem: errors.QuotaExceeded(
            problem["quota"], asked=problem["asked"], used=problem["used"], limit=problem["limit"]
        ),
    ),
    (
        errors.TokensUsedUp, frozenset({"used", "limit", "free_at"}),
        lambda _, problem: errors.TokensUsedUp(
            used=problem["used"], limit=problem["limit"], free_at=datetime.fromisoformat(problem["free_at"])
        ),
    ),
    (
        errors.DeletionRecorded, frozenset({"version", "token"}),
        lambda detail, problem: errors.DeletionRecorded(detail, version=problem["version"], token=problem["token"]),
    ),
    (
        errors.StillBeingRead, frozenset({"pending"}),
        lambda detail, problem: errors.StillBeingRead(detail, pending=problem["pending"]),
    ),
)  # fmt: skip
"""Errors that are more than a sentence, with the members that tell what more."""


def _below(kind: type[QuipuError]) -> Iterator[type[QuipuError]]:
    """A branch of the tree, from the top down."""
    level = [kind]
    while level:
        yield from level
        level = [below for one in level for below in one.__subclasses__()]


_PLAIN: dict[tuple[str, int], type[QuipuError]] = {}
"""Errors that are a sentence and no more, by code and status: of several the one highest in the tree."""
for _kind in _below(QuipuError):
    if _kind not in {special for special, _, _ in _WITH_MEMBERS}:
        _PLAIN.setdefault((_kind.code, _kind.status), _kind)
