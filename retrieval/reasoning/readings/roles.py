"""Sentences that state in so many words who or what stands in a relation to a named thing. Pure.

"The mayor of X is Y", "her teacher was Y" under the title X, X的厂长是Y; and the same said the other way round: whoever
has X for a teacher is X's pupil, and whoever holds an office (担任X的台长) is X's head. Only the words of the relation,
or others of its group, count.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import rjieba

from graph.text.held_names import holds_name, norm_text
from graph.text.names import norm
from graph.text.tokens import is_east_asian
from retrieval.answering.extractive.prose import prose_of
from retrieval.model import Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """An answer, and the sentence that states it."""

    answer: str
    marker: int
    quote: str


_GROUPS = (
    ("teacher tutor mentor supervisor", "student pupil apprentice disciple"),
    ("successor", "predecessor"),
    ("employer", "employee"),
    ("老师 老師 导师 導師 师父 師父 师傅 師傅 恩师 恩師", "学生 學生 弟子 徒弟 门生 門生"),
    ("继任者 繼任者 接任者 接替者 继任 后任", "前任 前任者"),
)
"""Words of one relation, and those of the same relation seen from the other side."""
_DONE = (
    ("maker manufacturer builder producer", "built|made|manufactured|constructed|produced"),
    ("publisher", "published"), ("designer architect", "designed"), ("owner", "owned|acquired|bought|purchased"),
    ("employer", "employed"),
    ("制造者 製造者 制造商 制造厂 生产商 生产者 厂家 厂商", "制造|製造|生产|生產"),
    ("设立者 創立者 创立者 创办者 创办人", "设立|創立|创立|创办"),
    ("设计者 設計者", "设计|設計"), ("出版社 出版者 出版商", "出版"), ("建造者 建造商", "建造|修建"),
)  # fmt: skip
"""What is done by whom: "built by Y", 由Y制造."""
_AT = {
    "owner": "belong(?:s|ed|ing) to|(?:subsidiary|part|division) of", "employer": "(?:works|worked|working) (?:for|at)",
    **dict.fromkeys("所有者 拥有者 母公司 东家".split(), "隶属于|隸屬於|从属于|属于|屬於|归"),
}  # fmt: skip
"""What leads from a thing to who stands in a relation to it: "it belongs to Y", 隶属于Y."""
_VERBS = {
    "succeeded": "successor", "replaced": "successor", "taught": "teacher", "employs": "employer", "owns": "owner",
    "owned": "owner", "bought": "owner", "acquired": "owner",
}  # fmt: skip
_CAPITAL = r"[A-Z][\w'’.-]*[\w]"
_NAME = rf"(?:the )?(?P<name>{_CAPITAL}(?: (?:(?:of|de|van|von|der|the|and the) )?{_CAPITAL})*)"
_ASKED = (
    re.compile(r"(?:who|what) (?:is|was|are|were) (?:the )?(?P<role>[a-z][a-z -]{2,30}?) of (?P<of>.+)", re.IGNORECASE),
    re.compile(r"(?:who|what) (?:is|was|are|were) (?P<of>.+?)['’]s? (?P<role>[a-z][a-z -]{2,30})", re.IGNORECASE),
    re.compile(rf"who (?P<verb>{'|'.join(_VERBS)}) (?P<of>.+)", re.IGNORECASE),
)
_ASKED_HAN = (
    re.compile("(?P<of>.{2,24}?)的(?P<role>[^的]{2,6}?)(?:[是为為叫]|名叫)(?:谁|誰|什么|什麼|哪.{0,3}|何人)"),
    re.compile("(?:谁|誰|哪位)是(?P<of>.{2,24}?)的(?P<role>[^的]{2,6})"),
    re.compile("(?:谁|誰|哪位)(?P<verb>接替|接任|继任|繼任|教)[了过過]?(?P<of>.{2,24})"),
)
_WORK_HAN = re.compile(
    "(?P<of>.{2,16}?)(?:撰?写|寫|著|创作|創作)(?:了|过|過|有)?(?:哪|什么|什麼).{0,4}(?:书|書|作品|小说|小說|著作)"
)
_ASKING = re.compile("[?？谁誰]|什么|什麼|哪")
"""A question in a document states nothing: 甲的创办人是谁？"""
_HAN = "[^，。；、：:（）()《》“”\\s是为為由在]"
_TRIMMED = re.compile(
    "\\A(?:.*的)?(?:老师|老師|导师|導師|学生|學生|弟子|教授|博士|院士|先生|女士|作家|天文学家|工程师)*"
)


def read_role(question: str, evidence: Sequence[Evidence]) -> Stated | None:
    """What a sentence states for the relation that a question asks for; None where none does, or it asks for none."""
    text = " ".join(question.split()).strip(" ?？.。")
    asked = _asked(text, _ASKED_HAN if is_east_asian(text) else _ASKED)
    works = _WORK_HAN.fullmatch(text)
    for item in evidence:
        title = item.placed.document.title
        for line in prose_of(item):
            said = line.text(item.placed.chunk)
            found = _works(works["of"], said, title) if works else _stated(*asked, said, title) if asked else ()
            for answer in found:
                if answer and not _ASKING.search(answer) and norm(answer) != norm(asked[0] if asked else ""):
                    return Stated(answer=answer, marker=item.marker, quote=said)
    return None


def _asked(text: str, forms: Sequence[re.Pattern[str]]) -> tuple[str, str] | None:
    for form in forms:
        found = form.fullmatch(text)
        if found:
            parts = found.groupdict()
            verb = (parts.get("verb") or "").lower()
            role = parts.get("role") or _VERBS.get(verb) or ("老师" if verb == "教" else "继任者")
            return re.sub(r"\A(?:the|a|an) ", "", found["of"], flags=re.IGNORECASE).strip(' 《》“”"'), role.lower()
    return None


def _stated(of: str, role: str, said: str, title: str) -> Iterator[str]:
    same, inverse = _words(role)
    yield from (_han if is_east_asian(of) else _latin)(of, role, same, inverse, said, title)


def _words(role: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Words for a relation, and for the one that is its inverse."""
    for one, other in _GROUPS:
        for mine, theirs in ((one.split(), other.split()), (other.split(), one.split())):
            if role in mine:
                return tuple(mine), tuple(theirs)
    return (role,), ()


