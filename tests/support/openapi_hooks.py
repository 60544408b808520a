"""What schemathesis has to know of this service and OpenAPI has no words for; named by ``SCHEMATHESIS_HOOKS``.

* ``min_revision`` that lies ahead is waited for, and answered 503 with Retry-After if it is not reached: that is the
  published contract and no error of the server. ``as_of`` and its like that lie ahead are 400. A revision that is sent
  is lowered to one that is there.
* Events are followed until somebody leaves: a second of them is enough.
* A cursor is one that was given: it is left out where it does not come from an answer.
"""

from typing import Any

import schemathesis

REACHED = 1
FOLLOWED_SECONDS = 1.0
_REVISIONS = frozenset({"min_revision", "as_of", "since", "until"})


@schemathesis.hook
def before_call(context: object, case: Any, kwargs: dict[str, Any]) -> None:
    for sent in (case.body, case.query):
        if isinstance(sent, dict):
            for name in _REVISIONS & sent.keys():
                sent[name] = _lowered(sent[name])
    if isinstance(case.query, dict):
        case.query.pop("cursor", None)
    if case.operation.path.endswith("/events"):
        kwargs["timeout"] = FOLLOWED_SECONDS


def _lowered(sent: Any) -> Any:
    """A revision, as a number or as digits, is one that is there; everything else stays."""
    if type(sent) is int:
        return min(sent, REACHED)
    return str(REACHED) if isinstance(sent, str) and sent.isascii() and sent.isdigit() else sent
