"""The loop of reasoning over one state: plan, and for each question search, read; then judge, and go on or stop.

A step is asked of a language model where there is one and the budget allows it, and else taken by rule. All searches of
one answer look into one snapshot.
"""

import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import TypeVar

import anyio
import anyio.to_thread

from graph.text.tokens import is_east_asian
from retrieval.answer import Step
from retrieval.budget import Account
from retrieval.model import Question
from retrieval.pipeline import Found, QuestionPipeline
from retrieval.questions.read_question import ReadQuestion
from retrieval.reasoning.merging import evidence_of
from retrieval.reasoning.model import Finding, Plan, ReasoningState, SubQuestion
from retrieval.reasoning.model_steps import ModelSteps
from retrieval.reasoning.plans.planning import plan_by_rule
from retrieval.reasoning.plans.written import is_of_everything, unsplit, written_plan
from retrieval.reasoning.readings.reading import read_by_rule
from retrieval.reasoning.readings.relations import Related, related
from retrieval.reasoning.texts import ANSWERED, FIRST_OF, NOTHING_HOLDS, NOTHING_TO_SPLIT, PASSAGES, READINGS, by, tell
from retrieval.reasoning.verifying import cited_sentence, verified_reply
from retrieval.reasoning.voting import Read, decided, majority, turned

T = TypeVar("T")


class ReasoningLoop:
    """One answer on its way. ``state`` is what is known; ``doubt`` what a model missed when it was asked last."""

    def __init__(
        self, pipeline: QuestionPipeline, found: Found, account: Account, *, model: ModelSteps | None,
        limiter: anyio.CapacityLimiter,
    ) -> None:  # fmt: skip
        self._pipeline = pipeline
        self._found = found
        self._account = account
        self._model = model
        self._limiter = limiter
        self._judgements = 0
        self.doubt = ""
        self.state = ReasoningState(plan=Plan(questions=(), kind="one"))

    @property
    def question(self) -> Question:
        """The question as it is searched."""
        return self._found.read.question

    @property
    def zh(self) -> bool:
        """Whether it tells of itself in Chinese, as it was asked."""
        return is_east_asian(self.question.text)

    async def steps(self) -> AsyncIterator[Step]:
        """Every step as it has been taken. Raises InputError, DependencyError of a store, and TokensUsedUp."""
        yield await self._planned()
        if self.state.plan.kind == "one":
            return
        while (asked := next(self.state.open, None)) is not None:
            lacking = self._account.lacks_steps()
            if lacking:
                self.state = replace(self.state, exhausted=lacking)
                return
            self._account.take_step()
            found, sought = await self._sought(asked)
            yield sought
            relations, looked_up = await self._looked_up(asked, found)
            if looked_up is not None:
                yield looked_up
            yield await self._read(asked, found, relations)
            if next(self.state.open, None) is None:
                judged = await self._judged()
                if judged is not None:
                    yield judged

    async def _planned(self) -> Step:
        watch = _Watch(self._account)
        evidence = await self._in_thread(lambda: evidence_of(self._found.result))
        texts = None
        everything = is_of_everything(self._found.read)
        if self._model is not None and not everything:
            texts = await self._model.plan(self.question, self._account.budget.steps)
        if texts is not None:
            plan = written_plan(self.question.text, texts)
        elif everything:
            plan = unsplit(self.question.text)
        else:
            plan = await self._in_thread(lambda: plan_by_rule(self._found.read, evidence))
        plan = replace(plan, questions=plan.questions[: self._account.budget.steps])
        self.state = replace(self.state, plan=plan)
        parts = " → ".join(f"{one.number}. {one.text}" for one in plan.questions)
        detail = parts if plan.kind != "one" else tell(NOTHING_TO_SPLIT, zh=self.zh)
        return watch.step("plan", self.question.text, f"{detail} ({by(plan.by_model, zh=self.zh)})")

    async def _sought(self, asked: SubQuestion) -> tuple[Found, Step]:
        watch = _Watch(self._account)
        text = asked.filled(self.state.answers)
        found = await self._pipeline.look(text, self._found)
        titles = dict.fromkeys(found.result.chunks[hit.chunk_id].document.title for hit in found.result.hits[:3])
        count = len(found.result.hits)
        detail = tell(FIRST_OF if titles else PASSAGES, zh=self.zh, count=count, titles=", ".join(titles))
        return found, watch.step("search", text, detail)

    async def _looked_up(self, asked: SubQuestion, found: Found) -> tuple[Related | None, Step | None]:
        """What the graph's relations say to a question, if they say anything to it as it was meant."""
        if not self._known(asked):
            return None, None
        watch = _Watch(self._account)
        relations = await self._in_thread(lambda: related(found.read, found.snapshot))
        return relations, None if relations is None else watch.step("facts", *relations.told_to(found.read.text))

    async def _read(self, asked: SubQuestion, found: Found, relations: Related | None) -> Step:
        watch = _Watch(self._account)
        text = found.read.text
        sought = await self._in_thread(lambda: evidence_of(found.result))
        evidence = sought if relations is None else relations.before(sought)
        bare = Finding(number=asked.number, asked=text, evidence=evidence)
        finding = await self._read_by_model(bare, found.read)
        if finding is None:
            known = self._known(asked)
            finding = await self._in_thread(lambda: _read_by_rule(bare, found.read, relations, guess=known))
        self.state = self.state.with_finding(finding)
        return watch.step("read", text, _told(finding, zh=self.zh))

    def _known(self, asked: SubQuestion) -> bool:
        """Whether every earlier answer that a question names is there."""
        return all(number in self.state.answers for number in asked.needs)

    async def _read_by_model(self, bare: Finding, read: ReadQuestion) -> Finding | None:
        """What most readings of a model say; None where it gave none that could be used."""
        if self._model is None:
            return None
        best, votes = bare.evidence[: self._account.budget.passages], self.question.votes
        readings: list[Read | None] = []
        for turn in range(votes):
            passages = turned(best, turn)
            replied = await self._model.read(read.question, passages)
            if replied is None:
                break
            reply, handles = replied
            readings.append(await self._in_thread(lambda: verified_reply(reply, handles, passages, read)))  # noqa: B023
            if decided(readings, votes):
                break
        if not readings:
            return None
        held, agreed = majority(readings)
        answer, citation = held or ("", None)
        return replace(
            bare, answer=answer, citation=citation, by_model=True, votes=agreed, readings=len(readings)
        )  # fmt: skip

    async def _judged(self) -> Step | None:
        """By rule the answers suffice where each question has one. A model may miss more, and ask for it."""
        lacking = [one.asked for one in self.state.findings if not one.answer]
        room = self._account.budget.steps - len(self.state.plan.questions)
        watch = _Watch(self._account)
        judged = None
        if self._model is not None and self._judgements < self._account.budget.judgements:
            self._judgements += 1
            judged = await self._model.judge(self.question, self.state, max(room, 0))
        asked = len(self.state.findings)
        told = tell(ANSWERED, zh=self.zh, answered=asked - len(lacking), asked=asked)
        if judged is None:
            ends = ": ".join(filter(None, (tell("stop" if lacking else "enough", zh=self.zh), "; ".join(lacking))))
            return watch.step("judge", told, f"{ends} ({by(False, zh=self.zh)})")
        self.doubt = "" if judged.decision == "enough" and not lacking else judged.missing
        if judged.decision == "more":
            self.state = replace(self.state, plan=self.state.plan.with_more(judged.steps))
        decision = tell(judged.decision, zh=self.zh)
        detail = ": ".join(filter(None, (decision, "; ".join(judged.steps) or judged.missing)))
        return watch.step("judge", told, f"{detail} ({by(True, zh=self.zh)})")

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await anyio.to_thread.run_sync(work, limiter=self._limiter)


