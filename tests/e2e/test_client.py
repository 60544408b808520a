"""The Python client against a real service, blocking and awaited."""

from itertools import islice

import anyio
import pytest
from progress import wait_until
from service_process import QUICK, ServiceProcess

from api.client import AsyncQuipu, File, FileDocument, Patience, Quipu, TextDocument, Unreachable
from api.schemas.asking.answers import AnswerBody, TokenBody
from graph.errors import ConflictError, Forbidden, InputError, NotFoundError, PreconditionFailed, Unauthorized

FIRST = b"The Orm quarry was opened by Sif Lund."
LATER = TextDocument(text="The Orm quarry was opened by Ulf Berg.")
WELLS = {"of": "wells"}
BAD = TextDocument(id="client-bad", text="x", media_type="image/nothing")


def mast(name: str) -> TextDocument:
    return TextDocument(text=f"The mast of Thorn was raised by {name}.")


def url(service: ServiceProcess) -> str:
    return str(service.http.base_url)


def test_a_document_from_its_first_version_to_its_purge(service: ServiceProcess) -> None:
    with Quipu(url(service)) as quipu:
        note = FileDocument(name="quarry.md", content=FIRST, metadata={"year": 1911})
        first = quipu.replace_document("client/quarry", note, wait=60)
        assert first.revision is not None
        assert quipu.replace_document("client/quarry", note).documents[0].deduplicated
        document = quipu.get_document("client/quarry")
        assert (document.version, document.source, document.metadata) == (1, "quarry.md", {"year": 1911})
        assert quipu.get_document_original("client/quarry") == note.content
        answer = quipu.ask("Who opened the Orm quarry?", filters={"year": 1911})
        (citation,) = answer.citations
        assert quipu.get_document_content("client/quarry")[citation.start : citation.end] == citation.quote

        with pytest.raises(PreconditionFailed):
            quipu.replace_document("client/quarry", TextDocument(text="?"), if_match=7)
        token = quipu.replace_document("client/quarry", LATER).token
        assert "Ulf Berg" in quipu.ask("Who opened the Orm quarry?", after=token or "").answer
        assert "Sif Lund" in quipu.ask("Who opened the Orm quarry?", as_of=first.revision).answer
        assert [one.version for one in quipu.list_document_versions("client/quarry")] == [1, 2]
        assert quipu.delete_document("client/quarry", purge=True).purged
        with pytest.raises(NotFoundError):
            quipu.get_document("client/quarry")


def test_many_documents_their_jobs_and_pages(service: ServiceProcess) -> None:
    with Quipu(url(service)) as quipu:
        many = [TextDocument(id=f"client-{n:02}", text=f"Well {n} is {n} feet deep.", metadata=WELLS) for n in range(9)]
        accepted = quipu.upload_documents([*many, BAD])
        assert [entry.error is None for entry in accepted.documents] == [True] * 9 + [False]
        jobs = quipu.wait_for_jobs([entry.job_id for entry in accepted.documents if entry.job_id])
        assert {job.state for job in jobs} == {"done"}
        assert [job.state for job in quipu.follow_job(jobs[0].id)] == ["done"]
        pages = quipu.every_document(filters=WELLS, limit=2)
        assert [one.id for one in islice(pages, 5)] == [f"client-{n:02}" for n in range(5)]
        (kept,) = quipu.upload_files([File(name="w.txt", content=b"Well X.")], metadata={"of": "files"}).documents
        assert kept.error is None
        with pytest.raises(InputError, match="image/nothing"):
            quipu.replace_document("client-bad", BAD)
        with pytest.raises(InputError):
            quipu.search("", k=5)


def test_keys_and_workspaces(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("client")
    settings = {"QUIPU_API_KEY": "operator", "QUIPU_GRAPH_URL": "sqlite"}
    with ServiceProcess(folder / "data", **QUICK, **settings).start(ready=False) as service:
        with Quipu(url(service), key="operator", patience=Patience(seconds=300)) as quipu:  # until it is ready
            assert quipu.check_readiness().status == "ready"
            quipu.create_workspace("lab")
            with pytest.raises(ConflictError):
                quipu.create_workspace("lab")
            lab = quipu.with_options(workspace="lab")
            lab.replace_document("x", TextDocument(text="The lab of Kopp is cold."), wait=60)
            assert (quipu.get_workspace("lab").counts.documents, quipu.get_workspace("default").counts.documents) == (
                1,
                0,
            )
            key = lab.create_key("ask", workspace="lab", label="reader")
            reader = quipu.with_options(key=key.key)
            assert "cold" in reader.ask("How is the lab of Kopp?").answer
            with pytest.raises(Forbidden) as refused:
                reader.delete_document("x")
            assert refused.value.role == "write"
            with pytest.raises(Unauthorized):
                quipu.with_options(key=None).ask("?")
            told = lambda: {line.status for line in lab.every_audit_line()}  # noqa: E731
            wait_until(lambda: told() >= {200, 403}, "what the audit tells", seen=told)
            assert [one.name for one in quipu.every_workspace()] == ["default", "lab"]
        address = url(service)
        service.stop()
        hasty = Quipu(address, key="operator", patience=Patience(seconds=1))
        with hasty as quipu, pytest.raises(Unreachable, match="does not answer"):
            quipu.add_watch("?")


def test_awaited(service: ServiceProcess) -> None:
    async def use() -> None:
        async with AsyncQuipu(url(service)) as quipu:
            await quipu.replace_document("client-mast", mast("Pia Holt"), wait=60)
            watch = await quipu.add_watch("Who raised the mast of Thorn?")
            updates = quipu.follow_watch(watch.id)
            assert "Pia Holt" in (await anext(updates)).after.answer
            events = [event async for event in quipu.stream_answer("Who raised the mast of Thorn?")]
            assert isinstance(events[-1], AnswerBody)
            assert "".join(event.text for event in events if isinstance(event, TokenBody)) == events[-1].answer
            accepted = await quipu.replace_document("client-mast", mast("Aki Rus"))
            job = await quipu.wait_for_job(accepted.documents[0].job_id or "")
            assert job.state == "done"
            update = await anext(updates)
            assert [one.quote for one in update.removed] == ["The mast of Thorn was raised by Pia Holt."]
            await quipu.delete_watch(watch.id)
            assert [one async for one in updates] == []
            found = [one.id async for one in quipu.every_document(limit=1) if one.id == "client-mast"]
            assert found == ["client-mast"]

    anyio.run(use)
