"""Two worlds of which one holds secrets as well, and all that somebody is shown who may not read them.

Whatever they are shown must be the same in both, to the last digit. Ids follow from content and are the same here;
revisions and times are left out.
"""

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from graph_changes import dump
from small_world import SmallWorld, small_world
from ways_to_ask import WaysToAsk

from graph.audience import UNRESTRICTED, Audience
from graph.errors import NotFoundError
from graph.identity import entity_id
from graph.model import DEFAULT_WORKSPACE as W
from graph.model import Verdict
from graph.operations.database import OperationsDatabase
from graph.text.names import norm
from graph.view.knowledge_view import KnowledgeViews
from graph.view.merging import aliases_around, members
from retrieval.model import Question
from retrieval.modes import SEARCH_MODES, AskedMode

PEOPLE = ["Ada Stone", "Bela Kuhn", "Cleo Marsh", "Dov Hale", "Photo", "周明远", "林雨桐"]
PLACES = ["Varnholt", "Kopp Mine", "Selm Tower", "Harbour", "清江市"]
THINGS = ["gate", "mill", "bridge", "photo", "harbour", "clock"]
QUESTIONS = [
    "Who built the gate of Selm Tower?", "When did Ada Stone build the mill of Kopp Mine?", "photo of the harbour",
    "Which clock did Bela Kuhn build in Varnholt?", "周明远在清江市建了什么?", "Where is the Guild of Stone Masons?",
    "Who is A. Stone?", "What did Photo build near Harbour?", "bridge", "Old Master Dov Hale",
]  # fmt: skip
FOLLOW_UPS = [
    "And who built the mill there?",
    "When did she build it?",
    "那座桥呢?",
    "What about Harbour?",
    "Who is he?",
]
ROLES = ["built by", "founder of _", "建"]
ASKS = Audience(principals=frozenset({"user:ada@example.org"}))
"""Who asks, in both."""


def public_text(generator: random.Random) -> str:
    return "\n\n".join(_statement(generator) for _ in range(generator.randint(1, 4)))


def secret_text(generator: random.Random) -> str:
    """A text that would show in statistics, names, hubs, aliases, conflicts or ranks if it showed anywhere."""
    person, place, thing = generator.choice(PEOPLE), generator.choice(PLACES), generator.choice(THINGS)
    return generator.choice(
        [
            " ".join(QUESTIONS) + f" {person} knows.",
            "\n\n".join(f"{person} went to {place} once more, for the {number}th time." for number in range(40)),
            " ".join(f"a {thing} and a photo by the harbour, stone, marsh, hale, kuhn" for _ in range(5)) + ".",
            f"Old Master {person} built the {thing} of {place} in {generator.randint(1000, 1100)}.",
            f"{person} (also known as Zyra Quell) founded the Guild of Stone Masons (GSM) at {place}.",
            f"The {thing} of {place} was built by {person}, not by {generator.choice(PEOPLE)}. It is zyxq.",
            public_text(generator),
            f"{person} met {generator.choice(PEOPLE)} of {place}. " * 30,
        ]
    )


def _statement(generator: random.Random) -> str:
    one, other, thing = generator.choice(PEOPLE), generator.choice(PLACES), generator.choice(THINGS)
    year = generator.randint(1800, 1999)
    return generator.choice(
        [
            f"{one} built the {thing} of {other} in {year}. Nobody else saw {other}.",
            f"The {thing} of {other} was built by {one} in {year}.",
            f"{one} lived with {generator.choice(PEOPLE)} near {other}. A photo shows the {thing}.",
            f"The Guild of Stone Masons (GSM) paid {one} for the {thing}. The GSM sits in {other}.",
            f"{one}在{other}建了一座桥。",
        ]
    )


