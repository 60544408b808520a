"""Neo4j Community on loopback, for tests, benchmarks and trying it: random port and password, a data folder of its own.

    python tests/support/neo4j_server.py        # start one, print the settings for Quipu, go on until Ctrl-C

The server runs from its Maven artifacts on a JDK 17 or 21; ``pom.xml`` beside this file says which.
They are resolved once into ``~/.cache/quipu`` (or XDG_CACHE_HOME). ``QUIPU_TEST_NEO4J_URL`` names a server
that is there already, as ``bolt://user:password@host:port``; its default database is emptied.
"""

import fcntl
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import neo4j
import processes
from neo4j.exceptions import DriverError, Neo4jError
from progress import wait_until

POM = Path(__file__).parent / "neo4j" / "pom.xml"
VERSION = "5.26.25"
_OPENS = [f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in ("java.nio", "sun.nio.ch", "java.io")]


def library() -> Path:
    """The folder of the server's jars, resolved on first use by Maven, from wherever Maven is set up to look."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "quipu"
    folder = cache / f"neo4j-{VERSION}"
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "neo4j.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.is_dir():
            fresh = Path(tempfile.mkdtemp(dir=cache))
            command = ["mvn", "-q", "-B", "-f", str(POM), "dependency:copy-dependencies", f"-DoutputDirectory={fresh}"]
            ran = subprocess.run(command, capture_output=True, text=True, check=False)
            if ran.returncode:
                shutil.rmtree(fresh)
                raise RuntimeError(f"Maven could not resolve Neo4j:\n{(ran.stdout + ran.stderr)[-2000:]}")
            fresh.rename(folder)
    return folder


_SHORT_LIVED = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]
"""For a server that lives for minutes: compiling thoroughly takes longer than it saves. A start, 15 writes and reading
all that back took 17 seconds of processor time and not 35."""
_PLANS_ARE_KEPT = """dbms.cypher.min_replan_interval=1d
db.tx_log.preallocate=false
"""
"""Tests empty the database again and again, and at each count of nodes that is another one every statement was planned
anew: 60 random operations and looks at what they did took 129 seconds of processor time and not 84."""

_servers: dict[Path, "Neo4jServer"] = {}


class Neo4jServer:
    """One server process. ``kill``, ``freeze`` and ``thaw`` do what their names say; ``start`` starts it again."""

    def __init__(self, folder: Path, *, heap: str = "512m", short_lived: bool = False) -> None:
        """``short_lived`` starts sooner and works slower: for tests, never for measurements."""
        self.home = folder
        self.user, self.password = "neo4j", secrets.token_hex(8)
        self.port = _free_port()
        self._options = [f"-Xms{heap}", f"-Xmx{heap}", *_OPENS, *(_SHORT_LIVED if short_lived else ())]
        self._process: subprocess.Popen[bytes] | None = None
        for name in ("conf", "data", "logs", "run", "import", "plugins"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / "conf" / "neo4j.conf").write_text(
            _configuration(self.port) + (_PLANS_ARE_KEPT if short_lived else ""), encoding="ascii"
        )
        self._java(
            ["-Xmx256m", *_SHORT_LIVED], ["org.neo4j.cli.AdminTool", "dbms", "set-initial-password", self.password]
        ).wait()

    @classmethod
    def over(cls, folder: Path) -> "Neo4jServer":
        """The server of a folder, be it running, ended, or new."""
        if folder not in _servers:
            _servers[folder] = cls(folder, short_lived=True)
        return _servers[folder]

    def start_if_down(self) -> bool:
        """Whether it was."""
        down = self._process is None
        if down:
            self.start()
        return down

    @property
    def url(self) -> str:
        return f"bolt://127.0.0.1:{self.port}"

    def settings(self) -> dict[str, str]:
        """What makes Quipu use it."""
        return {"QUIPU_GRAPH_URL": self.url, "QUIPU_NEO4J_USER": self.user, "QUIPU_NEO4J_PASSWORD": self.password}

    def start(self, *, wait: bool = True) -> "Neo4jServer":
        main = ["org.neo4j.server.CommunityEntryPoint", f"--home-dir={self.home}", f"--config-dir={self.home / 'conf'}"]
        self._process = self._java(self._options, main)
        if wait:
            self.wait_until_up()
        return self

    def wait_until_up(self) -> None:
        """As long as it works on its start."""
        wait_until(self._answers, "the start of Neo4j", seen=lambda: (processes.work(), self._end_of_log()))

    def _answers(self) -> bool:
        if self._process is not None and self._process.poll() is not None:
            raise RuntimeError(f"Neo4j did not start: {self._end_of_log()}")
        try:
            with self.driver() as driver:
                driver.execute_query("MATCH (n) RETURN count(n)")  # the first takes seconds, more than Quipu waits
        except (DriverError, Neo4jError):
            return False
        return True

    def _end_of_log(self) -> str:
        return (self.home / "logs" / "console.log").read_text(errors="replace")[-3000:]

    def driver(self) -> neo4j.Driver:
        return neo4j.GraphDatabase.driver(self.url, auth=(self.user, self.password), telemetry_disabled=True)

    def empty(self, *, schema: bool = False) -> None:
        """Remove all data; constraints and indexes, which take seconds to make, only where that is asked for."""
        with self.driver() as driver, driver.session() as session:
            session.run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 5000 ROWS").consume()
            if not schema:
                return
            for row in session.run("SHOW CONSTRAINTS YIELD name").values():
                session.run(f"DROP CONSTRAINT `{row[0]}` IF EXISTS").consume()
            for row in session.run("SHOW INDEXES YIELD name, type WHERE type <> 'LOOKUP' RETURN name").values():
                session.run(f"DROP INDEX `{row[0]}` IF EXISTS").consume()

    def kill(self) -> None:
        if self._process is not None:
            processes.end(self._process)
            self._process = None

    def freeze(self) -> None:
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def stop(self) -> None:
        """End it. A gentle stop takes ten seconds, and its data are thrown away with its folder."""
        self.kill()

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)

    def _java(self, options: list[str], main: list[str]) -> subprocess.Popen[bytes]:
        environment = {**os.environ, "NEO4J_HOME": str(self.home), "NEO4J_CONF": str(self.home / "conf")}
        with (self.home / "logs" / "console.log").open("ab") as log:
            return processes.start(
                ["java", *options, "-cp", f"{library()}/*", *main], env=environment, stdout=log, stderr=log
            )


class ForeignServer(Neo4jServer):
    """A server that somebody else runs: it is emptied, never started or ended."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.user, self.password = parts.username or "neo4j", parts.password or ""
        self._url = f"{parts.scheme}://{parts.hostname}:{parts.port or 7687}"
        self._process = None

    @property
    def url(self) -> str:
        return self._url

    def start(self, *, wait: bool = True) -> "Neo4jServer":
        self.empty(schema=True)
        return self

    def stop(self) -> None:
        """Leave it running."""


