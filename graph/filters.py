"""Metadata filters: all conditions must hold, and a missing field never matches.

Values compare as JSON has them: ``true`` is not ``1``, ``1`` is ``1.0``. Moments compare as moments, whatever zone each
is written in; other strings compare as text.

Every document has the fields :data:`BUILT_IN`. Where its metadata have one of these names as well, a condition holds if
either value fits; ``metadata.NAME`` asks the metadata alone, and ``document.NAME`` the document.
"""

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Literal

from typing_extensions import override

from graph.errors import BrokenText, InputError
from graph.model import Document, Metadata, MetadataValue, Scalar
from graph.parsing import LARGEST, check_text, has_halves, moment

Operator = Literal["eq", "in", "gte", "gt", "lte", "lt"]
_OPERATORS: tuple[Operator, ...] = ("eq", "in", "gte", "gt", "lte", "lt")
MAX_FIELD = 256
MAX_TEXT = 4_096
MAX_CONDITIONS = 64
MAX_LISTED = 1_000
"""Characters of a field's name and of a value, conditions of a filter, values of a list."""
LANGUAGE = "document.language"
"""The name among the metadata of a stored document under which the language of its text is kept; nobody gave it."""


def told_language(document: Document) -> str | None:
    """The language of its text (ISO 639-1); None where that is not certain, or was read before languages were told."""
    found = document.metadata.get(LANGUAGE)
    return found if isinstance(found, str) else None


BUILT_IN: Mapping[str, Callable[[Document], MetadataValue | None]] = {
    "document_id": lambda document: document.id,
    "title": lambda document: document.title,
    "media_type": lambda document: document.media_type,
    "source": lambda document: document.source,
    "created": lambda document: document.created_at.isoformat(),
    "updated": lambda document: document.updated_at.isoformat(),
    "language": told_language,
}
"""What can be asked of every document; ``source`` is the name of its file, the language may be unknown."""
_OF_DOCUMENT, _OF_METADATA = "document.", "metadata."
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Condition:
    """``field operator value``; ``value`` is a tuple for ``in``. Dates are ISO 8601 strings."""

    field: str
    operator: Operator
    value: MetadataValue

    @override
    def __eq__(self, other: object) -> bool:
        return isinstance(other, Condition) and self._key == other._key

    @override
    def __hash__(self) -> int:
        return hash(self._key)

    @property
    def _key(self) -> tuple[object, ...]:
        return self.field, self.operator, typed(self.value)

    def holds(self, metadata: Metadata) -> bool:
        """Whether the metadata satisfy this condition; a list field does if any element does."""
        return self.field in metadata and self._any(metadata[self.field])

    def fits(self, document: Document) -> bool:
        """Whether a document satisfies it, by its metadata or by what it has under this name itself."""
        return any(self._any(stored) for stored in _stored(self.field, document))

    def _any(self, stored: MetadataValue) -> bool:
        values = stored if isinstance(stored, tuple) else (stored,)
        return any(self._holds(value) for value in values)

    def _holds(self, value: Scalar) -> bool:
        if isinstance(self.value, tuple):
            return any(_equal(value, wanted) for wanted in self.value)
        if self.operator == "eq":
            return _equal(value, self.value)
        if not _comparable(value, self.value):
            return False
        left, right = _moments(value, self.value) or (value, self.value)
        order = (left > right) - (left < right)  # type: ignore[operator]
        return {"gte": order >= 0, "gt": order > 0, "lte": order <= 0, "lt": order < 0}[self.operator]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """A conjunction of conditions; the empty one matches everything."""

    conditions: tuple[Condition, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.conditions)

    def match(self, metadata: Metadata) -> bool:
        """Whether every condition holds."""
        return all(condition.holds(metadata) for condition in self.conditions)

    def fits(self, document: Document) -> bool:
        """Whether every condition holds of a document: of its metadata, or of what every document has."""
        return all(condition.fits(document) for condition in self.conditions)

    def unknown_fields(self, documents: Iterable[Document]) -> tuple[str, ...]:
        """Fields that are asked for and that none of these documents has, in order."""
        unknown = dict.fromkeys(condition.field for condition in self.conditions if not _is_built_in(condition.field))
        for document in documents:
            if not unknown:
                break
            for field in [name for name in unknown if any(True for _ in _stored(name, document))]:
                del unknown[field]
        return tuple(unknown)

    @classmethod
    def parse(cls, raw: Mapping[str, object]) -> "Filters":
        """Read ``{"field": value | {"in": [...]} | {"gte": a, "lt": b}}``.

        Raises:
            InputError: an unknown operator, a value that is no scalar, or more of anything than is allowed.
        """
        conditions: list[Condition] = []
        for field, wanted in raw.items():
            check_text("a field of the filter", field, most=MAX_FIELD)
            if not isinstance(wanted, Mapping):
                conditions.append(Condition(field=field, operator="eq", value=_scalar(field, wanted)))
                continue
            for name, value in wanted.items():
                conditions.append(_condition(field, name, value))
        if len(conditions) > MAX_CONDITIONS:
            raise InputError(f"the filter has {len(conditions)} conditions; the limit is {MAX_CONDITIONS}")
        return cls(conditions=tuple(conditions))


