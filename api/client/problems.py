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
        return problem_error(problem)
    return _by_status(response.status_code)(f"{response.text[:SHOWN]} (HTTP {response.status_code})")


def problem_error(problem: Mapping[str, Any]) -> QuipuError:
    """The error that a problem document tells of."""
    code, status, detail = str(problem["code"]), int(problem.get("status", 500)), str(problem.get("detail", ""))
    if make := _WITH_MEMBERS.get("deletion-recorded" if "token" in problem else code):
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


def _over_quota(_: str, problem: Mapping[str, Any]) -> QuipuError:
    if problem["quota"] == "tokens":
        free_at = datetime.fromisoformat(problem["free_at"])
        return errors.TokensUsedUp(used=problem["used"], limit=problem["limit"], free_at=free_at)
    return errors.QuotaExceeded(
        problem["quota"], asked=problem["asked"], used=problem["used"], limit=problem["limit"]
    )  # fmt: skip


def _deletion_recorded(detail: str, problem: Mapping[str, Any]) -> QuipuError:
    return errors.DeletionRecorded(detail, version=problem["version"], token=problem["token"])


_WITH_MEMBERS: Mapping[str, Callable[[str, Mapping[str, Any]], QuipuError]] = {
    "deletion-recorded": _deletion_recorded,
    "forbidden": lambda detail, problem: errors.Forbidden(detail, role=str(problem.get("role", ""))),
    "quota-exceeded": _over_quota,
    "still-being-read": lambda detail, problem: errors.StillBeingRead(detail, pending=problem["pending"]),
}


def _below(kind: type[QuipuError]) -> Iterator[type[QuipuError]]:
    """A branch of the tree, from the top down."""
    level = [kind]
    while level:
        yield from level
        level = [below for one in level for below in one.__subclasses__()]


_PLAIN: dict[tuple[str, int], type[QuipuError]] = {}
"""Errors that are a sentence and no more, by code and status: of several the one highest in the tree."""
for _kind in _below(QuipuError):
    if "__init__" not in vars(_kind):
        _PLAIN.setdefault((_kind.code, _kind.status), _kind)
