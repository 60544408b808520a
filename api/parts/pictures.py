"""The wiring of what reads pages that are pictures where no language model does, and of what nobody reads any more."""

from contextlib import ExitStack
from dataclasses import replace

from api.settings import Settings
from graph.errors import QuipuError
from graph.jobs import Job
from graph.prompting import ModelSwitchedOff
from ingest.acknowledged import ANEW, PICTURES
from ingest.extraction.recognising import RecognisingTranscriber
from ingest.extraction.transcribing import BlindTranscriber
from ingest.loaders.parser_process import ParserProcess
from ingest.loaders.reading_limits import MIB
from ingest.loaders.recognition import engine
from ingest.loaders.recognition.tesseract import Tesseract, find_tesseract
from ingest.ports import ExtractionCache, PictureTranscriber

PAGE_SECONDS = 180.0
PAGE_MEMORY = 2048 * MIB
"""What one page may take: a full one takes 3 s, or ten times that on a machine with other work, and 1 GiB."""


def picture_reader(
    settings: Settings, cache: ExtractionCache, parser: ParserProcess, opened: ExitStack
) -> PictureTranscriber:
    """rapidocr where it is installed, else Tesseract, else nothing; ``parser`` draws pages."""
    limits = replace(settings.reading_limits(), seconds=PAGE_SECONDS, memory=PAGE_MEMORY)
    program = find_tesseract()
    if settings.ocr == "off":
        return BlindTranscriber()
    if engine.is_installed():
        process = ParserProcess(limits, recognising=True)
        opened.callback(process.close)
        return RecognisingTranscriber(
            recognise=process.recognise, identity=lambda: engine.IDENTITY, cache=cache, end=process.close
        )
    if program is not None:
        tesseract = Tesseract(program, parser.picture, limits)
        return RecognisingTranscriber(recognise=tesseract.recognise, identity=tesseract.identity, cache=cache)
    return BlindTranscriber()


def switched_off(job: Job, *, model: bool, blind: bool) -> QuipuError | None:
    """Why a job that was to be read slowly will not be: what was to read it has been switched off."""
    if model or job.payload == ANEW or (job.payload == PICTURES and not blind):
        return None
    return ModelSwitchedOff(
        "no language model reads documents any more; set QUIPU_LLM or QUIPU_EXTRACT_LLM, then  quipu reindex --extract"
    )
