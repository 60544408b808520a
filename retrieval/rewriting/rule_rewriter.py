"""Questions made to stand alone by rule: no model is asked."""

import time
from dataclasses import replace
from functools import partial

import anyio
import anyio.to_thread
from typing_extensions import override

from graph.view.knowledge_view import KnowledgeViews
from graph.view.snapshot import Snapshot
from retrieval.answer import Rewritten, StandaloneQuestion, Step
from retrieval.model import Question
from retrieval.ports import Rewriter
from retrieval.rewriting.asking_back import asked_back
from retrieval.rewriting.exchanges import exchanges_of
from retrieval.rewriting.known_names import names_known
from retrieval.rewriting.meaning.writer import Understood
from retrieval.rewriting.standalone import understood
from retrieval.step_texts import ASKED_BACK, CARRIED, NOTHING, STANDS_ALONE, TAKEN_OVER


class RuleRewriter(Rewriter):
    """The Rewriter port by rules over the names that the graph knows."""

    def __init__(self, views: KnowledgeViews, limiter: anyio.CapacityLimiter) -> None:
        self._views = views
        self._limiter = limiter

    @override
    async def rewrite(self, question: Question) -> StandaloneQuestion:
        return await anyio.to_thread.run_sync(partial(self._rewrite, question), limiter=self._limiter)

    def _rewrite(self, question: Question) -> StandaloneQuestion:
        started = time.perf_counter()
        snapshot = self._views.snapshot(question.workspace, audience=question.audience, as_of=question.as_of)
        meant = understood(question.text, exchanges_of(question.history), names_known(snapshot))
        return standalone(question, meant, snapshot, time.perf_counter() - started)


def standalone(question: Question, meant: Understood, snapshot: Snapshot, seconds: float) -> StandaloneQuestion:
    """What follows from how a question was understood by rule: the question to look for, or a question back."""
    alone = replace(question, history=())
    if meant.unclear is not None:
        back = asked_back(question.text, meant.unclear, snapshot)
        step = Step(name="rewrite", input=question.text, detail=ASKED_BACK.told(question.text), seconds=seconds)
        return StandaloneQuestion(question=alone, clarification=back, revision=snapshot.revision, steps=(step,))
    if meant.text == question.text:
        step = Step(name="rewrite", input=question.text, detail=STANDS_ALONE.told(question.text), seconds=seconds)
        return StandaloneQuestion(question=alone, steps=(step,))
    names = ", ".join(CARRIED.told(question.text, name=one.name, turn=one.turn) for one in meant.carried)
    detail = TAKEN_OVER.told(question.text, text=meant.text, names=names or NOTHING.told(question.text))
    return StandaloneQuestion(
        question=replace(alone, text=meant.text), readings=meant.readings,
        rewritten=Rewritten(text=meant.text, carried=meant.carried),
        steps=(Step(name="rewrite", input=question.text, detail=detail, seconds=seconds),),
    )  # fmt: skip
