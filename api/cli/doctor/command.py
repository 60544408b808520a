"""``quipu doctor``: a line for each thing that the service needs, with what to do."""

import logging
from collections.abc import Iterator
from dataclasses import asdict

import typer

from api.cli.context import AsJson, command_settings
from api.cli.doctor.checks import findings
from api.cli.doctor.findings import Finding, exit_code
from api.cli.terminal import out, print_json
from api.event_log import configure_logging
from graph.errors import ConfigurationError

QUIET = logging.ERROR
_STYLES = {"ok": "green", "warn": "yellow", "fail": "red"}


def doctor(as_json: AsJson = False) -> None:
    """See whether everything the service needs is here: folder, disk, port, graph, models, OCR, confinement."""
    found: list[Finding] = []
    for one in _all():
        found.append(one)
        if not as_json:
            _show(one)
    if as_json:
        print_json([asdict(one) for one in found])
    raise typer.Exit(exit_code(found))


def _all() -> Iterator[Finding]:
    """The settings first: without them nothing else can be looked at."""
    try:
        settings = command_settings()
        settings.check()
    except ConfigurationError as error:
        yield Finding(what="settings", state="fail", says=str(error), do="correct it; all else depends on it")
        return
    configure_logging(secrets=settings.secrets, level=QUIET)
    yield from findings(settings)


def _show(one: Finding) -> None:
    out.print(f"{one.state:<4}", style=_STYLES[one.state], end="  ")
    out.print(f"{one.what:<14}  {one.says}", highlight=False, soft_wrap=True)
    if one.do:
        out.print(f"{'':22}→ {one.do}", highlight=False, soft_wrap=True)
