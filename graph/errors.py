"""Every error Quipu raises on purpose.

::

    QuipuError
    ├── InputError                  the caller can mend it                       400
    │   ├── UnsupportedMediaType    no loader reads this kind of file            415
    │   ├── DocumentTooLarge        over the configured size                     413
    │   └── Unreadable              broken, encrypted, or not what it claims     422
    ├── Unauthorized                no key, or none that counts                  401
    ├── Forbidden                   the key's role is too low                    403
    ├── NotFoundError               no such document, job, entity                404
    ├── ConflictError               the state forbids it now                     409
    │   └── Superseded              a newer version has been applied already     409
    ├── PreconditionFailed          If-Match names another version               412
    ├── DependencyError             a store or a model failed; retry helps       503
    │   ├── StoreDamaged            what is stored is not what was written       503
    │   ├── StorageFull             the disk has no room                         503
    │   ├── RevisionNotReached      min_revision lies ahead of what is readable  503
    │   └── ModelOutputError        a model answered, but not to the contract    502
    └── ConfigurationError          refuse to start; the message says what to set

Adapters translate the exceptions of their libraries into these at their own border; nobody
else catches broadly. ``code`` is the stable, machine-readable name that REST, the CLI and
failed jobs show; the message is one sentence for a person.
"""

from typing import ClassVar


class QuipuError(Exception):
    """Root of the tree. ``str(error)`` is one sentence for a person."""

    code: ClassVar[str] = "internal-error"
    status: ClassVar[int] = 500
    retriable: ClassVar[bool] = False


class InputError(QuipuError):
    """The caller can mend it."""

    code = "invalid-input"
    status = 400


class UnsupportedMediaType(InputError):
    """No loader reads this kind of file."""

    code = "unsupported-media-type"
    status = 415


class DocumentTooLarge(InputError):
    """The document, or what it unpacks to, is over the configured size."""

    code = "document-too-large"
    status = 413


class Unreadable(InputError):
    """The file is broken, encrypted, empty of text, or not what it claims to be."""

    code = "unreadable-document"
    status = 422


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


class RevisionNotReached(DependencyError):
    """``min_revision`` was not reached within the time a request may wait."""

    code = "revision-not-reached"


class ModelOutputError(DependencyError):
    """A model answered, but not in the form that was asked for."""

    code = "model-output"
    status = 502


class ConfigurationError(QuipuError):
    """The service refuses to start. The message says in one line what to set."""

    code = "configuration"
