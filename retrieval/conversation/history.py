"""What a later question may be understood by: earlier questions, and the answers to them that hold. Pure."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from retrieval.answer import Answer, CarriedName
from retrieval.conversation.forgetting import Unknown, handed_on
from retrieval.conversation.model import Reply, Turn
from retrieval.model import Utterance

MAX_SAID = 4_000
"""Characters of an answer that are handed on; it is cut behind a sentence."""
_SENTENCE_END = re.compile(r"[.!?](?=\s)|[。！？\n]")


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What was said before, oldest first, and the number of the turn that each utterance is of."""

    utterances: tuple[Utterance, ...] = ()
    numbers: tuple[int, ...] = ()

    def told(self, answer: Answer) -> Answer:
        """An answer whose carried names are those of turns, not of utterances."""
        if answer.rewritten is None:
            return answer
        carried = tuple(
            CarriedName(name=one.name, turn=self.numbers[one.turn - 1])
            for one in answer.rewritten.carried
            if 1 <= one.turn <= len(self.numbers)
        )
        return replace(answer, rewritten=replace(answer.rewritten, carried=carried))


def history_of(turns: Sequence[Turn], unknown: Unknown, *, hidden: Collection[int]) -> History:
    """What turns hand on.

    Args:
        turns: as they stand now, oldest first.
        unknown: those of some terms that no document holds.
        hidden: numbers of turns of whose answers nothing is handed on.
    """
    questions = handed_on(turns, unknown, hidden=hidden)
    said: list[tuple[int, Utterance]] = []
    for turn in turns:
        if (text := questions.get(turn.number)) is None:
            continue
        said.append((turn.number, Utterance(speaker="user", text=text)))
        reply = turn.latest
        if reply is not None and turn.number not in hidden and (reply.asks_back or not reply.abstained):
            said.append((turn.number, Utterance(speaker="agent", text=spoken(reply))))
    return History(utterances=tuple(one for _, one in said), numbers=tuple(number for number, _ in said))


def spoken(reply: Reply) -> str:
    """An answer as it is handed on: first in a word, where it has one and does not begin with it."""
    short = reply.short
    text = f"{short}\n{reply.text}" if short and not reply.text.startswith(short) else reply.text
    if len(text) <= MAX_SAID:
        return text
    ends = [found.end() for found in _SENTENCE_END.finditer(text, 0, MAX_SAID)]
    return text[: ends[-1] if ends else MAX_SAID].rstrip()
