"""Writes a question so that it stands alone, with what its words stand for. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from graph.text.names import norm
from retrieval.answer import CarriedName, Reading
from retrieval.answering.stated.moments import moments_in
from retrieval.rewriting.antecedents import antecedents, main_topics, says_itself
from retrieval.rewriting.fitting import counterpart, fits
from retrieval.rewriting.known_names import FindsNames
from retrieval.rewriting.reading.dependence import Dependence, Reference
from retrieval.rewriting.things import is_thing
from retrieval.rewriting.topics import ExchangeTopics, Topic

_SHORTEST = 4
"""Characters of a noun that may only be a side of something, as 厂长 is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """A question as it was understood: ``text`` stands alone, unless ``unclear`` says which of its words stands for
    nothing that was named.

    ``added``: it is the question's own words with what was spoken of last behind or before them.
    ``readings`` are the questions that it may be, likelier ones first, where a word may stand for several names:
    ``text`` then holds all of them beside it.
    """

    text: str
    carried: tuple[CarriedName, ...] = ()
    unclear: Reference | None = None
    readings: tuple[Reading, ...] = ()
    added: bool = False


class Writer:
    """Writes what one question means."""

    def __init__(
        self, text: str, lacks: Dependence, earlier: Sequence[ExchangeTopics], find: FindsNames, *, chinese: bool
    ) -> None:
        self._text = text
        self._lacks = lacks
        self._earlier = earlier
        self._find = find
        self._chinese = chinese

    def referring(self, text: str, references: Sequence[Reference]) -> Understood:
        """Each word that refers is replaced by what it stands for; of several for one thing the first."""
        puts: list[tuple[Reference, Sequence[Topic]]] = []
        carried: list[Topic] = []
        unclear = None
        for reference in references:
            topics = antecedents(reference, self._earlier)
            beside = norm(f"{text[: reference.start]} {text[reference.end :]}")
            if (
                topics
                and not reference.noun
                and _COMPARES.search(text)
                and all(norm(one.text) in beside for one in topics)
            ):
                unclear = unclear or reference  # nothing is compared with itself
                continue
            if not topics:
                named = reference.noun or not main_topics(self._earlier)
                unclear = unclear or (reference if named else None)
                continue
            if any(topics[0].text == one.text for one in carried):
                continue
            puts.append((reference, topics))
            carried += topics
        if not carried:
            return replace(self.about(), unclear=unclear)
        return Understood(
            text=self._written(text, puts), carried=self._carried(carried), readings=self._readings(text, puts)
        )

    def _written(self, text: str, puts: Sequence[tuple[Reference, Sequence[Topic]]]) -> str:
        pieces: list[str] = []
        at = 0
        for reference, topics in puts:
            pieces += [text[at : reference.start], self._put(text, reference, topics)]
            at = reference.end
        return "".join((*pieces, text[at:]))

    def _readings(self, text: str, puts: Sequence[tuple[Reference, Sequence[Topic]]]) -> tuple[Reading, ...]:
        """The question for each of the names that its first uncertain word may stand for."""
        place = next((place for place, (_, topics) in enumerate(puts) if len(topics) > 1), -1)
        if place < 0:
            return ()
        reference, topics = puts[place]
        before, after = puts[:place], puts[place + 1 :]
        return tuple(
            Reading(name=one.text, text=self._written(text, [*before, (reference, [one]), *after])) for one in topics
        )

    def _put(self, text: str, reference: Reference, topics: Sequence[Topic]) -> str:
        """A name takes the place of the word; a phrase stands beside it, for it may not fit its grammar, and so do
        several names where it is not certain which is meant.
        """
        word, topic = text[reference.start : reference.end], topics[0]
        named = not reference.noun or (reference.points and says_itself(topic, reference.noun))
        if len(topics) > 1 or topic.kind == "phrase" or not named:
            between = "、" if self._chinese else ", "
            opened, closed = "（）" if self._chinese else ("(", ")")
            return f"{word}{'' if self._chinese else ' '}{opened}{between.join(one.text for one in topics)}{closed}"
        if self._chinese:
            after = text[reference.end : reference.end + 1]
            return topic.text + ("的" if reference.possessive and after != "的" else "")
        if reference.possessive:
            return topic.text + ("'" if topic.text.endswith("s") else "'s")
        return topic.text

    def doing(self, deed: tuple[int, int]) -> Understood:
        """What was asked before, and this about whoever did it."""
        apart = [one for one in self._lacks.references if one.end <= deed[0] or one.start >= deed[1]]
        found = self.referring(self._text, apart) if apart else Understood(text=self._text)
        text = found.text if self._chinese else found.text[:1].lower() + found.text[1:]
        whole = self._of(f"{_open(self._earlier[-1].exchange.standalone)}{'，' if self._chinese else ', and '}{text}")
        return replace(whole, carried=tuple(dict.fromkeys((*found.carried, *whole.carried))))

    def continuing(self) -> Understood:
        """The question before, of another thing or moment; or what it asked, once more, with another question word."""
        before = self._earlier[-1].exchange.standalone
        rest, lack = self._lacks.rest, self._lacks.lack
        if self._lacks.references:
            meant = self.referring(rest, self._lacks.references)
            if meant.carried and meant.unclear is None:
                swapped = self._swapped(before, meant.text)
                return replace(swapped, carried=(*meant.carried, *swapped.carried)) if swapped else meant
        if lack == "asking":
            rest = rest if self._chinese else rest[:1].lower() + rest[1:]
            return self._of(f"{_open(before)}{'，' if self._chinese else ', and '}{rest}{_mark(self._chinese)}")
        swapped = self._of_another(rest)
        if swapped is not None:
            return swapped
        if lack == "correction":
            return self._of(f"{_open(before)} ({rest}){_mark(self._chinese)}")
        return self.about()

    def _of_another(self, rest: str) -> Understood | None:
        """The last question that can be asked of what this one names; where none can, the name alone."""
        put = _bare(rest)
        if self._find(put) != [(0, len(put))] and not (is_thing(put) and len(put) > _SHORTEST):
            return self._swapped(self._earlier[-1].exchange.standalone, rest)
        fitting = [one for one in self._earlier if fits(put, self._text, one, self._earlier)]
        if self._earlier[-1] in fitting:
            return self._swapped(self._earlier[-1].exchange.standalone, rest)
        for topics in reversed(fitting):
            swapped = self._swapped(topics.exchange.standalone, rest)
            if swapped is not None:
                return swapped
        return Understood(text=put)

    def _swapped(self, before: str, rest: str) -> Understood | None:
        """The question before with one of its names, or its moment, replaced by that of this one."""
        moments = [(one.start, one.end) for one in moments_in(before)]
        new = [(one.start, one.end) for one in moments_in(rest)]
        if new and not self._find(rest):
            moment = rest[new[0][0] : new[0][1]]
            if moments:
                return self._of(before[: moments[0][0]] + moment + before[moments[0][1] :])
            return self._of(f"{_open(before)}{'' if self._chinese else ' '}{rest}{_mark(self._chinese)}")
        put = _bare(rest)
        names, old = self._find(put), self._find(before)
        if not old or names != [(0, len(put))]:
            return None
        start, end = counterpart(before, old, put)
        the = "the " if _THE.match(rest) else ""
        return self._of(_ENDS_THE.sub("", before[:start]) + the + put + before[end:])

    def _of(self, text: str) -> Understood:
        """A question made of the one before: what of its names is still there was carried over."""
        kept = [topic for topic in self._earlier[-1].asked if topic.text in text]
        kept = kept or [topic for topic in self._earlier[-1].phrases if topic.text in text]
        return Understood(text=text, carried=self._carried(kept))

    def _carried(self, topics: Sequence[Topic]) -> tuple[CarriedName, ...]:
        """Where each was said: there, or where it was said last."""
        said = {
            turn: words
            for topics_then in self._earlier
            for turn, words in (
                (topics_then.exchange.asked_at, topics_then.exchange.question),
                (topics_then.exchange.answered_at, topics_then.exchange.answer),
            )
        }
        found: dict[str, CarriedName] = {}
        for topic in topics:
            turns = [topic.said_at, *sorted(said, reverse=True)]
            turn = next((turn for turn in turns if turn and topic.text in said.get(turn, "")), 0)
            if turn:
                found.setdefault(topic.text, CarriedName(name=topic.text, turn=turn))
        return tuple(found.values())

    def about(self) -> Understood:
        """The question with what was spoken of last."""
        topics = [topic for topic in self._main() if norm(topic.text) not in norm(self._text)]
        if not topics:
            return Understood(text=self._text)
        if self._chinese:
            return self._chinese_about(topics[0])
        named = ", ".join(topic.text for topic in topics)
        mark = self._text.rstrip()[-1:]
        core, mark = (self._text.rstrip()[:-1].rstrip(), mark) if mark in "?!." else (self._text.rstrip(), "")
        return Understood(text=f"{core} ({named}){mark}", carried=self._carried(topics), added=True)

    def _main(self) -> list[Topic]:
        """What was spoken of last; of an office the last thing that is not a person, which alone has one."""
        found = main_topics(self._earlier)
        if self._chinese and found and found[0].kind == "person" and _OFFICE.match(self._lacks.rest or self._text):
            asked = [topic for topics in reversed(self._earlier) for topic in topics.asked if topic.kind == "name"]
            return asked[:1] or found
        return found

    def _chinese_about(self, topic: Topic) -> Understood:
        rest = self._lacks.rest or self._text
        glue = (
            "的"
            if re.match(r"[\u4e00-\u9fff]{1,8}?(?:是|有|为|為|呢|在|叫|多|由|[？?]|\Z)", rest)
            and not _PREDICATE.match(rest)
            else ""
        )
        return Understood(text=f"{topic.text}{glue}{self._text}", carried=self._carried([topic]))