def server_for_tests(folder: Path, number: int = 0) -> Neo4jServer:
    """The server that QUIPU_TEST_NEO4J_URL names (the one at ``number`` of several), or a new one."""
    urls = [url for url in os.environ.get("QUIPU_TEST_NEO4J_URL", "").split(",") if url]
    if number < len(urls):
        return ForeignServer(urls[number]).start()
    return Neo4jServer(folder, short_lived=True).start()


def _configuration(port: int) -> str:
    return f"""
server.default_listen_address=127.0.0.1
server.bolt.listen_address=127.0.0.1:{port}
server.bolt.advertised_address=127.0.0.1:{port}
server.http.enabled=false
server.https.enabled=false
server.memory.pagecache.size=128m
dbms.usage_report.enabled=false
db.tx_log.rotation.retention_policy=1 files
db.logs.query.enabled=OFF
"""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _leave)  # an exception wherever it is, so that the server and its folder go
    with tempfile.TemporaryDirectory(prefix="quipu-neo4j-") as folder:
        server = Neo4jServer(Path(folder))
        try:
            server.start()
            for name, value in server.settings().items():
                sys.stdout.write(f"export {name}={value}\n")
            sys.stdout.write("# Neo4j runs until Ctrl-C; its data goes with it\n")
            sys.stdout.flush()
            signal.pause()
        finally:
            server.stop()


def _leave(number: int, _: object) -> None:
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.SIG_IGN)  # one is enough: the second must not stop the tidying up
    sys.exit(0)


if __name__ == "__main__":
    main()
