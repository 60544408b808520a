"""Pages that are pictures, turned into text by a model that sees.

The texts are kept with the extractions, by file, page, wording and model: no page is paid for twice. One that was cut
off is told and not kept.
"""

import hashlib
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files

import anyio
import anyio.to_thread
from typing_extensions import override

from graph.errors import DependencyError, InputError, ModelOutputError
from graph.model import Document
from graph.ports.models import LanguageModel
from graph.prompting import Completion, Prompt
from ingest.extraction.chunk_reading import LENGTH, LOOP, PARTLY
from ingest.model import LineBox, LoadedDocument, Section, Source, Table
from ingest.model_reading import ModelReading
from ingest.outcomes import PicturesRead
from ingest.ports import ExtractionCache, PictureTranscriber
from ingest.reading_reports import NOTHING

MAX_PAGES = 200
"""Pages of one document that are read; the others are reported as skipped."""
MAX_TOKENS = 2000
AT_ONCE = 4
BLIND = "a picture, and neither a language model that sees nor OCR is there"
TOO_MANY = f"one of more than {MAX_PAGES} pictures"


class BlindTranscriber(PictureTranscriber):
    """The port where no model is set: every page is reported as skipped."""

    @override
    def from_cache(self) -> PictureTranscriber:
        return self

    @override
    def transcribe(
        self,
        workspace: str,
        document: Document,
        source: Source,
        pages: Sequence[int],
        tell: Callable[[int, int], bool],
    ) -> PicturesRead:
        return PicturesRead(skipped=dict.fromkeys(pages, BLIND))


class ModelTranscriber(PictureTranscriber):
    """The port over a language model that sees.

    Args:
        otherwise: gets what the model does not read: all, where it turns out not to see.
    """

    def __init__(
        self, *, model: LanguageModel, cache: ExtractionCache, picture: Callable[[Source, int], bytes],
        otherwise: PictureTranscriber, ask: bool = True,
    ) -> None:  # fmt: skip
        self._model = model
        self._cache = cache
        self._picture = picture
        self._otherwise = otherwise
        self._ask = ask

    @override
    def from_cache(self) -> "ModelTranscriber":
        return ModelTranscriber(
            model=self._model, cache=self._cache, picture=self._picture, otherwise=self._otherwise.from_cache(),
            ask=False,
        )  # fmt: skip

    @override
    def transcribe(
        self, workspace: str, document: Document, source: Source, pages: Sequence[int],
        tell: Callable[[int, int], bool],
    ) -> PicturesRead:  # fmt: skip
        if self._model.sees is False:
            return self._otherwise.transcribe(workspace, document, source, pages, tell)
        wanted, rest = pages[:MAX_PAGES], pages[MAX_PAGES:]
        skipped = dict.fromkeys(rest, TOO_MANY)
        digests = {page: self._digest(document, page) for page in wanted}
        held = self._cache.get(sorted(digests.values()))
        self._cache.use(workspace, document, sorted(held))
        missing = [page for page in wanted if digests[page] not in held]
        if not self._ask:
            return _read(held, digests, skipped, pending=tuple(missing))
        asked = _PageCalls(self._model, lambda page: self._picture(source, page), tell, workspace)
        anyio.run(asked.ask_all, missing)
        for page, answer in asked.answers.items():
            self._cache.put(workspace, document, digests[page], answer)
        if asked.failure is not None:
            raise asked.failure
        new = {digests[page]: answer for page, answer in asked.answers.items()}
        read = _read({**held, **new}, digests, skipped)
        rest_read = self._otherwise.transcribe(workspace, document, source, sorted(asked.skipped), tell)
        return PicturesRead(
            texts={**read.texts, **rest_read.texts}, unsure=rest_read.unsure,
            skipped={**read.skipped, **_both_reasons(asked.skipped, rest_read.skipped)},
        )  # fmt: skip

    def _digest(self, document: Document, page: int) -> str:
        parts = ("picture", document.content_hash, str(page), _instructions(), self._model.identity)
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


class _PageCalls:
    """The pages of one document, a few at a time.

    Asking ends where the model cannot be reached; what was read by then is kept.
    """

    def __init__(
        self, model: LanguageModel, picture: Callable[[int], bytes], tell: Callable[[int, int], bool], workspace: str
    ) -> None:
        self._model = model
        self._workspace = workspace
        self._picture = picture
        self._tell = tell
        self._turns: anyio.CapacityLimiter | None = None
        self.answers: dict[int, ModelReading] = {}
        self.skipped: dict[int, str] = {}
        self.failure: DependencyError | None = None

    async def ask_all(self, pages: Sequence[int]) -> None:
        """Ask about every page that is still wanted."""
        self._turns = anyio.CapacityLimiter(AT_ONCE)
        async with anyio.create_task_group() as group:
            for page in pages:
                group.start_soon(self._ask, page, len(pages), self._turns)

    async def _ask(self, page: int, total: int, turns: anyio.CapacityLimiter) -> None:
        async with turns:
            if self.failure is not None or not self._tell(len(self.answers), total):
                return
            try:
                data = await anyio.to_thread.run_sync(self._picture, page)
                prompt = Prompt(
                    system=_instructions(), user=f"Page {page}:", max_tokens=MAX_TOKENS, images=(data,),
                    workspace=self._workspace,
                )  # fmt: skip
                answer = await self._model.complete(prompt)
            except (ModelOutputError, InputError) as error:
                self.skipped[page] = str(error)
                return
            except DependencyError as error:
                self.failure = error
                return
            self.answers[page] = _kept(answer)


