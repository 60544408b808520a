"""A question in words, read as a query to the graph's relations: by its form, and by the names that the graph knows."""

import re
from collections.abc import Iterator, Sequence

from graph.filters import Filters
from graph.identity import entity_id
from graph.model import Span
from graph.text.names import find_names, norm
from graph.text.tokens import EAST_ASIAN_RUN, fold, is_east_asian
from graph.view.snapshot import Snapshot
from retrieval.facts.in_words import chinese, english
from retrieval.facts.in_words.forms import Form
from retrieval.facts.model import FactCondition, FactQuery
from retrieval.facts.phrases import is_kind
from retrieval.facts.reading import FactReading

MAX_ASKED = 400
"""Characters of a question that is read so."""
_WORDS = re.compile(r"[^\W_]+(?:[.'’&/-]+[^\W_]+)*")
_LONGEST = 10
"""Words of the longest name that is looked for."""
_LONGEST_HAN = 16
_MOST_NAMES = 4
_MOST_LOOKED_UP = 8
UNNAMED = frozenset({"noun phrase", "quantity"})
"""Types of what rules find that is no name: "the tower" is asked about only where nothing is named."""


def read_facts(text: str, snapshot: Snapshot, filters: Filters, limit: int) -> FactQuery | None:
    """The query that a question asks; None where it names nothing that the graph knows, or has no such form."""
    question = " ".join(text.split())
    if not question or len(question) > MAX_ASKED:
        return None
    language = chinese if is_east_asian(question) else english
    form = language.form_of(question)
    found = named_places(form.text, snapshot, form.small)
    conditions = _conditions(form, found)
    if not conditions:
        return None
    kind = form.kind
    if kind in {"intersect", "compare"} and len(conditions) < 2:
        kind = "list"
    if kind == "list" and len(conditions) > 1:
        kind = "intersect"
    return FactQuery(
        kind=kind, conditions=conditions, type=form.type, filters=filters, dated_before=form.before,
        dated_after=form.after, measure=form.measure, limit=limit,
    )  # fmt: skip


def named_places(text: str, snapshot: Snapshot, small: frozenset[str]) -> tuple[tuple[int, int], ...]:
    """Where names of the graph stand in a text, in order, none in another: longer ones before shorter ones.

    A name of one word that the text writes as a plain one is none, unless the text writes nothing in capitals.
    """
    spans = [*_latin(text, small), *_han(text)]
    keys = {span: key for span in spans if (key := norm(text[span[0] : span[1]]))}
    ids = {key: entity_id(snapshot.workspace, key) for key in set(keys.values())}
    live = snapshot.things(sorted(ids.values()))
    known = [span for span, key in keys.items() if ids[key] in live and not is_kind(key)]
    called = [span for span in known if live[ids[keys[span]]].type not in UNNAMED]
    known = called or known
    capitals = any(text[start].isupper() or text[start].isdigit() for start, _ in known)
    taken: list[tuple[int, int]] = []
    for start, end in sorted(known, key=lambda span: (span[0] - span[1], span[0])):
        plain = text[start:end].islower() and (capitals or " " not in text[start:end])
        if not plain and not any(start < other and first < end for first, other in taken):
            taken.append((start, end))
    taken += _by_part(text, taken, snapshot)
    return tuple(sorted(taken)[:_MOST_NAMES])


def _by_part(text: str, taken: Sequence[tuple[int, int]], snapshot: Snapshot) -> list[tuple[int, int]]:
    """Names by which the graph knows nothing itself, but one thing by a longer name, or by another that it shares."""
    reading = FactReading(snapshot, Filters())
    found: list[tuple[int, int]] = []
    candidates = [one for one in find_names(text, [Span(start=0, end=len(text))]) if one.kind != "year"]
    for one in sorted(candidates, key=lambda name: (name.start - name.end, name.start))[:_MOST_LOOKED_UP]:
        inside = any(one.start < end and start < one.end for start, end in (*taken, *found))
        if not inside and reading.named(one.name, literally=False).ids:
            found.append((one.start, one.end))
    return found


def _latin(text: str, small: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Spans of words that may be a name: none that begins or ends with a word of the question's own."""
    plain = EAST_ASIAN_RUN.sub(lambda run: " " * len(run[0]), text)
    run = list(_WORDS.finditer(plain))
    for first in range(len(run)):
        if fold(run[first][0]) in small and (first == 0 or not run[first][0][0].isupper()):
            continue
        for last in range(first, min(first + _LONGEST, len(run))):
            end = run[last].end()
            written = run[last][0]
            if fold(written) in small and not written[0].isupper():
                continue
            bare = re.sub(r"['’]s?$", "", written)
            yield run[first].start(), end - len(written) + len(bare)


def _han(text: str) -> Iterator[tuple[int, int]]:
    for match in EAST_ASIAN_RUN.finditer(text):
        for start in range(match.start(), match.end()):
            for end in range(start + 2, min(start + _LONGEST_HAN, match.end()) + 1):
                yield start, end


def _conditions(form: Form, found: Sequence[tuple[int, int]]) -> tuple[FactCondition, ...]:
    """For each name the words round it, with a slot in its place; a name without words of its own shares the last."""
    if not found:
        return ()
    conditions = [
        FactCondition(entity=form.text[start:end], predicate=clause)
        for (start, end), clause in zip(found, form.clauses(found), strict=True)
    ]
    return tuple(dict.fromkeys(conditions))
