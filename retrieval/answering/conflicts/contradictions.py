"""Whether two sentences exclude each other: of one thing they say the same, but for a value or a "not". Pure.

Symmetric, and never true of a sentence and itself. Everything that tells the things apart of which they speak speaks
against it: other names, other words before the value, other times.
"""

import re
from collections.abc import Sequence

from retrieval.answering.conflicts.names import NamedValue
from retrieval.answering.conflicts.quantities import Quantity
from retrieval.answering.conflicts.statements import SAYS, Statement, Word
from retrieval.answering.conflicts.subjects import same_subject
from retrieval.questions.question_words import AnswerType

_ENGLISH_GROUPS = tuple(
    frozenset(group.split()) for group in (
        "open close", "allow forbidden", "enabl disabl", "approv reject pend", "activ inact retir suspend",
        "draft final", "requir option", "mandatori option", "free paid", "support unsupport deprec", "aliv dead",
        "true fals", "possibl imposs", "legal illeg", "public privat", "daili week month quarter year annual",
        "valid invalid", "complet incomplet unfinish", "safe unsaf danger", "avail unavail", "guilti innoc",
        "red green blue yellow black white brown grey gray orang purpl", "vacant occupi", "accept declin",
        "success fail", "increas decreas", "rise fall", "win lose", "won lost",
    )
)  # fmt: skip
"""Stems of which not two are true of one thing at one time."""
_HAN_GROUPS = tuple(
    frozenset(group.split()) for group in (
        "放 闭", "启 停", "启 禁", "免 收", "天 周 月 年", "红 绿 蓝 黄 黑 白", "升 降", "增 减", "胜 负",
        "真 假",
    )
)  # fmt: skip
_HAN = frozenset().union(*_HAN_GROUPS)
_EXCLUSIVE = (*_ENGLISH_GROUPS, *_HAN_GROUPS)

_IS_A = re.compile(r"\b(?:is|was|are|were) (?:an?|the)\b")
_SIGNS = frozenset("%$€£¥")


def contradict(one: Statement, other: Statement, asked: AnswerType) -> bool:
    """Whether not both sentences can be true, in what the question asks for."""
    if asked in {"any", "person", "place"} and _names_differ(one, other, asked):
        return True
    if not same_subject(one, other):
        return False
    if _denied(one, other) or _exclusive_words(one, other):
        return True
    if asked in {"any", "person"} and _defined_otherwise(one, other):
        return True
    return asked in {"any", "time", "number"} and _quantities_differ(one, other, asked)


def _denied(one: Statement, other: Statement) -> bool:
    """The same of the same thing, and one says that it is not so."""
    return (
        one.denies != other.denies and not _at_other_times(one, other) and one.conditions == other.conditions
        and not _values_apart(one, other) and _agree(one, one.words, other, other.words, most=2)
    )  # fmt: skip


def _exclusive_words(one: Statement, other: Statement) -> bool:
    """The same of the same thing but for one word each, and these are of one group."""
    mine, theirs = _beyond(one.words, other), _beyond(other.words, one)
    if len(mine) != 1 or len(theirs) != 1 or one.denies != other.denies:
        return False
    if _at_other_times(one, other) or _values_apart(one, other):
        return False
    pair = {mine[0].key, theirs[0].key}
    return any(pair <= group for group in _EXCLUSIVE) and _predicated(one, mine[0]) and _predicated(other, theirs[0])


def _predicated(statement: Statement, word: Word) -> bool:
    """Whether a word stands where something is said of the thing, and not where the thing is named."""
    if word.key in _HAN:
        return sum(before.start < word.start for before in statement.words) > 1
    return SAYS.search(statement.text, 0, word.start) is not None


def _beyond(words: Sequence[Word], other: Statement) -> list[Word]:
    return [word for word in words if word.key not in other.known]


def _values_apart(one: Statement, other: Statement) -> bool:
    """Whether their numbers tell apart what they speak of: Form 1, Form 2."""
    return any(mine.excludes(theirs) for mine in one.quantities for theirs in other.quantities)


def _at_other_times(one: Statement, other: Statement, *, but: Sequence[Quantity] = ()) -> bool:
    """Whether both say of when they speak, and of different times."""
    mine = [value for value in one.times if value not in but]
    theirs = [value for value in other.times if value not in but]
    return bool(mine and theirs) and all(any(a.excludes(b) for b in theirs) for a in mine)


