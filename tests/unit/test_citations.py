from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from graph.model import Chunk, Document, PlacedChunk, Position, Span
from retrieval.citations import verify_citations
from retrieval.model import Draft, Evidence, Hit, Why

NOW = datetime(2026, 1, 1, tzinfo=UTC)
TEXT = "Prologue. The mirror was ground in 1960. It cracked. 镜面于1960年磨成。"


def evidence(marker: int = 1, start: int = 100) -> Evidence:
    document = Document(
        id="d", version=3, title="T", source="d", media_type="text/plain", metadata={}, content_hash="", created_at=NOW,
        updated_at=NOW,
    )  # fmt: skip
    chunk = Chunk(id=f"c{marker}", document_id="d", headings=(), text=TEXT, sentences=(Span(start=0, end=len(TEXT)),))
    position = Position(chunk_id=chunk.id, ordinal=0, start=start, end=start + len(TEXT))
    hit = Hit(chunk_id=chunk.id, document_id="d", rank=marker, score=1.0, why=Why(retriever="chain"))
    return Evidence(marker=marker, hit=hit, placed=PlacedChunk(chunk=chunk, position=position, document=document))


def test_offsets_are_those_of_the_document() -> None:
    quote = "The mirror was ground in 1960."
    draft = Draft(text=f"{quote} [1]", quotes=((1, quote),), abstained=False)
    text, citations, dropped = verify_citations(draft, [evidence()])
    assert text == draft.text
    assert dropped == 0
    assert (citations[0].start, citations[0].end) == (110, 110 + len(quote))
    assert citations[0].version == 3


@given(
    st.lists(
        st.tuples(
            st.integers(min_value=-3, max_value=20),
            st.one_of(st.sampled_from(["The mirror", "It cracked.", "镜面"]), st.text(max_size=30)),
        ),
        max_size=8,
    )
)
def test_what_is_not_literally_there_is_never_cited(quotes: list[tuple[int, str]]) -> None:
    draft = Draft(text=" ".join(f"claim [{marker}]" for marker, _ in quotes), quotes=tuple(quotes), abstained=False)
    text, citations, dropped = verify_citations(draft, [evidence(1), evidence(2, start=0)])
    for citation in citations:
        assert citation.marker in {1, 2}
        assert citation.quote.strip()
        base = 100 if citation.marker == 1 else 0
        assert TEXT[citation.start - base : citation.end - base] == citation.quote
    bad = [quote for quote in quotes if quote[0] not in {1, 2} or not quote[1].strip() or quote[1] not in TEXT]
    assert dropped == len(bad)
    shown = {int(part.split("]")[0]) for part in text.split("[")[1:] if part.split("]")[0].isdigit()}
    assert shown <= {citation.marker for citation in citations}
