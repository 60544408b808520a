"""What of a conversation holds, may be kept, and may be handed on."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.text.tokens import stems
from retrieval.answer import Answer, CarriedName, Citation, Rewritten
from retrieval.conversation.forgetting import handed_on, purged
from retrieval.conversation.history import MAX_SAID, History, history_of, spoken
from retrieval.conversation.holding import still_holds
from retrieval.conversation.model import MAX_REPLIES, Asked, Reply, Turn
from retrieval.conversation.wording import reason_of


def citation(quote: str, document_id: str = "d") -> Citation:
    return Citation(
        marker=1, document_id=document_id, version=1, chunk_id="c", title="", quote=quote, start=0, end=len(quote)
    )  # fmt: skip


def reply(text: str, *, short: str | None = None, document_id: str = "d", **more: bool) -> Reply:
    return Reply(
        revision=1, text=f"{text} [1]", short=short, citations=(citation(text, document_id),), sources=(document_id,),
        **more,
    )  # fmt: skip


def refusal(*sources: str) -> Reply:
    return Reply(revision=1, text="Not found in the documents.", abstained=True, sources=sources)


def turn(number: int, question: str | None, *replies: Reply, rewritten: str | None = None) -> Turn:
    return Turn(
        number=number, at=datetime(2026, 1, 1, tzinfo=UTC), question=question, rewritten=rewritten,
        asked=Asked(mode="hybrid"), replies=replies, seen=1,
    )  # fmt: skip


class Documents:
    """Knows which terms some texts hold."""

    def __init__(self, *texts: str) -> None:
        self._held = {term for text in texts for term in stems(text)}

    def __call__(self, terms: Iterable[str]) -> frozenset[str]:
        return frozenset(term for term in terms if term not in self._held)


@pytest.mark.parametrize(
    ("before", "now", "gone", "new", "holds"),
    [
        (reply("Ada built it."), reply("Ada built it."), False, False, True),
        (reply("Ada built it."), reply("Bela built it."), True, True, False),
        # another passage ranks first: nothing went, nothing came
        (reply("Ada built it."), reply("It is tall."), False, False, True),
        (reply("Ada built it."), reply("It was sold."), False, True, False),
        # the passage was rewritten, and says the same in a word
        (reply("Ada built it.", short="Ada"), reply("It was built by Ada.", short="ada"), True, True, True),
        (reply("Ada built it.", short="Ada"), reply("It was built by Bela.", short="Bela"), True, True, False),
        (reply("Ada built it."), refusal(), True, False, False),
        (reply("Ada built it."), refusal(), False, False, True),
        (refusal(), refusal(), False, True, True),
        (refusal(), reply("Ada built it."), False, True, False),
        (reply("Ada.", short="Ada"), reply("Ada.", short="Ada", contradicted=True), False, True, False),
    ],
)  # fmt: skip
def test_an_answer_is_changed_by_text_that_went_or_came(
    before: Reply, now: Reply, gone: bool, new: bool, holds: bool
) -> None:
    assert still_holds(before, now, gone=gone, is_new=lambda _: new) is holds


def test_how_passages_are_numbered_is_no_difference() -> None:
    first = Reply(revision=1, text="Ada built it. [1] It  is tall. [2]")
    second = Reply(revision=2, text="Ada built it. [2] It is tall. [1]")
    assert still_holds(first, second, gone=True, is_new=lambda _: True)


def test_a_turn_keeps_what_was_said_first_and_the_newest_of_what_held_since() -> None:
    one = turn(1, "Who?", reply("0"))
    for number in range(1, 10):
        one = one.with_reply(reply(str(number)), number)
    assert [each.text[0] for each in one.replies] == ["0", "7", "8", "9"]
    assert len(one.replies) == MAX_REPLIES
    assert one.renewed(reply("n"), 11).latest == reply("n")


def test_a_question_that_took_up_a_lost_word_is_not_handed_on() -> None:
    turns = [
        turn(1, "Who owns the Kopp mine?", reply("Bela Quohn owns the Kopp mine."), refusal()),
        turn(2, "And where?", reply("It is in Ulm."), rewritten="Where does Bela Quohn live?"),
        turn(3, "Is Quohn married?", reply("Nobody knows.")),
        turn(4, "Is the mine open?", reply("It is open.")),
    ]
    said = handed_on(turns, Documents("The mine is open. It is in Ulm. Nobody knows who is married."))
    assert said == {1: "Who owns the Kopp mine?", 2: "And where?", 4: "Is the mine open?"}
    assert handed_on(turns, Documents("Bela Quohn owns a mine at Kopp."))[2] == "Where does Bela Quohn live?"


def test_a_word_that_the_user_wrote_first_is_their_own() -> None:
    turns = [
        turn(1, "What does Quohn own?", reply("Quohn owns a mine."), refusal()),
        turn(2, "Where does Quohn live?", reply("It is in Ulm.")),
    ]
    assert handed_on(turns, Documents())[2] == "Where does Quohn live?"


def test_of_a_hidden_answer_no_word_is_handed_on_either() -> None:
    turns = [turn(1, "谁拥有矿山？", reply("矿山归赵明玉所有。")), turn(2, "赵明玉住在哪里？", reply("不详。"))]
    held = Documents("矿山归谁所有")
    assert set(handed_on(turns, held)) == {1, 2}
    assert set(handed_on(turns, held, hidden={1})) == {1}
    assert "赵明玉" not in str(history_of(turns, held, hidden={1}))


def test_a_purge_takes_what_cites_a_document_and_every_word_that_nothing_else_says() -> None:
    turns = (
        turn(1, "Who owns the Kopp mine?", reply("Bela Quohn owns the Kopp mine.", document_id="secret")),
        turn(2, "Is Quohn married?", refusal("secret", "d")),
        turn(3, "Who runs the mill?", reply("Ida runs the mill."), rewritten="Who runs the mill of Quohn?"),
        turn(4, "Who owns it?", reply("Kopp owns it."), reply("Quohn owns it.")),
    )
    left = purged(turns, "secret", Documents("Ida runs the mill and owns it. Kopp is a mine.", "married"))
    assert [one.question for one in left] == [
        "Who owns the Kopp mine?", None, "Who runs the mill?", "Who owns it?",
    ]  # fmt: skip
    assert [one.rewritten for one in left] == [None] * 4
    assert [one.replies for one in left] == [(), (), (reply("Ida runs the mill."),), (reply("Kopp owns it."),)]
    assert [one.purged for one in left] == [True, False, False, False]
    assert "Quohn" not in str(left)
    assert "secret" not in str(left)


def test_a_word_that_no_document_ever_held_comes_from_none() -> None:
    asked = turn(1, "What are the documents about?", reply("Quohn owns it.", document_id="secret"), refusal("secret"))
    (left,) = purged([replace(asked, strange=frozenset({"document"}))], "secret", Documents())
    assert left.question == "What are the documents about?"
    assert purged([asked], "secret", Documents())[0].question is None


def test_a_purge_of_what_nothing_rests_on_changes_nothing() -> None:
    turns = (turn(1, "Who owns the mine?", reply("Bela owns the mine.")),)
    assert purged(turns, "other", Documents()) == turns


@given(st.lists(st.text("abcd 王李塔", max_size=12), min_size=1, max_size=5), st.data())
def test_what_is_left_after_a_purge_holds_none_of_the_words_that_are_lost(
    texts: list[str], data: st.DataObject
) -> None:
    turns = tuple(
        turn(number, question, reply(text, document_id=data.draw(st.sampled_from(["d", "secret"]))))
        for number, (question, text) in enumerate(zip(texts, reversed(texts), strict=True), start=1)
    )
    unknown = Documents("a 王")
    left = purged(turns, "secret", unknown)
    lost = unknown(
        term for one in turns for said in one.replies if "secret" in said.sources for term in stems(said.text[:-4])
    )
    for one in left:
        for said in one.replies:
            assert not lost & set(stems(said.text[:-4]))
    assert purged(left, "secret", unknown) == left


def test_an_answer_is_handed_on_in_a_word_first_and_cut_behind_a_sentence() -> None:
    assert spoken(reply("Ada built it.", short="Ada")) == "Ada built it. [1]"
    assert spoken(reply("It was built by Ada.", short="Ada")) == "Ada\nIt was built by Ada. [1]"
    long = spoken(Reply(revision=1, text="第一句话说完了。" * 1000))
    assert len(long) <= MAX_SAID
    assert long.endswith("。")
    assert len(spoken(Reply(revision=1, text="x" * 9000))) == MAX_SAID


def test_refusals_are_not_handed_on_and_names_are_those_of_turns() -> None:
    turns = [
        turn(3, "Who?", refusal()),
        turn(4, "Where?", reply("In Ulm.")),
        turn(5, None),
        turn(6, "When?", reply("1911.")),
    ]
    history = history_of(turns, Documents("Who where when in Ulm 1911"), hidden=())
    assert [(one.speaker, one.text) for one in history.utterances] == [
        ("user", "Who?"), ("user", "Where?"), ("agent", "In Ulm. [1]"), ("user", "When?"), ("agent", "1911. [1]"),
    ]  # fmt: skip
    carried = (CarriedName(name="Ulm", turn=3), CarriedName(name="?", turn=99))
    answer = Answer(
        text="", citations=(), abstained=False, revision=1, mode="hybrid", steps=(), paths=(),
        rewritten=Rewritten(text="When in Ulm?", carried=carried),
    )  # fmt: skip
    told = history.told(answer).rewritten
    assert told is not None
    assert told.carried == (CarriedName(name="Ulm", turn=4),)
    assert History().told(answer).rewritten == Rewritten(text="When in Ulm?")


def test_reasons_are_in_the_language_of_the_question() -> None:
    assert reason_of("谁？谁建了塔？", purged=True, away=True, gone=True) == "所引内容已被清除"
    assert reason_of("Who?", purged=False, away=False, gone=True) == "a passage that it cited was changed"
    assert reason_of("Who?", purged=False, away=False, gone=False) == "there is new text that it did not know"
