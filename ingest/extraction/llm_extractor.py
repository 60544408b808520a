"""Names and relations read by a language model: one call per chunk, on top of the names by rule.

A chunk that the model cannot read fails alone and keeps its names by rule; of one that it reads in part, that part
counts, and it is told. A model that cannot be reached fails the whole call: what it has answered by then is kept in the
cache, so that going on later repeats nothing.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from contextvars import copy_context
from dataclasses import dataclass, replace

from typing_extensions import override

from graph.errors import DependencyError, ModelOutputError, TokensUsedUp
from graph.model import Document
from graph.ports.models import LanguageModel
from graph.ports.spending import paid_by
from graph.prompting import NoLongerWanted, Prompt
from ingest.extraction.chunk_reading import ChunkPrompts, Unended, halves, looks_cut, parse_reading, read_chunk
from ingest.extraction.grounding import COPIED, CUT_OFF, LOOPED, add_names, ground, total
from ingest.extraction.light_extractor import LightExtractor
from ingest.extraction.prompt import extraction_prompt, prompt_digest
from ingest.extraction.prompts.copies import without_copies
from ingest.extraction.row_relations import ROWS
from ingest.model import ChunkText, Extraction, Passages
from ingest.model_reading import ExtractionSchema, ModelReading
from ingest.ports import ExtractionCache, Extractor, Tell

AT_ONCE = 16
"""Calls handed to the model at the same time; its adapter bounds what really runs."""
LAST_TRY = 3
"""A chunk whose calls failed this often, while those of others went through, is to blame itself and fails."""
EMPTY = "empty answer"
UNFOUNDED = "nothing that the text bears out"
"""Why a model's answer added nothing to a chunk; see also :mod:`ingest.extraction.prompts.copies`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """One chunk to be asked about; ``document`` is its place in the call."""

    document: int
    passages: Passages
    chunk: ChunkText
    schema: ExtractionSchema
    prompt: Prompt
    digest: str

    def prompts(self, wanted: Callable[[], bool]) -> ChunkPrompts:
        """All that may be asked about it, while it is ``wanted``."""
        parts = (_prompt(self.passages, half, self.schema) for half in halves(self.chunk))
        whole, *rest = (replace(one, wanted=wanted) for one in (self.prompt, *parts))
        return ChunkPrompts(whole=whole, halves=tuple(rest))


class LlmExtractor(Extractor):
    """The Extractor port over a language model. One thread uses it at a time."""

    def __init__(
        self, *, model: LanguageModel, cache: ExtractionCache, schema: ExtractionSchema, ask: bool = True
    ) -> None:
        self._rules = LightExtractor()
        self._model = model
        self._cache = cache
        self._schema = schema
        self._ask = ask
        self._refused: Counter[str] = Counter()
        self._loop: asyncio.Runner | None = None
        self._task: asyncio.Task[None] | None = None
        self._stopping = False

    @property
    @override
    def identity(self) -> str:
        return f"{self._rules.identity}+{self._model.identity}"

    def from_cache(self) -> "LlmExtractor":
        """The same, but it asks nothing: chunks that the model has not read yet have names by rule."""
        return LlmExtractor(model=self._model, cache=self._cache, schema=self._schema, ask=False)

    def stop(self) -> None:
        """End the calls in hand, from another thread: ``extract`` raises DependencyError."""
        self._stopping = True
        loop, task = self._loop, self._task
        if loop is not None and task is not None:
            loop.get_loop().call_soon_threadsafe(task.cancel)

    def close(self) -> None:
        """End the loop that calls run in. Call where no extraction runs."""
        if self._loop is not None:
            self._loop.close()
            self._loop = None

    @override
    def extract(self, documents: Sequence[Passages], tell: Tell) -> tuple[tuple[Extraction, ...], ...]:
        questions = [self._questions(place, passages) for place, passages in enumerate(documents)]
        flat = [question for each in questions for question in each]
        held_readings = self._cache.get(sorted({question.digest for question in flat}))
        readings = {digest: reading for digest, reading in held_readings.items() if not looks_cut(reading)}
        unended: dict[str, Unended] = {}
        if self._ask:
            missing = {q.digest: q for q in flat if q.digest not in readings}
            done = Counter(question.document for question in flat if question.digest in readings)
            for place in range(len(documents)):
                tell(place, done[place])
            asking = _ChunkCalls(self._model, self._cache, tell, done)
            self._run(asking, list(missing.values()))
            readings |= asking.readings
            unended = asking.unended
        for passages, each in zip(documents, questions, strict=True):
            held = [question.digest for question in each if question.digest in readings]
            self._cache.use(passages.workspace, passages.document, held)
        return tuple(
            tuple(self._read(q, readings.get(q.digest), unended.pop(q.digest, Unended())) for q in each)
            for each in questions
        )

    def _questions(self, place: int, passages: Passages) -> list[_Question]:
        schema = schema_of(passages.document, self._schema)
        found = []
        for chunk in passages.chunks:
            prompt = _prompt(passages, chunk, schema)
            digest = prompt_digest(prompt, self._model.identity)
            found.append(
                _Question(
                    document=place, passages=passages, chunk=chunk, schema=schema, prompt=prompt, digest=digest
                )
            )  # fmt: skip
        return found

    def _run(self, asking: "_ChunkCalls", questions: Sequence[_Question]) -> None:
        """Ask in this thread's own loop. Raises DependencyError where something is left that could not be asked."""
        left = list(questions)
        refusal: DependencyError | None = None
        if left and self._loop is None:
            self._loop = asyncio.Runner()
        while left and self._loop is not None:
            try:
                self._loop.run(self._ask_all(asking, left), context=copy_context())
            except asyncio.CancelledError as error:
                raise DependencyError("the service stops; reading goes on when it runs again") from error
            refused = [question for question in left if question.digest in asking.refused]
            if not refused:
                break
            refusal = asking.refused[refused[0].digest]
            if isinstance(refusal, TokensUsedUp) or not self._loop.run(asking.answers(left[0])):
                raise refusal
            for question in refused:
                self._blame(asking, question)
            left = [q for q in left if q.digest not in asking.refused and q.digest not in asking.readings]
        if refusal is not None and asking.refused.keys() - asking.readings.keys():
            raise refusal

    async def _ask_all(self, asking: "_ChunkCalls", questions: Sequence[_Question]) -> None:
        self._task = asyncio.create_task(asking.ask_all(questions))
        if self._stopping:
            self._task.cancel()
        try:
            await self._task
        finally:
            self._task = None

    def _blame(self, asking: "_ChunkCalls", question: _Question) -> None:
        """Count a failure against a chunk, because the model answers others. After ``LAST_TRY`` it fails."""
        self._refused[question.digest] += 1
        if self._refused[question.digest] >= LAST_TRY:
            cause = asking.refused[question.digest]
            failure = f"the model failed on it {LAST_TRY} times while it answered others: {cause}"
            asking.keep(question, ModelReading(answer="", failure=failure))

    def _read(self, question: _Question, reading: ModelReading | None, unended: Unended) -> Extraction:
        """One chunk's names by rule, and what the model answered added to them."""
        title = question.passages.document.title
        rules = replace(
            self._rules.read(title, question.chunk), rejected=total([{CUT_OFF: unended.cut, LOOPED: unended.looped}])
        )
        if reading is None:
            return replace(rules, state="pending")
        if not reading.answer and reading.failure:
            return replace(rules, state="failed", failure=reading.failure)
        answer = parse_reading(reading.answer)
        text = "\n".join((title, *question.chunk.headings, question.chunk.text))
        own = without_copies(answer, question.prompt, text)
        grounded = ground(own.answer, question.chunk, title, question.schema)
        names, relations = add_names(rules.names, grounded, self._model.identity)
        rejected = total([grounded.rejected, {COPIED: own.copies}])
        rows = tuple(relation for relation in rules.relations if relation.extractor == ROWS)
        relations = (*relations, *rows) if relations else rules.relations
        nothing = "" if grounded.names else own.of or (UNFOUNDED if answer.entities or answer.relations else EMPTY)
        return replace(
            rules, names=names, relations=relations, state="partly" if reading.failure else "model",
            failure=reading.failure, rejected=total([rules.rejected, rejected]), nothing=nothing,
        )  # fmt: skip


