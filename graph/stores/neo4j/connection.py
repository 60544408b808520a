"""One Neo4j database: deadlines, retries, errors translated, and commits that no read sees half of.

The driver's asynchronous face is used, on an event loop in a thread of its own, because only that one lets a
call be given up: a server that is frozen, not down, keeps a socket open and silent for ever.
"""

import asyncio
import threading
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from graph.errors import ConfigurationError, DependencyError
from graph.stores.cypher.administration import COMMITTED, SERVER

if TYPE_CHECKING:
    from neo4j import AsyncDriver, AsyncManagedTransaction

PATIENCE_SECONDS = 8.0
"""A statement, or a commit, that takes longer is given up. Long work is cut into statements that do not."""
RETRY_SECONDS = 3.0
CONNECT_SECONDS = 3.0
COMMIT_ATTEMPTS = 3
CONNECTIONS = 32

Row = list[Any]
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Neo4jAddress:
    """Where the database is. ``database`` None is the user's default one."""

    url: str
    user: str
    password: str
    database: str | None = None


class Statements:
    """One transaction, seen by whoever puts statements into it.

    ``token`` marks the revisions it records, and ``since`` is the revision before them: by both it can be told
    later whether it was committed.
    """

    def __init__(self, transaction: "AsyncManagedTransaction", token: str, alive: Callable[[], None]) -> None:
        self._transaction = transaction
        self._alive = alive
        self.token = token
        self.since = 0

    async def run(self, statement: str, **values: object) -> list[Row]:
        """All rows of one statement."""
        result = await self._transaction.run(statement, values)
        rows = await result.values()
        self._alive()
        return rows


Work = Callable[[Statements], Awaitable[T]]


class Gate:
    """Keeps reads and commits apart: a read between two steps of a commit could find an element in neither state.

    One process owns a store, so this is enough. Reads share the gate; a commit waits until they are through.
    Only the event loop's thread uses it, and nothing that leaves waits: whoever is given up leaves for certain.
    """

    def __init__(self) -> None:
        self._readers = 0
        self._committing = 0
        self._change = asyncio.Event()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[None]:
        """A read's time inside; it begins once no commit is in or waits."""
        while self._committing:
            await self._change.wait()
        self._readers += 1
        try:
            yield
        finally:
            self._readers -= 1
            self._tell()

    async def shut(self) -> None:
        """Let no more reads in, and wait until those inside have left. A commit given up here leaves it open."""
        self._committing += 1
        try:
            while self._readers:
                await self._change.wait()
        except asyncio.CancelledError:
            self.reopen()
            raise

    def reopen(self) -> None:
        """The commit is over."""
        self._committing -= 1
        self._tell()

    def _tell(self) -> None:
        self._change.set()
        self._change = asyncio.Event()


