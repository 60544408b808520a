"""Every error Quipu raises on purpose.

::

    QuipuError
    ├── InputError                  the caller can mend it                       400
    │   ├── UnsupportedMediaType    no loader reads this kind of file            415
    │   ├── BrokenText              a string that is no text, or no UTF-8        422
    │   ├── DocumentTooLarge        over the configured size                     413
    │   │   ├── TooMuchText         it unpacks to more text than is read         413
    │   │   └── TooManyPages        more pages or sections than are read         413
    │   └── Unreadable              broken, encrypted, or not what it claims     422
    │       ├── Encrypted           a password protects it                       422
    │       ├── TooDeep             nested deeper than is read                   422
    │       ├── TooDemanding        more time or memory than a parser may take   422
    │       └── ParserCrashed       its parser died, each time it was tried      422
    ├── Unauthorized                no key, or none that counts                  401
    ├── Forbidden                   the key's role is too low                    403
    ├── NotFoundError               no such document, job, entity                404
    ├── ConflictError               the state forbids it now                     409
    │   ├── Superseded              a newer version has been applied already     409
    │   └── ModelSwitchedOff        no language model is set to read it          409
    ├── PreconditionFailed          If-Match names another version               412
    ├── QuotaExceeded               the workspace holds as much as it may        429
    ├── DependencyError             a store or a model failed; retry helps       503
    │   ├── StoreDamaged            what is stored is not what was written       503
    │   ├── StorageFull             the disk has no room                         503
    │   ├── RevisionNotReached      min_revision lies ahead of what is readable  503
    │   ├── DeletionRecorded        it reaches the graph once that can be reached 503
    │   ├── StillBeingRead          what `after` names is not to be read yet     503
    │   ├── TokensUsedUp            the workspace has spent its tokens of today  429
    │   ├── NoLongerWanted          nobody waits for a model's answer any more   503
    │   └── ModelOutputError        a model answered, but not to the contract    502
    │       └── PromptTooLong       more than the model's window takes           502
    ├── Stopped                     the service ends, and the answer with it     503
    ├── Unforeseen                  work failed in a way that nobody foresaw     500
    └── ConfigurationError          refuse to start; the message says what to set

Adapters translate their libraries' exceptions; nobody else catches broadly. Three of models: ``graph/prompting.py``.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import ClassVar


class QuipuError(Exception):
    """Root of the tree. ``str(error)`` is one sentence for a person; ``usage``: what a service spent until then."""

    usage: Mapping[str, int] = {}
    code: ClassVar[str] = "internal-error"
    status: ClassVar[int] = 500
    retriable: ClassVar[bool] = False

    @property
    def members(self) -> Mapping[str, object]:
        """What a problem document says beside the sentence."""
        return {}

    @property
    def retry_seconds(self) -> int | None:
        """Seconds until the same request may succeed; None where that is not known."""
        return 1 if self.retriable else None


class InputError(QuipuError):
    """The caller can mend it."""

    code = "invalid-input"
    status = 400


class UnsupportedMediaType(InputError):
    """No loader reads this kind of file."""

    code = "unsupported-media-type"
    status = 415


class BrokenText(InputError):
    """A string holds what is no text: half of a surrogate pair, a control character, bytes that are no UTF-8."""

    code = "broken-text"
    status = 422


class DocumentTooLarge(InputError):
    """The document, or what it unpacks to, is over the configured size."""

    code = "document-too-large"
    status = 413


class TooMuchText(DocumentTooLarge):
    """It holds, or unpacks to, more text than is read of one document, or of a file of its size."""


class TooManyPages(DocumentTooLarge):
    """It has more pages, or more sections, than are read."""


class Unreadable(InputError):
    """The file is broken, encrypted, empty of text, or not what it claims to be."""

    code = "unreadable-document"
    status = 422


class Encrypted(Unreadable):
    """A password protects it."""


class TooDeep(Unreadable):
    """Its parts are nested deeper than is read."""


class TooDemanding(Unreadable):
    """Reading it took more time or memory than one document may take."""

    code = "too-demanding"


class ParserCrashed(Unreadable):
    """Its parser died, or failed in a way nobody foresaw, each time it was tried."""

    code = "parser-crashed"


class Unauthorized(QuipuError):
    """No key was sent where one is needed, or one that is unknown, revoked or has expired."""

    code = "unauthorized"
    status = 401


class Forbidden(QuipuError):
    """The key that was sent is good, but for less than this; ``role`` is what would do."""

    code = "forbidden"
    status = 403

    def __init__(self, message: str, *, role: str) -> None:
        super().__init__(message)
        self.role = role


class NotFoundError(QuipuError):
    """No such document, chunk, job or entity at the revision asked for."""

    code = "not-found"
    status = 404


class ConflictError(QuipuError):
    """The present state forbids the request."""

    code = "conflict"
    status = 409


class Superseded(ConflictError):
    """A newer version of the document, or its deletion, has been applied already."""

    code = "superseded"


class PreconditionFailed(QuipuError):
    """``If-Match`` names a version that is not the latest."""

    code = "precondition-failed"
    status = 412


class QuotaExceeded(QuipuError):
    """The workspace would hold more than it may: ``quota`` is ``documents`` or ``bytes``; deletions free it."""

    code = "quota-exceeded"
    status = 429

    def __init__(self, quota: str, *, asked: int, used: int, limit: int) -> None:
        super().__init__(f"the workspace may hold {limit} {quota}: it holds {used}, and this asks for {asked} more")
        self._told = {"quota": quota, "asked": asked, "used": used, "limit": limit}

    @property
    def members(self) -> Mapping[str, object]:
        """The quota in figures."""
        return self._told


class DependencyError(QuipuError):
    """A store or a model failed; the same request may succeed later."""

    code = "dependency-unavailable"
    status = 503
    retriable = True


class StoreDamaged(DependencyError):
    """What a disk gives back is not what was written there; only a backup helps."""

    code = "store-damaged"
    retriable = False


class StorageFull(DependencyError):
    """The disk has no room for what was to be written; there may be some later."""

    code = "storage-full"

    @property
    def retry_seconds(self) -> int:
        """Room is made by people."""
        return 30


class RevisionNotReached(DependencyError):
    """``min_revision`` was not reached within the time a request may wait."""

    code = "revision-not-reached"


class DeletionRecorded(DependencyError):
    """The graph cannot be reached; the deletion is carried out before any other work once it can."""

    def __init__(self, message: str, *, version: int, token: str) -> None:
        super().__init__(message)
        self.version = version
        self.token = token

    @property
    def members(self) -> Mapping[str, object]:
        """The version that the deletion is, and what questions take as ``after``."""
        return {"version": self.version, "token": self.token}


class StillBeingRead(DependencyError):
    """What was acknowledged before a question is not readable within the time that it may wait for that."""

    code = "still-being-read"

    def __init__(self, message: str, *, pending: int) -> None:
        super().__init__(message)
        self.pending = pending

    @property
    def members(self) -> Mapping[str, object]:
        """How many they are."""
        return {"pending": self.pending}


class TokensUsedUp(DependencyError):
    """The workspace has spent the tokens of models that it has a day; from ``free_at`` on there are new ones."""

    code = "quota-exceeded"
    status = 429

    def __init__(self, *, used: int, limit: int, free_at: datetime) -> None:
        super().__init__(
            f"the workspace may spend {limit} tokens of language models a day and has spent {used};"
            f" there are new ones from {free_at.isoformat()} on"
        )
        self._told = {"quota": "tokens", "used": used, "limit": limit, "free_at": free_at.isoformat()}
        self._free_at = free_at

    @property
    def members(self) -> Mapping[str, object]:
        """The quota in figures."""
        return self._told

    @property
    def retry_seconds(self) -> int:
        """Seconds until the next day."""
        return max(1, round((self._free_at - datetime.now(UTC)).total_seconds()))


class ModelOutputError(DependencyError):
    """A model answered, but not in the form that was asked for."""

    code = "model-output"
    status = 502


class Stopped(QuipuError):
    """The service was stopped before the answer had come to its end; the same request may succeed soon."""

    code = "stopped"
    status = 503
    retriable = True


class Unforeseen(QuipuError):
    """Background work failed in a way that nobody foresaw; made by :func:`graph.job_thread.unforeseen` only."""

    code = "unforeseen"


class ConfigurationError(QuipuError):
    """The service refuses to start. The message says in one line what to set."""

    code = "configuration"
