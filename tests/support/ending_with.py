"""Becomes a command that ends with the process that started it, however that one ends.

    python ending_with.py PARENT COMMAND [ARGUMENT ...]

``PARENT`` is the starter's process id. The kernel of Linux does the rest (``PR_SET_PDEATHSIG``); where there is
none, the command just runs. The kernel watches the starting *thread*: start processes from one that lives as long.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    parent, *command = sys.argv[1:]
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != int(parent):  # it ended before the kernel was told
            sys.exit(1)
    os.execvp(command[0], command)


if __name__ == "__main__":
    main()
