"""One evaluation, top to bottom: load the corpus → pin a revision → ask every question → judge → done.

A question that has been asked is not asked again: a run that was killed goes on where it stopped.
"""

import platform
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import version

from evals.dataset import Dataset, Query
from evals.judge import Judge
from evals.model import GivenAnswer, GoldDocument, Plan, Quote, Row, RunInfo
from evals.ports import KnowledgeService, Progress
from evals.runs import Run, RunFolder, now
from evals.scoring import DEPTHS
from graph import release
from graph.errors import InputError, NotFoundError, QuipuError
from graph.ports.spending import Cost, paid_by, pay

SHOWN = 5
"""How many passages a row keeps for people to look at."""
EXCERPT = 600
"""Characters kept of a gold document."""
CONTEXT = 300
"""Characters kept on both sides of a quote."""
_VOLATILE = frozenset({"QUIPU_HOST", "QUIPU_PORT", "QUIPU_URL", "QUIPU_DATA_DIR", "QUIPU_API_KEY"})
"""Settings that decide where a service is, not what it answers."""
_LIBRARIES = ("numpy", "faiss-cpu", "sentence-transformers", "torch", "apsw")


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """One evaluation. With ``own_corpus`` the service starts empty and takes in the data set's corpus, nothing else."""

    plan: Plan
    dataset: Dataset
    service: KnowledgeService
    folder: RunFolder
    own_corpus: bool
    judge: Judge | None = None
    token_price: float = 0.0

    def run(self, progress: Progress) -> Run:
        """Run the evaluation, or what is left of it.

        Raises:
            InputError: the data set has nothing to ask or to compare with; the folder holds another run.
            DependencyError: the service or the judge's model failed; run again to go on.
        """
        queries = drawn(self.dataset, self.plan)
        if not queries:
            raise InputError(f"data set {self.dataset.name!r} has no question with a gold document or answer")
        refused = self._take_in(progress) if self.own_corpus else {}
        info = self.folder.begin(self._info(len(queries), refused))
        with paid_by(partial(self.folder.spend, "answers")):
            self._ask_all(queries, info, progress)
        if self.judge is not None:
            with paid_by(partial(self.folder.spend, "judge")):
                self.judge.judge_run(self.folder, progress)
        self.folder.finish()
        return self.folder.load()

    def _take_in(self, progress: Progress) -> Mapping[str, str]:
        refused = self.service.add(self.dataset.corpus, progress)
        held, expected = self.service.state().documents, len(self.dataset.corpus) - len(refused)
        if held != expected:
            raise InputError(
                f"the knowledge base holds {held} documents, the corpus {expected}: it is not that of this data set"
            )
        return refused

    def _info(self, questions: int, refused: Mapping[str, str]) -> RunInfo:
        state = self.service.state()
        return RunInfo(
            plan=self.plan, dataset=self.dataset.name, digest=self.dataset.digest, questions=questions,
            documents=state.documents, revision=state.revision,
            settings={name: value for name, value in state.settings.items() if name not in _VOLATILE},
            versions={"python": platform.python_version(), "quipu": release()} | {of: version(of) for of in _LIBRARIES},
            judge=self.judge.identity if self.judge else "", started_at=now(), refused=refused,
            token_price=self.token_price,
        )  # fmt: skip

    def _ask_all(self, queries: Sequence[Query], info: RunInfo, progress: Progress) -> None:
        done = {row.id for row in self.folder.load().rows}
        gold = _Gold(self.dataset, self.service, info.revision)
        gold.check(queries)
        for number, query in enumerate(queries):
            progress("ask", number, len(queries))
            if query.id not in done:
                self.folder.add(self._row(query, gold, info.revision))
        progress("ask", len(queries), len(queries))

    def _row(self, query: Query, gold: "_Gold", revision: int) -> Row:
        started = time.perf_counter()
        passages = self.service.search(query.text, self.plan.search_mode, revision, query.history)
        searched = time.perf_counter()
        answer = self._answer(query, revision) if self.plan.kind == "answers" else None
        answered = time.perf_counter()
        ranking = dict.fromkeys(passage.document_id for passage in passages)
        return Row(
            id=query.id, question=query.text, hops=query.hops, answerable=query.answerable, answers=query.answers,
            gold=gold.of(query), steps=query.steps, ranking=tuple(ranking)[: max(DEPTHS)],
            passages=passages[:SHOWN], search_seconds=searched - started,
            answer=gold.checked(answer) if answer else None, ask_seconds=answered - searched if answer else None,
        )  # fmt: skip

    def _answer(self, query: Query, revision: int) -> GivenAnswer:
        """The answer; what it cost is paid for before the row is kept, and also where there is none."""
        try:
            answer = self.service.ask(query.text, self.plan.mode, revision, query.history)
        except QuipuError as error:
            pay(Cost(calls=error.usage.get("calls", 0), prompt_tokens=error.usage.get("tokens", 0)))
            raise
        pay(Cost(calls=answer.calls, prompt_tokens=answer.tokens))
        return answer


