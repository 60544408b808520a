"""Waiting for something as long as it gets on. A slow machine makes it late; only standing still makes it fail."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

STILL_SECONDS = 100.0
"""Without any change for this long, what is waited for will not come. More than any pause that the product makes."""
LAST_SECONDS = 900.0
"""However much goes on meanwhile. Below the limit of pytest for one test, which would not say what was seen."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.01, 0.3


def wait_until(
    found: Callable[[], T], what: str, *, seen: Callable[[], object], still: float = STILL_SECONDS,
    last: float = LAST_SECONDS,
) -> T:  # fmt: skip
    """The first result of ``found`` that is true.

    ``seen`` tells what is there instead; each change of it is progress, and its last value is part of the message.

    Raises:
        AssertionError: nothing changed for ``still`` seconds, or ``last`` seconds are over.
    """
    started = changed = time.monotonic()
    state: object = None
    pause = _FIRST_PAUSE
    while not (result := found()):
        now, new = time.monotonic(), seen()
        if new != state:
            state, changed = new, now
        if now - changed > still or now - started > last:
            raise AssertionError(
                f"{what}: not after {now - started:.0f} s, the last {now - changed:.0f} of them without a change;"
                f" last seen: {state}"
            )
        time.sleep(pause)
        pause = min(1.3 * pause, _LONGEST_PAUSE)
    return result
