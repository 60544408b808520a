"""A question in words, read as a query by a language model: one short call, one more where its reply is malformed."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, cast, get_args

from graph.errors import InputError
from graph.filters import Filters
from graph.ports.models import LanguageModel
from graph.prompting import Prompt, fields_in, instructions, without_control_tokens
from graph.text.tokens import east_asian_share
from retrieval.budget import BUDGETS, Account
from retrieval.constrained_calls import ConstrainedCall
from retrieval.facts.asked import MAX_ASKED
from retrieval.facts.facts import check_query
from retrieval.facts.model import MAX_CONDITIONS, MAX_ROWS, FactCondition, FactKind, FactQuery
from retrieval.model import Question

MAX_TOKENS = 300
_CHINESE = 0.3
"""Share of East Asian characters beyond which a question is read in Chinese."""
_PROMPTS = Path(__file__).parent / "prompts"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelQuery:
    """What a model made of a question: None where it failed, and then why; and what that cost."""

    query: FactQuery | None
    failure: str = ""
    calls: int = 0
    tokens: int = 0
    completion_tokens: int = 0


class ModelQueryReader:
    """Asks a language model for the query that a question means. It sees the question and nothing else."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model

    async def read(self, question: Question) -> ModelQuery:
        """The query, whose limits are the question's own. Raises TokensUsedUp."""
        if len(question.text) > MAX_ASKED:
            return ModelQuery(query=None, failure="the question is too long to be read as a query")
        account = Account(BUDGETS[question.effort])
        prompt = _prompt(question)
        reply = await ConstrainedCall(self._model, account).ask(
            lambda: prompt, partial(parse_query, filters=question.filters)
        )  # fmt: skip
        failure = "" if reply.value else "; ".join(reply.degraded)
        cost = account.cost
        return ModelQuery(
            query=reply.value, failure=failure, calls=cost.calls, tokens=cost.tokens,
            completion_tokens=cost.completion_tokens,
        )  # fmt: skip


def parse_query(text: str, filters: Filters) -> FactQuery | None:
    """The query of a model's answer; None where it holds none that can be asked."""
    said = fields_in(text)
    if said is None:
        return None
    try:
        query = FactQuery(
            kind=_kind(said.get("kind")), conditions=_conditions(said.get("conditions")), type=_text(said.get("type")),
            dated_before=_text(said.get("before")), dated_after=_text(said.get("after")), filters=filters,
            limit=MAX_ROWS,
        )  # fmt: skip
        check_query(query)
    except InputError:
        return None
    return query


def _kind(said: object) -> FactKind:
    if said not in get_args(FactKind):
        raise InputError("no kind of query")
    return cast(FactKind, said)


def _conditions(said: object) -> tuple[FactCondition, ...]:
    if not isinstance(said, list) or not all(isinstance(one, dict) for one in said):
        raise InputError("no list of conditions")
    return tuple(
        FactCondition(entity=_text(one.get("entity")), predicate=_text(one.get("relation"))) for one in said
    )  # fmt: skip


def _text(said: object) -> str:
    if said is None:
        return ""
    if not isinstance(said, str):
        raise InputError("no text")
    return said.strip()


def _prompt(question: Question) -> Prompt:
    chinese = east_asian_share(question.text) > _CHINESE
    asked = without_control_tokens(" ".join(question.text.split()))
    return Prompt(
        system=instructions(_PROMPTS, "query", zh=chinese),
        user=f"问题：{asked}" if chinese else f"Question: {asked}",
        max_tokens=MAX_TOKENS, schema=SCHEMA, workspace=question.workspace,
    )  # fmt: skip


def _object(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "required": list(properties), "properties": properties}


_SHORT: Mapping[str, Any] = {"type": "string", "maxLength": 200}
SCHEMA: Mapping[str, Any] = _object(
    {
        "kind": {"type": "string", "enum": list(get_args(FactKind))},
        "conditions": {
            "type": "array",
            "minItems": 1,
            "maxItems": MAX_CONDITIONS,
            "items": _object({"entity": _SHORT, "relation": _SHORT}),
        },
        "type": _SHORT,
        "before": _SHORT,
        "after": _SHORT,
    }
)
"""The form of a query. Every property is required: servers that constrain strictly refuse optional ones."""