def _done(role: str) -> str:
    return next((verbs for roles, verbs in _DONE if role in roles.split()), "")


def _latin(of: str, role: str, same: Sequence[str], inverse: Sequence[str], said: str, title: str) -> Iterator[str]:
    subject, roles, back = re.escape(of), "|".join(map(re.escape, same)), "|".join(map(re.escape, inverse))
    titled = norm(of) == norm(title) or holds_name(norm_text(title), norm(of))
    name = _NAME
    yield from _found(rf"(?i:\b(?:{roles}) of (?:the )?{subject},? (?:is|was) (?:the )?){name}", said)
    yield from _found(rf"(?i:\b{subject}['’]s? (?:{roles})),?(?: (?:is|was))? {name}", said)
    yield from _found(rf"{_NAME} (?i:(?:is|was|became) (?:the )?(?:{roles}) (?:of|to) (?:the )?{subject}\b)", said)
    if titled:
        yield from _found(rf"\b(?i:his|her|its|the|their) (?:{roles}),? (?:is|was) {name}", said)
    if titled and _done(role):
        yield from _found(rf"(?i:\b(?:{_done(role)})(?: [a-z]+){{0,2}} by (?:the )?){name}", said)
    if role in _AT and titled:
        yield from _found(rf"\b(?:{_AT[role]}) {name}", said)
    if not back:
        return
    yield from _found(rf"{_NAME}['’]s? (?:{back})(?:,| is| was)? (?:the )?{subject}\b", said)
    yield from _found(rf"(?i:\b{subject} (?:is|was) (?:the |a )?(?:{back}) (?:of|to) ){name}", said)
    if not titled and re.search(
        rf"\b(?:his|her|its|their) (?:{back}),? (?:is|was) (?:the )?{subject}\b", said, re.IGNORECASE
    ):
        yield title


def _han(of: str, role: str, same: Sequence[str], inverse: Sequence[str], said: str, title: str) -> Iterator[str]:
    subject, roles, back = re.escape(of), "|".join(map(re.escape, same)), "|".join(map(re.escape, inverse))
    titled = of in title
    name = "(?P<name>[^，。；：:（）()《》\\s]{2,24}?)(?=[，。；（(]|\\Z)"
    for form in (
        f"{subject}的?(?:{roles})[是为為叫：:]{name}",
        f"(?:\\A|[，。；])(?:他|她|它|其|该.{{1,3}})?的?(?:{roles})[是为為叫：:]{name}",
    ):
        if titled or (of in said and form.startswith(subject)):
            yield from (_bare(one) for one in _found(form, said))
    yield from _found(f"{subject}的?(?:{roles})(?P<name>{_HAN}{{2,10}})(?=[，。；（(]|\\Z)", said)  # …的导师周明远
    yield from _found(f"(?:\\A|[，。；])(?P<name>{_HAN}{{2,10}})[是为為]{subject}的?(?:{roles})(?=[，。；]|\\Z)", said)
    if _done(role) and _names(of, f"{title} {said}"):
        yield from _found(f"由(?P<name>{_HAN}{{2,16}}?)(?:{_done(role)})", said)
    yield from _at_han(role, said) if titled else ()
    if re.search(f"担任(?:过|了)?{subject}的?(?:{roles})", said) and not titled:
        yield title
    if "继任者" in same and not titled and re.search(f"(?:接替|接任|继任)(?:了|过)?{subject}", said):
        yield title
    if not back:
        return
    yield from _found(
        f"(?:\\A|[，。；是为與与和])(?P<name>[^，。；、是为的]{{2,8}})的(?:{back})[是为為]?{subject}", said
    )
    if not titled and re.search(f"(?:他|她|其)?的?(?:{back})[是为為]{subject}", said):
        yield title


def _at_han(role: str, said: str) -> Iterator[str]:
    """Whom a sentence about a thing leads to: 隶属于Y."""
    if role in _AT:
        yield from _found(f"(?:{_AT[role]})(?P<name>{_HAN}{{2,16}}?)(?=所有|旗下|[，。；]|\\Z)", said)


def _works(of: str, said: str, title: str) -> Iterator[str]:
    """Books that a sentence gives to whom it is about, or is titled after."""
    if of in title:
        yield from _found("(?:代表作|著有|著作|作品|写|寫|出版)[^，。；]{0,8}?(?P<name>《[^》]{1,40}》)", said)
    yield from _found(f"(?P<name>《[^》]{{1,40}}》)(?:是|的作者[是为]?){re.escape(of)}", said)


def _names(of: str, said: str) -> bool:
    """Whether a text names a thing, whatever stands between the words of its name (“望舒”射电望远镜)."""
    return of in said or all(word in said for word in rjieba.cut(of))


def _bare(name: str) -> str:
    """A name without what is said of its bearer before it: 林雨桐的导师周明远."""
    return name[_TRIMMED.match(name).end() :] if _TRIMMED.match(name) else name  # type: ignore[union-attr]


def _found(form: str, said: str) -> Iterator[str]:
    return (one["name"].strip(" .,") for one in re.finditer(form, said))
