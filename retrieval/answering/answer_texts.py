"""What answers say, in English and Chinese."""

NOT_FOUND = {"en": "Not found in the documents.", "zh": "文档中没有找到答案。"}
SOURCES_DIFFER = {"en": "Sources differ, the newest first:", "zh": "来源说法不一，最新的在前："}


def before_conflict(text: str) -> str:
    """What an answer says, without what it tells of sources that differ."""
    for opening in SOURCES_DIFFER.values():
        text = text.partition(f"\n\n{opening}")[0]
    return text
