"""A language model in memory, whose answers a test decides."""

from collections.abc import AsyncIterator, Callable

from graph.errors import DependencyError
from graph.ports.spending import Cost, pay
from graph.prompting import Completion, Prompt


class ScriptedModel:
    """The LanguageModel port. ``answer`` gives a text, all that came of a call, or an error to raise."""

    context_tokens = 8192
    sees = False

    def __init__(
        self, answer: Callable[[Prompt], str | Completion | DependencyError], *, identity: str = "scripted/1"
    ) -> None:
        self.answer = answer
        self.identity = identity
        self.asked: list[Prompt] = []

    def count_tokens(self, text: str) -> int:
        return len(text)

    async def complete(self, prompt: Prompt) -> Completion:
        self.asked.append(prompt)
        found = self.answer(prompt)
        if isinstance(found, DependencyError):
            pay(Cost(calls=1, prompt_tokens=10))
            raise found
        if isinstance(found, Completion):
            pay(Cost(calls=found.calls, prompt_tokens=found.prompt_tokens, completion_tokens=found.completion_tokens))
            return found
        pay(Cost(calls=1, prompt_tokens=10, completion_tokens=5))
        return Completion(
            text=found, prompt_tokens=10, completion_tokens=5, calls=1, seconds=0.0, cut=False
        )  # fmt: skip

    async def stream(self, prompt: Prompt) -> AsyncIterator[str | Completion]:
        yield await self.complete(prompt)