def _quantities_differ(one: Statement, other: Statement, asked: AnswerType) -> bool:
    return any(
        mine.excludes(theirs) and _wanted(mine, asked) and _alone(mine, other) and _alone(theirs, one)
        and _one_slot(one, mine, other, theirs)
        for mine in one.quantities for theirs in other.quantities
    )  # fmt: skip


def _wanted(value: Quantity, asked: AnswerType) -> bool:
    return asked not in {"time", "number"} or (asked == "number") == (value.kind == "number")


def _alone(value: Quantity, other: Statement) -> bool:
    """Whether the other sentence has no value of this kind with which it agrees."""
    return all(value.excludes(theirs) for theirs in other.quantities if theirs.kind == value.kind)


def _one_slot(one: Statement, mine: Quantity, other: Statement, theirs: Quantity) -> bool:
    """Whether two values are of the same attribute of the same thing."""
    if mine.kind == "number" and _at_other_times(one, other):
        return False
    a, b = one.frame(mine.start, mine.end), other.frame(theirs.start, theirs.end)
    if not _agree(one, a.before, other, b.before, most=6):
        return False
    if mine.kind == "number" and not _agree(one, a.scope, other, b.scope, most=3, shared=0):
        return False
    if _beyond(a.scope, other) and _beyond(b.scope, one):
        return False
    near = a.near & b.near or (not a.near and not b.near)
    if mine.kind != "number":
        return bool(near)
    if {mine.unit, theirs.unit} & _SIGNS and mine.unit != theirs.unit:
        return False
    if mine.unit and theirs.unit:
        return mine.unit == theirs.unit or bool(a.unit & b.unit)
    return bool(a.near & b.near)


def _defined_otherwise(one: Statement, other: Statement) -> bool:
    """Two sentences of one make that say what a thing is, and differ in a word or two of it."""
    mine, theirs = _beyond(one.words, other), _beyond(other.words, one)
    shared = len(one.keys & other.keys)
    return bool(
        mine
        and theirs
        and max(len(mine), len(theirs)) <= 3
        and shared >= 6
        and one.denies == other.denies
        and _defines(one, mine)
        and _defines(other, theirs)
        and not _at_other_times(one, other)
    )


def _defines(statement: Statement, words: Sequence[Word]) -> bool:
    found = _IS_A.search(statement.text)
    if found is None:
        return False
    end = statement.clause(found.end(), found.end())[1]
    return all(found.end() <= word.start < end for word in words)


def _names_differ(one: Statement, other: Statement, asked: AnswerType) -> bool:
    return any(
        mine.kind == theirs.kind and mine.role == theirs.role and asked in {"any", mine.kind}
        and same_subject(one, other, but=_within(one, mine) | _within(other, theirs))
        and _strangers(one, mine, other, theirs) and not _at_other_times(one, other)
        and _agree(one, _without(one, mine), other, _without(other, theirs), most=6)
        for mine in one.named for theirs in other.named
    )  # fmt: skip


def _strangers(one: Statement, mine: NamedValue, other: Statement, theirs: NamedValue) -> bool:
    """Whether two names share no word, and neither passage holds the other's name."""
    a, b = one.text[mine.start : mine.end], other.text[theirs.start : theirs.end]
    if _within(one, mine) & _within(other, theirs):
        return False
    return a not in other.item.placed.chunk.text and b not in one.item.placed.chunk.text


def _within(statement: Statement, value: NamedValue) -> frozenset[str]:
    return frozenset(word.key for word in statement.words if value.start <= word.start < value.end)


def _without(statement: Statement, value: NamedValue) -> list[Word]:
    """The words of the clause of a name without the name."""
    begin, end = statement.clause(value.start, value.end)
    return [word for word in statement.words if begin <= word.start < end and not value.start <= word.start < value.end]


def _agree(
    one: Statement, mine: Sequence[Word], other: Statement, theirs: Sequence[Word], *, most: int, shared: int = 1
) -> bool:
    """Whether two runs of words speak of the same: what one has beyond the other is on one side only, and no name."""
    beyond, beyond_theirs = _beyond(mine, other), _beyond(theirs, one)
    if beyond and beyond_theirs:
        return False
    extra = beyond or beyond_theirs
    if len(extra) > most or any(word.name for word in extra):
        return False
    return (
        len({word.key for word in mine} & other.known) >= shared
        and len({word.key for word in theirs} & one.known) >= shared
    )
