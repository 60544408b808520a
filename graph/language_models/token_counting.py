"""How many tokens a text has for a model whose tokenizer we do not hold: never too few, and never absurdly many.

Counted with the tiktoken encoding that LlamaIndex carries (cl100k). Llama 3 and Qwen build on its merges and
count about the same or less; SentencePiece vocabularies of 32,000 count up to a third more. So the upper bound
starts a third higher, and rises when a server counts more.
"""

import re
from collections.abc import Callable, Sequence
from functools import cache

from llama_index.core.utils import get_tokenizer

from graph.text.tokens import is_east_asian

_OTHER_SCRIPTS = re.compile(r"[^\x00-\x7f]+")
_START_FACTOR = 1.35
_MESSAGE_OVERHEAD = 64
"""Tokens that a chat template puts around a system and a user message, at most."""
_LEAST_LATIN, _LEAST_HAN, _LEAST_OTHER = 0.75, 0.4, 0.15
"""What the most thrifty vocabularies in use need, per cl100k token, per Han character, per other character."""
_LIKELY_HAN, _LIKELY_OTHER = 0.65, 0.3
"""What vocabularies of 100,000 tokens and more mostly need, per Han character, per other character."""
_LIKELY_MARGIN = 0.9
"""By as much do two texts of the same weight differ for the same vocabulary."""
_LEARN_FROM = 500


class TokenCounter:
    """Upper bounds and estimates of what a model counts; learns from what its server counted."""

    def __init__(self) -> None:
        self._factor = _START_FACTOR
        self._ratio = 1.0
        self._by_weight = 1.0

    def most(self, text: str) -> int:
        """Tokens of a text, never fewer than the model will count."""
        return int(self._factor * len(_encode()(text))) + 1 if text else 0

    def most_of_prompt(self, system: str, user: str) -> int:
        """The same for two messages with their chat template."""
        return self.most(system) + self.most(user) + _MESSAGE_OVERHEAD

    def likely(self, text: str) -> int:
        """Tokens of a text as the server would count them, going by what it counted last."""
        return min(self.most(text), round(self._ratio * len(_encode()(text))))

    def likely_least(self, text: str) -> int:
        """Tokens of a prompt with this text, likely no fewer, going by what the server counted for a long one before.

        Far above :func:`least`, below which no vocabulary counts; for what is suspicious for another reason as well.
        """
        return int(_LIKELY_MARGIN * self._by_weight * _weight(text, 1.0, _LIKELY_HAN, _LIKELY_OTHER))

    def learn(self, text: str, counted: int) -> None:
        """A server counted ``counted`` tokens for a prompt with this text: raise the bound if it was too low."""
        weight = _weight(text, 1.0, _LIKELY_HAN, _LIKELY_OTHER)
        if weight >= _LEARN_FROM and counted.bit_count() > 1:  # a power of two may be that of a window
            self._by_weight = (counted - _MESSAGE_OVERHEAD) / weight
        tokens = len(_encode()(text))
        self._ratio = counted / tokens if tokens else self._ratio
        if tokens >= _LEARN_FROM:
            self._factor = max(self._factor, 1.05 * (counted - _MESSAGE_OVERHEAD) / tokens)


def least(text: str) -> int:
    """Fewer tokens than this mean that the server did not read the whole text."""
    return int(_weight(text, _LEAST_LATIN, _LEAST_HAN, _LEAST_OTHER))


def _weight(text: str, each_latin: float, each_han: float, each_other: float) -> float:
    """Tokens of a text by its scripts: per cl100k token of ASCII, per Han character, per other character."""
    latin = len(_encode()(_OTHER_SCRIPTS.sub(" ", text)))
    other = "".join(_OTHER_SCRIPTS.findall(text))
    han = sum(is_east_asian(character) for character in other)
    return each_latin * latin + each_han * han + each_other * (len(other) - han)


@cache
def _encode() -> Callable[[str], Sequence[int]]:
    encode: Callable[[str], Sequence[int]] = get_tokenizer()
    return encode
