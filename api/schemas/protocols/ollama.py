"""Bodies of Ollama's protocol."""

from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Annotated, Literal

from pydantic import BaseModel, Field, JsonValue, StrictBool, WithJsonSchema

from api.schemas.asking.answers import AnswerBody
from api.schemas.protocols.chat import ASKS, MODEL, check_model, said_before
from graph.errors import InputError
from retrieval.answer import Answer
from retrieval.model import Utterance

TAG = f"{MODEL}:latest"
_SINCE = datetime(1970, 1, 1, tzinfo=UTC)
_NEVER = datetime(9999, 12, 31, tzinfo=UTC)


class OptionsBody(BaseModel):
    """Options of a model: all but ``stop`` mean nothing here and are passed over."""

    stop: str | Annotated[list[str], Field(max_length=16)] | None = None


class _Asked(BaseModel):
    """What both ways to ask have in common; a stream unless it says otherwise, as the protocol has it."""

    model: str
    stream: StrictBool | None = None
    options: OptionsBody | None = None
    format: Annotated[JsonValue, WithJsonSchema({"enum": ["", None]})] = None

    @property
    def streams(self) -> bool:
        """Whether the answer comes line by line."""
        return self.stream is not False

    @property
    def stops(self) -> Sequence[str]:
        """Where the text has to end."""
        stop = self.options.stop if self.options else None
        return [stop] if isinstance(stop, str) else stop or []

    def check(self) -> None:
        """Raise NotFoundError for another model, and InputError for a format."""
        check_model(self.model.removesuffix(":latest"))
        if self.format not in (None, ""):
            raise InputError("format: an answer is text (its parts are in the member 'quipu' of the last line)")


class TurnBody(BaseModel):
    """One message; pictures are not read."""

    role: str
    content: str = ""
    images: list[JsonValue] | None = None


class ChatAskedBody(_Asked):
    """A chat to be gone on with; without messages nothing is asked."""

    messages: Annotated[list[TurnBody], Field(json_schema_extra={"anyOf": [{"maxItems": 0}, {"contains": ASKS}]})] = []

    def asked(self) -> TurnBody | None:
        """The last message of the user; None where there are no messages. Raises InputError."""
        found = [turn for turn in self.messages if turn.role == "user"]
        if self.messages and not found:
            raise InputError("no message of the role 'user' to answer")
        return found[-1] if found else None

    def said_before(self) -> tuple[Utterance, ...]:
        """What was said before it."""
        return said_before([(turn.role, turn.content) for turn in self.messages])


class GenerateBody(_Asked):
    """A prompt to be answered; without one nothing is asked."""

    prompt: Annotated[str, Field(json_schema_extra={"pattern": r"^$|\S"})] = ""
    images: list[JsonValue] | None = None


class PieceBody(BaseModel):
    """A line of an answer. The last one is ``done``; it tells what the answer took, and ``quipu`` is all of it.

    Durations are nanoseconds. ``message`` belongs to a chat, ``response`` to a prompt.
    """

    model: str
    created_at: datetime
    message: TurnBody | None = None
    response: str | None = None
    done: bool
    done_reason: Literal["stop", "load"] | None = None
    total_duration: int | None = None
    prompt_eval_count: int | None = None
    eval_count: int | None = None
    quipu: AnswerBody | None = None


class DetailsBody(BaseModel):
    """What kind of model it is: none, but the fields are wanted."""

    parent_model: str = ""
    format: str = ""
    family: str = MODEL
    families: list[str] = [MODEL]
    parameter_size: str = ""
    quantization_level: str = ""


class TagBody(BaseModel):
    """A model that can be named."""

    name: str = TAG
    model: str = TAG
    modified_at: datetime = _SINCE
    size: int = 0
    digest: str = sha256(MODEL.encode()).hexdigest()
    details: DetailsBody = DetailsBody()


class TagsBody(BaseModel):
    """The models there are."""

    models: list[TagBody]


class LoadedBody(TagBody):
    """A model that is loaded, and when it will be unloaded: the knowledge base never is."""

    expires_at: datetime = _NEVER
    size_vram: int = 0


class LoadedBodies(BaseModel):
    """The models that are loaded."""

    models: list[LoadedBody]


class ShowBody(BaseModel):
    """Which model to show; older clients call it ``name``."""

    model: str = ""
    name: str = ""


class ShownBody(BaseModel):
    """A model: it answers, and takes neither tools nor pictures."""

    modelfile: str = ""
    parameters: str = ""
    template: str = "{{ .Prompt }}"
    details: DetailsBody = DetailsBody()
    model_info: dict[str, JsonValue] = {"general.architecture": MODEL}
    capabilities: list[str] = ["completion"]
    modified_at: datetime = _SINCE


class VersionedBody(BaseModel):
    """The version of Quipu."""

    version: str


def piece_body(text: str, *, chat: bool) -> PieceBody:
    """A line with more of the text."""
    said = TurnBody(role="assistant", content=text) if chat else None
    return PieceBody(
        model=TAG, created_at=datetime.now(UTC), message=said, response=None if chat else text, done=False
    )  # fmt: skip


def ended_body(last: PieceBody, answer: Answer | None, told: AnswerBody | None, seconds: float) -> PieceBody:
    """The last line: what the answer took, in tokens of the model that wrote it and in nanoseconds."""
    written, tokens = (answer.completion_tokens, answer.tokens) if answer else (0, 0)
    cost = {"total_duration": int(seconds * 1e9), "prompt_eval_count": tokens - written, "eval_count": written}
    return last.model_copy(update={"done": True, "done_reason": "stop", "quipu": told, **cost})
