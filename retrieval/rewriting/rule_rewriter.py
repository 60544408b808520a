"""Questions made to stand alone by rule: no model is asked."""

import re
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import anyio
import anyio.to_thread
from typing_extensions import override

from graph.view.knowledge_view import KnowledgeViews
from graph.view.snapshot import Snapshot
from retrieval.answer import Clarification, Rewritten, StandaloneQuestion, Step
from retrieval.model import Question
from retrieval.ports import Rewriter
from retrieval.rewriting.asking_back import question_back
from retrieval.rewriting.exchanges import Exchange, exchanges_of
from retrieval.rewriting.known_names import FindsNames, names_known
from retrieval.rewriting.meaning.several import several_meant, things_called
from retrieval.rewriting.meaning.writer import Understood
from retrieval.rewriting.reading.dependence import Reference
from retrieval.rewriting.standalone import understood
from retrieval.step_texts import ASKED_BACK, CARRIED, NOTHING, STANDS_ALONE, TAKEN_OVER

_ALONE = frozenset({"person", "thing"})
"""Words that refer and stand for nothing where nothing was said before; "its" may belong to a word of the question."""
_OF_ALL = re.compile(
    r"\b(?:documents?|files?|texts?|sources?|papers?|collection|corpus|knowledge|library of documents)\b"
    r"|资料|資料|文档|文檔|文件|文章|材料|文本|文集|知识库|語料|语料|数据"
)


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
        exchanges, find = exchanges_of(question.history), names_known(snapshot)
        meant = understood(question.text, exchanges, find)
        back = self._back(question, meant, exchanges, find, snapshot)
        return standalone(question, meant, back, snapshot.revision, time.perf_counter() - started)

    def _back(
        self, question: Question, meant: Understood, exchanges: Sequence[Exchange], find: FindsNames, snapshot: Snapshot
    ) -> Clarification | None:
        """What is asked back: about a word that stands for nothing, or for one of several things."""
        unclear = meant.unclear
        if unclear is not None and _means_all(unclear):
            return None
        if unclear is not None and (exchanges or unclear.points or (unclear.form in _ALONE and not unclear.possessive)):
            candidates = things_called(unclear.noun, snapshot)
            word = question.text[unclear.start : unclear.end].strip()
            return None if len(candidates) == 1 and not exchanges else question_back(question.text, word, candidates)
        several = several_meant(
            question.text, exchanges, find, snapshot, named=meant.text != question.text and not meant.added
        )
        if several is None:
            return None
        return question_back(question.text, question.text[several.start : several.end], several.candidates)


def _means_all(unclear: Reference) -> bool:
    """Whether a word points at what there is to be asked about: "here", "these documents", 这些资料."""
    return unclear.form == "place" or _OF_ALL.search(unclear.noun) is not None


def standalone(
    question: Question, meant: Understood, back: Clarification | None, revision: int, seconds: float
) -> StandaloneQuestion:
    """What follows from how a question was understood by rule: the question to look for, or a question back."""
    alone = replace(question, history=())
    if back is not None:
        step = Step(name="rewrite", input=question.text, detail=ASKED_BACK.told(question.text), seconds=seconds)
        return StandaloneQuestion(question=alone, clarification=back, revision=revision, steps=(step,))
    if not question.history:
        return StandaloneQuestion(question=question)
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
