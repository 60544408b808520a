"""The order of texts that come one after the other."""

from hypothesis import given
from hypothesis import strategies as st

from graph.indexes.growing_order import GrowingOrder

Texts = st.lists(st.text(max_size=3), max_size=60)


@given(texts=Texts, looks=st.lists(st.integers(0, 60), max_size=6))
def test_it_is_that_of_all_texts_sorted_at_once_however_often_one_looks(texts: list[str], looks: list[int]) -> None:
    order = GrowingOrder()
    for count in sorted(min(look, len(texts)) for look in looks):
        places = order.places(texts[:count], count).tolist()
        assert places == _sorted_at_once(texts[:count])
    assert order.places(texts, len(texts)).tolist() == _sorted_at_once(texts)


def test_few_new_texts_are_put_in_their_places() -> None:
    texts = [f"{number:04}" for number in range(0, 2000, 2)]
    order = GrowingOrder()
    order.places(texts, len(texts))
    for text in ("0001", "1999", "0001", "0000", ""):
        texts.append(text)
        assert order.places(texts, len(texts)).tolist() == _sorted_at_once(texts)


def _sorted_at_once(texts: list[str]) -> list[int]:
    places = [0] * len(texts)
    for place, number in enumerate(sorted(range(len(texts)), key=texts.__getitem__)):
        places[number] = place
    return places
