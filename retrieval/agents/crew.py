"""Planner, researchers, critic and writer as a workflow of LlamaIndex: who is told what, and who waits for whom.

Import it late: the library takes half a second, and only this mode needs it. It carries events within the process and
sends nothing anywhere.
"""

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Any

from workflows import Context, Workflow, step
from workflows.events import Event as Message
from workflows.events import StartEvent, StopEvent

from graph.ports.spending import Tally, paid_by
from retrieval.agents.dossier import Dossier, put_together
from retrieval.agents.library import Library
from retrieval.agents.model import ROLES, Report, Review, Task
from retrieval.agents.rounds import RETURNS, Rounds, shared
from retrieval.agents.staff import Staff
from retrieval.agents.texts import AS_WELL, CLAIMS, HELD, PLANNED, SENT, SENT_BACK, exhausted, tell, unanswered
from retrieval.agents.writer import Writer
from retrieval.answer import Answer, Event, EvidenceFound, Step, Sufficiency, SufficiencyKind
from retrieval.answering.sufficiency import lowered, sufficiency_of
from retrieval.budget import Account
from retrieval.constrained_calls import Budgeted
from retrieval.model import Gathered
from retrieval.pipeline import QuestionPipeline
from retrieval.questions.broad_questions import BroadQuestion
from retrieval.reasoning.texts import LEFT_OPEN
from retrieval.reasoning.texts import tell as told_by_plan

SIDE_BY_SIDE = 4
"""Researchers that work at the same time on one question."""


class Asked(StartEvent):
    """The question is there."""


class Assigned(Message):
    """A task of a round of ``together`` tasks, and the place of its report among theirs."""

    task: Task
    place: int
    together: int


class Reported(Message):
    """A researcher is done."""

    report: Report
    place: int
    together: int


class Settled(Message):
    """There is nothing more to look for."""


class Told(Message):
    """Something that whoever asks is to see."""

    event: Any


