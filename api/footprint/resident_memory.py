"""What the process holds of the machine's memory: what was freed is given back, and start-up objects are put aside.

glibc keeps what threads have freed, in up to eight arenas a core, each with its own gaps: under load a service of which
nothing grows would take more and more.
"""

import ctypes
import gc
import threading

_ARENA_MAX = -8
"""``M_ARENA_MAX`` of glibc's ``malloc.h``."""
ARENAS = 2
"""Python holds its lock around most of what allocates, so that threads need no arenas of their own."""
GIVEN_BACK_SECONDS = 5.0
"""How often freed memory is given back. It takes milliseconds."""
_libc = ctypes.CDLL(None)


def keep_together() -> None:
    """Have all threads allocate from few arenas. To be called before there are many threads; glibc only."""
    if hasattr(_libc, "mallopt"):
        _libc.mallopt(_ARENA_MAX, ARENAS)


def set_aside() -> None:
    """Let the garbage collector no longer walk through what is there.

    The objects of the libraries alone are more than half a million, and a pass through them stops every thread for
    half a second.
    """
    gc.collect()
    gc.freeze()


class FreedMemory:
    """Gives memory that was freed back to the machine, in a thread of its own, until told to stop."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="freed-memory", daemon=True)

    def start(self) -> None:
        """Begin. Does nothing where the C library cannot do it."""
        if hasattr(_libc, "malloc_trim"):
            self._thread.start()

    def stop(self) -> None:
        """End, after what is being given back."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(30)

    def _run(self) -> None:
        while not self._stopping.wait(GIVEN_BACK_SECONDS):
            _libc.malloc_trim(0)  # ctypes lets other threads go on meanwhile
