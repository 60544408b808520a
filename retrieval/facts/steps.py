"""A query and what it found, in a line each, for the steps of an answer. Pure."""

from retrieval.facts.model import FactQuery, FactRows
from retrieval.step_texts import NO_RELATION, ROWS


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
