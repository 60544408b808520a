"""One chunk read whole by a language model, as far as that can be had.

An answer that was cut at its bound, or ended because it went round in circles, lacks what would have come next:
relations, which are asked for last. What it says counts, and the two halves of the chunk are asked about as well. An
answer is whole if it ended of itself, or if both of its lists are closed.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from graph.errors import ModelOutputError
from graph.model import Span
from graph.ports.models import LanguageModel
from graph.prompting import Completion, Prompt
from ingest.extraction.answer_parser import ModelAnswer, parse_answer
from ingest.extraction.damaged_json import AROUND, open_end
from ingest.extraction.prompt import asked_again
from ingest.model import ChunkText
from ingest.model_reading import ModelReading

UNREADABLE = "its answer held no entities or relations that can be read, nor when asked again"
LENGTH = "the model's answer was cut off at its bound of tokens"
LOOP = "the model's answer repeated itself and was ended"
PARTLY = "read in part: "
_JOINT = "\x1e"
"""Stands between answers that are kept as one: the record separator of ASCII, which no JSON holds as it is."""


@dataclass(slots=True)
class Unended:
    """How many answers about a chunk did not end of themselves, by how."""

    cut: int = 0
    looped: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkPrompts:
    """How a chunk is asked about: as a whole, and in two halves, where it has two sentences."""

    whole: Prompt
    halves: tuple[Prompt, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """What came of one question. ``lack`` says why it is not whole; empty where it is."""

    text: str = ""
    lack: str = ""
    cut: bool = False


async def read_chunk(model: LanguageModel, prompts: ChunkPrompts, unended: Unended) -> ModelReading:
    """Ask about a chunk: once for an answer that is whole. It is asked again where nothing can be read in the answer.

    The reading has a ``failure`` where it is not whole, and an ``answer`` as far as there is any. ``unended`` is
    added to as they come.

    Raises:
        DependencyError: the model cannot be reached.
        NoLongerWanted: nobody wants the rest any more.
    """
    first = await _ask(model, prompts.whole, unended)
    if first.lack == UNREADABLE:
        first = await _ask(model, asked_again(prompts.whole), unended)
    if not first.cut:
        return ModelReading(answer=with_brackets(first.text), failure=first.lack)
    rest = [await _ask(model, prompt, unended) for prompt in prompts.halves or (asked_again(prompts.whole),)]
    answer = joined(one.text for one in (*rest, first) if one.text)
    lacks = [one.lack for one in rest if one.lack]
    if not lacks:
        return ModelReading(answer=answer)
    how = f"when asked about {len(lacks)} of its halves" if prompts.halves else "when asked again"
    why = f"{first.lack}, and {how}: {lacks[0]}"
    return ModelReading(answer=answer, failure=f"{PARTLY}{why}" if answer else why)


async def _ask(model: LanguageModel, prompt: Prompt, unended: Unended) -> _Said:
    try:
        completion = await model.complete(prompt)
    except ModelOutputError as error:
        return _Said(lack=str(error))
    answer = parse_answer(completion.text)
    cut = _is_cut(completion, answer)
    unended.looped += completion.looped
    unended.cut += cut and not completion.looped
    text = completion.text if answer.understood else ""
    if cut:
        return _Said(text=text, lack=LOOP if completion.looped else LENGTH, cut=True)
    return _Said(text=text, lack="" if answer.understood else UNREADABLE)


def _is_cut(completion: Completion, answer: ModelAnswer) -> bool:
    """Whether something is missing. Libraries that do not tell how an answer ended are not believed against its text:
    only brackets at its end may have been forgotten."""
    if answer.complete or not (completion.cut or answer.cut_off):
        return False
    end = open_end(completion.text)
    return completion.cut or end is None or bool(end.rest)


def looks_cut(reading: ModelReading) -> bool:
    """Whether an answer that was kept as a whole one was cut, as far as its text tells: no release noticed before."""
    if _JOINT in reading.answer or reading.failure:
        return False
    answer = parse_answer(reading.answer)
    return answer.cut_off and not answer.complete


def joined(answers: Iterable[str]) -> str:
    """Several answers about one chunk, to be kept as one."""
    return _JOINT.join(answer.replace(_JOINT, " ") for answer in answers)


def parse_reading(answer: str) -> ModelAnswer:
    """Read what was kept of one or several answers: what any of them says, each once."""
    answers = [parse_answer(one) for one in answer.split(_JOINT)]
    if len(answers) == 1:
        return answers[0]
    return ModelAnswer(
        entities=tuple(dict.fromkeys(entity for one in answers for entity in one.entities)),
        relations=tuple(dict.fromkeys(relation for one in answers for relation in one.relations)),
        understood=any(one.understood for one in answers),
        broken=sum(one.broken for one in answers),
    )


def with_brackets(text: str) -> str:
    """An answer with the brackets that its writer forgot at its end, so that what is kept does not look cut."""
    end = open_end(text)
    return text if end is None or end.rest else text.rstrip(AROUND) + end.closers


def halves(chunk: ChunkText) -> tuple[ChunkText, ...]:
    """Two parts of whole sentences, as equal as can be; none where there is but one sentence."""
    if len(chunk.sentences) < 2:
        return ()
    middle = len(chunk.text) / 2
    place = min(range(1, len(chunk.sentences)), key=lambda n: abs(chunk.sentences[n].start - middle))
    return _part(chunk, 0, place), _part(chunk, place, len(chunk.sentences))


def _part(chunk: ChunkText, first: int, after: int) -> ChunkText:
    """Some sentences of a chunk; their numbers stay what they are."""
    sentences = chunk.sentences[first:after]
    start, end = sentences[0].start, sentences[-1].end
    return replace(
        chunk, start=chunk.start + start, end=chunk.start + end, text=chunk.text[start:end], tables=(),
        first=chunk.first + first,
        sentences=tuple(Span(start=one.start - start, end=one.end - start) for one in sentences),
    )  # fmt: skip
