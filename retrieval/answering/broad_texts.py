"""What answers say of themselves: how complete a list is, what is counted, what there is, what came nearest. Pure.

None of this is a statement of a document, and all of it is told apart from what is quoted.
"""

from collections.abc import Sequence

from graph.text.inert import inert_line
from retrieval.answer import Refusal
from retrieval.model import Evidence, Overview

BETWEEN_COLUMNS = " | "
MOST_UNKNOWN = 5
"""Words that no document knows, of which a refusal speaks."""

_UNITS = {"items": ("items", "项"), "rows": ("rows", "行"), "statements": ("statements", "条陈述")}


def all_of_list(count: int, unit: str, name: str, *, whole: bool, zh: bool) -> str:
    """A list that is shown to its end, as far as that is known."""
    if zh:
        return f"{count} {_UNITS[unit][1]}，“{name}”下的{'全部' if whole else '已读到的全部，可能还有更多'}"
    rest = f"all of the {_kind(unit)} under “{name}”" if whole else f"of the {_kind(unit)} under “{name}”; it may go on"
    return f"{count} {unit}, {rest}"


def first_of_list(shown: int, count: int, unit: str, name: str, *, zh: bool) -> str:
    """A list of which the beginning is shown."""
    if zh:
        return f"“{name}”下 {count} {_UNITS[unit][1]}中的前 {shown} {_UNITS[unit][1]}"
    return f"first {shown} of {count} {unit} of the {_kind(unit)} under “{name}”"


def fitting_rows(fitting: int, count: int, unit: str, name: str, *, zh: bool) -> str:
    """The part of a list that fits what is asked."""
    if zh:
        return f"“{name}”下 {count} {_UNITS[unit][1]}中符合条件的 {fitting} {_UNITS[unit][1]}"
    return f"{fitting} of the {count} {unit} of the {_kind(unit)} under “{name}”: those that fit the question"


def statements(shown: int, count: int, documents: int, *, zh: bool) -> str:
    """Statements of which nobody says that they are all."""
    if zh:
        first = f"{count} 条陈述中的前 {shown} 条" if shown < count else f"{count} 条陈述"
        return f"{first}，来自 {documents} 份文档；没有文档说明这是全部"
    first = f"first {shown} of {count} statements" if shown < count else f"{count} statements"
    state = "document states" if documents == 1 else "documents state"
    return f"{first}, what {documents} {state}; none says that these are all"


def summary_note(shown: int, count: int, title: str, *, zh: bool) -> str:
    """How much of a document its summary shows."""
    if zh:
        return f"“{title}”{count} 句中的 {shown} 句，均为原文"
    return f"{shown} of the {count} sentences of “{title}”, as it has them"


def counted(count: int, unit: str, *, zh: bool) -> str:
    """A number that no document states."""
    if zh:
        return f"数得 {count} {_UNITS[unit][1]}（文档没有给出这个数目）："
    return f"Counted: {count} {unit if count != 1 else unit[:-1]} (no document states the number):"


def _kind(unit: str) -> str:
    return "table" if unit == "rows" else "list"


def overview_line(overview: Overview, shown: int, *, zh: bool) -> str:
    """What there is, in numbers."""
    total = f"{overview.documents}{'+' if overview.more else ''}"
    newest = overview.newest
    day = newest.updated_at.date().isoformat() if newest else ""
    title = inert_line(newest.title) if newest else ""
    if zh:
        part = f"，以下是其中 {shown} 份" if shown < overview.documents else ""
        return f"共有 {total} 份文档，最新的是“{title}”（{day}）{part}："
    part = f"; {shown} of them" if shown < overview.documents else ""
    documents = "document" if total == "1" else "documents"
    return f"{total} {documents}, the newest “{title}” ({day}){part}:"


MENTIONED = {"en": "Mentioned most: ", "zh": "提到最多的："}


def refusal_line(refusal: Refusal, *, zh: bool) -> str:
    """Which words no document knows, and what came nearest: pointers and no answer."""
    said = []
    if unknown := [f"“{inert_line(term)}”" for term in refusal.unknown_terms[:MOST_UNKNOWN]]:
        said.append(f"没有文档提到{'、'.join(unknown)}。" if zh else f"No document mentions {_or(unknown)}.")
    if near := list(dict.fromkeys(map(_place, refusal.nearest))):
        said.append(f"最接近的是：{'；'.join(near)}。" if zh else f"Nearest: {'; '.join(near)}.")
    return "".join(said) if zh else " ".join(said)


def _or(names: Sequence[str]) -> str:
    return " or ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else names[0]


def _place(item: Evidence) -> str:
    document, headings = item.placed.document, item.placed.chunk.headings
    title = document.title or document.id
    under = [heading for heading in headings if heading != title and BETWEEN_COLUMNS not in heading]
    page = f", p. {item.placed.position.page}" if item.placed.position.page else ""
    return inert_line(" › ".join((title, *under))) + page
