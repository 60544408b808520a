"""What answers from rows say of themselves, in English and Chinese: numbers, sides, and how complete they are. Pure."""

from collections.abc import Iterable

from graph.text.inert import inert_line
from retrieval.facts.model import FactQuery, FactRows, Taken
from retrieval.step_texts import NO_RELATION, ROWS

MOST_NAMED = 5
"""Names and predicates that a note names."""


def opening(rows: FactRows, side: int, lost: int, *, zh: bool) -> str:
    """What stands before the first thing of an answer, or of a side of it; empty where nothing needs to be said."""
    if rows.query.kind == "compare":
        one = rows.taken[side]
        what = ", ".join(one.values) if rows.query.measure == "value" and one.values else str(one.count)
        return f"{inert_line(one.name)}{'：' if zh else ': '}{what}"
    if rows.query.kind != "count":
        return ""
    number = rows.count - lost
    return f"共 {number} 个，由文档陈述的关系数得：" if zh else f"{number}, counted from what documents state:"


def unread_question(*, zh: bool) -> str:
    """A question that names nothing the graph knows, or has no form of a question to it."""
    if zh:
        return "问题中没有图谱认识的名称"
    return "the question names nothing that the graph knows"


def notes(rows: FactRows, shown: int, lost: int, *, zh: bool) -> tuple[str, ...]:
    """How complete the answer is; where there is none, what the graph has instead."""
    told = _shown(rows, shown, lost, zh=zh) if rows.rows else _nothing(rows, zh=zh)
    return (*told, *_looked_at(rows, zh=zh), *_left_out(rows, zh=zh))


def _shown(rows: FactRows, shown: int, lost: int, *, zh: bool) -> Iterable[str]:
    if lost:
        yield (f"{lost} 项未列出：其句子不足以支持" if zh else f"{lost} left out: their sentences do not bear them out")
    if rows.query.kind in {"newest", "oldest"}:
        of = {"newest": ("newest", "最新"), "oldest": ("oldest", "最早")}[rows.query.kind]
        yield f"{rows.count} 项中{of[1]}的" if zh else f"the {of[0]} of {rows.count}"
    elif rows.query.kind != "compare" and shown + lost < rows.count:
        yield f"{rows.count} 项中的前 {shown} 项" if zh else f"first {shown} of {rows.count}"


def _looked_at(rows: FactRows, *, zh: bool) -> Iterable[str]:
    many, unread = rows.completeness.passages, rows.completeness.unread
    if not many:
        return
    names = _listed((one.name for one in rows.taken if one.entity_id), zh=zh)
    if zh:
        yield f"查看了提到{names}的 {many} 个段落" + (f"，其中 {unread} 个仅由规则读取" if unread else "")
        return
    several = many > 1
    said = (
        f"{many} passage{'s' * several} that name{'s' * (not several)} {names} {'were' if several else 'was'} looked at"
    )
    yield said + (f"; {unread} of them read by rule alone" if unread else "")


def _left_out(rows: FactRows, *, zh: bool) -> Iterable[str]:
    found = rows.completeness
    if found.undated:
        yield f"{found.undated} 项没有已知日期，未计入" if zh else f"{found.undated} left out: no date of them is known"
    if found.bounded:
        yield "关系过多，未全部读取" if zh else "there are more relations than are read"


def _nothing(rows: FactRows, *, zh: bool) -> Iterable[str]:
    for one in rows.taken:
        if not one.entity_id:
            near = _listed(one.candidates, zh=zh)
            name = f"“{inert_line(one.name)}”"
            if zh:
                yield f"图谱中没有{name}" + (f"，相近的有：{near}" if near else "")
            else:
                yield f"the graph knows nothing called {name}" + (f"; it knows {near}" if near else "")
        elif not one.predicates:
            yield _without(one, zh=zh)


def _without(one: Taken, *, zh: bool) -> str:
    name = inert_line(one.name)
    return f"没有关于{name}的这种关系" if zh else f"no such relation of {name} is known"


def _listed(names: Iterable[str], *, zh: bool) -> str:
    found = list(dict.fromkeys(inert_line(name) for name in names))[:MOST_NAMED]
    return ("、" if zh else ", ").join(found)


def told_query(query: FactQuery) -> str:
    """What is asked of the relations."""
    conditions = " and ".join(f"{one.entity}: {one.predicate.strip()}" for one in query.conditions)
    limits = [f"type {query.type}"] if query.type else []
    limits += [f"before {query.dated_before}"] if query.dated_before else []
    limits += [f"after {query.dated_after}"] if query.dated_after else []
    return "; ".join((f"{query.kind} {conditions}", *limits))


def told_rows(rows: FactRows, question: str) -> str:
    """How many things there are, and by which predicates, in the language of the question."""
    taken = "; ".join(
        f"{one.name}: "
        + (", ".join(f"{each.predicate} {'→' if each.out else '←'} {each.relations}"
                     for each in one.predicates) or NO_RELATION.told(question))
        for one in rows.taken
    )  # fmt: skip
    return f"{ROWS.told(question, count=rows.count)}; {taken}"
