"""Whether an answer goes round in circles, told while it comes, so that its request can be ended. Pure.

Small models that lose the thread say the same again until their bound stops them: an item of a list, a sentence, a
phrase, white space. Nothing new comes of it, and at a few tokens a second it costs minutes.
"""

import re

TIMES = 3
"""The same for the third time, with nothing new since it came last, is a circle."""
TIMES_STATED = 5
"""For items of three fields and more (source, relation, target), and passages within JSON: 2 of 1,890 recorded
readings of GPT-3.5 (``multihop/musique``) say a relation four times and then go on with new ones. None says a name
three times."""
LEAST = 200
"""Characters that a repeated passage fills before it counts: rules of tables and leaders of dots are shorter. It ends
none of the 1,890 recorded readings, none of 27 literal answers of Llama-3.1-8B, 1 of 2,100 of Vicuna-13B and 32 of
2,233 of Alpaca-LoRA-13B."""
LONGEST = 600
"""Characters of a passage that is recognised when it comes again: as much as a quote may have."""
_PROBE = 24
_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}"]', re.DOTALL)


class Circles:
    """Watches one answer. ``items``: it is JSON, whose innermost objects are items of lists."""

    def __init__(self, *, items: bool) -> None:
        self._items = items
        self._text = ""
        self._place = 0
        self._open: int | None = None
        self._said: dict[str, tuple[int, int]] = {}

    def add(self, piece: str) -> bool:
        """Whether the answer says nothing new any more."""
        self._text += piece
        return (self._items and self._item_again()) or self._circle() is not None

    def once(self) -> str:
        """What was said so far; a passage at its end that was said again and again is there once."""
        found = self._circle()
        if found is None:
            return self._text
        length, period = found
        start = len(self._text) - length
        while start and self._text[start - 1] == self._text[start - 1 + period]:
            start -= 1
        return self._text[: start + period]

    def _item_again(self) -> bool:
        """Whether an item comes once too often, and nothing new has come since it came last."""
        for token in _TOKEN.finditer(self._text, self._place):
            mark = token.group()
            if mark == '"':  # a string that goes on in the next piece
                return False
            self._place = token.end()
            if mark == "{":
                self._open = token.start()
            elif mark == "}" and self._open is not None:
                item = "".join(self._text[self._open : token.end()].split())
                self._open = None
                if self._said_again(item):
                    return True
        return False

    def _said_again(self, item: str) -> bool:
        times, different = self._said.get(item, (0, 0))
        self._said[item] = times + 1, len(self._said) + (times == 0)
        most = TIMES_STATED if item.count('":') > 2 else TIMES
        return times + 1 >= most and different == len(self._said)

    def _circle(self) -> tuple[int, int] | None:
        """Length and period of a passage that the text ends with again and again."""
        text = self._text
        end = len(text)
        if end < LEAST:
            return None
        probe, near = text[-_PROBE:], end - 1
        while (at := text.rfind(probe, max(0, end - LONGEST - _PROBE), near)) >= 0:
            period = end - _PROBE - at
            length = max(LEAST, (TIMES_STATED if self._items else TIMES) * period)
            if length <= end and text[end - length : end - period] == text[end - length + period :]:
                return length, period
            near = at + _PROBE - 1
        return None
