"""When rights that are given take effect."""

from hypothesis import given as for_all
from hypothesis import strategies as st

from graph.audience import NOBODY, UNRESTRICTED, Audience
from graph.rights import Rights, applied, given, purged

A, B = frozenset({"a"}), frozenset({"b"})
READERS = st.one_of(st.none(), st.frozensets(st.sampled_from("abc")))
LIVE = st.one_of(st.none(), st.integers(1, 4))
RIGHTS = st.builds(Rights, readers=READERS, coming=READERS, version=st.integers(0, 4), waits=st.booleans())


def test_readers_of_a_text_that_is_there_change_at_once() -> None:
    assert given(Rights(readers=A), 3, B, 3) == Rights(readers=B, version=3)
    assert given(Rights(readers=A), 3, None, 3) == Rights(version=3)


def test_who_is_let_in_with_a_new_text_waits_for_it() -> None:
    waiting = given(Rights(readers=A), 2, None, 1)
    assert (waiting.readers, waiting.waits) == (A, True)
    assert applied(waiting, 1) == waiting, "an older text changes nothing"
    assert applied(waiting, 2) == Rights(version=2)


def test_who_is_shut_out_does_not_wait() -> None:
    assert given(Rights(), 2, A, 1) == Rights(readers=A, version=2)
    assert given(Rights(), 2, A, None) == Rights(readers=A, version=2)


def test_a_purge_forgets_what_was_given_before_it() -> None:
    assert purged(Rights(readers=A, version=2), 3) == Rights()
    assert purged(Rights(readers=A, version=4), 3) == Rights(readers=A, version=4)


@for_all(
    rights=RIGHTS, version=st.integers(1, 4), readers=READERS, live=LIVE, who=st.frozensets(st.sampled_from("abc"))
)
def test_nobody_gets_in_ahead_of_the_text(
    rights: Rights, version: int, readers: frozenset[str] | None, live: int | None, who: frozenset[str]
) -> None:
    """Whoever may read the document after readers were given with a text to come could read it before, and may then."""
    audience = Audience(principals=who)
    after = given(rights, version, readers, live)
    assert applied(after, version).readers == readers
    if (live is None or live < version) and audience.may_read(after.readers):
        assert audience.may_read(rights.readers) or (after.readers or frozenset()) & who


def test_who_is_unknown_reads_what_all_may() -> None:
    assert [who.may_read(readers) for who in (NOBODY, UNRESTRICTED) for readers in (None, frozenset(), A)] == [
        True, False, False, True, True, True,
    ]  # fmt: skip