class Crew(Workflow):
    """Works on one question. It is made for it, run once, and given up."""

    def __init__(self, staff: Staff, library: Library, account: Account, pipeline: QuestionPipeline) -> None:
        super().__init__(timeout=None)
        self._staff = staff
        self._library = library
        self._account = account
        self._pipeline = pipeline
        self._rounds: Rounds
        self._trace: list[Step] = []
        self._degraded: list[str] = []
        self._exhausted = ""

    @step
    async def plan(self, ctx: Context, _: Asked) -> Assigned | Settled | None:
        """The planner splits the question."""
        started, tally, question = time.perf_counter(), Tally(), self._library.question
        with paid_by(tally.add), paid_by(self._account.pay):
            planned = await self._staff.planner.plan(self._library, self._account)
        self._degraded += planned.degraded
        roles = tuple(role for role in ROLES if role in self._staff.researchers)
        taking = tuple(role for role in roles if self._staff.researchers[role].takes(question))
        self._rounds = Rounds(
            text=question.text, plan=planned.plan, roles=taking, returns=RETURNS[question.effort]
        )  # fmt: skip
        asked = "; ".join(f"{one.number}. {one.text}" for one in planned.plan.questions)
        zh = self._library.chinese
        how = tell("by model" if planned.plan.by_model else "by rule", zh=zh)
        named = ", ".join(tell(role, zh=zh) for role in taking)
        self._tell(
            ctx, Step(
                name="planner", input=question.text, detail=tell(PLANNED, zh=zh, asked=asked, how=how, roles=named),
                seconds=time.perf_counter() - started, calls=tally.cost.calls, tokens=tally.cost.tokens,
            )
        )  # fmt: skip
        return self._assign(ctx, self._rounds.first())

    @step(num_workers=SIDE_BY_SIDE)
    async def research(self, told: Assigned) -> Reported:
        """One researcher does one task, within what it may spend."""
        task, spent = told.task, self._account
        own = Account(
            replace(
                spent.budget, calls=task.calls, tokens=spent.tokens_left // told.together,
                seconds=spent.seconds_left, steps=1,
            )
        )  # fmt: skip
        with paid_by(spent.pay):
            report = await self._staff.researchers[task.role].research(task, self._library, own)
        return Reported(report=report, place=told.place, together=told.together)

    @step
    async def criticise(self, ctx: Context, told: Reported) -> Assigned | Settled | None:
        """The critic reads the reports of a round once all are there, whoever was first."""
        reported = ctx.collect_events(told, [Reported] * told.together)
        if reported is None:
            return None
        reports: Sequence[Report] = [one.report for one in sorted(reported, key=lambda one: one.place)]
        for report in reports:
            self._degraded += report.degraded
            self._tell(ctx, _researched(report, zh=self._library.chinese))
        started, tally = time.perf_counter(), Tally()
        with paid_by(tally.add), paid_by(self._account.pay):
            reviewed = await self._staff.critic.review(reports, self._library.begun.read, self._account)
        self._degraded += reviewed.degraded
        self._rounds, tasks = self._rounds.next(reviewed.reviews, reviewed.look_for)
        zh = self._library.chinese
        detail = _criticised(reviewed.reviews, tasks, by_model=reviewed.by_model, zh=zh)
        if reviewed.look_for and any(task.text == reviewed.look_for for task in tasks):
            detail += tell(AS_WELL, zh=zh, text=reviewed.look_for)
        claims = sum(len(one.report.claims) + one.dropped for one in reviewed.reviews)
        self._tell(
            ctx, Step(
                name="critic", input=tell(CLAIMS, zh=zh, count=claims, reports=len(reviewed.reviews)), detail=detail,
                seconds=time.perf_counter() - started, calls=tally.cost.calls, tokens=tally.cost.tokens,
            )
        )  # fmt: skip
        return self._assign(ctx, tasks)

    @step
    async def write(self, ctx: Context, _: Settled) -> StopEvent:
        """The writer says what there is to say; the pipeline verifies it."""
        standing = self._rounds.standing
        dossier = put_together(standing)
        self._say(ctx, EvidenceFound(evidence=dossier.evidence, revision=self._library.snapshot.revision))
        last = next((one.short for one in standing if one.task.question == self._rounds.end), None)
        model = self._staff.writing(Budgeted(self._staff.model, self._account)) if self._staff.model else None
        writer = Writer(
            dossier, quoting=self._staff.quoting, model=model, account=self._account,
            short=last if self._rounds.plan.kind == "chain" and not self._rounds.unanswered else None,
            apart=self._rounds.plan.kind == "joined" and not self._rounds.unanswered,
        )  # fmt: skip
        gathered = await self._gathered(dossier)
        with paid_by(self._account.pay):
            async with aclosing(self._written(dossier, gathered, writer)) as events:  # type: ignore[type-var]
                async for event in events:
                    match event:
                        case Step():
                            self._tell(ctx, replace(event, name="writer"))
                        case Answer():
                            self._say(ctx, self._whole(event, dossier))
                        case _:
                            self._say(ctx, event)
        return StopEvent()

    async def _gathered(self, dossier: Dossier) -> Gathered:
        """The evidence; where everything there is was asked for, with that in numbers."""
        broad = self._library.begun.read.broad
        if broad is not None and broad.kind == "overview":
            _, gathered = await self._library.look(self._library.question.text)
            if gathered.evidence == dossier.evidence:
                return gathered
        return Gathered(evidence=dossier.evidence)

    def _written(self, dossier: Dossier, gathered: Gathered, writer: Writer) -> AsyncIterator[Event]:
        begun = self._library.begun
        if len(dossier.exact) > 1:  # what is said of many things is no statement that another could contradict
            begun = replace(begun, read=replace(begun.read, broad=BroadQuestion(kind="list")))
        hits = tuple(item.hit for item in dossier.evidence)
        found = replace(begun, result=replace(begun.result, hits=hits))
        return self._pipeline.write(found, gathered, generator=writer)

    def _whole(self, answer: Answer, dossier: Dossier) -> Answer:
        """The answer with all that was done for it, and how far it goes."""
        zh = self._library.chinese
        cost, standing = self._account.cost, self._rounds.standing
        notes = [note for report in standing for note in report.notes]
        notes += [unanswered(one, zh=zh) for one in self._rounds.unanswered if self._rounds.plan.kind != "one"]
        if self._exhausted:
            notes.append(exhausted(self._exhausted, zh=zh))
        whole = replace(
            answer, mode="agents", steps=tuple(self._trace), notes=tuple(dict.fromkeys((*answer.notes, *notes))),
            degraded=tuple(dict.fromkeys((*self._degraded, *answer.degraded))), calls=cost.calls, tokens=cost.tokens,
            completion_tokens=cost.completion_tokens,
        )  # fmt: skip
        return whole if dossier.exact else replace(whole, sufficiency=self._sufficiency(whole))

    def _sufficiency(self, answer: Answer) -> Sufficiency:
        """By rule, and no better than what the plan left open."""
        judged, lacking = sufficiency_of(self._library.begun.read, answer), self._rounds.unanswered
        if not lacking or self._rounds.plan.kind == "one":
            return judged
        kind: SufficiencyKind = "caveat" if answer.short_answer is not None else "gap"
        open_ones = told_by_plan(LEFT_OPEN, zh=self._library.chinese)
        return lowered(judged, kind, open_ones, lacking)

    def _assign(self, ctx: Context, tasks: Sequence[Task]) -> Settled | None:
        """Give out a round, as far as the budget goes; nothing to give out ends the research."""
        given: list[Task] = []
        for task in tasks:
            if task.question and (bound := self._account.lacks_steps()) is not None:
                self._exhausted = bound
                continue
            if task.question:
                self._account.take_step()
            given.append(task)
        for place, task in enumerate(shared(given, self._account.calls_left)):
            ctx.send_event(Assigned(task=task, place=place, together=len(given)))
        return None if given else Settled()

    def _tell(self, ctx: Context, done: Step) -> None:
        self._trace.append(done)
        self._say(ctx, done)

    def _say(self, ctx: Context, event: Event) -> None:
        ctx.write_event_to_stream(Told(event=event))


def _researched(report: Report, *, zh: bool) -> Step:
    task = report.task
    asked = tell(SENT_BACK, zh=zh, text=task.text, because=task.because) if task.returned else task.text
    how = f", {tell('by model', zh=zh)}" if report.by_model else ""
    return Step(
        name=f"researcher {task.role}", input=asked, detail=f"{report.detail}{how}", seconds=report.seconds,
        calls=report.calls, tokens=report.tokens,
    )  # fmt: skip


def _criticised(reviews: Sequence[Review], tasks: Sequence[Task], *, by_model: bool, zh: bool) -> str:
    kept, dropped = sum(len(one.report.claims) for one in reviews), sum(one.dropped for one in reviews)
    back = "; ".join(f"{task.text} ({task.because})" for task in tasks if task.returned)
    how = tell("by model" if by_model else "by rule", zh=zh)
    return tell(HELD, zh=zh, kept=kept, dropped=dropped, how=how) + (tell(SENT, zh=zh, tasks=back) if back else "")
