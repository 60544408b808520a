"""What the answers of agents say of themselves. Pure. None of it is a statement of a document."""

from datetime import date

from graph.text.inert import inert_line

BY_RULE = "no language model is set: planner, researchers, critic and writer worked by rule"


def changed_in(title: str, day: date, *, added: bool, zh: bool) -> str:
    """What stands over the new sentences of a document."""
    name = inert_line(title)
    if zh:
        return f"《{name}》，{day.isoformat()} {'新增' if added else '更新'}："
    return f"{name}, {'added' if added else 'changed'} on {day.isoformat()}:"


def unchanged(since: date | None, *, zh: bool) -> str:
    """That there is no change to be told."""
    if zh:
        return f"{since.isoformat()} 以来没有相关改动" if since else "没有找到相关的改动：所问文档没有更早的版本"
    return (
        f"nothing on this has changed since {since.isoformat()}"
        if since
        else "no earlier version of a document on this is kept"
    )


def left_out(shown: int, count: int, title: str, *, zh: bool) -> str:
    """How many new sentences of a document are shown."""
    if zh:
        return f"《{title}》新增或改写的 {count} 句中显示了 {shown} 句"
    return f"{shown} of {count} new sentences of “{title}” are shown"


def gone(count: int, title: str, *, zh: bool) -> str:
    """That sentences of an earlier version are no more."""
    if zh:
        return f"《{title}》原有的 {count} 句已被删去或改写"
    return (
        f"{count} sentence{'s' * (count > 1)} of the earlier version of “{title}” {'are' if count > 1 else 'is'} gone"
    )


def not_compared(title: str, *, zh: bool) -> str:
    """That a document is too long to be compared to its end."""
    return f"《{title}》太长，只比较了开头部分" if zh else f"“{title}” is long: only its first part was compared"


def further_documents(most: int, *, zh: bool) -> str:
    """That more documents changed than were looked at."""
    return f"还有其他文档有改动；只看了 {most} 份" if zh else f"more documents changed; {most} of them were looked at"


def exhausted(bound: str, *, zh: bool) -> str:
    """Why the work ended before it was done."""
    names = {"calls": "模型调用次数", "tokens": "令牌数", "seconds": "时间", "steps": "步骤数"}
    if zh:
        return f"预算用尽（{names.get(bound, bound)}）：只给出已经确定的内容"
    return f"the budget of {bound} was used up: this is what is certain so far"


def unanswered(question: str, *, zh: bool) -> str:
    """That a question of the plan has no answer."""
    return f"没有查到：{question}" if zh else f"nothing was found for: {question}"