def shown_metadata(metadata: Metadata) -> Metadata:
    """The metadata of a stored document without what nobody gave."""
    return {name: value for name, value in metadata.items() if name != LANGUAGE}


def _stored(field: str, document: Document) -> Iterator[MetadataValue]:
    """What a document has under the name of a field: in its metadata, of its own."""
    if field in document.metadata:
        yield document.metadata[field]
    given = field.removeprefix(_OF_METADATA)
    if given != field and given in document.metadata:
        yield document.metadata[given]
    own = BUILT_IN.get(field.removeprefix(_OF_DOCUMENT))
    value = own(document) if own is not None else None
    if value is not None:
        yield value


def _is_built_in(field: str) -> bool:
    return field.removeprefix(_OF_DOCUMENT) in BUILT_IN


def typed(value: MetadataValue) -> object:
    """What a value is equal by: Python holds ``True == 1``, JSON does not."""
    if isinstance(value, tuple):
        return tuple(typed(item) for item in value)
    return isinstance(value, bool), value


def same_metadata(left: Metadata, right: Metadata) -> bool:
    """Whether metadata are equal as JSON."""
    return left.keys() == right.keys() and all(typed(left[name]) == typed(right[name]) for name in left)


def check_value(what: str, value: object) -> Scalar:
    """A scalar that can be kept and compared.

    Raises:
        InputError: no string, number or boolean, too long, or a number that JSON or 64 bits do not have.
    """
    if isinstance(value, str):
        if has_halves(value):
            raise BrokenText(f"{what} holds half of a surrogate pair")
        if len(value) > MAX_TEXT:
            raise InputError(f"{what} is longer than {MAX_TEXT} characters")
        return value
    if isinstance(value, float) and not math.isfinite(value):
        raise InputError(f"{what}: {value} is no number of JSON")
    if isinstance(value, int) and abs(value) > LARGEST:
        raise InputError(f"{what}: a whole number beyond 64 bits")
    if isinstance(value, int | float | bool):
        return value
    raise InputError(f"{what}: values are strings, numbers, booleans or ISO dates, not {type(value).__name__}")


def _condition(field: str, name: object, value: object) -> Condition:
    operator = next((known for known in _OPERATORS if known == name), None)
    if operator is None:
        shown = str(name)[:MAX_FIELD]
        raise InputError(f"filter on {field!r}: unknown operator {shown!r}; use one of {', '.join(_OPERATORS)}")
    if operator != "in":
        return Condition(field=field, operator=operator, value=_scalar(field, value))
    if not isinstance(value, list | tuple):
        raise InputError(f"filter on {field!r}: 'in' takes a list")
    if len(value) > MAX_LISTED:
        raise InputError(f"filter on {field!r}: {len(value)} values; the limit is {MAX_LISTED}")
    return Condition(field=field, operator="in", value=tuple(_scalar(field, item) for item in value))


def _scalar(field: str, value: object) -> Scalar:
    return check_value(f"filter on {field!r}", value)


def _equal(left: Scalar, right: Scalar) -> bool:
    """Equality that keeps ``True`` and ``1`` apart, as JSON does."""
    if isinstance(left, bool) != isinstance(right, bool):
        return False
    if left == right:
        return True
    moments = _moments(left, right)
    return moments is not None and moments[0] == moments[1]


def _comparable(left: Scalar, right: Scalar) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return False
    return isinstance(left, str) == isinstance(right, str)


def _moments(left: Scalar, right: Scalar) -> Sequence[datetime] | None:
    """Two values as moments in UTC where both are; a date alone is its midnight."""
    if not isinstance(left, str) or not isinstance(right, str):
        return None
    first, second = _moment(left), _moment(right)
    return (first, second) if first is not None and second is not None else None


@lru_cache(maxsize=4096)
def _moment(value: str) -> datetime | None:
    return moment(value) if _MOMENT.fullmatch(value) else None
