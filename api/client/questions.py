"""Questions: search, ask, and the chat protocol."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias, TypedDict, Unpack

from api.client.calls import AsOf, Sent
from api.client.methods import following, operation
from api.schemas.asking.answers import AnswerBody, CitationBody, EvidenceBody, TokenBody
from api.schemas.asking.questions import SearchResultBody, UtteranceBody
from api.schemas.asking.understanding import StepBody
from api.schemas.protocols.chat import CompletionBody, CompletionChunkBody, MessageBody, ModelBody, ModelsBody
from graph.ports.own_writes import NOW as _NOW
from retrieval.modes import AskedMode, Effort, SearchMode

NOW = _NOW
"""As ``after``: all that is acknowledged when a question is asked."""
AnswerEvent: TypeAlias = StepBody | EvidenceBody | TokenBody | CitationBody | AnswerBody
"""What a streamed answer tells; the last one is the whole answer."""

_ANSWER_EVENTS: Mapping[str, type[AnswerEvent]] = {
    "step": StepBody, "evidence": EvidenceBody, "token": TokenBody, "citation": CitationBody, "done": AnswerBody,
}  # fmt: skip


class Conditions(TypedDict, total=False):
    """What a question may say beside its words.

    ``after`` are tokens of uploads and deletions that the answer has to contain, or ``NOW``; ``filters`` are conditions
    on metadata; ``as_of`` reads the past. ``history`` is what was said before, the oldest first.
    """

    filters: Mapping[str, Any]
    as_of: AsOf
    min_revision: int
    after: str | Sequence[str]
    history: Sequence[UtteranceBody]


class Ways(Conditions, total=False):
    """How a question is answered: ``effort`` bounds what that may cost, ``votes`` is how often a step is asked for.

    ``session_id`` names the conversation that it belongs to, in place of a ``history``.
    """

    mode: AskedMode
    effort: Effort
    votes: int
    session_id: str


class Questions:
    """What a client asks. It is waited for what a question is to come ``after``, as long as the client has patience."""

    @operation("POST", "/v1/search", SearchResultBody, repeatable=True)
    def search(
        self, query: str, *, k: int | None = None, mode: SearchMode | None = None, **conditions: Unpack[Conditions]
    ) -> Sent:
        """Passages, best first, each with why it was found."""
        return Sent(body={"query": query, "k": k, "mode": mode, **_said(conditions)})

    @operation("POST", "/v1/ask", AnswerBody, repeatable=True)
    def ask(self, question: str, **ways: Unpack[Ways]) -> Sent:
        """An answer with verified citations, or none (``abstained``)."""
        # a question of a session that was answered is a turn of it: asked twice, there would be two
        return Sent(body={"question": question, **_said(ways)}, repeatable=False if "session_id" in ways else None)

    @following("POST", "/v1/ask", _ANSWER_EVENTS)
    def stream_answer(self, question: str, **ways: Unpack[Ways]) -> Sent:
        """An answer as it comes: steps, evidence, tokens and citations, then the whole of it."""
        return Sent(body={"question": question, "stream": True, **_said(ways)})

    @operation("GET", "/v1/models", ModelsBody)
    def list_models(self) -> Sent:
        """The knowledge base as a model of OpenAI's chat protocol."""
        return Sent()

    @operation("GET", "/v1/models/{model}", ModelBody)
    def get_model(self, model: str) -> Sent:
        """One model by its name."""
        return Sent()

    @operation("POST", "/v1/chat/completions", CompletionBody, repeatable=True)
    def complete_chat(
        self, messages: Sequence[MessageBody], *, model: str = "quipu", after: str | Sequence[str] | None = None
    ) -> Sent:
        """An answer to the last message, in OpenAI's protocol."""
        return _chat(messages, model=model, after=after)

    @following("POST", "/v1/chat/completions", {"message": CompletionChunkBody})
    def stream_chat(
        self, messages: Sequence[MessageBody], *, model: str = "quipu", after: str | Sequence[str] | None = None
    ) -> Sent:
        """The same in pieces as they come."""
        return _chat(messages, model=model, after=after, stream=True)


def _said(conditions: Mapping[str, Any]) -> dict[str, Any]:
    """Conditions as a body; what was said before is values of pydantic in Python."""
    history = conditions.get("history")
    if history is None:
        return dict(conditions)
    return {**conditions, "history": [one.model_dump() for one in history]}


def _chat(messages: Sequence[MessageBody], **more: object) -> Sent:
    return Sent(body={"messages": [one.model_dump(exclude_unset=True) for one in messages], **more})
