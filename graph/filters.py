"""Metadata filters: all conditions must hold, and a missing field never matches."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from graph.errors import InputError
from graph.model import Metadata, MetadataValue, Scalar

Operator = Literal["eq", "in", "gte", "gt", "lte", "lt"]
_OPERATORS: tuple[Operator, ...] = ("eq", "in", "gte", "gt", "lte", "lt")


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """``field operator value``; ``value`` is a tuple for ``in``. Dates are ISO 8601 strings."""

    field: str
    operator: Operator
    value: MetadataValue

    def holds(self, metadata: Metadata) -> bool:
        """Whether the metadata satisfy this condition; a list field does if any element does."""
        if self.field not in metadata:
            return False
        stored = metadata[self.field]
        values = stored if isinstance(stored, tuple) else (stored,)
        return any(self._holds(value) for value in values)

    def _holds(self, value: Scalar) -> bool:
        if isinstance(self.value, tuple):
            return any(_equal(value, wanted) for wanted in self.value)
        if self.operator == "eq":
            return _equal(value, self.value)
        if not _comparable(value, self.value):
            return False
        order = (value > self.value) - (value < self.value)  # type: ignore[operator]
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

    @classmethod
    def parse(cls, raw: Mapping[str, object]) -> "Filters":
        """Read ``{"field": value | {"in": [...]} | {"gte": a, "lt": b}}``.

        Raises:
            InputError: an unknown operator, or a value that is no scalar.
        """
        conditions: list[Condition] = []
        for field, wanted in raw.items():
            if not isinstance(wanted, Mapping):
                conditions.append(Condition(field=field, operator="eq", value=_scalar(field, wanted)))
                continue
            for name, value in wanted.items():
                conditions.append(_condition(field, name, value))
        return cls(conditions=tuple(conditions))


def _condition(field: str, name: object, value: object) -> Condition:
    operator = next((known for known in _OPERATORS if known == name), None)
    if operator is None:
        raise InputError(f"filter on {field!r}: unknown operator {name!r}; use one of {', '.join(_OPERATORS)}")
    if operator != "in":
        return Condition(field=field, operator=operator, value=_scalar(field, value))
    if not isinstance(value, list | tuple):
        raise InputError(f"filter on {field!r}: 'in' takes a list")
    return Condition(field=field, operator="in", value=tuple(_scalar(field, item) for item in value))


def _scalar(field: str, value: object) -> Scalar:
    if isinstance(value, str | int | float | bool):
        return value
    raise InputError(f"filter on {field!r}: values are strings, numbers, booleans or ISO dates, not {value!r}")


def _equal(left: Scalar, right: Scalar) -> bool:
    """Equality that keeps ``True`` and ``1`` apart, as JSON does."""
    return isinstance(left, bool) == isinstance(right, bool) and left == right


def _comparable(left: Scalar, right: Scalar) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return False
    return isinstance(left, str) == isinstance(right, str)
