"""Names of settings: what looks like one and is none is a slip of the fingers, and told as that."""

import difflib
import re
from collections.abc import Collection, Iterable

PREFIX = "QUIPU_"
_OF_OTHERS = re.compile(r"QUIPU_(?:TEST_\w+|SHARED_DATA|WRITE_DOCS|SERVICE_(?:HOST|PORT)\w*|PORT_\d+_\w+)")
"""What tests and benchmarks read, and what Kubernetes sets for every service that is called ``quipu``."""
_NEAR = 0.75


def misspelt(given: Iterable[str], real: Collection[str]) -> str | None:
    """The first name, in order, that begins like a setting and is none; case does not count."""
    wrong = (
        name for name in sorted(map(str.upper, given)) if name.startswith(PREFIX) and name not in real
        and not _OF_OTHERS.fullmatch(name)
    )  # fmt: skip
    return next(wrong, None)


def advice(name: str, where: str, real: Collection[str]) -> str:
    """What to do about a name that is no setting, and stands in ``where``."""
    near = difflib.get_close_matches(name, real, n=1, cutoff=_NEAR)
    meant = f"did you mean {near[0]}?" if near else "take it away; the README lists all settings"
    return f"{name} (in {where}) is no setting of Quipu: {meant}"
