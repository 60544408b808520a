"""Whether the service can listen on its address, and if not, why: told before a library is loaded."""

import errno
import os
import socket

from graph.errors import ConfigurationError
from graph.text.controls import visible

TRIED_PORTS = 100
"""Ports after the one that is taken that are looked at for a free one."""
_SHOWN = 80
"""Characters of another program's command line."""


def check_address(host: str, port: int) -> None:
    """Raise ConfigurationError, in a sentence that says what to do, where nobody can listen there."""
    error = _refusal(host, port)
    if error is None:
        return
    where = f"{host}:{port}"
    if error.errno == errno.EADDRINUSE:
        raise ConfigurationError(_taken(host, port)) from error
    if error.errno == errno.EACCES:
        raise ConfigurationError(f"{where} is kept for root; set QUIPU_PORT to 1024 or more") from error
    raise ConfigurationError(f"{where} cannot be listened on ({error.strerror}); set QUIPU_HOST") from error


def _refusal(host: str, port: int) -> OSError | None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return error
    return None


def _taken(host: str, port: int) -> str:
    """Who has a port, and what to do."""
    free = next((str(one) for one in range(port + 1, port + TRIED_PORTS) if _refusal(host, one) is None), "…")
    other = f"set another port, such as QUIPU_PORT={free}"
    holder = _holder(port)
    if holder is None:
        return f"{host}:{port} is taken by a program of another user; {other}"
    pid, command = holder
    if _is_quipu(command):
        return f"Quipu runs at {host}:{port} already (process {pid}): use that one, end it with  kill {pid}  or {other}"
    shown = visible(" ".join(command))[:_SHOWN]
    return f"{host}:{port} is taken by process {pid} ({shown}); end that, or {other}"


def _holder(port: int) -> tuple[int, list[str]] | None:
    """The process that listens on a port, and its command line, as far as this user may see it."""
    import psutil

    try:
        for one in psutil.net_connections("tcp"):
            if one.status == psutil.CONN_LISTEN and one.laddr.port == port and one.pid:
                return one.pid, psutil.Process(one.pid).cmdline()
    except psutil.Error:  # it has ended meanwhile, or may not be looked at
        return None
    return None


def _is_quipu(command: list[str]) -> bool:
    return any(os.path.basename(part) == "quipu" for part in command[:2]) or command[1:3] == ["-m", "api"]
