"""Bodies of OpenAI's chat protocol."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Literal
from urllib.parse import quote

from pydantic import BaseModel, Field, JsonValue, StrictBool, StrictInt, WithJsonSchema

from api.schemas.asking.answers import AnswerBody
from api.schemas.strict import After, tokens
from graph.audience import Audience
from graph.errors import InputError, NotFoundError
from graph.text.inert import inert_line
from retrieval.answer import Answer
from retrieval.model import MAX_HISTORY, MAX_QUESTION, Question, Utterance

MODEL = "quipu"
ASKS: JsonValue = {
    "type": "object",
    "required": ["role", "content"],
    "properties": {"role": {"const": "user"}, "content": {"type": "string", "pattern": r"\S"}},
}
"""A message with a question; without one there is nothing to answer."""
_NO_CALL = {"enum": ["auto", "none", None]}
"""Tools that need not be called; what else could be asked for is refused by name."""


class PartBody(BaseModel):
    """A part of a message: text, or what is no text (a picture, a sound, a file) and is not read."""

    type: str
    text: str | None = None

    @property
    def is_text(self) -> bool:
        """Whether it can be asked."""
        return self.type in {"text", "input_text"}


class MessageBody(BaseModel):
    """One message of a chat."""

    role: str
    content: str | list[PartBody] | None = None

    @property
    def text(self) -> str:
        """What it says."""
        if isinstance(self.content, list):
            return "\n".join(part.text or "" for part in self.content if part.is_text)
        return self.content or ""

    @property
    def unread(self) -> tuple[str, ...]:
        """The types of the parts that are not read, each once."""
        parts = self.content if isinstance(self.content, list) else []
        return tuple(dict.fromkeys(part.type for part in parts if not part.is_text))


class StreamOptions(BaseModel):
    """``include_usage``: whether a last chunk without choices tells the tokens."""

    include_usage: StrictBool | None = None


class ChatBody(BaseModel):
    """A chat to be gone on with. ``after`` is none of the protocol's: tokens of what the answer has to contain."""

    model: str
    messages: Annotated[list[MessageBody], Field(min_length=1, json_schema_extra={"contains": ASKS})]
    stream: StrictBool | None = None
    stream_options: StreamOptions | None = None
    n: Annotated[StrictInt | None, WithJsonSchema({"enum": [1, None]})] = None
    stop: str | Annotated[list[str], Field(max_length=16)] | None = None
    tool_choice: Annotated[JsonValue, WithJsonSchema(_NO_CALL)] = None
    function_call: Annotated[JsonValue, WithJsonSchema(_NO_CALL)] = None
    response_format: Annotated[JsonValue, WithJsonSchema({"enum": [{"type": "text"}, None]})] = None
    logprobs: Annotated[StrictBool | None, WithJsonSchema({"enum": [False, None]})] = None
    modalities: Annotated[list[str] | None, WithJsonSchema({"enum": [["text"], None]})] = None
    after: After | None = None

    def question(self, workspace: str, audience: Audience) -> Question:
        """The last message of the user, put to a workspace for an audience.

        Raises:
            NotFoundError: it is for another model.
            InputError: no message is the user's, or something is asked for that an answer cannot be.
        """
        check_model(self.model)
        if refusal := next(self._refusals(), None):
            raise InputError(refusal)
        if self.unread and not self._asked().text.strip():
            raise InputError(f"{self.unread[0]}; a question needs some text")
        said = [(message.role, message.text) for message in self.messages]
        return Question(
            workspace=workspace, audience=audience, text=self._asked().text, after=tokens(self.after),
            history=said_before(said),
        )  # fmt: skip

    @property
    def stops(self) -> Sequence[str]:
        """Where the text has to end."""
        return [self.stop] if isinstance(self.stop, str) else self.stop or []

    def _refusals(self) -> Iterator[str]:
        """What would change the answer, and cannot be had. What a model is free to leave alone is passed over."""
        if self.n not in (None, 1):
            yield f"n is {self.n}; there is one answer to a question"
        for name, value in (("tool_choice", self.tool_choice), ("function_call", self.function_call)):
            if value not in (None, "auto", "none"):
                yield f"{name} asks for the call of a tool; {MODEL} answers from documents and calls none"
        kind = self.response_format.get("type") if isinstance(self.response_format, dict) else self.response_format
        if kind not in (None, "text"):
            yield f"response_format is {kind}; an answer is text (its parts are in the member 'quipu')"
        if self.logprobs:
            yield "logprobs: an answer has none"
        if self.modalities and set(self.modalities) != {"text"}:
            yield f"modalities are {', '.join(self.modalities)}; an answer is text"

    @property
    def unread(self) -> tuple[str, ...]:
        """What of the question is no text, for people."""
        return tuple(f"{inert_line(part[:40])} was not read: text alone is" for part in self._asked().unread)

    def _asked(self) -> MessageBody:
        asked = [message for message in self.messages if message.role == "user"]
        if not asked:
            raise InputError("no message of the role 'user' to answer")
        return asked[-1]