class Twins:
    """``with_secrets`` and ``without``; what is public happens in both."""

    def __init__(self, with_secrets: SmallWorld, without: SmallWorld, seed: int) -> None:
        self.with_secrets, self.without = with_secrets, without
        self._generator = random.Random(seed)
        self._kept: dict[int, WaysToAsk] = {}

    @property
    def both(self) -> tuple[SmallWorld, SmallWorld]:
        return self.with_secrets, self.without

    def step(self) -> None:
        """Something happens: one half of what happens is secret."""
        if self._generator.random() < 0.5:
            self._public()
        else:
            self._secret()

    def _public(self) -> None:
        generator = self._generator
        document = f"open{generator.randint(0, 7)}"
        if generator.random() < 0.2 and document in self.without._versions:
            for world in self.both:
                world.remove(document)
        elif generator.random() < 0.2:
            self._merge(self.both, *generator.sample(PEOPLE, 2))
        else:
            text, title = public_text(generator), generator.choice([*PLACES, *PEOPLE, "Notes"])
            for world in self.both:
                world.put(document, text, title=title)

    def _secret(self) -> None:
        generator, world = self._generator, self.with_secrets
        document = f"{generator.choice('az')}secret{generator.randint(0, 7)}"
        kind = generator.choices(["put", "remove", "purge", "merge", "rights"], [8, 2, 1, 2, 2])[0]
        known = document in world._versions
        if kind == "merge":
            self._merge([world], generator.choice(PEOPLE), generator.choice(["Zyra Quell", "Old Master Dov Hale"]))
        elif kind == "rights" and known:
            readers = frozenset(generator.sample(["group:hr", "user:bea@example.org", "group:it"], 2))
            world.store.set_readers(W, document, world._versions[document], readers)
        elif kind in {"remove", "purge"} and known:
            world._versions[document] += 1
            getattr(world.store, kind)(W, document, world._versions[document])
        else:
            version = world._versions.get(document, 0) + 1
            world.store.set_readers(W, document, version, frozenset({"group:hr"}))
            title = generator.choice([*PLACES, *PEOPLE, "Zyxq Report"])
            world.put(document, secret_text(generator), title=title)

    def _merge(self, worlds: Sequence[SmallWorld], one: str, other: str) -> None:
        """What somebody decides of two names, where both are there to be decided on."""
        first, second = sorted(entity_id(W, norm(name)) for name in (one, other))
        verdict = Verdict(first_id=first, second_id=second, same=self._generator.random() < 0.7, reason="by hand")
        if first != second:
            for world in worlds:
                world.store.decide(W, [verdict])

    def differences(
        self, *, questions: Sequence[str] = QUESTIONS, rebuilt: bool = False, modes: Sequence[AskedMode] = SEARCH_MODES
    ) -> list[str]:
        """Everything that is shown differently; compared are as many things as ``shown`` tells.

        Before that somebody who may read the secrets asks the same: nothing that is kept of their answers may show.
        """
        for name, _ in _asked(self._ways(self.with_secrets, rebuilt=rebuilt), UNRESTRICTED, questions[:3], modes):
            assert name
        one, other = (
            shown(world, questions, modes=modes, ways=self._ways(world, rebuilt=rebuilt)) for world in self.both
        )
        return [f"{key}: {one.get(key)}  |  {other.get(key)}" for key in one.keys() | other.keys()
                if one.get(key) != other.get(key)]  # fmt: skip

    def conversed(self, mode: AskedMode, texts: Sequence[str]) -> list[str]:
        """What is said differently in a conversation in a mode, which goes on from call to call."""
        one, other = (dict(self._ways(world).said(ASKS, mode, texts, mode)) for world in self.both)
        return [f"{key}: {one[key]}  |  {other[key]}" for key in one if one[key] != other[key]]

    @property
    def modes(self) -> Sequence[AskedMode]:
        """Every mode that the service offers."""
        return self._ways(self.without).modes

    def _ways(self, world: SmallWorld, *, rebuilt: bool = False) -> WaysToAsk:
        """How a world is asked: as long as it lives, or anew, without anything that was kept."""
        if rebuilt:
            return _ways(world, KnowledgeViews(world.store))
        if id(world) not in self._kept:
            self._kept[id(world)] = _ways(world, world.views)
        return self._kept[id(world)]


def _ways(world: SmallWorld, views: KnowledgeViews) -> WaysToAsk:
    return WaysToAsk(world.store, views, world.embedder, OperationsDatabase(world.folder / "operations.sqlite"))


def shown(
    world: SmallWorld, questions: Sequence[str], *, modes: Sequence[AskedMode] = SEARCH_MODES,
    ways: WaysToAsk | None = None,
) -> dict[str, str]:  # fmt: skip
    """What ``ASKS`` is shown now, by what they did, without revisions and times."""
    found = dict(_asked(ways or _ways(world, world.views), ASKS, questions, modes))
    return found | {name: repr(value) for name, value in browsed(world).items()}


def _asked(
    ways: WaysToAsk, audience: Audience, questions: Sequence[str], modes: Sequence[AskedMode]
) -> Iterator[tuple[str, str]]:
    for mode in modes:
        for number, text in enumerate(questions):
            question = Question(text=text, workspace=W, mode=mode, k=20, audience=audience)
            for how, found in ways.asked(question):
                yield f"{how} {mode} {text}", repr(found)
            if number % 4 == 1:
                then = replace(question, text=FOLLOW_UPS[number % len(FOLLOW_UPS)])
                yield f"follow-up {mode} {text} {then.text}", repr(ways.followed(then, question))
    if modes != SEARCH_MODES:
        yield from ((name, repr(rows)) for name, rows in ways.rows(audience, [*PEOPLE, *PLACES, "GSM"], ROLES))
        yield "communities", repr(ways.listed(audience))


def browsed(world: SmallWorld) -> dict[str, Any]:
    """The whole graph as ``ASKS`` may read it, and the things that names stand for."""
    reader = world.store.read_as(ASKS)
    newest = reader.revision(W)
    found = _without_times(dump(reader, W, newest))
    entities = reader.find_entities(W, "", newest, limit=1000)
    found["found"] = entities
    found["things"] = [
        members(one.id, aliases_around(reader, W, [one.id], newest)) for one in sorted(entities, key=lambda e: e.id)
    ]
    for key in ("zyra quell", "zyxq", "old master dov hale"):
        try:
            found[key] = reader.entity(W, entity_id(W, key), newest)
        except NotFoundError:
            found[key] = None
    return found


def _without_times(found: dict[str, Any]) -> dict[str, Any]:
    """Documents by what they are, and not by when they came."""
    found["documents"] = [(one.id, one.version, one.title, one.content_hash) for one in found["documents"]]
    found["chunks"] = [[(item.chunk, item.position) for item in chunks] for chunks in found["chunks"]]
    found["rows"] = sorted(found["rows"].items())
    found["contributions"] = [one[1:] for one in found["contributions"]]
    return found


@contextmanager
def twins(folder: Path, seed: int) -> Iterator[Twins]:
    with small_world(folder / "with") as one, small_world(folder / "without") as other:
        yield Twins(one, other, seed)
