"""The same question in other words, so that no cue of a data set's own templates carries its answers. Pure."""

import hashlib
import re

_NEWEST = r"(?:latest|newest|most recent)"
_INNER = re.compile(rf"\b{_NEWEST} ")
_FRAMES: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        rf"What is the {_NEWEST} (?P<what>\w[\w -]*?) of (?P<whole>.+?)\?",
        (
            "Which {what} of {whole} came out last?",
            "What is the current {what} of {whole}?",
            "What is the most up-to-date {what} of {whole}?",
            "{whole} 最近一次的 {what} 是哪个？",
        ),
    ),
    (
        r"Who is the (?P<what>.+?)\?",
        ("Who is the current {what}?", "Who is the {what} at present?", "现任 {what} 是谁？"),
    ),
    (
        r"Who (?P<does>\w+s) (?P<what>.+?)\?",
        ("Who currently {does} {what}?", "Who {does} {what} at present?", "目前谁 {does} {what}？"),
    ),
    (
        r"What is the (?P<what>\w[\w -]*?) of (?P<whole>.+?)\?",
        (
            "What {what} does {whole} have at present?",
            "What is the current {what} of {whole}?",
            "{whole} 目前的 {what} 是什么？",
        ),
    ),
    (r"(?P<whole>.*)最新的?(?P<what>.*)", ("{whole}最近一次的{what}", "{whole}目前的{what}")),
    (r"谁是(?P<what>.*)", ("现任{what}是谁？", "{what}目前是谁？")),
)
"""Questions as they are put, the first that fits, and how else they can be."""
_WITHIN = ("most up-to-date ", "current ")
"""What stands within a question for the newest."""
_ANY = ("At present, {rest}", "Currently, {rest}", "As things stand, {rest}")


def paraphrase(question: str, identity: str) -> str:
    """The question in other words; which ones, the question's id decides."""
    choice = hashlib.sha256(f"{identity} paraphrased".encode()).digest()[0]
    for pattern, frames in _FRAMES:
        if (found := re.fullmatch(pattern, question)) is not None:
            parts = {name: _within(text, choice) for name, text in found.groupdict().items()}
            return frames[choice % len(frames)].format(**parts)
    if _INNER.search(question):
        return _INNER.sub(_WITHIN[choice % len(_WITHIN)], question)
    return _ANY[choice % len(_ANY)].format(rest=question[:1].lower() + question[1:])


def _within(text: str, choice: int) -> str:
    return _INNER.sub(_WITHIN[choice % len(_WITHIN)], text).rstrip("？?")
