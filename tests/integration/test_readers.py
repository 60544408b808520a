"""Who may read what: a secret leaves no trace in anything that is shown to somebody who may not read it."""

import random
from pathlib import Path

import pytest
from many_readers import Shown, fill, members
from neo4j_fixtures import neo4j_store
from neo4j_server import Neo4jServer
from small_world import small_world
from twins import ASKS, FOLLOW_UPS, QUESTIONS, Twins, public_text, shown, twins

from graph.audience import UNRESTRICTED, Audience
from graph.model import DEFAULT_WORKSPACE as W
from graph.view.knowledge_view import KnowledgeViews
from graph.view.resident_snapshot import ResidentSnapshot
from graph.view.restricted_snapshot import RestrictedSnapshot
from graph.view.walked_snapshot import WalkedSnapshot
from retrieval.model import Question


@pytest.mark.parametrize("seed", range(2))
def test_twins_are_shown_the_same(tmp_path: Path, seed: int) -> None:
    """Views that follow while secrets come, change and go, and views that are built anew."""
    with twins(tmp_path, seed) as pair:
        for step in range(40):
            pair.step()
            if step % 8 == 7:
                assert pair.differences() == []
        assert pair.differences(rebuilt=True) == []
        found = shown(pair.without, QUESTIONS)
        assert sum("chunk_id" in value for value in found.values()) > len(found) // 2, "there is something to compare"
        assert pair.with_secrets.store.rights(W)


def test_twins_are_answered_the_same_in_every_mode(tmp_path: Path) -> None:
    """Rows, communities, follow-ups and conversations as well, after somebody asked who may read the secrets."""
    with twins(tmp_path, 5) as pair:
        modes = pair.modes
        assert {"facts", "global", "reason", "agents", "auto"} < set(modes)
        for step in range(24):
            pair.step()
            if step % 8 == 7:
                looked = step // 8
                for mode in modes[looked::3]:
                    assert pair.conversed(mode, [QUESTIONS[looked], FOLLOW_UPS[looked]]) == []
        assert pair.differences(questions=QUESTIONS[1:3], modes=modes[4:]) == []
        assert pair.differences(questions=QUESTIONS[4:5], modes=modes[4:], rebuilt=True) == []


def test_twins_are_shown_the_same_of_a_graph_in_neo4j(neo4j_server: Neo4jServer, tmp_path: Path) -> None:
    """Held against an embedded one without secrets: walked by whoever may read everything, in memory for others."""
    with (
        neo4j_store(neo4j_server) as store,
        small_world(tmp_path / "a", store) as one,
        small_world(tmp_path / "b") as other,
    ):
        store.prepare_walk()
        one.views = KnowledgeViews(store, store)
        one.questions = one.asking(other.questions._generator)
        pair = Twins(one, other, 11)
        for _ in range(16):
            pair.step()
        assert pair.differences(questions=QUESTIONS[:4]) == []
        assert isinstance(one.views.snapshot(W), WalkedSnapshot)
        assert isinstance(one.views.snapshot(W, audience=ASKS), RestrictedSnapshot)


def test_each_sees_what_they_may_and_nothing_else(tmp_path: Path) -> None:
    generator = random.Random(4)
    people = members(4, generator)
    with small_world(tmp_path) as world:
        one = Shown(world, fill(world, 60, people, generator))
        for audience in people:
            assert list(one.wrong(audience, tmp_path)) == []
        assert one.compared > 1000


def test_the_order_of_uploads_tells_nothing(tmp_path: Path) -> None:
    """Ties, too, go by what is readable: many documents say the same."""
    generator = random.Random(9)
    texts = [public_text(generator) for _ in range(6)]
    documents = [(f"d{number:02}", texts[number % 6]) for number in range(48)]
    with small_world(tmp_path / "a") as one, small_world(tmp_path / "b") as other:
        for document, text in documents:
            one.put(document, text, title="Notes")
        for document, text in generator.sample(documents, len(documents)):
            other.put(document, text, title="Notes")
        first, second = shown(one, QUESTIONS), shown(other, QUESTIONS)
        assert [key for key in first if first[key] != second[key]] == []


def question(text: str) -> Question:
    return Question(text=text, workspace=W, audience=ASKS)


def test_a_change_of_rights_is_in_the_next_answer(tmp_path: Path) -> None:
    with small_world(tmp_path) as world:
        world.put("a", "Ada Stone built the gate of Selm Tower.")

        def seen() -> tuple[int, bool]:
            found = world.questions.search(question("gate"))
            return world.views.snapshot(W, audience=ASKS).size, bool(found.hits)

        assert seen() == (1, True)
        world.store.set_readers(W, "a", 1, frozenset({"group:hr"}))
        assert seen() == (0, False)
        world.store.set_readers(W, "a", 1, ASKS.principals)
        assert seen() == (1, True)
        world.store.set_readers(W, "a", 1, frozenset())
        assert seen() == (0, False)
        assert world.views.snapshot(W, audience=ASKS, as_of=1).size == 0, "in the past as well"
        assert world.views.snapshot(W, audience=UNRESTRICTED).size == 1


def test_audiences_that_may_read_the_same_share_one_snapshot_and_purged_text_leaves_it(tmp_path: Path) -> None:
    with small_world(tmp_path) as world:
        world.put("a", "Ada Stone built the gate of Selm Tower.")
        world.put("b", "Zyxq Quell hid there.")
        for number in range(5):
            world.views.snapshot(W, audience=Audience(principals=frozenset({f"user:{number}"})))
        (known,) = world.views._audiences._known.values()
        assert len(known.snapshots) == 1
        world.store.purge(W, "b", 2)
        world.views.catch_up(W)
        assert not known.snapshots
        assert isinstance(world.views.snapshot(W), ResidentSnapshot)


def test_reports_made_for_others_tell_nothing_of_what_they_may_read(tmp_path: Path) -> None:
    """A report weighs words by how rare they are: what somebody was shown who reads everything is not kept for all."""
    generator = random.Random(5)
    words = [first + last for first in ("bar", "cop", "dun", "fal") for last in ("ley", "row", "ton", "wick", "mer")]
    open_texts = [
        " ".join(f"Ada Stone keeps the {' and the '.join(generator.sample(words, 3))} of Varnholt." for _ in range(12))
        for _ in range(4)
    ]
    with twins(tmp_path, 1) as pair:
        for number, text in enumerate(open_texts):
            for world in pair.both:
                world.put(f"open{number}", text, title=f"Notes {number}")
        for number, word in enumerate(words[:10]):
            pair.with_secrets.store.set_readers(W, f"secret{number}", 1, frozenset({"group:hr"}))
            pair.with_secrets.put(f"secret{number}", f"Zyra Quell saw the {word} of Zyxq Hall, {word} by {word}.")
        assert pair.differences(questions=["What is all this about?"], modes=["global"]) == []