class Neo4jDatabase:
    """Synchronous outside. Every method raises DependencyError where the server is down, frozen or refuses."""

    def __init__(self, address: Neo4jAddress) -> None:
        self.address = address
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, name="neo4j", daemon=True)
        self._thread.start()
        self._driver: AsyncDriver | None = None
        self._gate = Gate()

    def close(self) -> None:
        """Close every connection; a second time does nothing."""
        if self._loop.is_closed():
            return
        if self._driver is not None:
            with suppress(DependencyError):
                self._call(asyncio.wait_for(self._driver.close(), PATIENCE_SECONDS))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE_SECONDS)

    def _serve(self) -> None:
        """The loop's thread closes it: whoever stops it may not wait long enough to do so."""
        self._loop.run_forever()
        self._loop.close()

    def read(self, statement: str, **values: object) -> list[Row]:
        """All rows of one statement: in one round trip, where a transaction takes three."""
        return self._call(self._read_alone(statement, values))

    def read_together(self, work: Work[T]) -> T:
        """Several statements in one reading transaction, apart from every commit."""
        return self._call(self._read(work))

    def write(self, workspace: str, work: Work[T]) -> T:
        """One writing transaction, repeated where the driver says that helps.

        Where the reply to a commit is lost, the log tells whether it happened.
        """
        return self._call(self._write(workspace, work))

    def change_schema(self, statement: str) -> None:
        """One statement in a transaction of its own."""
        self._call(self._write("", lambda statements: statements.run(statement)))

    def check_access(self) -> None:
        """Connect. Raises ConfigurationError where the server refuses user, password, database or protocol."""
        from neo4j.exceptions import AuthError, ClientError
        from neo4j.exceptions import ConfigurationError as DriverConfigurationError

        try:
            self.read("RETURN 1")
        except DependencyError as error:
            if isinstance(error.__cause__, AuthError | ClientError | DriverConfigurationError | ValueError):
                raise ConfigurationError(
                    f"{error}; check QUIPU_GRAPH_URL, QUIPU_NEO4J_USER, QUIPU_NEO4J_PASSWORD, QUIPU_NEO4J_DATABASE"
                ) from error
            raise

    def server(self) -> str:
        """Name, version and edition of the server. Raises as :meth:`check_access`."""
        self.check_access()
        name, number, edition = self.read(SERVER)[0]
        return f"{name} {number} ({edition})"

    async def _read_alone(self, statement: str, values: dict[str, object]) -> list[Row]:
        from neo4j.exceptions import DriverError, Neo4jError

        try:
            async with (
                asyncio.timeout(PATIENCE_SECONDS),
                self._gate.reading(),
                self._open().session(**self._of(), default_access_mode="READ") as session,
            ):
                return await (await session.run(statement, values)).values()
        except (DriverError, Neo4jError) as error:
            if not error.is_retryable():
                raise
        return await self._read(lambda statements: statements.run(statement, **values))

    async def _read(self, work: Work[T]) -> T:
        async with (
            asyncio.timeout(PATIENCE_SECONDS),
            self._gate.reading(),
            self._open().session(**self._of()) as session,
        ):
            return await session.execute_read(lambda transaction: work(Statements(transaction, "", lambda: None)))

    async def _write(self, workspace: str, work: Work[T]) -> T:
        from neo4j.exceptions import IncompleteCommit

        token = uuid.uuid4().hex
        done: list[tuple[T, int]] = []
        for attempt in range(COMMIT_ATTEMPTS):
            try:
                return await self._attempt(work, token, done)
            except IncompleteCommit:
                if done and await self._was_committed(workspace, done[0][1], token):
                    return done[0][0]
                if attempt == COMMIT_ATTEMPTS - 1:
                    raise
        raise AssertionError

    async def _was_committed(self, workspace: str, since: int, token: str) -> bool:
        rows = await self._read(lambda s: s.run(COMMITTED, w=workspace, since=since, token=token))
        return bool(rows[0][0])

    async def _attempt(self, work: Work[T], token: str, done: list[tuple[T, int]]) -> T:
        """One run of the driver's own retries. ``done`` gets the result, and the revision before, at each commit."""
        shut = False
        async with asyncio.timeout(PATIENCE_SECONDS) as limit:

            def alive() -> None:
                limit.reschedule(self._loop.time() + PATIENCE_SECONDS)

            async def once(transaction: "AsyncManagedTransaction") -> T:
                nonlocal shut
                if shut:
                    self._gate.reopen()
                    shut = False
                statements = Statements(transaction, token, alive)
                result = await work(statements)
                done[:] = [(result, statements.since)]
                await self._gate.shut()
                shut = True
                return result

            try:
                async with self._open().session(**self._of()) as session:
                    return await session.execute_write(once)
            finally:
                if shut:
                    self._gate.reopen()

    def _of(self) -> dict[str, Any]:
        return {"database": self.address.database, "fetch_size": -1}

    def _open(self) -> "AsyncDriver":
        """The driver; made on its own loop at first use, and importing it is left until then."""
        if self._driver is None:
            from neo4j import AsyncGraphDatabase

            self._driver = AsyncGraphDatabase.driver(
                self.address.url,
                auth=(self.address.user, self.address.password),
                max_transaction_retry_time=RETRY_SECONDS,
                connection_timeout=CONNECT_SECONDS,
                connection_acquisition_timeout=PATIENCE_SECONDS,
                max_connection_pool_size=CONNECTIONS,
                notifications_min_severity="OFF",
                telemetry_disabled=True,
            )
        return self._driver

    def _call(self, coroutine: Coroutine[Any, Any, T]) -> T:
        from neo4j.exceptions import DriverError, Neo4jError

        try:
            return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()
        except TimeoutError as error:
            raise DependencyError(
                f"Neo4j at {self.address.url} did not answer within {PATIENCE_SECONDS:.0f} s"
            ) from error
        except (DriverError, Neo4jError, OSError, ValueError) as error:
            raise DependencyError(f"Neo4j at {self.address.url} cannot be used: {_first_line(error)}") from error


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:300]
