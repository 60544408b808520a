"""What answers say, in English and Chinese."""

NOT_FOUND = {"en": "Not found in the documents.", "zh": "文档中没有找到答案。"}
SOURCES_DIFFER = {"en": "Sources differ, the newest first:", "zh": "来源说法不一，最新的在前："}
