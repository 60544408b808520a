"""Commands about work: how far it is, what it yielded, reading everything again, and whether all agrees."""

from dataclasses import asdict
from typing import Annotated

import typer

from api.cli.context import AsJson, folder_settings, nothing_kept, service
from api.cli.documents.reading import duration, in_vain
from api.cli.terminal import bars, out, print_json, whole_table
from api.client import Quipu
from api.configuration.data_folders import holds_nothing
from api.schemas.jobs import JobBody
from graph.errors import ConfigurationError
from graph.jobs import JobState


def jobs(
    job_id: Annotated[str, typer.Argument(help="One job, with all that is known of it.")] = "",
    state: Annotated[JobState | None, typer.Option(help="Only jobs in this state.")] = None,
    limit: int = 50,
    as_json: AsJson = False,
) -> None:
    """List jobs, newest first, with what each yielded and cost."""
    with service() as (client, _):
        found = [client.get_job(job_id)] if job_id else client.list_jobs(state=state, limit=limit).jobs
    if as_json:
        print_json(found[0] if job_id else found)
    elif job_id:
        for name, value in found[0].model_dump(mode="json").items():
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
        ids = client.reindex_documents().jobs
        ended = _follow(client, ids) if wait or own else []
    if as_json:
        print_json({"jobs": ids, "ended": ended})
    elif ended:
        _show([job for job in ended if job.state != "done"] or ended[:20])
    else:
        out.print(f"{len(ids)} documents are read again; see them by  quipu jobs")
    if any(job.state == "failed" for job in ended):
        raise typer.Exit(1)


def _embed(*, as_json: bool) -> None:
    from api.cli.upkeep.reembedding import reembed

    settings = folder_settings()
    if holds_nothing(settings.data_dir):
        raise ConfigurationError(nothing_kept(settings))
    with bars() as report:
        found = reembed(settings, lambda done: report("embed", done, done))
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
        found = client.verify_knowledge(repair=repair)
    if as_json:
        print_json(found)
    else:
        table = whole_table("", "compared", "wrong", "which", title=f"revision {found.revision}")
        for one in found.checks:
            table.add_row(one.name, str(one.compared), str(one.wrong), "\n".join(one.problems))
        out.print(table)
        for done in found.repaired:
            out.print(f"repaired: {done}")
    if not found.sound:
        raise typer.Exit(1)


def _follow(client: Quipu, ids: list[str]) -> list[JobBody]:
    """Jobs as they end, which they do in order."""
    ended: list[JobBody] = []
    with bars() as report:
        report("read", 0, len(ids))
        for job_id in ids:
            ended.append(client.wait_for_job(job_id))
            report("read", len(ended), len(ids))
    return ended


def _show(found: list[JobBody]) -> None:
    """A narrow column and a wide one: at 80 columns an id beside them would leave no room for words."""
    table = whole_table("state", "job, and what came of it")
    for job in found:
        about = f"{job.document_id}, version {job.version}" if job.document_id else job.kind
        table.add_row(job.state, f"{about}\n{came_of(job)}\n{job.id}", end_section=True)
    out.print(table)


READERS = {"ingest": "by rule", "extract": "by model"}
"""Who reads in a job of each kind."""


def came_of(job: JobBody) -> str:
    """What a job yielded and cost, and why it failed, in words; without what is nought."""
    counts = {
        "failed": job.chunks_failed, "read in part": job.chunks_partly, "entities": job.entities,
        "relations": job.relations, "rejected": sum(job.rejected.values()), "calls": job.calls, "tokens": job.tokens,
    }  # fmt: skip
    chunks = f"{READERS.get(job.kind, job.kind)}: {job.chunks_done} of {job.chunks_total} passages"
    left = [f"about {duration(job.remaining_seconds)} left"] if job.remaining_seconds else []
    added = sum(job.nothing_added.values())
    vain = [f"nothing added to {added} ({in_vain(job.nothing_added)})"] if added else []
    yielded = [f"{count} {what}" for what, count in counts.items() if count]
    told = [chunks, *left, *vain, *yielded, f"{job.seconds:.1f} s"]
    why = job.error.detail if job.error else "; ".join(job.failures.values())
    return ", ".join(told) + (f". {why}" if why else "")