class _ChunkCalls:
    """Questions under way at the same time. What each costs is paid by the document that it was first asked for.

    ``unended`` counts, by digest, answers that did not end of themselves.

    Once the model fails on one (``refused`` says why), no others are begun; those in hand are brought to their end.
    """

    def __init__(self, model: LanguageModel, cache: ExtractionCache, tell: Tell, done: Counter[int]) -> None:
        self._model = model
        self._cache = cache
        self._tell = tell
        self._done = done
        self._unwanted: set[int] = set()
        self.readings: dict[str, ModelReading] = {}
        self.unended: dict[str, Unended] = {}
        self.refused: dict[str, DependencyError] = {}

    async def ask_all(self, questions: Sequence[_Question]) -> None:
        """Ask each, until the model fails on one."""
        gate, before = asyncio.Semaphore(AT_ONCE), len(self.refused)

        async def ask(question: _Question) -> None:
            def wanted() -> bool:
                return len(self.refused) == before and question.document not in self._unwanted

            async with gate:
                if wanted():
                    with paid_by(question.passages.payer):
                        await self._ask(question, wanted)

        await asyncio.gather(*(ask(question) for question in questions))

    async def answers(self, question: _Question) -> bool:
        """Whether the model answers at all. If it does, the chunks that it failed on are to blame."""
        prompt = Prompt(system="", user="Say yes.", max_tokens=1, workspace=question.passages.workspace)
        try:
            with paid_by(question.passages.payer):
                await self._model.complete(prompt)
        except ModelOutputError:
            return True
        except DependencyError:
            return False
        return True

    def keep(self, question: _Question, reading: ModelReading) -> None:
        """Make a reading durable."""
        self.readings[question.digest] = reading
        self._cache.put(question.passages.workspace, question.passages.document, question.digest, reading)
        self._done[question.document] += 1
        if not self._tell(question.document, self._done[question.document]):
            self._unwanted.add(question.document)

    async def _ask(self, question: _Question, wanted: Callable[[], bool]) -> None:
        """Ask about one chunk, until its reading is as whole as can be had."""
        unended = self.unended.setdefault(question.digest, Unended())
        try:
            reading = await read_chunk(self._model, question.prompts(wanted), unended)
        except NoLongerWanted:
            return
        except DependencyError as error:
            self.refused[question.digest] = error
            return
        self.keep(question, reading)


def _prompt(passages: Passages, chunk: ChunkText, schema: ExtractionSchema) -> Prompt:
    return replace(extraction_prompt(passages.document.title, chunk, schema), workspace=passages.workspace)


def schema_of(document: Document, default: ExtractionSchema) -> ExtractionSchema:
    """The schema a document asks for in its metadata (``entity_types``, ``relation_types``), or the default."""
    return ExtractionSchema(
        entity_types=_types(document, "entity_types") or default.entity_types,
        relation_types=_types(document, "relation_types") or default.relation_types,
    )


def _types(document: Document, field: str) -> tuple[str, ...]:
    value = document.metadata.get(field, ())
    values = value if isinstance(value, tuple) else str(value).split(",")
    return tuple(text for item in values if (text := str(item).strip()))
