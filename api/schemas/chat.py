"""Bodies of OpenAI's chat protocol."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, JsonValue, StrictBool

from api.schemas.answers import AnswerBody
from api.schemas.strict import After, tokens
from graph.audience import Audience
from graph.errors import InputError, NotFoundError
from retrieval.model import Question

MODEL = "quipu"
_ASKS: JsonValue = {
    "type": "object",
    "required": ["role", "content"],
    "properties": {"role": {"const": "user"}, "content": {"type": "string", "pattern": r"\S"}},
}
"""A message with a question; without one there is nothing to answer."""


class TextPart(BaseModel):
    """A part of a message that is text."""

    type: Literal["text"]
    text: str


class MessageBody(BaseModel):
    """One message of a chat."""

    role: str
    content: str | list[TextPart] | None = None

    @property
    def text(self) -> str:
        """What it says."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content)
        return self.content or ""


class ChatBody(BaseModel):
    """A chat to be gone on with. ``after`` is none of the protocol's: tokens of what the answer has to contain."""

    model: str
    messages: Annotated[list[MessageBody], Field(min_length=1, json_schema_extra={"contains": _ASKS})]
    stream: StrictBool = False
    after: After | None = None

    def question(self, workspace: str, audience: Audience) -> Question:
        """The last message of the user, put to a workspace for an audience.

        Raises:
            NotFoundError: it is for another model.
            InputError: no message is the user's.
        """
        if self.model != MODEL:
            raise NotFoundError(f"no model {self.model!r} here; use {MODEL!r}")
        asked = [message.text for message in self.messages if message.role == "user"]
        if not asked:
            raise InputError("no message of the role 'user' to answer")
        return Question(workspace=workspace, audience=audience, text=asked[-1], after=tokens(self.after))


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


class CompletionChunkBody(BaseModel):
    """A piece of a streamed answer; ``quipu``, in the last one, is the same as ``/v1/ask`` gives it."""

    id: str
    object: Literal["chat.completion.chunk"] = "chat.completion.chunk"
    created: int
    model: str = MODEL
    choices: list[MoreBody]
    quipu: AnswerBody | None = None


class CompletionBody(BaseModel):
    """An answer in the protocol's form; ``quipu`` is the same as ``/v1/ask`` gives it."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str = MODEL
    choices: list[ChoiceBody]
    quipu: AnswerBody
