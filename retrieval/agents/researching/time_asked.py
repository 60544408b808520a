"""What a question asks about the documents' own time: what changed in them, or what is newest. Pure.

A question such as "how did the population change" is about what documents say and not about the documents; it is no
question about changes here. Days are those that the question writes, or counted back from the day it is asked on.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from graph.text.tokens import is_east_asian
from retrieval.answering.dates import dates_in
from retrieval.questions.question_words import asks_for_newest

TimeKind = Literal["changed", "newest"]
_IN_DOCUMENTS = (
    r"(?:the |this |that |these |those |our |my |all )?"
    r"(?:documents?|docs?|files?|texts?|pages?|knowledge ?base|base|here|uploads?)"
)
_IN_CHINESE = "(?:这些|所有|全部)?的?(?:内容|文档|文件|资料|知识库|东西|信息)"
_CHANGED = re.compile(
    r"\bwhat(?:'s|’s| is| are| has| have| was| were)?(?: been)? (?:changed|updated|revised|amended)\b"
    r"|\bwhat(?:'s|’s| is) new\b(?=\W*$|\W*(?:in|with|about|since|here|at|on|for|from|this|over|during|today)\b)"
    r"|\b(?:what|which|list|show)(?: me)?(?: are| were)?(?: all)?(?: the)? "
    r"(?:changes|updates|revisions|amendments)\b(?! (?:of|in) the (?:world|climate))"
    rf"|\bwhat (?:changes|updates|has been added)\b|\bwhich {_IN_DOCUMENTS} (?:have |has |were |was )?(?:been )?"
    r"(?:changed|updated|revised|added)\b"
    r"|(?:有|做|作)了?(?:什么|哪些|啥)(?:变化|变动|更新|修改|改动|变更|新内容)|(?:改|变|更新|修改|新增|增加)了(?:什么|哪些|哪里|啥)"
    r"|哪些(?:地方|内容|文档|文件|资料|条款|规定)?(?:被)?(?:改了|变了|更新了|修改了|变化了|有变化|有更新|有改动)",
    re.IGNORECASE,
)
_SINCE = re.compile(r"\b(?:since|after|from)\b|自|从|以来|之后|以后", re.IGNORECASE)
_AS_OF = re.compile(r"\b(?:as of|as at|before|until|by|up to)\b|截至|截止|之前|以前|为止", re.IGNORECASE)
_AGO = re.compile(
    r"\b(?P<today>today)\b|\b(?P<yesterday>yesterday)\b"
    r"|\b(?:(?:in|within|over|during) )?(?:the )?(?:last|past|previous)(?: (?P<n>\d{1,3}))? "
    r"(?P<unit>day|week|month|year)s?\b|\b(?P<n2>\d{1,3}) (?P<unit2>day|week|month|year)s? ago\b"
    r"|\bthis (?P<this>week|month|year)\b"
    r"|(?P<zt>今天|今日)|(?P<zy>昨天|昨日)|(?:上个?|最近一?个?|过去一?个?)(?P<zu>天|周|星期|月|年)"
    r"|(?:最近|过去|近)(?P<zn>\d{1,3})个?(?P<zu2>天|周|星期|月|年)|(?P<zn3>\d{1,3})个?(?P<zu3>天|周|星期|月|年)(?:前|以前|之前)",
    re.IGNORECASE,
)
_DAYS: Mapping[str, int] = {
    "day": 1, "week": 7, "month": 31, "year": 366, "天": 1, "周": 7, "星期": 7, "月": 31, "年": 366,
}  # fmt: skip
_DAY = re.compile(
    r"\d{4}-\d{2}-\d{2}|\d{4}年(?:\d{1,2}月(?:\d{1,2}日)?)?|\d{1,2} \w+\.? \d{4}|\w+\.? \d{1,2},? \d{4}", re.IGNORECASE
)
_OF_DAY = re.compile(
    r"[,，]?\s*(?:as of|as at|before|until|by|up to|on|截至|截止到?|到|在)?\s*(?:" + _DAY.pattern + r")"
    r"(?:之前|以前|为止)?\s*[,，]?",
    re.IGNORECASE,
)  # fmt: skip
_LEFT_OVER = re.compile(
    r"^(?:in|to|of|about|with|for|on|within|inside|please|have|been|made|there|的|在|里|中|对|把|被|了|请问|请)+\b"
    r"|\b(?:since|after|from|as of|before|until|please)\s*$|[?？!！。.]+$|(?:以来|之后|以后|中|里|里面|有|的)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeAsked:
    """A question about the time of documents.

    ``changed``: what their present versions say that the ones before did not, those live on the day ``since``, if it
    names one. ``newest``: what the document of the newest day says, of those up to the day ``until``, if it names one.
    ``subject`` is what is left of the question without the words for that; it may be empty.
    """

    kind: TimeKind
    subject: str
    since: date | None = None
    until: date | None = None


def read_time(question: str, today: date) -> TimeAsked | None:
    """How a question asks about the time of documents; None if it does not."""
    text = " ".join(question.split())
    if _CHANGED.search(text):
        since = _written(text, _SINCE) or _counted_back(text, today)
        return TimeAsked(kind="changed", subject=_subject(text), since=since)
    until = _written(text, _AS_OF)
    if until is not None or asks_for_newest(text):
        return TimeAsked(kind="newest", subject=_without_day(text) if until else text, until=until)
    return None


def _written(text: str, word: "re.Pattern[str]") -> date | None:
    """The first whole day of a question in which such a word stands."""
    return next(dates_in(text), None) if word.search(text) else None


def _without_day(text: str) -> str:
    """A question without the day that it is asked of."""
    return " ".join(_OF_DAY.sub(" ", text).split())


def _counted_back(text: str, today: date) -> date | None:
    found = _AGO.search(text)
    if found is None:
        return None
    part = found.groupdict()
    if part["today"] or part["zt"]:
        return today
    if part["yesterday"] or part["zy"]:
        return today - timedelta(days=1)
    unit = part["unit"] or part["unit2"] or part["this"] or part["zu"] or part["zu2"] or part["zu3"]
    number = int(part["n"] or part["n2"] or part["zn"] or part["zn3"] or 1)
    return today - timedelta(days=_DAYS[unit.lower()] * number)


def _subject(text: str) -> str:
    """What changes are asked of: the question without the words for changes and days."""
    instead = "" if is_east_asian(text) else " "
    left = _DAY.sub(instead, _AGO.sub(instead, _CHANGED.sub(instead, text)))
    left = _SINCE.sub(instead, left) if _SINCE.search(text) else left
    while (shorter := _LEFT_OVER.sub("", " ".join(left.split())).strip(" ,，")) != left:
        left = shorter
    return "" if re.fullmatch(f"{_IN_DOCUMENTS}|{_IN_CHINESE}", left, re.IGNORECASE) else left
