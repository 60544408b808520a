"""Commands about a data folder as a whole: repairing it."""

from dataclasses import asdict

from api.cli.context import AsJson, out, print_json
from api.event_log import configure_logging
from api.settings import load_settings

LOST_FOR_GOOD = (
    "Not rebuilt, for nothing else holds them: access keys, jobs, watches, and uploads that no job had read."
    " Until you make keys anew, QUIPU_API_KEY alone guards the service."
)


def repair(as_json: AsJson = False) -> None:
    """Rebuild a lost operations.sqlite from the graph and the uploaded bytes; no service may run."""
    from api.upkeep import repair as rebuild

    configure_logging()
    found = rebuild(load_settings())
    if as_json:
        print_json(asdict(found))
        return
    out.print(f"{found.documents} documents in {found.versions} versions, and {found.deleted} deleted ones, rebuilt")
    if found.remade_bytes:
        out.print(f"{found.remade_bytes} files of bytes were made again from the texts")
    for version in found.lost_bytes:
        out.print(f"the uploaded bytes of {version} are gone; its text is not", markup=False)
    for path in found.unclaimed:
        out.print(f"set aside, for nothing in the graph explains it: {path}", markup=False)
    out.print(LOST_FOR_GOOD)
