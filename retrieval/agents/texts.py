"""What the answers of agents say of themselves. Pure. None of it is a statement of a document."""

from collections.abc import Mapping
from datetime import date

from graph.text.inert import inert_line

BY_RULE = "no language model is set: planner, researchers, critic and writer worked by rule"
PLANNED = "{asked} ({how}); researchers: {roles}"
SENT_BACK = "{text} (sent back: {because})"
CLAIMS = "{count} claims of {reports} reports"
HELD = "{kept} claims hold, {dropped} dropped ({how})"
SENT = "; sent back: {tasks}"
AS_WELL = "; to be looked for as well: {text}"
FOUND = "{count} passages; {found}"
ANSWERING = "{count} sentences answer"
NO_ANSWER = "nothing in them answers"
NO_SENTENCE = "no sentence of the passages answers it"
ALL_DROPPED = "the critic dropped all that was found"
NO_TIME = "nothing about the time of documents is asked"
NOT_KEPT = "what there was on that day is kept no more"
CHANGED = "{documents} documents changed, {sentences} sentences are new"
NO_DAYS = "no two days to choose from"
NEWEST = "{count} passages of {day}, the newest day that a document states"
NO_RELATION = "no relation that fits"
NO_ROWS = "not a question to relations"
ROWS = "{count} rows of relations: {kind}"
_CHINESE: Mapping[str, str] = {
    BY_RULE: "未设置语言模型：规划、研究、评审和撰写均按规则进行",
    PLANNED: "{asked}（{how}）；研究者：{roles}", SENT_BACK: "{text}（退回：{because}）",
    CLAIMS: "{reports} 份报告的 {count} 条论述", HELD: "{kept} 条成立，{dropped} 条删去（{how}）",
    SENT: "；退回：{tasks}", AS_WELL: "；还需查找：{text}", FOUND: "{count} 段；{found}", ANSWERING: "{count} 句作答",
    NO_ANSWER: "其中没有答案", NO_SENTENCE: "这些段落中没有句子回答它", ALL_DROPPED: "评审删去了找到的全部论述",
    NO_TIME: "没有问到文档的时间",
    NOT_KEPT: "那一天的内容已不再保存", CHANGED: "{documents} 份文档有改动，新增 {sentences} 句",
    NO_DAYS: "没有两个日期可供选择", NEWEST: "{count} 段，日期为 {day}，是文档所载的最新日期",
    NO_RELATION: "没有合适的关系", NO_ROWS: "不是可按关系回答的问题", ROWS: "{count} 行关系：{kind}",
    "by rule": "按规则", "by model": "由模型", "passages": "段落", "facts": "事实", "changes": "改动",
}  # fmt: skip


def tell(form: str, *, zh: bool, **values: object) -> str:
    """What an agent says of its work, in Chinese or in English, with its values filled in."""
    return (_CHINESE[form] if zh else form).format(**values)


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
