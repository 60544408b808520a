"""Where the replies come from that ``benchmarks.prompt_quality`` reads: a live model, a recording of one, or a script.

A recording is a file of JSON lines. The first says what it is (``about``), each other is one reply: ``key`` (the prompt
and the item it was asked about), ``prompt`` (a digest of what was asked), ``reply``, ``prompt_tokens``,
``completion_tokens``, ``cut``. A reply to another wording of the prompt is used as well, and counted.
The recorded extractions of the shared data (``extractions*.jsonl``) are read, too: they answer prompts of others.
"""

import hashlib
import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from typing_extensions import override

from graph.ports.models import LanguageModel
from graph.prompting import Completion, Prompt

Reply = Callable[[str, Prompt], str]


class Asked(LanguageModel):
    """A language model that knows which item it is asked about; ``about`` is set before each call."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.about = ""
        self.prompt_tokens = self.completion_tokens = self.calls = self.cut = 0
        self.other_prompts = self.missing = 0

    @property
    @override
    def identity(self) -> str:
        return self._name

    @property
    @override
    def context_tokens(self) -> int:
        return 8_192

    @property
    @override
    def sees(self) -> bool | None:
        return False

    @override
    def count_tokens(self, text: str) -> int:
        return tiktokens(text)

    @override
    async def complete(self, prompt: Prompt) -> Completion:
        found = await self._answer(prompt)
        self.calls += 1
        self.prompt_tokens += found.prompt_tokens
        self.completion_tokens += found.completion_tokens
        self.cut += found.cut
        return found

    @override
    async def stream(self, prompt: Prompt) -> AsyncIterator[str | Completion]:
        found = await self.complete(prompt)
        yield found.text
        yield found

    async def _answer(self, prompt: Prompt) -> Completion:
        raise NotImplementedError


class Scripted(Asked):
    """Replies that a function makes up."""

    def __init__(self, name: str, reply: Reply) -> None:
        super().__init__(name)
        self._reply = reply

    @override
    async def _answer(self, prompt: Prompt) -> Completion:
        return _completion(self._reply(self.about, prompt), prompt)


class Recorded(Asked):
    """Replies of a recording. An item that is not in it is answered by nothing, and counted as missing."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"recorded: {path.name}")
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]
        self._rows = {row["key"]: row for row in map(_as_reply, rows) if "key" in row}

    @override
    async def _answer(self, prompt: Prompt) -> Completion:
        row = self._rows.get(self.about)
        if row is None:
            self.missing += 1
            return Completion(text="", prompt_tokens=0, completion_tokens=0, calls=0, seconds=0.0, cut=False)
        self.other_prompts += row.get("prompt") != digest(prompt)
        estimate = _completion(row["reply"], prompt)
        return Completion(
            text=row["reply"], prompt_tokens=row.get("prompt_tokens") or estimate.prompt_tokens,
            completion_tokens=row.get("completion_tokens") or estimate.completion_tokens,
            calls=1, seconds=0.0, cut=bool(row.get("cut")),
        )  # fmt: skip


class Live(Asked):
    """A model that runs; ``record`` is the file that its replies are kept in, ``most`` the most tokens of a reply."""

    def __init__(self, model: LanguageModel, record: Path | None, most: int | None) -> None:
        super().__init__(model.identity)
        self._most = most
        self._model = model
        self._record = record
        if record is not None:
            bound = f", at most {most} tokens each" if most else ""
            about = f"replies of {model.identity}, as they came, recorded {datetime.now(UTC).date()}{bound}"
            record.write_text(json.dumps({"about": about}) + "\n", encoding="utf-8")

    @property
    @override
    def context_tokens(self) -> int:
        return self._model.context_tokens

    @override
    async def _answer(self, prompt: Prompt) -> Completion:
        bounded = replace(prompt, max_tokens=min(prompt.max_tokens, self._most or prompt.max_tokens))
        found = await self._model.complete(bounded)
        if self._record is not None:
            row = {
                "key": self.about, "prompt": digest(prompt), "reply": found.text, "cut": found.cut,
                "prompt_tokens": found.prompt_tokens, "completion_tokens": found.completion_tokens,
            }  # fmt: skip
            with self._record.open("a", encoding="utf-8") as lines:
                lines.write(json.dumps(row, ensure_ascii=False) + "\n")
        return found


def digest(prompt: Prompt) -> str:
    """What was asked, in a word."""
    return hashlib.sha256(f"{prompt.system}\0{prompt.user}".encode("utf-8", "replace")).hexdigest()[:16]


def tiktokens(text: str) -> int:
    """Tokens by the encoding that LlamaIndex carries."""
    return len(_encoder()(text))


@cache
def _encoder() -> Callable[[str], list[int]]:
    from llama_index.core.utils import get_tokenizer

    encode: Callable[[str], list[int]] = get_tokenizer()
    return encode


def _completion(text: str, prompt: Prompt) -> Completion:
    asked = tiktokens(prompt.system) + tiktokens(prompt.user)
    return Completion(
        text=text, prompt_tokens=asked, completion_tokens=tiktokens(text), calls=1, seconds=0.0, cut=False
    )  # fmt: skip


def _as_reply(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """A line of a recording; one of the shared data becomes the reply that it was made from."""
    if "key" in row or "_id" not in row:
        return row
    raw = row.get("raw")
    text = raw if isinstance(raw, str) else raw[0] if raw else json.dumps(_contract(row), ensure_ascii=False)
    return {"key": f"extraction/{row['_id']}/0", "reply": text}


def _contract(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"entities": row.get("entities", []), "relations": row.get("relations", [])}


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """The lines of a file of JSON lines."""
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)
