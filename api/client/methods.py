"""Methods that are written once and belong to both clients: to the one that blocks, and to the one that is awaited.

``Method`` is a few calls with one result, ``Operation`` just one, ``Listing`` all pages of one, ``Following`` the
events that one answers. Each is a descriptor, so that a type checker knows what it gives on which client.
"""

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine, Generator, Iterator, Mapping, Sequence
from functools import update_wrapper
from inspect import signature
from operator import attrgetter
from string import Formatter
from typing import Any, Concatenate, Generic, ParamSpec, Protocol, Self, TypeVar, overload
from urllib.parse import quote

from typing_extensions import override

from api.client.calls import Call, EventCall, Flow, Read, Sent, reading

P = ParamSpec("P")
T = TypeVar("T")
Page = TypeVar("Page")
Says = Callable[Concatenate[Any, P], Sent]
"""What a call says, by the arguments of its method; the client, which comes first, is not asked."""
_REPEATABLE = frozenset({"GET", "PUT"})


class Sender(Protocol):
    """A client that blocks."""

    def run(self, flow: Flow[T]) -> T:
        """The result of some calls."""
        ...

    def listed(self, first: Call[Page], read: Callable[[Page], tuple[Sequence[T], str | None]]) -> Iterator[T]:
        """What the pages of a list hold; ``read`` tells what is on one, and the cursor of the next."""
        ...

    def follow(self, call: EventCall[T]) -> Generator[T, None, None]:
        """Events as they come."""
        ...


class AsyncSender(Protocol):
    """A client that is awaited; the rest is as with ``Sender``."""

    def run(self, flow: Flow[T]) -> Coroutine[Any, Any, T]:
        """The result of some calls."""
        ...

    def listed(self, first: Call[Page], read: Callable[[Page], tuple[Sequence[T], str | None]]) -> AsyncIterator[T]:
        """What the pages of a list hold."""
        ...

    def follow(self, call: EventCall[T]) -> AsyncGenerator[T, None]:
        """Events as they come."""
        ...


class _Runs(ABC, Generic[P, T]):
    """A method with one result; ``shown`` is the function that people are told of."""

    def __init__(self, shown: Callable[..., Any]) -> None:
        self.shown = shown

    @abstractmethod
    def flow(self, *args: P.args, **kwargs: P.kwargs) -> Flow[T]:
        """The calls that it makes."""

    @overload
    def __get__(self, client: None, owner: object) -> Self: ...
    @overload
    def __get__(self, client: Sender, owner: object) -> Callable[P, T]: ...
    @overload
    def __get__(self, client: AsyncSender, owner: object) -> Callable[P, Coroutine[Any, Any, T]]: ...
    def __get__(self, client: Sender | AsyncSender | None, owner: object) -> Any:
        if client is None:
            return self
        run = client.run
        return _bound(lambda *args, **kwargs: run(self.flow(*args, **kwargs)), self.shown)


class Method(_Runs[P, T]):
    """A method that makes several calls, from a generator of them; the client, its first argument, is not asked."""

    def __init__(self, written: Callable[Concatenate[Any, P], Flow[T]]) -> None:
        super().__init__(written)
        self._written = written

    @override
    def flow(self, *args: P.args, **kwargs: P.kwargs) -> Flow[T]:
        return self._written(None, *args, **kwargs)


class Operation(_Runs[P, T]):
    """One operation of the service: its method and path as in ``/openapi.json``, and the form that it answers.

    Arguments that the path names go there; what else a call says is what ``says`` makes of its arguments.
    """

    def __init__(
        self, method: str, path: str, answers: type[T], says: Says[P], *, repeatable: bool, read: Read[T] | None
    ) -> None:  # fmt: skip
        super().__init__(says)
        self.method, self.path, self.answers = method, path, answers
        self._says, self._repeatable, self._read = says, repeatable, read or reading(answers)

    def call(self, *args: P.args, **kwargs: P.kwargs) -> Call[T]:
        """One call of it."""
        sent = self._says(None, *args, **kwargs)
        return Call(
            method=self.method, path=_filled(self.path, self._says, args, kwargs), sent=sent,
            repeatable=self._repeatable if sent.repeatable is None else sent.repeatable, read=self._read,
        )  # fmt: skip

    @override
    def flow(self, *args: P.args, **kwargs: P.kwargs) -> Flow[T]:
        answer: T = yield self.call(*args, **kwargs)
        return answer


