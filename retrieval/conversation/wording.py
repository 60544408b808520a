"""What is said of earlier answers, in English and Chinese."""

from graph.text.tokens import is_east_asian

UNASKED = "an earlier question could not be asked again"
NOT_KEPT = "this answer is not kept in the session: a document was purged meanwhile, or the session was deleted"
_REASONS = {
    "purged": {"en": "what it cited was purged", "zh": "所引内容已被清除"},
    "away": {
        "en": "a document that it cited was deleted, or may not be read any more",
        "zh": "所引文档已删除，或不再可读",
    },
    "gone": {"en": "a passage that it cited was changed", "zh": "所引段落已改动"},
    "new": {"en": "there is new text that it did not know", "zh": "有了当时没有的新内容"},
}


def reason_of(question: str, *, purged: bool, away: bool, gone: bool) -> str:
    """Why an earlier answer no longer holds, in the language of its question."""
    kind = "purged" if purged else "away" if away else "gone" if gone else "new"
    return _REASONS[kind]["zh" if is_east_asian(question) else "en"]


def unsettled_note(number: int) -> str:
    """That some answers have not been looked at to the end."""
    still = "1 earlier answer still holds" if number == 1 else f"{number} earlier answers still hold"
    return f"whether {still} is looked at with the next question of this session"


def no_session(session_id: str) -> str:
    """The same of a session that never was, that went, and that is somebody else's."""
    return (
        f"no session {session_id!r}; one that nobody has used for QUIPU_SESSION_DAYS goes, and of one holder's the"
        " newest QUIPU_SESSIONS are kept"
    )
