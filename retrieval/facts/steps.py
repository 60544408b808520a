"""A query and what it found, in a line each, for the steps of an answer. Pure."""

from retrieval.facts.model import FactQuery, FactRows


def told_query(query: FactQuery) -> str:
    """What is asked of the relations."""
    conditions = " and ".join(f"{one.entity}: {one.predicate.strip()}" for one in query.conditions)
    limits = [f"type {query.type}"] if query.type else []
    limits += [f"before {query.dated_before}"] if query.dated_before else []
    limits += [f"after {query.dated_after}"] if query.dated_after else []
    return "; ".join((f"{query.kind} {conditions}", *limits))


def told_rows(rows: FactRows) -> str:
    """How many things there are, and by which predicates."""
    taken = "; ".join(
        f"{one.name}: "
        + (", ".join(f"{each.predicate} {'→' if each.out else '←'} {each.relations}"
                     for each in one.predicates) or "no such relation")
        for one in rows.taken
    )  # fmt: skip
    return f"{rows.count} rows; {taken}"
