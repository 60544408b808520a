"""Questions made to stand alone by a language model; by rule where it fails, or where rules see nothing missing."""

import time
from dataclasses import replace

from typing_extensions import override

from graph.ports.models import LanguageModel
from graph.ports.spending import Cost
from graph.text.names import norm
from retrieval.answer import CarriedName, Rewritten, StandaloneQuestion, Step
from retrieval.budget import BUDGETS, Account
from retrieval.constrained_calls import ConstrainedCall
from retrieval.model import Question
from retrieval.ports import Rewriter
from retrieval.rewriting.exchanges import Exchange, exchanges_of
from retrieval.rewriting.known_names import names_by_rule
from retrieval.rewriting.rewrite_prompt import compose, objection, parse
from retrieval.rewriting.rule_rewriter import RuleRewriter


class ModelRewriter(Rewriter):
    """The Rewriter port by one short call of a language model, two where its first reply is malformed.

    A question that stands alone by rule costs none.
    """

    def __init__(self, model: LanguageModel, rules: RuleRewriter) -> None:
        self._model = model
        self._rules = rules

    @override
    async def rewrite(self, question: Question) -> StandaloneQuestion:
        by_rule = await self._rules.rewrite(question)
        nothing_lacks = by_rule.rewritten is None and by_rule.clarification is None
        if nothing_lacks or not question.history:
            return by_rule
        started, account = time.perf_counter(), Account(BUDGETS[question.effort])
        exchanges = exchanges_of(question.history)
        reply = await ConstrainedCall(self._model, account).ask(
            lambda: compose(question, exchanges, self._model.count_tokens, self._model.context_tokens), parse
        )  # fmt: skip
        if (text := reply.value) is None:
            return _paid(_refused(by_rule, "; ".join(reply.degraded)), account.cost)
        if (why := objection(text, question.text, exchanges)) is not None:
            return _paid(_refused(by_rule, f"the language model's rewriting was not taken: {why}"), account.cost)
        if norm(text) == norm(question.text):
            return _paid(by_rule, account.cost)
        carried = tuple(_carried(text, question.text, exchanges))
        step = Step(
            name="rewrite", input=question.text, detail=f"{text}; by {self._model.identity}",
            seconds=time.perf_counter() - started,
        )  # fmt: skip
        return _paid(
            StandaloneQuestion(
                question=replace(question, history=(), text=text), rewritten=Rewritten(text=text, carried=carried),
                steps=(step,),
            ),
            account.cost,
        )  # fmt: skip


def _refused(by_rule: StandaloneQuestion, why: str) -> StandaloneQuestion:
    return replace(by_rule, degraded=(*by_rule.degraded, f"{why}; the question was understood by rule"))


def _paid(meant: StandaloneQuestion, cost: Cost) -> StandaloneQuestion:
    *before, last = meant.steps
    return replace(
        meant, calls=cost.calls, tokens=cost.tokens, completion_tokens=cost.completion_tokens,
        steps=(*before, replace(last, calls=cost.calls, tokens=cost.tokens)),
    )  # fmt: skip


def _carried(text: str, question: str, exchanges: tuple[Exchange, ...]) -> list[CarriedName]:
    """The names of a rewriting that its question does not hold, and where they were said last."""
    found: list[CarriedName] = []
    for start, end in names_by_rule(text):
        name = text[start:end]
        if name in question:
            continue
        for exchange in reversed(exchanges):
            turn = (
                exchange.asked_at
                if name in exchange.question
                else exchange.answered_at
                if name in exchange.answer
                else 0
            )
            if turn:
                found.append(CarriedName(name=name, turn=turn))
                break
    return found
