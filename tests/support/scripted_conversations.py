"""Conversations by a script: three questions, a change to the documents, one question more.

Of each change is known which of the three answers it makes untrue. Half of them are in Chinese.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from small_conversations import SmallConversations
from small_world import SmallWorld

from retrieval.answer import StandaloneQuestion
from retrieval.model import Question
from retrieval.ports import Rewriter

_ONSETS, _VOWELS, _ENDS = "bdfgklmnprstv", "aeiou", ["rn", "lk", "nd", "sk", "th", "rr", "mp", "lt"]
_SURNAMES, _GIVEN = "王李张刘陈杨赵黄周吴徐孙马朱胡林郭何高罗", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰飞"
_PLACES = [chr(code) for code in range(0x4F00, 0x9800, 7)]
"""Two thousand characters: names of places that share one are taken for one another, which is another matter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """Sentences and questions of one language. Each takes a place and a value."""

    keeper: str
    opened: str
    beside: str
    weather: str
    founder: str
    built: str
    newer: str
    questions: Mapping[str, str]

    def first(self, script: "Script", **other: str) -> str:
        """The document of the first two questions, with a second passage that nobody asks about."""
        said = {"keeper": script.keeper, "opened": script.opened, "beside": "1", "weather": "1", **other}
        about = self.beside.format(script.place, said["beside"])
        weather = "".join(self.weather.format(script.place, number, said["weather"]) for number in range(12, 40))
        keeper = self.keeper.format(script.place, said["keeper"])
        opened = self.opened.format(script.place, said["opened"])
        return f"{keeper}{opened}{about}\n\n{weather}"

    def second(self, script: "Script") -> str:
        """The document of the third question and of the last."""
        return self.founder.format(script.town, script.founder) + self.built.format(script.town, script.built)


