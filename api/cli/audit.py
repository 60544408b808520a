"""``quipu audit``: who called what."""

from contextlib import closing
from typing import Annotated

import typer

from api.audit.bodies import AuditLineBody
from api.audit.reading import Wanted, parse_moment, read_page
from api.cli.context import PAGE, AsJson, command_settings, running_service
from api.cli.terminal import moment, out, print_json
from api.settings import Settings
from graph.errors import ConfigurationError, NotFoundError

MOST_SHOWN = 200


def audit(
    since: Annotated[str | None, typer.Option(help="An ISO time; without an offset it is UTC.")] = None,
    key: Annotated[str | None, typer.Option(help="The id of a key.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show who called what: of the running service, or where none runs of the data folder itself."""
    settings = command_settings()
    client = running_service(settings)
    if client is None:
        lines = _of_folder(settings, Wanted(since=parse_moment(since), key=key))
    else:
        with closing(client):
            lines = list(client.every_audit_line(since=since, key=key, limit=PAGE))
    if as_json:
        print_json(lines)
    else:
        _show(lines)


def _of_folder(settings: Settings, wanted: Wanted) -> list[AuditLineBody]:
    folder = settings.audit_folder
    if folder is None:
        raise ConfigurationError("QUIPU_AUDIT=off: no audit is kept")
    if not folder.is_dir():
        raise NotFoundError(f"{folder} is not there: nothing was audited yet")
    lines: list[AuditLineBody] = []
    cursor: str | None = ""
    while cursor is not None:
        page = read_page(folder, wanted, cursor=cursor, limit=PAGE)
        lines += map(AuditLineBody.model_validate, page.lines)
        cursor = page.cursor
    return lines


def _show(lines: list[AuditLineBody]) -> None:
    """The latest of them, a line each, the oldest first: a table of all that is told would not fit a terminal."""
    hidden = len(lines) - MOST_SHOWN
    for line in lines[-MOST_SHOWN:]:
        ids = [repr(one)[1:-1] for one in line.ids]  # an id can hold what a terminal would obey
        shown = (
            moment(line.at), str(line.status), line.action or "-",
            f"{line.key or 'no key'} in {line.workspace or 'no workspace'}", f"from {line.client or '?'}",
            ", ".join(ids[:5]) + (" …" if len(ids) > 5 else ""),
        )  # fmt: skip
        out.print("  ".join(shown).rstrip(), soft_wrap=True, markup=False, highlight=False)
    if hidden > 0:
        out.print(f"{hidden} earlier lines are not shown; --json prints all")
