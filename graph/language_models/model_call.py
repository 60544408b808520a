"""One call of a language model as it is told and paid for: a span with the attributes that OpenTelemetry has for
generative AI, and the tokens of every attempt."""

import re
from contextlib import AbstractContextManager
from types import TracebackType

from graph import tracing
from graph.ports.quotas import TokenMeter
from graph.ports.spending import Cost, pay
from graph.prompting import Completion, Prompt


class ModelCall:
    """``with ModelCall(…) as call``: from the first attempt to the last. What is spent is paid by the workspace that
    the prompt names, and by whoever pays in this context, whether or not an answer comes of it.

    Raises:
        TokensUsedUp: the workspace has none left; nothing is asked.
    """

    def __init__(self, prompt: Prompt, identity: str, meter: TokenMeter) -> None:
        meter.check(prompt.workspace)
        provider, model = re.split("[/:]", identity, maxsplit=1)
        self._workspace = prompt.workspace
        self._meter = meter
        self._most = prompt.max_tokens
        self._spent = [0, 0]
        self._done = False
        self._span = tracing.begin(
            f"chat {model}",
            {
                "gen_ai.operation.name": "chat", "gen_ai.provider.name": provider, "gen_ai.request.model": model,
                "gen_ai.request.max_tokens": prompt.max_tokens,
                "gen_ai.output.type": "text" if prompt.schema is None else "json",
                "quipu.workspace": prompt.workspace,
            },
            kind="client",
        )  # fmt: skip

    def __enter__(self) -> "ModelCall":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None and not self._done:  # whoever has the whole answer closes the generator it came from
            self._span.fail(error)
        self._span.note({"gen_ai.usage.input_tokens": self._spent[0], "gen_ai.usage.output_tokens": self._spent[1]})
        self._span.end()

    def entered(self) -> AbstractContextManager[object]:
        """While the block runs, requests to the server carry this call's span."""
        return self._span.entered()

    def spend(self, prompt_tokens: int, completion_tokens: int) -> None:
        """Pay for one attempt."""
        self._spent[0] += prompt_tokens
        self._spent[1] += completion_tokens
        self._meter.spend(self._workspace, prompt_tokens, completion_tokens)
        pay(Cost(prompt_tokens=prompt_tokens, completion_tokens=completion_tokens))

    @property
    def spent(self) -> Cost:
        """Tokens of all attempts so far."""
        return Cost(prompt_tokens=self._spent[0], completion_tokens=self._spent[1])

    def done(self, completion: Completion) -> None:
        """The answer is there, whole or not."""
        self._done = True
        if completion.cut and self._most > 1:  # of whoever asks for a single token, to see a sign of life, none is cut
            self._meter.cut(self._workspace, looped=completion.looped)
        self._span.note(
            {
                "gen_ai.response.finish_reasons": [completion.ending],
                "quipu.model.requests": completion.calls,
            }
        )
