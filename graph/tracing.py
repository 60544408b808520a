"""Spans: what is told of the course of work to whoever listens. Without a listener nothing is kept and nothing sent.

A span carries names, counts and times, and never a text: no question, no passage, no title, no message of an error.
There is one listener a process, set once by whoever starts it, as with a log; :mod:`api.outbound.telemetry` is one.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import wraps
from typing import Literal, ParamSpec, Protocol, TypeAlias, TypeVar

from typing_extensions import override

SpanKind: TypeAlias = Literal["internal", "server", "client"]
Attribute: TypeAlias = str | bool | int | float | Sequence[str]
Attributes: TypeAlias = Mapping[str, Attribute]
P = ParamSpec("P")
T = TypeVar("T")


class TraceSpan(Protocol):
    """A piece of work under way. Generators begin and end one by hand: while they wait, it must not be entered."""

    def note(self, attributes: Attributes) -> None:
        """Add or replace attributes."""
        ...

    def rename(self, name: str) -> None:
        """Give a better name, known by now."""
        ...

    def fail(self, error: BaseException | str) -> None:
        """The work failed: for telling apart the kind of an error, never its message."""
        ...

    def end(self) -> None:
        """The work is over. A second call does nothing."""
        ...

    def entered(self) -> AbstractContextManager[object]:
        """While the block runs, spans that begin are parts of this one."""
        ...


class Tracer(Protocol):
    """Whoever listens."""

    def begin(self, name: str, kind: SpanKind, attributes: Attributes, carried: Mapping[str, str]) -> TraceSpan:
        """A span, part of the one that is entered; or of the one that headers of a request name."""
        ...

    def carried(self) -> Mapping[str, str]:
        """Headers that tell another service of the span that is entered (W3C Trace Context)."""
        ...


class _NoSpan(TraceSpan):
    @override
    def note(self, attributes: Attributes) -> None:
        pass

    @override
    def rename(self, name: str) -> None:
        pass

    @override
    def fail(self, error: BaseException | str) -> None:
        pass

    @override
    def end(self) -> None:
        pass

    @override
    def entered(self) -> AbstractContextManager[object]:
        return nullcontext()


class _Nobody(Tracer):
    @override
    def begin(self, name: str, kind: SpanKind, attributes: Attributes, carried: Mapping[str, str]) -> TraceSpan:
        return _NO_SPAN

    @override
    def carried(self) -> Mapping[str, str]:
        return {}


_NO_SPAN = _NoSpan()
NOBODY = _Nobody()
_listening: list[Tracer] = [NOBODY]


def listen(tracer: Tracer) -> None:
    """From now on tell this one; ``NOBODY`` ends it."""
    _listening[0] = tracer


def begin(
    name: str, attributes: Attributes | None = None, *, kind: SpanKind = "internal",
    carried: Mapping[str, str] | None = None,
) -> TraceSpan:  # fmt: skip
    """A span that the caller ends."""
    return _listening[0].begin(name, kind, attributes or {}, carried or {})


@contextmanager
def span(name: str, attributes: Attributes | None = None, *, kind: SpanKind = "internal") -> Iterator[TraceSpan]:
    """A span as long as the block. Not around a ``yield`` of a generator."""
    begun = begin(name, attributes, kind=kind)
    try:
        with begun.entered():
            yield begun
    except BaseException as error:
        begun.fail(error)
        raise
    finally:
        begun.end()


def traced(name: str) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """A synchronous function whose calls are spans."""

    def decorate(function: Callable[P, T]) -> Callable[P, T]:
        @wraps(function)
        def call(*arguments: P.args, **named: P.kwargs) -> T:
            with span(name):
                return function(*arguments, **named)

        return call

    return decorate


def carried() -> Mapping[str, str]:
    """Headers for a request to another service, so that its spans are parts of the one that is entered here."""
    return _listening[0].carried()
