"""What a language model is asked and what it answers: plain values for any protocol; and why it is not asked."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

from graph.errors import ConflictError, DependencyError, InputError, ModelOutputError
from graph.model import DEFAULT_WORKSPACE
from graph.parsing import read_json

LONGEST_REPLY = 20_000
"""Characters of a reply in which an object is looked for."""
_CONTROL_TOKEN = re.compile(r"<(?=\|[\w ]{1,40}\|>|/?s>|(?:start|end)_of_turn>|</?SYS>>)|\[(?=/?INST\])")


def _always() -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """One request.

    ``system`` comes first and is the same for all requests of a kind, so that a server's prompt cache works.
    ``schema`` is a JSON schema that the answer must satisfy, or None for free text; ``max_tokens`` bounds the
    answer; ``images`` are encoded files (PNG, JPEG) for a model that sees. The tokens are spent for ``workspace``.
    ``wanted`` is asked when the turn of this request comes, which may be long after it got in line.
    """

    system: str
    user: str
    max_tokens: int
    schema: Mapping[str, object] | None = None
    images: tuple[bytes, ...] = ()
    workspace: str = DEFAULT_WORKSPACE
    wanted: Callable[[], bool] = field(default=_always, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """One answer. Tokens are the server's own counts, or estimates where it gives none (``counted`` is false), of all
    attempts together.

    ``calls`` counts requests that reached the server, retries included. ``cut`` tells that the answer did not end of
    itself: it came to ``max_tokens``, or, where it ``looped``, said the same again and again and was ended for that;
    its text then has the repeated passage once.
    """

    text: str
    prompt_tokens: int
    completion_tokens: int
    calls: int
    seconds: float
    cut: bool
    counted: bool = True
    looped: bool = False

    @property
    def ending(self) -> Literal["stop", "length", "loop"]:
        """How it ended."""
        return "loop" if self.looped else "length" if self.cut else "stop"


@cache
def instructions(folder: Path, name: str, *, zh: bool) -> str:
    """What a prompt of this name always begins with, in Chinese or in English; its file is read once."""
    return (folder / (f"{name}.zh.txt" if zh else f"{name}.txt")).read_text(encoding="utf-8").strip()


def without_control_tokens(text: str) -> str:
    """The text with the signs by which models tell roles apart made harmless: a document must not open a turn.

    Servers read ``<|eot_id|>`` and the like as such wherever they stand.
    """
    return _CONTROL_TOKEN.sub(lambda match: match.group() + " ", text)


def object_in(reply: str) -> str:
    """What stands from the first brace of a reply to the last; empty where there is none, or the reply is too long.

    Some servers cannot hold a model to a schema, and small models write words or fences around their object.
    """
    return reply[reply.find("{") : reply.rfind("}") + 1] if "{" in reply and len(reply) <= LONGEST_REPLY else ""


def fields_in(reply: str) -> Mapping[str, object] | None:
    """The fields of the object in a reply; None where it is none, by the rules of :func:`read_json`."""
    try:
        value = read_json("the reply", object_in(reply))
    except InputError:
        return None
    return value if isinstance(value, dict) else None


class PromptTooLong(ModelOutputError):
    """A prompt and its answer do not fit the window of a model, whether that is known or the model's server says so.

    ``window`` is what the server says that it takes, in tokens; None where it does not say.
    """

    def __init__(self, message: str, *, window: int | None = None) -> None:
        super().__init__(message)
        self.window = window


class NoLongerWanted(DependencyError):
    """The turn of a call of a model came when nobody waited for its answer any more; nothing was asked."""


class ModelSwitchedOff(ConflictError):
    """A language model was to read a document, and none is set any more."""

    code = "model-switched-off"
