from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.chunking import MAX_WEIGHT, split_document
from ingest.extraction.sentences import split_sentences
from ingest.model import LoadedDocument, Section


def loaded(text: str) -> LoadedDocument:
    return LoadedDocument(text=text, sections=(Section(start=0, end=len(text)),))


def sentences(text: str) -> list[str]:
    return [text[span.start : span.end] for span in split_sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dr. Smith came. He left.", ["Dr. Smith came.", "He left."]),
        ("It cost 3.5 million. J. R. R. Tolkien wrote.", ["It cost 3.5 million.", "J. R. R. Tolkien wrote."]),
        ("“Stop!” he said. “Go.” She went.", ["“Stop!” he said.", "“Go.”", "She went."]),
        ("他说：“走吧。”然后走了。天黑了！", ["他说：“走吧。”", "然后走了。", "天黑了！"]),
        ("Title\n\nText here.", ["Title", "Text here."]),
        ("- one\n- two", ["- one", "- two"]),
        ("", []),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.sampled_from("ab. \n。！“”A云山"), max_size=6000))
def test_offsets_are_exact_and_nothing_is_lost(text: str) -> None:
    chunks = split_document(loaded(text))
    for chunk in chunks:
        assert text[chunk.start : chunk.end] == chunk.text
        assert chunk.sentences
        for span in chunk.sentences:
            assert chunk.text[span.start : span.end].strip()
        for one, other in pairwise(chunk.sentences):
            assert one.end <= other.start
    for one, other in pairwise(chunks):
        assert one.end <= other.start
    covered = "".join(chunk.text for chunk in chunks)
    assert "".join(covered.split()) == "".join(text.split())


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.text(alphabet="abcdefg ", min_size=20, max_size=90), min_size=80, max_size=140),
    st.integers(min_value=5, max_value=70),
)
def test_an_inserted_sentence_changes_few_chunks(parts: list[str], place: int) -> None:
    texts = [f"S{n} {part.strip()} end." for n, part in enumerate(parts)]
    before = {chunk.text for chunk in split_document(loaded(" ".join(texts)))}
    texts.insert(place, "An inserted sentence says something new here.")
    after = {chunk.text for chunk in split_document(loaded(" ".join(texts)))}
    assert len(after - before) <= 4
    assert len(after & before) >= len(before) - 4


def test_short_text_is_one_chunk() -> None:
    assert len(split_document(loaded("One. Two. Three."))) == 1


def test_an_endless_line_is_cut() -> None:
    chunks = split_document(loaded("x" * 10_000 + "云" * 3_000))
    assert all(len(chunk.text) <= MAX_WEIGHT for chunk in chunks)
    assert sum(len(chunk.text) for chunk in chunks) == 13_000