class Listing(Generic[P, Page, T]):
    """All that the pages of an operation hold, page by page as it is wanted."""

    def __init__(
        self, operation: Operation[P, Page], items: Callable[[Page], Sequence[T]],
        cursor: Callable[[Page], str | None] = attrgetter("next_cursor"),
    ) -> None:  # fmt: skip
        self._operation, self._items, self._cursor = operation, items, cursor

    @overload
    def __get__(self, client: None, owner: object) -> Self: ...
    @overload
    def __get__(self, client: Sender, owner: object) -> Callable[P, Iterator[T]]: ...
    @overload
    def __get__(self, client: AsyncSender, owner: object) -> Callable[P, AsyncIterator[T]]: ...
    def __get__(self, client: Sender | AsyncSender | None, owner: object) -> Any:
        if client is None:
            return self
        listed = client.listed

        def method(*args: P.args, **kwargs: P.kwargs) -> Any:
            return listed(self._operation.call(*args, **kwargs), lambda page: (self._items(page), self._cursor(page)))

        return _bound(method, self._operation.shown)


class Following(Generic[P, T]):
    """An operation that answers server-sent events, by their names. ``resumes``: see :class:`EventCall`."""

    def __init__(
        self, method: str, path: str, events: Mapping[str, type[T]], says: Says[P], *, resumes: bool
    ) -> None:  # fmt: skip
        self.method, self.path, self.events = method, path, events
        self.shown: Callable[..., Any] = says
        self._says, self._resumes = says, resumes

    def call(self, *args: P.args, **kwargs: P.kwargs) -> EventCall[T]:
        """One call of it."""
        return EventCall(
            method=self.method, path=_filled(self.path, self._says, args, kwargs),
            sent=self._says(None, *args, **kwargs), resumes=self._resumes, events=self.events,
        )  # fmt: skip

    @overload
    def __get__(self, client: None, owner: object) -> Self: ...
    @overload
    def __get__(self, client: Sender, owner: object) -> Callable[P, Generator[T, None, None]]: ...
    @overload
    def __get__(self, client: AsyncSender, owner: object) -> Callable[P, AsyncGenerator[T, None]]: ...
    def __get__(self, client: Sender | AsyncSender | None, owner: object) -> Any:
        if client is None:
            return self
        follow = client.follow
        return _bound(lambda *args, **kwargs: follow(self.call(*args, **kwargs)), self.shown)


def operation(
    method: str, path: str, answers: type[T], *, repeatable: bool | None = None, read: Read[T] | None = None
) -> Callable[[Says[P]], Operation[P, T]]:
    """An operation from a function that says what its call carries.

    ``read``: how its answer is read, where that does not follow from its form. GET and PUT are repeatable of old.
    """
    again = method in _REPEATABLE if repeatable is None else repeatable
    return lambda says: Operation(method, path, answers, says, repeatable=again, read=read)


def following(
    method: str, path: str, events: Mapping[str, type[T]], *, resumes: bool = False
) -> Callable[[Says[P]], Following[P, T]]:
    """An operation that answers events, from a function that says what its call carries."""
    return lambda says: Following(method, path, events, says, resumes=resumes)


def _filled(path: str, says: Callable[..., Sent], args: tuple[object, ...], kwargs: Mapping[str, object]) -> str:
    """The path with the arguments that it names, each one segment whatever slashes it holds."""
    named = signature(says).bind(None, *args, **kwargs).arguments
    ids = [name for _, name, _, _ in Formatter().parse(path) if name]
    return path.format(**{name: quote(str(named[name]), safe="") for name in ids})


def _bound(method: Callable[..., Any], written: Callable[..., Any]) -> Callable[..., Any]:
    """A method that tells people its name, its arguments and what it does."""
    shown = signature(written)
    update_wrapper(method, written)
    method.__signature__ = shown.replace(parameters=list(shown.parameters.values())[1:])  # type: ignore[attr-defined]
    return method