def with_pictures(loaded: LoadedDocument, texts: Mapping[int, str]) -> LoadedDocument:
    """The document with the text of its pictures where their pages stand. Pure.

    What a page has as text, such as a stamp on a scan, is seen in its picture as well; it is not said twice.
    """
    pieces = [(section.page or 0, section, loaded.text[section.start : section.end]) for section in loaded.sections]
    own = {page: "".join(text for place, _, text in pieces if place == page) for page in texts}
    new = {page: _without(text, own[page]) for page, text in texts.items()}
    pieces += [(page, Section(start=0, end=0, page=page), text) for page, text in new.items() if text]
    pieces.sort(key=lambda piece: piece[0])
    parts: list[str] = []
    sections: list[Section] = []
    moved: list[tuple[int, int]] = []
    length = 0
    for _, section, text in pieces:
        if parts and not parts[-1].endswith("\n\n"):
            parts.append("\n\n")
            length += 2
        if section.end > section.start:
            moved.append((section.start, length - section.start))
        parts.append(text)
        sections.append(
            Section(start=length, end=length + len(text), headings=section.headings, page=section.page)
        )  # fmt: skip
        length += len(text)
    moved.sort()
    return replace(
        loaded, text="".join(parts), sections=tuple(sections),
        tables=tuple(sorted((_moved_table(one, moved) for one in loaded.tables), key=lambda one: one.start)),
        boxes=tuple(sorted((_moved_box(one, moved) for one in loaded.boxes), key=lambda one: one.start)),
    )  # fmt: skip


def _without(text: str, own: str) -> str:
    """Lines that the page does not have as text."""
    held = _bare(own)
    if not held:
        return text
    return "\n".join(line for line in text.split("\n") if not _bare(line) or _bare(line) not in held).strip()


def _bare(text: str) -> str:
    return "".join(filter(str.isalnum, text)).lower()


def _by(moved: Sequence[tuple[int, int]], start: int) -> int:
    """How far what stands at ``start`` has moved: as far as its section, which begins at or before it."""
    place = bisect_right(moved, start, key=lambda one: one[0])
    return moved[max(place - 1, 0)][1] if moved else 0


def _moved_box(box: LineBox, moved: Sequence[tuple[int, int]]) -> LineBox:
    by = _by(moved, box.start)
    return replace(box, start=box.start + by, end=box.end + by)


def _moved_table(table: Table, moved: Sequence[tuple[int, int]]) -> Table:
    by = _by(moved, table.start)
    rows = tuple(
        replace(
            row, start=row.start + by, end=row.end + by,
            cells=tuple((start + by, end + by) for start, end in row.cells),
        ) for row in table.rows
    )  # fmt: skip
    return replace(table, start=table.start + by, end=table.end + by, rows=rows)


def _read(
    held: Mapping[str, ModelReading], digests: Mapping[int, str], skipped: Mapping[int, str], *,
    pending: tuple[int, ...] = (),
) -> PicturesRead:  # fmt: skip
    answers = {page: held[digest].answer for page, digest in digests.items() if digest in held}
    partly = {page: held[digest].failure for page, digest in digests.items() if digest in held and held[digest].failure}
    empty = {page: NOTHING for page, answer in answers.items() if not _says_something(answer)}
    texts = {page: answer for page, answer in answers.items() if page not in empty}
    return PicturesRead(texts=texts, pending=pending, skipped={**skipped, **empty, **partly})


def _kept(answer: Completion) -> ModelReading:
    """What was written down of a page; where the model did not come to its end, without the line that it was at.

    What is not whole has a ``failure``: it is forgotten once its job has ended, and the page can be read again.
    """
    text = answer.text.strip()
    if not answer.cut:
        return ModelReading(answer=text)
    why = LOOP if answer.looped else LENGTH
    return ModelReading(answer=text if answer.looped else text.rpartition("\n")[0] or text, failure=f"{PARTLY}{why}")


def _both_reasons(asked: Mapping[int, str], otherwise: Mapping[int, str]) -> dict[int, str]:
    """Why pages are not read that the model was asked about: what it said, and what stopped whoever came next."""
    return {page: asked[page] if why == BLIND else f"{asked[page]}; {why}" for page, why in otherwise.items()}


def _says_something(answer: str) -> bool:
    return any(character.isalnum() for character in answer) and answer.strip(" .").upper() != "EMPTY"


@cache
def _instructions() -> str:
    return (files("ingest.extraction.prompts") / "picture.txt").read_text(encoding="utf-8").strip()