class _Watch:
    """What a step takes: seconds, calls and tokens since it began."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._began = account.cost
        self._started = time.perf_counter()

    def step(self, name: str, given: str, found: str) -> Step:
        cost = self._account.cost
        return Step(
            name=name, input=given, detail=found, seconds=time.perf_counter() - self._started,
            calls=cost.calls - self._began.calls, tokens=cost.tokens - self._began.tokens,
        )  # fmt: skip


def _read_by_rule(bare: Finding, read: ReadQuestion, relations: Related | None, *, guess: bool) -> Finding:
    """What rules read. Where an earlier answer is missing they do not guess: a guess would be about something else."""
    known = relations.reading(read, bare.evidence) if relations is not None else None
    reading = read_by_rule(read, bare.evidence, guess=guess, known=known)
    cited = cited_sentence(reading.marker, reading.quote, bare.evidence, read) if reading else None
    if reading is None or cited is None:
        return bare
    return replace(bare, answer=reading.answer.strip(" .,;，。；"), citation=cited, short=reading.short)


def _told(finding: Finding, *, zh: bool) -> str:
    who = by(finding.by_model, zh=zh)
    if finding.citation is None:
        return f"{tell(NOTHING_HOLDS, zh=zh)} ({who})"
    several = finding.readings > 1
    votes = tell(READINGS, zh=zh, votes=finding.votes, readings=finding.readings) if several else ""
    return f"{finding.answer} [{finding.citation.title}] ({who}{votes})"
