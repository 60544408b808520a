"""The researcher of facts: asks the graph's relations for rows, by rule alone, as the mode ``facts`` does."""

import time
from contextlib import aclosing
from dataclasses import replace

from typing_extensions import override

from retrieval.agents.library import Library
from retrieval.agents.model import Report, Task
from retrieval.agents.ports import Researcher
from retrieval.agents.texts import NO_RELATION, NO_ROWS, ROWS, tell
from retrieval.answer import Claim, Draft
from retrieval.budget import Account
from retrieval.facts.asked import read_facts
from retrieval.facts.facts import Facts
from retrieval.facts.model import MAX_ROWS, FactRows
from retrieval.facts.telling import RowWriter, evidence_of
from retrieval.model import Question
from retrieval.questions.broad_questions import BroadQuestion


class FactsResearcher(Researcher):
    """Takes every question, and finds nothing where it is none to relations.

    Rows are all there is to say to a list or a count, where a language model has read all passages on its things:
    rules read too few relations to count. Else their passages are evidence among other evidence.
    """

    def __init__(self) -> None:
        self._facts = Facts()

    @override
    def takes(self, question: Question) -> bool:
        return True

    @override
    async def research(self, task: Task, library: Library, account: Account) -> Report:
        started = time.perf_counter()
        rows = await library.in_thread(lambda: self._rows(task, library))
        if rows is None or not rows.rows:
            detail = tell(NO_RELATION if rows is not None else NO_ROWS, zh=library.chinese)
            return Report(task=task, detail=detail, seconds=time.perf_counter() - started)
        evidence = evidence_of(rows)
        read = replace(library.begun.read, broad=BroadQuestion(kind="list"))
        claims: list[Claim] = []
        notes: tuple[str, ...] = ()
        async with aclosing(RowWriter(rows, zh=library.chinese).generate(read, evidence)) as parts:  # type: ignore[type-var]
            async for part in parts:
                if isinstance(part, Draft):
                    notes = part.notes
                elif isinstance(part, Claim):
                    claims.append(part)
        broad = library.begun.read.broad
        listed = broad is not None and broad.kind in {"list", "count"}
        exact = listed and bool(claims) and not rows.completeness.unread
        return Report(
            task=task, detail=tell(ROWS, zh=library.chinese, count=rows.count, kind=rows.query.kind),
            evidence=evidence, claims=tuple(claims) if exact else (), exact=exact, notes=notes if exact else (),
            seconds=time.perf_counter() - started,
        )  # fmt: skip

    def _rows(self, task: Task, library: Library) -> FactRows | None:
        query = read_facts(task.text, library.snapshot, library.question.filters, MAX_ROWS)
        return None if query is None else self._facts.ask(query, library.snapshot)
