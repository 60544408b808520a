"""How fast a model reads prompts and writes answers, as its calls show it, and how long a call will take."""

import threading
from dataclasses import dataclass

_KEPT = 0.9
"""What counts of the calls before, with each new one: the last ten count for two thirds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a server did for one call: tokens, and the seconds it took to read the prompt and to write the answer."""

    prompt_tokens: int
    prompt_seconds: float
    output_tokens: int
    output_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Speeds:
    """Tokens a second; None for what no call has shown yet."""

    prompt: float | None = None
    output: float | None = None

    def seconds(self, prompt_tokens: float, output_tokens: float) -> float:
        """How long a call of this size takes, as far as is known; what is not known takes no time."""
        reading = prompt_tokens / self.prompt if self.prompt else 0.0
        return reading + (output_tokens / self.output if self.output else 0.0)


class Pace:
    """Measures one model. The newest calls count most; any thread may add to it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sums = (0.0, 0.0, 0.0, 0.0)

    def add(self, work: Work) -> None:
        """A call has shown how fast the model is."""
        new = (work.prompt_tokens, work.prompt_seconds, work.output_tokens, work.output_seconds)
        with self._lock:
            prompt_tokens, prompt_seconds, output_tokens, output_seconds = (
                _KEPT * old + one for old, one in zip(self._sums, new, strict=True)
            )
            self._sums = (prompt_tokens, prompt_seconds, output_tokens, output_seconds)

    @property
    def speeds(self) -> Speeds:
        """Tokens a second, over the last calls."""
        with self._lock:
            prompt_tokens, prompt_seconds, output_tokens, output_seconds = self._sums
        return Speeds(
            prompt=prompt_tokens / prompt_seconds if prompt_seconds > 0 else None,
            output=output_tokens / output_seconds if output_seconds > 0 and output_tokens > 0 else None,
        )
