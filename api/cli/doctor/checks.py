"""The checks of ``quipu doctor``, each over the settings; none brings or takes anything."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import TYPE_CHECKING

import anyio

from api.cli.context import running_service
from api.cli.doctor.findings import Finding, confinement, room, vectors
from api.client import Quipu
from api.configuration.data_folders import holds_nothing
from api.settings import MIB, Settings
from graph import release
from graph.errors import ConfigurationError, QuipuError

if TYPE_CHECKING:
    from graph.language_models.guarded import GuardedModel

MODELS = ("llm", "extract_llm", "judge_llm")
ASK_SECONDS = 30.0
"""For a language model's server to say what it has."""
Check = Callable[[Settings], Iterator[Finding]]


def program(_: Settings) -> Iterator[Finding]:
    """Which Quipu and which Python run."""
    python = ".".join(map(str, sys.version_info[:3]))
    yield Finding(what="quipu", state="ok", says=f"version {release()} on Python {python}")


def data_folder(settings: Settings) -> Iterator[Finding]:
    """Whether the data folder can be written to, what it holds, and whether its disk has room."""
    folder = settings.data_dir
    above = next(one for one in (folder, *folder.absolute().parents) if one.exists())
    if not above.is_dir() or not os.access(above, os.W_OK | os.X_OK):
        yield Finding(
            what="data folder", state="fail", says=f"{folder} cannot be written to", do="name another in QUIPU_DATA_DIR"
        )  # fmt: skip
    else:
        holds = "nothing is kept in it yet" if holds_nothing(folder) else "documents are kept in it"
        yield Finding(what="data folder", state="ok", says=f"{folder}: {holds}")
    yield room(shutil.disk_usage(above).free, settings.reserve_mib * MIB, str(folder))


def port(settings: Settings) -> Iterator[Finding]:
    """Whether a service answers where it should, or could listen there."""
    from api.listening.address import check_address

    client = running_service(settings)
    if client is not None:
        with closing(client):
            yield _served(client)
        return
    check_address(settings.host, settings.port)
    yield Finding(what="service", state="ok", says=f"none runs; {settings.host}:{settings.port} is free for one")


def graph(settings: Settings) -> Iterator[Finding]:
    """Whether the graph store can be reached, and which version it is."""
    from api.graph_stores import graph_server

    yield Finding(what="graph", state="ok", says=graph_server(settings))


def models(settings: Settings) -> Iterator[Finding]:
    """Whether each language model that is set is there, with which window."""
    from api.language_models import build_language_model

    measured = _measured(settings)
    named = {value: name for name in reversed(MODELS) if (value := getattr(settings, name)) not in {None, "none"}}
    if not named:
        yield Finding(what="language model", state="ok", says="none is set: answers are literal sentences")
    for name, setting in reversed(named.items()):
        try:
            if (model := build_language_model(name, settings)) is not None:
                yield anyio.run(_probed, name, model, measured.get(name, ""))
        except QuipuError as error:
            yield Finding(
                what="language model", state="fail", says=str(error),
                do=f"start its server, or correct QUIPU_{setting.upper()} and QUIPU_LLM_URL",
            )  # fmt: skip


def embedder(settings: Settings) -> Iterator[Finding]:
    """Whether the embedder is here and embeds, and has made the vectors that are kept."""
    from api.graph_stores import graph_beside
    from graph.embedders.choosing import build_embedder

    found = build_embedder(settings.embedder, offline=settings.offline)
    found.embed_question("Is anybody there?")
    stored = None
    if (settings.data_dir / "operations.sqlite").is_file():
        with graph_beside(settings) as kept:
            stored = kept.embedder()
    yield vectors(stored, found.identity, reads_chinese=found.reads("这座塔是谁设计的？"))


def recognition(settings: Settings) -> Iterator[Finding]:
    """Who reads pages that are pictures."""
    from ingest.loaders.recognition import engine
    from ingest.loaders.recognition.tesseract import find_tesseract

    who = "rapidocr" if engine.is_installed() else "Tesseract" if find_tesseract() else ""
    if settings.ocr == "off" or not who:
        yield Finding(
            what="OCR", state="warn", says="pages that are pictures stay unread, unless a language model sees them",
            do="install the extra  ocr,  or Tesseract, and leave QUIPU_OCR at auto",
        )  # fmt: skip
    else:
        yield Finding(what="OCR", state="ok", says=f"{who} reads pages that are pictures")


def parser(settings: Settings) -> Iterator[Finding]:
    """Whether documents are parsed where they can do no harm."""
    from ingest.loaders.parser_process import ParserProcess

    with closing(ParserProcess(settings.reading_limits())) as process:
        yield confinement(process.held())


CHECKS: dict[str, Check] = {
    "quipu": program, "data folder": data_folder, "service": port, "graph": graph, "language model": models,
    "embedder": embedder, "OCR": recognition, "parser": parser,
}  # fmt: skip


def findings(settings: Settings) -> Iterator[Finding]:
    """Everything, in order, one as soon as it is known; a check that cannot be made is a finding of its own."""
    for what, check in CHECKS.items():
        try:
            yield from check(settings)
        except ConfigurationError as error:
            yield Finding(what=what, state="fail", says=str(error), do="correct the setting that it names")
        except QuipuError as error:
            yield Finding(what=what, state="fail", says=str(error), do="start what it names, or correct its address")


def _served(client: Quipu) -> Finding:
    """How a service that runs does. Raises QuipuError where it is not ready."""
    found = client.check_readiness()
    if found.degraded:
        return Finding(
            what="service", state="warn", says=f"one answers at {client.url}: {'; '.join(found.degraded)}",
            do="see its log, and  quipu verify",
        )  # fmt: skip
    return Finding(what="service", state="ok", says=f"one answers at {client.url}: {found.status}")


def _measured(settings: Settings) -> dict[str, str]:
    """How fast each model is, as the service that runs has measured it."""
    try:
        client = running_service(settings)
        if client is None:
            return {}
        with closing(client):
            found = client.list_language_models().models
    except QuipuError:  # a key that may not see it, or a service that is away: a check of its own tells
        return {}
    speeds = {one.model: (one.prompt_tokens_per_second, one.output_tokens_per_second) for one in found}
    return {
        name: f"; reads {reading:g} and writes {writing:g} tokens a second"
        for name, (reading, writing) in speeds.items()
        if reading is not None and writing is not None
    }


async def _probed(name: str, model: "GuardedModel", measured: str) -> Finding:
    """What a model's server says of it. Raises QuipuError."""
    with anyio.move_on_after(ASK_SECONDS):
        await model.probe()
        sees = "; it reads pictures" if model.sees else ""
        slots = model.standing.slots
        at_once = f", {slots} at once" if slots is not None else ""
        says = f"{name} is there, with a window of {model.context_tokens} tokens{at_once}{sees}{measured}"
        return Finding(what="language model", state="ok", says=says)
    return Finding(
        what="language model", state="fail", says=f"{name} did not answer within {ASK_SECONDS:g} s",
        do="look whether its server is at work",
    )  # fmt: skip
