"""Bodies of OpenAI's chat protocol."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, JsonValue, StrictBool, StrictInt

from api.schemas.answers import AnswerBody
from api.schemas.strict import After, tokens
from graph.audience import Audience
from graph.errors import InputError, NotFoundError
from graph.text.inert import inert_line
from retrieval.model import Answer, Question

MODEL = "quipu"
_ASKS: JsonValue = {
    "type": "object",
    "required": ["role", "content"],
    "properties": {"role": {"const": "user"}, "content": {"type": "string", "pattern": r"\S"}},
}
"""A message with a question; without one there is nothing to answer."""


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
    messages: Annotated[list[MessageBody], Field(min_length=1, json_schema_extra={"contains": _ASKS})]
    stream: StrictBool | None = None
    stream_options: StreamOptions | None = None
    n: StrictInt | None = None
    after: After | None = None

    def question(self, workspace: str, audience: Audience) -> Question:
        """The last message of the user, put to a workspace for an audience.

        Raises:
            NotFoundError: it is for another model.
            InputError: no message is the user's, or several answers are asked for.
        """
        check_model(self.model)
        if self.n not in (None, 1):
            raise InputError(f"n is {self.n}; there is one answer to a question")
        if self.unread and not self._asked().text.strip():
            raise InputError(f"{self.unread[0]}; a question needs some text")
        return Question(workspace=workspace, audience=audience, text=self._asked().text, after=tokens(self.after))

    @property
    def unread(self) -> tuple[str, ...]:
        """What of the question is no text, for people."""
        return tuple(f"{inert_line(part[:40])} was not read: text alone is" for part in self._asked().unread)

    def _asked(self) -> MessageBody:
        asked = [message for message in self.messages if message.role == "user"]
        if not asked:
            raise InputError("no message of the role 'user' to answer")
        return asked[-1]


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


class SaidBody(BaseModel):
    """What the assistant says; in a stream, more of it."""

    role: Literal["assistant"] | None = None
    content: str | None = None


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


def usage_body(answer: Answer) -> UsageBody:
    """What an answer cost, in the protocol's form."""
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
    """An answer in the protocol's form; ``quipu`` is the same as ``/v1/ask`` gives it."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str = MODEL
    choices: list[ChoiceBody]
    usage: UsageBody
    quipu: AnswerBody
