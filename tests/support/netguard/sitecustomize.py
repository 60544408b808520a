"""Loaded by Python itself at start when its folder is on PYTHONPATH: refuses every connection but to loopback."""

import ipaddress
import os
import socket
import sys

_connect, _look_up = socket.socket.connect, socket.getaddrinfo


def _check(host: object) -> None:
    name = host.decode() if isinstance(host, bytes) else str(host or "localhost")
    try:
        outside = not ipaddress.ip_address(name).is_loopback
    except ValueError:
        outside = name != "localhost"
    if outside:
        sys.stderr.write(f"NETGUARD: refused a connection to {name}\n")
        sys.stderr.flush()
        os._exit(86)


def connect(self: socket.socket, address: object) -> None:
    if isinstance(address, tuple):
        _check(address[0])
    _connect(self, address)  # type: ignore[arg-type]


def look_up(host: object, *arguments: object, **more: object) -> object:
    _check(host)
    return _look_up(host, *arguments, **more)  # type: ignore[arg-type]


socket.socket.connect = connect  # type: ignore[method-assign,assignment]
socket.getaddrinfo = look_up  # type: ignore[assignment]
