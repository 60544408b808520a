"""Counts that follow changes are those counted anew."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.indexes import vocabulary
from graph.indexes.vocabulary import Vocabulary
from graph.text.terms import ChunkWords, TitleWords

WORDS = st.frozensets(st.sampled_from("abcdefgh"), max_size=5)
PASSAGES = st.builds(ChunkWords, chunk_id=st.just(""), stems=WORDS, plain=WORDS, length=st.integers(0, 9))
TITLES = st.builds(TitleWords, document_id=st.just(""), stems=WORDS)
Step = tuple[list[ChunkWords], list[TitleWords], st.DataObject]
STEP = st.tuples(st.lists(PASSAGES, max_size=3), st.lists(TITLES, max_size=2), st.data())


@pytest.mark.parametrize("folded_from", [1, 4, 20_000])
@given(steps=st.lists(STEP, max_size=8))
def test_following_is_counting_anew(
    folded_from: int, steps: list[tuple[list[ChunkWords], list[TitleWords], st.DataObject]]
) -> None:
    """However often the differences are folded in; and older counts stay as they were."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vocabulary, "FOLDED_FROM", folded_from)
        words = Vocabulary()
        live: list[ChunkWords] = []
        titles: list[TitleWords] = []
        for come, titled, data in steps:
            gone = data.draw(st.lists(st.sampled_from(live), unique_by=id)) if live else []
            untitled = data.draw(st.lists(st.sampled_from(titles), unique_by=id)) if titles else []
            before, expected = words, Vocabulary().changed(opened=live, titled=titles)
            words = words.changed(opened=come, closed=gone, titled=titled, untitled=untitled)
            assert before.differs_from(expected) == []
            live = [one for one in live if all(one is not other for other in gone)] + come
            titles = [one for one in titles if all(one is not other for other in untitled)] + titled
            assert words.differs_from(Vocabulary().changed(opened=live, titled=titles)) == []
            assert words.chunks == len(live)
            for word in "abcdefgh":
                holding = sum(word in one.stems for one in live) + sum(word in one.stems for one in titles)
                assert words.frequency(word) == holding
                assert words.plain(word) == sum(word in one.plain for one in live)