def said_before(messages: Sequence[tuple[str, str]]) -> tuple[Utterance, ...]:
    """What user and assistant said before the user's last message, by (role, text): the newest, and of that the
    beginning, as far as a question may have a history. Nothing of it is kept.
    """
    last = max((place for place, (role, _) in enumerate(messages) if role == "user"), default=0)
    said = [
        Utterance(speaker="user" if role == "user" else "agent", text=text[:MAX_QUESTION])
        for role, text in messages[:last]
        if role in {"user", "assistant"} and text.strip()
    ]
    return tuple(said[-MAX_HISTORY:])


def check_model(name: str) -> None:
    """Raise NotFoundError for a model that is none."""
    if name != MODEL:
        raise NotFoundError(f"no model {name!r} here; use {MODEL!r}")


class ModelBody(BaseModel):
    """A model that can be named in a chat."""

    id: str = MODEL
    object: Literal["model"] = "model"
    created: int = 0
    owned_by: str = "quipu"


class ModelsBody(BaseModel):
    """The models there are."""

    object: Literal["list"] = "list"
    data: list[ModelBody]


class UrlCitationBody(BaseModel):
    """A document that a text cites, and where in the text: ``text[start_index:end_index]`` is the marker.

    ``url`` leads to the text of the version that was cited.
    """

    start_index: int
    end_index: int
    title: str
    url: str


class AnnotationBody(BaseModel):
    """Something that is said of a text."""

    type: Literal["url_citation"] = "url_citation"
    url_citation: UrlCitationBody


class SaidBody(BaseModel):
    """What the assistant says; in a stream, more of it, then ``annotations`` of all of it."""

    role: Literal["assistant"] | None = None
    content: str | None = None
    annotations: list[AnnotationBody] | None = None


def annotations(text: str, answer: Answer | None, base: str) -> list[AnnotationBody]:
    """One for each marker of an answer that stands in a text, at the first place; ``base``: where the service is."""
    found: dict[int, AnnotationBody] = {}
    for citation in answer.citations if answer else ():
        marker = f"[{citation.marker}]"
        start = text.find(marker)
        if answer is None or start < 0:
            continue
        url = f"{base}/v1/documents/{quote(citation.document_id, safe='')}/content?as_of={answer.revision}"
        cited = UrlCitationBody(start_index=start, end_index=start + len(marker), title=citation.title, url=url)
        found.setdefault(citation.marker, AnnotationBody(url_citation=cited))
    return list(found.values())


class ChoiceBody(BaseModel):
    """The one answer."""

    index: Literal[0] = 0
    message: SaidBody
    finish_reason: Literal["stop"] = "stop"


class MoreBody(BaseModel):
    """More of the one answer; the last says that it has ended."""

    index: Literal[0] = 0
    delta: SaidBody
    finish_reason: Literal["stop"] | None = None


class UsageBody(BaseModel):
    """Tokens of the language model that wrote the answer; none without a model."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    total_tokens: int = 0


def usage_body(answer: Answer | None) -> UsageBody:
    """What an answer cost, in the protocol's form."""
    if answer is None:
        return UsageBody()
    written = answer.completion_tokens
    return UsageBody(prompt_tokens=answer.tokens - written, completion_tokens=written, total_tokens=answer.tokens)


class CompletionChunkBody(BaseModel):
    """A piece of a streamed answer; ``quipu``, in the last one, is the same as ``/v1/ask`` gives it.

    With ``include_usage`` one more chunk follows, without choices, that tells ``usage``.
    """

    id: str
    object: Literal["chat.completion.chunk"] = "chat.completion.chunk"
    created: int
    model: str = MODEL
    choices: list[MoreBody]
    usage: UsageBody | None = None
    quipu: AnswerBody | None = None


class CompletionBody(BaseModel):
    """An answer in the protocol's form; ``quipu`` is the same as ``/v1/ask`` gives it.

    It is null where a chat program asked about the conversation itself (a title, tags), which is no question.
    """

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str = MODEL
    choices: list[ChoiceBody]
    usage: UsageBody
    quipu: AnswerBody | None
