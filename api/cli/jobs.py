"""Commands about work: how far it is, what it yielded, reading everything again, and whether all agrees."""

import time
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.progress import Progress
from rich.table import Table

from api.cli.context import AsJson, bars, logged_settings, out, print_json, progress, service
from api.outbound.client import TERMINAL, QuipuClient

POLL_SECONDS = 0.5


def jobs(
    job_id: Annotated[str, typer.Argument(help="One job, with all that is known of it.")] = "",
    state: Annotated[str, typer.Option(help="queued, running, waiting, done, failed or cancelled.")] = "",
    limit: int = 50,
    as_json: AsJson = False,
) -> None:
    """List jobs, newest first, with what each yielded and cost."""
    with service() as (client, _):
        if job_id:
            found = [client.get(f"/v1/jobs/{job_id}")]
        else:
            query: dict[str, str | int] = {"limit": limit, **({"state": state} if state else {})}
            found = client.get("/v1/jobs", **query)["jobs"]
    if as_json:
        print_json(found[0] if job_id else found)
    elif job_id:
        for name, value in found[0].items():
            out.print(f"{name}: {value}", highlight=False)
    else:
        _show(found)


def reindex(
    extract: Annotated[
        bool, typer.Option("--extract", help="Let the language model read every document; embed nothing.")
    ] = False,
    wait: Annotated[bool, typer.Option("--wait", help="Wait until all is read.")] = False,
    as_json: AsJson = False,
) -> None:
    """Embed everything anew with QUIPU_EMBEDDER, or read it again with the language model; the old goes on serving."""
    if not extract:
        _embed(as_json=as_json)
        return
    with service() as (client, own):
        ids = client.post("/v1/reindex", {"extract": True})["jobs"]
        ended = _follow(client, ids) if wait or own else []
    if as_json:
        print_json({"jobs": ids, "ended": ended})
    elif ended:
        _show([job for job in ended if job["state"] != "done"] or ended[:20])
    else:
        out.print(f"{len(ids)} documents are read again; see them by  quipu jobs")
    if any(job["state"] == "failed" for job in ended):
        raise typer.Exit(1)


def _embed(*, as_json: bool) -> None:
    from api.cli.reembedding import reembed

    with bars() as report:
        found = reembed(logged_settings(), lambda done: report("embed", done, done))
    if as_json:
        print_json(asdict(found))
    elif found.switched:
        out.print(f"{found.embedded} passages embedded; every vector is by {found.embedder} now")
    else:
        out.print(f"{found.embedded} passages embedded; {found.note}")


def verify(
    repair: Annotated[bool, typer.Option("--repair", help="Mend what can be, and look again.")] = False,
    as_json: AsJson = False,
) -> None:
    """Compare store, vectors, keywords, names, uploaded bytes and jobs, while the service goes on."""
    with service() as (client, _):
        found = client.post("/v1/verify", {"repair": repair})
    if as_json:
        print_json(found)
    else:
        table = Table("", "compared", "wrong", "which", title=f"revision {found['revision']}")
        for one in found["checks"]:
            table.add_row(one["name"], str(one["compared"]), str(one["wrong"]), "\n".join(one["problems"]))
        out.print(table)
        for done in found["repaired"]:
            out.print(f"repaired: {done}")
    if not found["sound"]:
        raise typer.Exit(1)


def _follow(client: QuipuClient, ids: list[str]) -> list[dict[str, Any]]:
    ended: dict[str, dict[str, Any]] = {}
    with Progress(console=progress) as bar:
        task = bar.add_task("read", total=len(ids))
        while len(ended) < len(ids):
            for job in client.jobs([one for one in ids if one not in ended]):
                if job["state"] not in TERMINAL:
                    break  # they are done in order
                ended[job["id"]] = job
            bar.update(task, completed=len(ended))
            time.sleep(POLL_SECONDS if len(ended) < len(ids) else 0)
    return list(ended.values())


def _show(found: list[dict[str, Any]]) -> None:
    table = Table("job", "kind", "document", "state", "chunks", "entities", "relations", "rejected", "calls", "tokens",
                  "seconds", "note")  # fmt: skip
    for job in found:
        failed = f" ({job['chunks_failed']} failed)" if job["chunks_failed"] else ""
        note = job["error"]["detail"] if job["error"] else "; ".join(job["failures"].values())
        table.add_row(
            job["id"], job["kind"], f"{job['document_id']}, version {job['version']}", job["state"],
            f"{job['chunks_done']}/{job['chunks_total']}{failed}", str(job["entities"]), str(job["relations"]),
            str(sum(job["rejected"].values())), str(job["calls"]), str(job["tokens"]), f"{job['seconds']:.1f}",
            note,
        )  # fmt: skip
    out.print(table)
