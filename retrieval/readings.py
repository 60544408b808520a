"""Questions that may be several ones: all of them are looked for, and two are answered side by side."""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from itertools import zip_longest

from graph.text.tokens import is_east_asian
from retrieval.answer import Answer, Citation, Event, EvidenceFound, Reading, Step, Token
from retrieval.model import Evidence, Hit, Question, SearchResult
from retrieval.pipeline import Found, QuestionPipeline
from retrieval.step_texts import Wording

MOST_SOUGHT = 6
"""Readings that are looked for, the likeliest."""
MOST_TOLD = 2
"""Readings that are answered side by side; of more than that one answer is written from what all of them find."""
_MARKER = re.compile(r"\[(\d{1,3})\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """What was found for one reading."""

    reading: Reading
    found: Found


class SeveralReadings:
    """Finds and answers what a question may mean, in one snapshot. It can write nothing."""

    def __init__(self, pipeline: QuestionPipeline) -> None:
        self._pipeline = pipeline

    async def find(self, question: Question, readings: Sequence[Reading]) -> SearchResult:
        """Passages that the readings find, by turns: the first of each, the second of each, …

        Errors as of :meth:`retrieval.pipeline.QuestionPipeline.find`.
        """
        found = await self._pipeline.seek(question)
        return _by_turns(question.k, found.result, [one.found.result for one in await self._all(found, readings)])

    async def stream(self, question: Question, readings: Sequence[Reading]) -> AsyncIterator[Event]:
        """The answer to the question, or to both of its readings where they are answered differently.

        Errors as of :meth:`retrieval.pipeline.QuestionPipeline.stream`.
        """
        found = await self._pipeline.seek(question)
        every = await self._all(found, readings)
        if len(every) > MOST_TOLD:
            fused = _by_turns(question.k, found.result, [one.found.result for one in every])
            events: AsyncIterator[Event] = self._pipeline.tell(replace(found, result=fused))
        else:
            events = self._side_by_side(every)
        async with aclosing(events) as stream:  # type: ignore[type-var]
            async for event in stream:
                yield event

    async def _all(self, found: Found, readings: Sequence[Reading]) -> list[_Read]:
        return [_Read(reading=one, found=await self._pipeline.look(one.text, found)) for one in readings[:MOST_SOUGHT]]

    async def _side_by_side(self, every: Sequence[_Read]) -> AsyncIterator[Event]:
        answers: list[tuple[Reading, Answer]] = []
        evidence: dict[str, Evidence] = {}
        for one in every:
            async with aclosing(self._pipeline.tell(one.found)) as events:  # type: ignore[type-var]
                async for event in events:
                    if isinstance(event, EvidenceFound):
                        evidence = {item.placed.chunk.id: item for item in (*evidence.values(), *event.evidence)}
                    elif isinstance(event, Step):
                        yield event
                    elif isinstance(event, Answer):
                        answers.append((one.reading, event))
        numbered = tuple(replace(item, marker=marker) for marker, item in enumerate(evidence.values(), start=1))
        yield EvidenceFound(evidence=numbered, revision=every[0].found.result.revision)
        answer = joined(answers)
        yield Token(text=answer.text)
        for citation in answer.citations:
            yield citation
        yield answer


def _by_turns(k: int, first: SearchResult, results: Sequence[SearchResult]) -> SearchResult:
    """What several searches of one snapshot found, fused: a passage stands where the first of them has it."""
    hits: dict[str, Hit] = {}
    for row in zip_longest(*(result.hits for result in results)):
        for hit in row:
            if hit is not None:
                hits.setdefault(hit.chunk_id, hit)
    kept = [replace(hit, rank=rank, score=1 / rank) for rank, hit in enumerate(list(hits.values())[:k], start=1)]
    chunks = {hit.chunk_id: result.chunks[hit.chunk_id] for result in results for hit in result.hits}
    return replace(
        first, hits=tuple(kept), chunks={hit.chunk_id: chunks[hit.chunk_id] for hit in kept},
        notes=() if kept else first.notes,
    )  # fmt: skip


def joined(answers: Sequence[tuple[Reading, Answer]]) -> Answer:
    """One answer of those to several readings: each under the name that it is about.

    Where only one reading is answered, or all say the same, that answer alone, with the name that it is about.
    """
    said = [(reading, answer) for reading, answer in answers if not answer.abstained]
    if len(said) < 2 or _agree([answer for _, answer in said]):
        reading, answer = said[0] if said else answers[0]
        only = len(said) == 1
        return _with_costs(replace(answer, notes=(*answer.notes, *((_only(reading),) if only else ()))), answers)
    numbers: dict[str, int] = {}
    citations: list[Citation] = []
    parts: list[str] = []
    for reading, answer in said:
        shown = {one.marker: numbers.setdefault(one.chunk_id, len(numbers) + 1) for one in answer.citations}
        citations += [replace(one, marker=shown[one.marker]) for one in answer.citations]
        text = _MARKER.sub(lambda found, shown=shown: f"[{shown.get(int(found[1]), found[1])}]", answer.text)  # type: ignore[misc]
        parts.append(f"{reading.name}{'：' if is_east_asian(reading.text) else ': '}{text}")
    first = said[0][1]
    return _with_costs(
        replace(
            first, text="\n\n".join(parts), citations=tuple(dict.fromkeys(citations)), short_answer=None, conflict=None,
            paths=tuple({why.path: why for _, answer in said for why in answer.paths}.values()),
            notes=(*first.notes, _both([reading for reading, _ in said])),
        ),
        answers,
    )  # fmt: skip


def _agree(answers: Sequence[Answer]) -> bool:
    """Whether answers say the same: the same word, or the same text."""
    shorts = {answer.short_answer.text if answer.short_answer else None for answer in answers}
    return (len(shorts) == 1 and None not in shorts) or len({answer.text for answer in answers}) == 1


_ONLY = Wording(
    en="understood as “{text}”: the other readings are not answered by the documents",
    zh="理解为“{text}”：其他理解在文档中没有答案",
)
_BOTH = Wording(
    en="it may be meant in several ways, and each is answered: {texts}", zh="问题可以有几种理解，已分别回答：{texts}"
)


def _only(reading: Reading) -> str:
    return _ONLY.told(reading.text, text=reading.text)


def _both(readings: Sequence[Reading]) -> str:
    between = " " if is_east_asian(readings[0].text) else "; "
    return _BOTH.told(readings[0].text, texts=between.join(one.text for one in readings))


def _with_costs(answer: Answer, answers: Sequence[tuple[Reading, Answer]]) -> Answer:
    """With the steps and costs of all."""
    every = [one for _, one in answers]
    return replace(
        answer, steps=tuple(step for one in every for step in one.steps),
        degraded=tuple(dict.fromkeys(note for one in every for note in one.degraded)),
        calls=sum(one.calls for one in every), tokens=sum(one.tokens for one in every),
        completion_tokens=sum(one.completion_tokens for one in every),
        dropped_citations=sum(one.dropped_citations for one in every),
        dropped_sentences=sum(one.dropped_sentences for one in every),
    )  # fmt: skip
