"""A language model as it is asked for one step at a time: a short reply by a schema, or none, within the budget.

A reply that cannot be used costs one more call, and then the step is taken by rule. So are the later steps of its kind:
a model that cannot plan may still read. A model that fails is not asked again for this answer.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Literal, TypeVar

from graph.ports.models import LanguageModel
from graph.prompting import Prompt
from retrieval.budget import Account, Bound
from retrieval.constrained_calls import ConstrainedCall
from retrieval.model import Evidence, Question
from retrieval.reasoning.model import ReasoningState
from retrieval.reasoning.replies import JudgeReply, ReadReply, is_about, judgement_of, plan_of, reading_of
from retrieval.reasoning.step_prompts import ReadPrompt, judge_prompt, plan_prompt, read_prompt

T = TypeVar("T")
StepKind = Literal["plan", "read", "judge"]


class ModelSteps:
    """What one answer asks of a model.

    ``degraded`` says what had to be done by rule, ``exhausted`` which bound was met.

    ``kept_free`` are the calls and tokens that no step may take: those of the one that writes the answer.
    """

    def __init__(self, model: LanguageModel, account: Account, kept_free: tuple[int, int]) -> None:
        self._model = model
        self._account = account
        self._tokens_kept = kept_free[1]
        self._call = ConstrainedCall(model, account, kept_free=kept_free)
        self._by_rule: set[StepKind] = set()
        self.degraded: list[str] = []
        self.exhausted: Bound | None = None
        self._failed = False

    async def plan(self, question: Question, most: int) -> tuple[str, ...] | None:
        """At most so many questions that lead to the answer."""
        prompt = plan_prompt(question, most)

        def parse(reply: str) -> tuple[str, ...] | None:
            steps = plan_of(reply, most)
            return steps if steps and is_about(steps, question.text) else None

        return await self._replied("plan", lambda: prompt, parse)

    async def read(
        self, question: Question, evidence: Sequence[Evidence]
    ) -> tuple[ReadReply, Mapping[str, int]] | None:
        """What the evidence answers, unverified, and the markers of the handles; all empty where it answers nothing."""
        if not evidence:
            return None
        laid: list[ReadPrompt] = []

        def make() -> Prompt:  # anew for each try: the window may turn out smaller than it was taken for
            window = min(self._model.context_tokens, self._account.tokens_left - self._tokens_kept)
            laid.append(read_prompt(question, evidence, self._model.count_tokens, window))
            return laid[-1].prompt

        reply = await self._replied("read", make, reading_of)
        return (reply, laid[-1].handles) if reply else None

    async def judge(self, question: Question, state: ReasoningState, most: int) -> JudgeReply | None:
        """Whether the answers so far suffice; at most so many questions more."""
        prompt = judge_prompt(question, state, most)
        begun = len(state.plan.questions)
        return await self._replied("judge", lambda: prompt, partial(judgement_of, begun=begun, most=most))

    async def _replied(self, kind: StepKind, make: Callable[[], Prompt], parse: Callable[[str], T | None]) -> T | None:
        if self._failed or kind in self._by_rule:
            return None
        reply = await self._call.ask(make, parse)
        if reply.lacking is not None:
            self.exhausted = reply.lacking
        elif reply.failure:
            self._failed = True
            self.degraded.append(f"the language model failed, and what follows is done by rule: {reply.failure}")
        elif reply.value is None:
            self._by_rule.add(kind)
            self.degraded.append(
                f"{reply.malformed} replies of the language model to a step ({kind}) could not be used: by rule"
            )
        return reply.value
