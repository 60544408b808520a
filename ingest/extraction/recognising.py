"""Pages that are pictures, turned into text by recognising their letters; no model that sees is asked.

The texts are kept with the extractions, by file, page and recogniser: no page is read twice.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence

from typing_extensions import override

from graph.errors import DependencyError, InputError
from graph.model import Document
from graph.parsing import read_stored
from ingest.extraction.transcribing import MAX_PAGES, TOO_MANY
from ingest.model import Source
from ingest.model_reading import ModelReading
from ingest.outcomes import PicturesRead, RecognisedPage
from ingest.ports import ExtractionCache, PictureTranscriber
from ingest.reading_reports import NOTHING


class RecognisingTranscriber(PictureTranscriber):
    """The port over a program that recognises letters.

    Args:
        recognise: gives the text of a page; it raises InputError where it cannot, DependencyError where that may pass.
        identity: tells who that program is; the same identity reads the same on the same page.
        cache: keeps what was read.
        end: ends what is at work; ``recognise`` then raises DependencyError.
    """

    def __init__(
        self, *, recognise: Callable[[Source, int], RecognisedPage], identity: Callable[[], str],
        cache: ExtractionCache, end: Callable[[], object] = lambda: None, ask: bool = True,
    ) -> None:  # fmt: skip
        self._recognise = recognise
        self._identity = identity
        self._cache = cache
        self._end = end
        self._ask = ask
        self._stopping = False

    @override
    def from_cache(self) -> "RecognisingTranscriber":
        return RecognisingTranscriber(
            recognise=self._recognise, identity=self._identity, cache=self._cache, ask=False
        )  # fmt: skip

    def stop(self) -> None:
        """Because the service ends: what is being read is read again later."""
        self._stopping = True
        self._end()

    @override
    def transcribe(
        self, workspace: str, document: Document, source: Source, pages: Sequence[int],
        tell: Callable[[int, int], bool],
    ) -> PicturesRead:  # fmt: skip
        wanted, rest = pages[:MAX_PAGES], pages[MAX_PAGES:]
        skipped = dict.fromkeys(rest, TOO_MANY)
        identity = self._identity()
        digests = {page: _digest(document, page, identity) for page in wanted}
        held = self._cache.get(sorted(digests.values()))
        self._cache.use(workspace, document, sorted(held))
        read = {page: kept for page in wanted if (kept := _kept(held.get(digests[page]))) is not None}
        missing = [page for page in wanted if page not in read]
        if not self._ask:
            return _pictures_read(read, skipped, tuple(missing))
        for page in missing:
            if self._stopping:
                raise DependencyError("the service is stopping")
            if not tell(len(read), len(wanted)):
                break
            try:
                read[page] = self._recognise(source, page)
            except InputError as error:
                skipped[page] = str(error)
                continue
            self._cache.put(workspace, document, digests[page], _to_keep(read[page]))
        return _pictures_read(read, skipped, ())


def _digest(document: Document, page: int, identity: str) -> str:
    parts = ("recognised", document.content_hash, str(page), identity)
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def _pictures_read(
    read: Mapping[int, RecognisedPage], skipped: Mapping[int, str], pending: tuple[int, ...]
) -> PicturesRead:
    texts = {page: each.text for page, each in read.items() if _says_something(each.text)}
    return PicturesRead(
        texts=texts, pending=pending, skipped={**skipped, **{page: NOTHING for page in read if page not in texts}},
        unsure={page: each.unsure for page, each in read.items() if each.unsure},
    )  # fmt: skip


def _to_keep(page: RecognisedPage) -> ModelReading:
    return ModelReading(answer=json.dumps({"text": page.text, "unsure": page.unsure}, ensure_ascii=False))


def _kept(reading: ModelReading | None) -> RecognisedPage | None:
    found = None if reading is None else read_stored(reading.answer)
    if not isinstance(found, dict):
        return None
    return RecognisedPage(text=str(found.get("text", "")), unsure=int(found.get("unsure", 0)))


def _says_something(text: str) -> bool:
    return any(character.isalnum() for character in text)
