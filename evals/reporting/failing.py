"""What the report shows of a question that failed: answer, gold, evidence and path through the graph. Pure."""

from collections.abc import Iterator

from evals.model import GoldDocument, Judgement, Quote, Row
from evals.reporting.report import Block, Excerpt, Finding
from evals.runs import Run
from evals.summary import Summary

SHOWN = 600
"""Characters shown of a passage."""


def findings(run: Run, summary: Summary) -> Iterator[Finding]:
    """One finding per failed question, by kind of failure."""
    rows = {row.id: row for row in run.rows}
    for kind, ids in summary.failures.items():
        for query_id in ids:
            row = rows[query_id]
            blocks = _blocks(row, run.judgements.get(query_id))
            yield Finding(title=row.question, tag=kind, blocks=tuple(block for block in blocks if block.passages))


def _blocks(row: Row, judgement: Judgement | None) -> Iterator[Block]:
    if row.answer is not None:
        yield Block(heading="Answer", passages=(Excerpt(label="", text=row.answer.text),))
    if row.answers:
        yield Block(heading="Gold answer", passages=tuple(Excerpt(label="", text=answer) for answer in row.answers[:5]))
    yield Block(heading="Gold documents", passages=tuple(_gold(row, document) for document in row.gold))
    if row.answer is not None:
        yield Block(heading="Citations", passages=tuple(_citation(quote) for quote in row.answer.quotes))
        yield Block(heading="Path through the graph", passages=tuple(_path(path) for path in row.answer.paths if path))
    if judgement is not None:
        yield Block(heading="Claims of the answer", passages=_claims(judgement.faithful))
        yield Block(heading="Claims of the gold answer", passages=_claims(judgement.correct))
    yield Block(
        heading="Passages found first",
        passages=tuple(
            Excerpt(
                label=f"{rank}. {passage.title} ({' → '.join((passage.retriever, *passage.path))})",
                text=passage.text[:SHOWN],
            )
            for rank, passage in enumerate(row.passages, start=1)
        ),
    )


def _gold(row: Row, document: GoldDocument) -> Excerpt:
    if not document.held:
        where = "not in the knowledge base"
    elif document.id in row.ranking:
        where = f"found at rank {row.ranking.index(document.id) + 1}"
    else:
        where = f"not among the first {max(len(row.ranking), 1)}"
    if row.answer is not None and document.id in {quote.document_id for quote in row.answer.quotes}:
        where += ", cited"
    return Excerpt(label=f"{document.title or document.id} ({where})", text=document.excerpt[:SHOWN])


def _citation(quote: Quote) -> Excerpt:
    label = quote.title if quote.literal else f"{quote.title} (not literal)"
    return Excerpt(label=label, text=quote.quote, before=quote.before[-150:], after=quote.after[:150], marked=True)


def _path(path: tuple[str, ...]) -> Excerpt:
    return Excerpt(label="", text=" → ".join(path))


def _claims(judged: tuple[tuple[str, str], ...]) -> tuple[Excerpt, ...]:
    return tuple(Excerpt(label=label, text=claim) for claim, label in judged)
