"""Risky parsers in a process of their own: bounded in time and memory, restarted when it dies.

The service and the parser speak in frames over pipes: a JSON header line with the length of what follows,
then that many bytes. Nothing is unpickled.
"""

import base64
import json
import resource
import subprocess
import sys
import threading
from dataclasses import asdict
from pathlib import Path
from typing import IO

from graph import errors
from graph.errors import DependencyError, InputError, Unreadable
from ingest.loaders.registry import loader_for
from ingest.model import LoadedDocument, Section, Source

TIME_LIMIT_SECONDS = 30.0
MEMORY_LIMIT_BYTES = 1536 * 1024 * 1024
"""Address space of the parser, libraries included."""


class ParserProcess:
    """Loads documents in a child process. One at a time; thread-safe."""

    def __init__(self, *, time_limit: float = TIME_LIMIT_SECONDS) -> None:
        self._time_limit = time_limit
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None

    def load(self, source: Source) -> LoadedDocument:
        """Text and sections of a file, as a DocumentLoader gives them.

        Raises:
            Unreadable: also when the parser took too long, too much memory, or crashed.
        """
        return _unpack(self._ask(source, page=None))

    def picture(self, source: Source, page: int) -> bytes:
        """One page as a JPEG picture; pages count from 1, a picture is its only page.

        Raises:
            Unreadable: as with :meth:`load`.
        """
        reply = self._ask(source, page=page)
        _raise_error(reply)
        return base64.b64decode(str(reply["picture"]))

    def _ask(self, source: Source, *, page: int | None) -> dict[str, object]:
        with self._lock:
            child = self._running()
            timer = threading.Timer(self._time_limit, child.kill)
            timer.start()
            try:
                return _ask(child, source, page)
            except (OSError, ValueError, EOFError) as error:
                self._stop()
                raise Unreadable(
                    f"{source.name!r} could not be read: its parser crashed, or took more than"
                    f" {self._time_limit:g} s or its share of memory"
                ) from error
            finally:
                timer.cancel()

    def close(self) -> None:
        """End the child process."""
        with self._lock:
            self._stop()

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._child is None or self._child.poll() is not None:
            self._stop()
            try:
                self._child = subprocess.Popen(
                    [sys.executable, "-m", "ingest.loaders.parser_process"],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    cwd=Path(__file__).resolve().parents[2],
                )
            except OSError as error:
                raise DependencyError(f"the parser process cannot be started: {error}") from error
        return self._child

    def _stop(self) -> None:
        if self._child is None:
            return
        self._child.kill()
        self._child.wait()
        for pipe in (self._child.stdin, self._child.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except BrokenPipeError:
                    continue
        self._child = None


def _ask(child: "subprocess.Popen[bytes]", source: Source, page: int | None) -> dict[str, object]:
    if child.stdin is None or child.stdout is None:
        raise EOFError
    header = {"name": source.name, "media_type": source.media_type, **({} if page is None else {"page": str(page)})}
    _write_frame(child.stdin, header, source.data)
    frame = _read_frame(child.stdout)
    if frame is None:
        raise EOFError
    found = json.loads(frame[1])
    if not isinstance(found, dict):
        raise ValueError(found)
    return found


def _raise_error(reply: dict[str, object]) -> None:
    if "error" in reply:
        kind = getattr(errors, str(reply["error"]), Unreadable)
        raise kind(str(reply["message"]))


def _unpack(reply: dict[str, object]) -> LoadedDocument:
    _raise_error(reply)
    sections, pictures = reply["sections"], reply["picture_pages"]
    if not isinstance(sections, list) or not isinstance(pictures, list):
        raise Unreadable("the parser gave no sections")
    return LoadedDocument(
        text=str(reply["text"]),
        sections=tuple(Section(**{**section, "headings": tuple(section["headings"])}) for section in sections),
        title=None if reply["title"] is None else str(reply["title"]),
        picture_pages=tuple(pictures),
    )


def _write_frame(stream: IO[bytes], header: dict[str, str], data: bytes) -> None:
    stream.write(json.dumps({**header, "length": len(data)}).encode("ascii") + b"\n")
    stream.write(data)
    stream.flush()


def _read_frame(stream: IO[bytes]) -> tuple[dict[str, str], bytes] | None:
    line = stream.readline()
    if not line:
        return None
    header = json.loads(line)
    data = stream.read(int(header["length"]))
    return (header, data) if len(data) == int(header["length"]) else None


def _reply(source: Source, page: str | None) -> dict[str, object]:
    if page is None:
        return asdict(loader_for(source.media_type).load(source))
    from ingest.loaders.picture import page_picture

    return {"picture": base64.b64encode(page_picture(source, int(page))).decode("ascii")}


def main() -> None:
    """Serve the pipes until they close."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT_BYTES, MEMORY_LIMIT_BYTES))
    while frame := _read_frame(sys.stdin.buffer):
        header, data = frame
        source = Source(name=header["name"], media_type=header["media_type"], data=data)
        try:
            reply = _reply(source, header.get("page"))
        except InputError as error:
            reply = {"error": type(error).__name__, "message": str(error)}
        except (MemoryError, RecursionError):
            reply = {"error": "Unreadable", "message": f"{source.name!r} needs more memory than a parser may take"}
        _write_frame(sys.stdout.buffer, {}, json.dumps(reply).encode("ascii"))


if __name__ == "__main__":
    main()
