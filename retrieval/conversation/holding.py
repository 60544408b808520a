"""Whether an earlier answer still holds, by what it cites and by what is said when its question is asked again. Pure.

Evidence decides, and not the words of an answer: another passage may come to rank first, and a model may word anew
what it has said before. An answer is changed only by text that went or came: where something that it cites is gone, or
where what is said now cites something that was not there.
"""

import re
from collections.abc import Callable

from retrieval.answer import Citation
from retrieval.conversation.model import MARKER, Reply

_SPACE = re.compile(r"\s+")


def still_holds(before: Reply, now: Reply, *, gone: bool, is_new: Callable[[Citation], bool]) -> bool:
    """Whether ``now`` says what ``before`` said.

    Args:
        before: what was said.
        now: what is said to the same question at a later revision.
        gone: whether something that ``before`` cites is not there any more.
        is_new: whether what a citation of ``now`` quotes was not there when ``before`` was last found to hold.
    """
    if before.abstained and now.abstained:
        return True
    if before.abstained == now.abstained and before.contradicted == now.contradicted and _alike(before, now):
        return True
    return not gone and not any(map(is_new, now.citations))


def _alike(before: Reply, now: Reply) -> bool:
    if before.short is not None and now.short is not None:
        return _plain(before.short) == _plain(now.short)
    return _plain(before.text) == _plain(now.text)


def _plain(text: str) -> str:
    """A text without what numbers its passages, however it is spaced and capitalised."""
    return _SPACE.sub(" ", MARKER.sub("", text)).strip().casefold()
