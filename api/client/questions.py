"""Questions: search, ask, and the chat protocol."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias, TypedDict, Unpack

from api.client.calls import AsOf, Sent
from api.client.methods import following, operation
from api.schemas.answers import AnswerBody, CitationBody, EvidenceBody, StepBody, TokenBody
from api.schemas.chat import CompletionBody, CompletionChunkBody, MessageBody, ModelBody, ModelsBody
from api.schemas.questions import SearchResultBody
from graph.ports.own_writes import NOW as _NOW
from retrieval.model import Mode

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
    on metadata; ``as_of`` reads the past.
    """

    mode: Mode
    filters: Mapping[str, Any]
    as_of: AsOf
    min_revision: int
    after: str | Sequence[str]


class Questions:
    """What a client asks. It is waited for what a question is to come ``after``, as long as the client has patience."""

    @operation("POST", "/v1/search", SearchResultBody, repeatable=True)
    def search(self, query: str, *, k: int | None = None, **conditions: Unpack[Conditions]) -> Sent:
        """Passages, best first, each with why it was found."""
        return Sent(body={"query": query, "k": k, **conditions})

    @operation("POST", "/v1/ask", AnswerBody, repeatable=True)
    def ask(self, question: str, **conditions: Unpack[Conditions]) -> Sent:
        """An answer with verified citations, or none (``abstained``)."""
        return Sent(body={"question": question, **conditions})

    @following("POST", "/v1/ask", _ANSWER_EVENTS)
    def stream_answer(self, question: str, **conditions: Unpack[Conditions]) -> Sent:
        """An answer as it comes: steps, evidence, tokens and citations, then the whole of it."""
        return Sent(body={"question": question, "stream": True, **conditions})

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


def _chat(messages: Sequence[MessageBody], **more: object) -> Sent:
    return Sent(body={"messages": [one.model_dump(exclude_unset=True) for one in messages], **more})