ENGLISH = Wording(
    keeper="The lighthouse of {0} is kept by {1}. ",
    opened="The harbour of {0} was opened in {1}. ",
    beside="The market of {0} has {1} dozen stalls. ",
    weather="On day {1} the wind over {0} came from the west and the sea was {2} degrees colder than usual. ",
    founder="The school of {0} was founded by {1}. ",
    built="The museum of {0} was built in {1}. ",
    newer="Since last week the lighthouse of {0} is kept by {1}. ",
    questions={
        "keeper": "Who keeps the lighthouse of {0}?", "opened": "When was the harbour of {0} opened?",
        "founder": "Who founded the school of {0}?", "built": "When was the museum of {0} built?",
    },
)  # fmt: skip
CHINESE = Wording(
    keeper="{0}灯塔的看守人是{1}。",
    opened="{0}港口于{1}年启用。",
    beside="{0}集市有{1}排摊位。",
    weather="第{1}天，{0}上空刮西风，海水比往常冷{2}度，渔船都留在岸边等待天气转好。",
    founder="{0}学校的创办人是{1}。",
    built="{0}博物馆建于{1}年。",
    newer="从上周起，{0}灯塔的看守人是{1}。",
    questions={
        "keeper": "{0}灯塔的看守人是谁？", "opened": "{0}港口是哪一年启用的？",
        "founder": "{0}学校的创办人是谁？", "built": "{0}博物馆建于哪一年？",
    },
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """What one conversation speaks of: names that no other speaks of."""

    number: int
    wording: Wording
    place: str
    town: str
    keeper: str
    founder: str
    other: str
    opened: str
    built: str

    @property
    def first_id(self) -> str:
        return f"first-{self.number}"

    @property
    def second_id(self) -> str:
        return f"second-{self.number}"

    def asked(self, what: str) -> str:
        place = self.place if what in {"keeper", "opened"} else self.town
        return self.wording.questions[what].format(place)


class Names:
    """Names that nobody else has."""

    def __init__(self, generator: random.Random) -> None:
        self._random = generator
        self._given: set[str] = set()

    def new(self, make: Callable[[], str]) -> str:
        while (name := make()) in self._given:
            pass
        self._given.add(name)
        return name

    def word(self) -> str:
        letters = (_ONSETS, _VOWELS, _ONSETS, _VOWELS, _ENDS)
        return self.new(lambda: "".join(map(self._random.choice, letters)).title())

    def person(self, chinese: bool) -> str:
        pick = self._random.choice
        if not chinese:
            return f"{self.word()} {self.word()}"
        return self.new(lambda: pick(_SURNAMES) + pick(_GIVEN) + pick(_GIVEN))

    def place(self, chinese: bool) -> str:
        pick = self._random.choice
        return self.new(lambda: "".join(self._random.sample(_PLACES, 2)) + pick("镇村县")) if chinese else self.word()


def scripts(count: int, seed: int) -> Sequence[Script]:
    generator = random.Random(seed)
    names = Names(generator)
    found: list[Script] = []
    for number in range(count):
        chinese = number % 2 == 1
        opened, built = generator.sample(range(1500, 2000), 2)
        found.append(
            Script(
                number=number, wording=CHINESE if chinese else ENGLISH, place=names.place(chinese),
                town=names.place(chinese), keeper=names.person(chinese), founder=names.person(chinese),
                other=names.person(chinese), opened=str(opened), built=str(built),
            )
        )  # fmt: skip
    return found


class Listening(Rewriter):
    """Leaves questions as they are, and remembers what it was given as history."""

    def __init__(self) -> None:
        self.heard = ""

    async def rewrite(self, question: Question) -> StandaloneQuestion:
        self.heard = "\n".join(one.text for one in question.history)
        return StandaloneQuestion(question=question)


@dataclass(slots=True, kw_only=True)
class Tally:
    """What conversations came to. ``wrong`` are sentences about what should not have been."""

    conversations: int = 0
    changed: int = 0
    noticed: int = 0
    wrong: list[str] = field(default_factory=list)


Change = Callable[[SmallConversations, Script], tuple[set[int], Sequence[str]]]
"""Changes the documents; the turns whose answers it makes untrue, and words that must not be handed on any more."""


def _put(talk: SmallConversations, script: Script, **other: str) -> None:
    talk.world.put(script.first_id, script.wording.first(script, **other))


def edited(talk: SmallConversations, script: Script) -> tuple[set[int], Sequence[str]]:
    _put(talk, script, keeper=script.other)
    return {1}, [script.keeper]


def both_edited(talk: SmallConversations, script: Script) -> tuple[set[int], Sequence[str]]:
    _put(talk, script, keeper=script.other, opened="2011")
    return {1, 2}, [script.keeper]


def edited_beside(talk: SmallConversations, script: Script) -> tuple[set[int], Sequence[str]]:
    _put(talk, script, beside="7")
    return set(), []


def edited_elsewhere(talk: SmallConversations, script: Script) -> tuple[set[int], Sequence[str]]:
    _put(talk, script, weather="9")
    return set(), []


def edited_and_back(talk: SmallConversations, script: Script) -> tuple[set[int], Sequence[str]]:
    _put(talk, script, keeper=script.other)
    _put(talk, script)
    return set(), []


def turned_round(talk: SmallConversations, script: Script) -> tuple[set[int], Sequence[str]]:
    first, _, rest = script.wording.first(script).partition("\n\n")
    talk.world.put(script.first_id, f"{rest}\n\n{first}")
    return set(), []


def appended(talk: SmallConversations, script: Script) -> tuple[set[int], Sequence[str]]:
    """Whether that changes the answer is for whoever answers to say."""
    before = talk.afresh(script.asked("keeper"))
    newer = script.wording.newer.format(script.place, script.other)
    talk.world.put(script.first_id, newer + script.wording.first(script))
    return {1} if talk.afresh(script.asked("keeper")) != before else set(), []


def contradicted(talk: SmallConversations, script: Script) -> tuple[set[int], Sequence[str]]:
    """As above."""
    before = talk.afresh(script.asked("keeper"))
    talk.world.put(f"other-{script.number}", script.wording.keeper.format(script.place, script.other))
    return {1} if talk.afresh(script.asked("keeper")) != before else set(), []


def deleted(talk: SmallConversations, script: Script) -> tuple[set[int], Sequence[str]]:
    talk.world.remove(script.first_id)
    return {1, 2}, [script.keeper]


def purged(talk: SmallConversations, script: Script) -> tuple[set[int], Sequence[str]]:
    talk.purge(script.first_id)
    return {1, 2}, [script.keeper]


def said_elsewhere(talk: SmallConversations, script: Script) -> tuple[set[int], Sequence[str]]:
    """The first answer stands in another document as well."""
    talk.world.put(f"copy-{script.number}", script.wording.keeper.format(script.place, script.keeper))
    talk.world.remove(script.first_id)
    return {2}, []


def others_change(talk: SmallConversations, script: Script) -> tuple[set[int], Sequence[str]]:
    talk.world.put(f"new-{script.number}", "A bakery opened its doors; buns rise slowly. 面包房开门了。")
    if script.number > 1:
        talk.world.remove(f"spare-{script.number}")
    return set(), []


def others_purged(talk: SmallConversations, script: Script) -> tuple[set[int], Sequence[str]]:
    talk.purge(f"spare-{script.number}")
    return set(), []


CHANGES: Sequence[Change] = (
    edited, edited_beside, deleted, edited_elsewhere, purged, others_change, appended, turned_round, both_edited,
    edited_and_back, contradicted, others_purged, said_elsewhere,
)  # fmt: skip


def campaign(count: int, folder: Path, world: SmallWorld, *, seed: int = 1) -> Tally:
    """So many conversations over one base, each with a change of its own."""
    listening = Listening()
    talk = SmallConversations(folder, world, rewriter=listening)
    found = scripts(count, seed)
    uploads = [
        upload
        for one in found
        for upload in (
            world.upload(one.first_id, one.wording.first(one)),
            world.upload(one.second_id, one.wording.second(one)),
            world.upload(f"spare-{one.number}", one.wording.founder.format(f"{one.number}", one.founder[::-1])),
        )
    ]
    world.put_all(uploads)
    tally = Tally()
    for script in found:
        _converse(talk, listening, script, CHANGES[script.number // 2 % len(CHANGES)], tally)
    talk.database.close()
    return tally


def _converse(talk: SmallConversations, listening: Listening, script: Script, change: Change, tally: Tally) -> None:
    session = talk.open()
    told = f"conversation {script.number}, {change.__name__}"
    for what, value in (("keeper", script.keeper), ("opened", script.opened), ("founder", script.founder)):
        answer = talk.say(session, script.asked(what))
        if value not in answer.text or answer.changed_since:
            tally.wrong.append(f"{told}: {script.asked(what)} {answer.text} {answer.changed_since}")
    wanted, gone = change(talk, script)
    listening.heard = ""
    last = talk.say(session, script.asked("built"))
    named = {one.turn for one in last.changed_since}
    tally.conversations += 1
    tally.changed += len(wanted)
    tally.noticed += len(wanted & named)
    if named != wanted or script.built not in last.text:
        tally.wrong.append(f"{told}: {sorted(wanted)} changed, named are {last.changed_since}; {last.text}")
    tally.wrong += [f"{told}: {word} was handed on" for word in gone if word in listening.heard]
    if again := talk.say(session, script.asked("founder")).changed_since:
        tally.wrong.append(f"{told}: told twice: {again}")
    if change is purged:
        tally.wrong += [f"{told}: {word} is in {name}" for word in gone for name in talk.files_with(word)]
