"""What the parser process gives up before it sees a document.

A parser needs the bytes it is given and the libraries it has loaded, and nothing else: no network, no files, no other
process, no rights. What the system does not grant (no root, an old kernel, not Linux) is left out, and told.
"""

import ctypes
import os
import resource
import struct
import sys
import sysconfig
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NoReturn

from ingest.loaders.isolation.system_calls import denying_filter

_NOBODY = 65534
_CLONE_NEWNET, _CLONE_NEWIPC, _CLONE_NEWUSER = 0x40000000, 0x08000000, 0x10000000
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 1, 4, 22, 38
_SECCOMP_FILTER = 2
_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446
_LANDLOCK_VERSION, _BENEATH = 1, 1
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}
"""How many rights over files a version of Landlock knows; from the fifth on 16."""
_TCP, _SCOPES = 0b11, 0b11
_FONTS = ("/usr/share/fonts", "/usr/local/share/fonts", "/usr/share/X11/fonts")
_LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/fonts", "/usr/share/zoneinfo")
OPEN_FILES = 64

_libc = ctypes.CDLL(None, use_errno=True)


def confine_process() -> dict[str, bool]:
    """Give up for good what no document needs; the process must have one thread. What is held, by name."""
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_NOFILE, OPEN_FILES)
    linux = sys.platform == "linux"
    readable = _readable()  # asked while this user can still see where Python is
    held = {"no network": leave_network(), "own user": _become_nobody()}
    held["no new privileges"] = linux and _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    held["no files"] = linux and _close_file_system(readable)
    held["system calls"] = linux and denying_filter() is not None and _filters_can_be_set()
    if linux:
        _prctl(_PR_SET_DUMPABLE, 0)
    return held


def confine_cell(*, seconds: float, memory: int, parent: int) -> None:
    """The rest, in the process that reads one document: its limits, its end with ``parent``, the system calls."""
    if sys.platform == "linux":
        _prctl(_PR_SET_PDEATHSIG, 9)  # only now: a change of user clears it
    if os.getppid() != parent:
        os._exit(1)
    _limit_work(seconds)
    _limit(resource.RLIMIT_AS, memory)
    _limit(resource.RLIMIT_NPROC, 0)
    instructions = denying_filter() if sys.platform == "linux" else None
    if instructions is not None:
        code = ctypes.create_string_buffer(instructions, len(instructions))
        program = struct.pack("HxxxxxxP", len(instructions) // 8, ctypes.addressof(code))
        _prctl(_PR_SET_SECCOMP, _SECCOMP_FILTER, ctypes.create_string_buffer(program, len(program)))


def become_program(arguments: Sequence[str], *, seconds: float, memory: int) -> NoReturn:
    """Run a program of the system in this process's place: without network, new rights, and files to write."""
    leave_network()
    for kind, most in ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_AS, memory)):
        _limit(kind, most)
    _limit_work(seconds)
    if sys.platform == "linux":
        _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    os.execv(arguments[0], list(arguments))  # noqa: S606 no shell, and the path is the service's own


def leave_network() -> bool:
    """Into a network of its own, which has no way out; without root in a user namespace of its own."""
    if sys.platform != "linux":
        return False
    if _libc.unshare(_CLONE_NEWNET | _CLONE_NEWIPC) == 0:
        return True
    return bool(_libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET | _CLONE_NEWIPC) == 0)


def _limit(kind: int, most: int) -> None:
    hard = resource.getrlimit(kind)[1]
    value = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(kind, (value, value))


def _limit_work(seconds: float) -> None:
    """Processor time. The last second lies beyond the soft limit: at the hard one Linux kills without a reason."""
    most = int(seconds) + 1
    _limit(resource.RLIMIT_CPU, most + 1)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (min(most, hard), hard))


def _become_nobody() -> bool:
    """Another user than the service; only root can."""
    if os.geteuid() != 0:
        return False
    try:
        os.setgroups([])
        os.setresgid(_NOBODY, _NOBODY, _NOBODY)
        os.setresuid(_NOBODY, _NOBODY, _NOBODY)
    except OSError:  # a container that maps no such user
        return os.geteuid() != 0
    return True


def _close_file_system(readable: Sequence[str]) -> bool:
    """By Landlock: libraries and fonts can be read, nothing else, and nothing at all written, made or run."""
    version = _system_call(_LANDLOCK_CREATE, None, 0, _LANDLOCK_VERSION)
    if version < 1:
        return False
    rights = (1 << _FILE_RIGHTS.get(version, 16)) - 1
    fields = [rights, *([_TCP] if version >= 4 else []), *([_SCOPES] if version >= 6 else [])]
    attributes = struct.pack(f"{len(fields)}Q", *fields)
    ruleset = _system_call(_LANDLOCK_CREATE, attributes, len(attributes), 0)
    if ruleset < 0:
        return False
    try:
        _allow(ruleset, readable)
        return _system_call(_LANDLOCK_RESTRICT, ruleset, 0) == 0
    finally:
        os.close(ruleset)


def _allow(ruleset: int, folders: Iterable[str]) -> None:
    for folder in folders:
        try:
            place = os.open(folder, os.O_PATH | os.O_CLOEXEC)
        except OSError:  # it is not there, or not for this user
            continue
        try:
            rule = struct.pack("=Qi", _READ_FILE | _READ_DIR, place)
            _system_call(_LANDLOCK_ADD, ruleset, _BENEATH, rule, 0)
        finally:
            os.close(place)


def _readable() -> Sequence[str]:
    """Where modules are that a parser may still import, and fonts. Our own are loaded: the folder of the project,
    which may hold the data, is not among them.
    """
    modules = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    return [*sorted(path for path in modules if path and Path(path).is_dir()), *_LIBRARIES, *_FONTS]


def _filters_can_be_set() -> bool:
    """Whether the kernel knows filters: it then complains of the address, and else of the word."""
    _prctl(_PR_SET_SECCOMP, _SECCOMP_FILTER, None)
    return ctypes.get_errno() == 14


def _prctl(option: int, value: int, address: "ctypes.Array[ctypes.c_char] | None" = None) -> bool:
    ctypes.set_errno(0)
    nothing = ctypes.c_ulong(0)
    return bool(_libc.prctl(option, ctypes.c_ulong(value), address, nothing, nothing) == 0)


def _system_call(number: int, *arguments: int | bytes | None) -> int:
    """One that the C library has no name for; below 0 where it fails."""
    return int(_libc.syscall(number, *(ctypes.c_long(each) if isinstance(each, int) else each for each in arguments)))