def drawn(dataset: Dataset, plan: Plan) -> tuple[Query, ...]:
    """The questions to ask, in the order of the data set."""
    queries = dataset.gradable
    if plan.kind == "retrieval":
        queries = tuple(query for query in queries if query.id in dataset.qrels)
    if plan.questions is None or plan.questions >= len(queries):
        return queries
    chosen = set(random.Random(plan.seed).sample(sorted(query.id for query in queries), plan.questions))  # noqa: S311
    return tuple(query for query in queries if query.id in chosen)


class _Gold:
    """What is right: read from the data set, and from the service where the data set has no corpus."""

    def __init__(self, dataset: Dataset, service: KnowledgeService, revision: int) -> None:
        self._dataset = dataset
        self._service = service
        self._revision = revision
        self._corpus = {document.id: document for document in dataset.corpus}
        self._texts: dict[str, str | None] = {}

    def check(self, queries: Sequence[Query]) -> None:
        """Raise InputError if the service holds none of the gold documents: then it is the wrong service."""
        wanted = {document for query in queries for document in self._dataset.qrels.get(query.id, {})}
        if wanted and not any(self._text(document) is not None for document in sorted(wanted)):
            raise InputError(
                f"the knowledge base has none of the {len(wanted)} documents that data set {self._dataset.name!r} names"
            )

    def of(self, query: Query) -> tuple[GoldDocument, ...]:
        grades = self._dataset.qrels.get(query.id, {})
        return tuple(self._document(query, document, grade) for document, grade in sorted(grades.items()))

    def checked(self, answer: GivenAnswer) -> GivenAnswer:
        """The answer with each citation compared with the text at the offsets it names."""
        return replace(answer, quotes=tuple(self._checked(quote) for quote in answer.quotes))

    def _checked(self, quote: Quote) -> Quote:
        text = self._text(quote.document_id) or ""
        return replace(
            quote,
            literal=text[quote.start : quote.end] == quote.quote,
            before=text[max(0, quote.start - CONTEXT) : quote.start],
            after=text[quote.end : quote.end + CONTEXT],
        )

    def _document(self, query: Query, document_id: str, grade: int) -> GoldDocument:
        known = self._corpus.get(document_id)
        text = self._text(document_id)
        passage = query.passages.get(document_id) or (known.text if known else text) or ""
        return GoldDocument(
            id=document_id, title=known.title if known else document_id, excerpt=passage[:EXCERPT], grade=grade,
            held=text is not None,
        )  # fmt: skip

    def _text(self, document_id: str) -> str | None:
        if document_id not in self._texts:
            try:
                self._texts[document_id] = self._service.text(document_id, self._revision)
            except NotFoundError:
                self._texts[document_id] = None
        return self._texts[document_id]
