"""What answers say, in English and Chinese."""

from retrieval.answer import ConflictKind

NOT_FOUND = {"en": "Not found in the documents.", "zh": "文档中没有找到答案。"}
INSTEAD = "; sentences of the documents stand in its place"
SAID_OTHERWISE: dict[ConflictKind, dict[str, str]] = {
    "contradiction": {"en": "Sources differ{order}:", "zh": "来源说法不一{order}："},
    "namesakes": {"en": "Several things have this name{order}:", "zh": "同名的不止一个{order}："},
}
NEWEST_FIRST = {"en": ", the newest first", "zh": "，最新的在前"}
"""The order, said only where each side has a day of its own."""


def before_conflict(text: str) -> str:
    """What an answer says, without what it tells of sources that say otherwise."""
    for openings in SAID_OTHERWISE.values():
        for opening in openings.values():
            text = text.partition(f"\n\n{opening.partition('{')[0]}")[0]
    return text