_COMPARES = re.compile(r"\b(?:than|compared (?:to|with)|differs? from|different from|versus|vs)\b|[比较較]")
_OFFICE = re.compile(
    r"(?:首任|现任|第.任|前任)?(?:[台厂校院馆社局市县省镇村会行]长|董事长|总裁|总经理|创始人|创办人|主编|职工|员工|总部)"
)
_PREDICATE = re.compile(
    r"(?:是|有|在|由|为|為|被|从|從|于|於|何|什|甚|哪|谁|誰|怎|如何|多少|几|幾|能|可|会|會|要|都|也|又|曾|已|最|还|還|共|总共|一共|现|現|属|屬)"
)


_BEFORE = re.compile(r"\A(?:(?:the|in|at|on|for|of|to|from|by|with|about) )+", re.IGNORECASE)
_THE = re.compile(r"the ", re.IGNORECASE)
_ENDS_THE = re.compile(r"\bthe \Z", re.IGNORECASE)


def _bare(rest: str) -> str:
    """A name without the words and marks before and around it."""
    return _BEFORE.sub("", rest).strip(' 《》“”"')


def _open(question: str) -> str:
    return question.strip().rstrip("?？.。!！ ")


def _mark(chinese: bool) -> str:
    return "？" if chinese else "?"
