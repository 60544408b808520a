"""A language model reads chunks: what is paid for once, what fails alone, what waits, what is in the graph after."""

import asyncio
import json
import random
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hashing_embedder import HashingEmbedder
from in_memory_operations import InMemoryRoom
from kept_state import unlimited
from model_server import Asked, ModelServer, Reply, count_tokens, words
from progress import wait_until
from scripted_model import ScriptedModel
from served_model import served_model

from graph.errors import DependencyError, ModelOutputError
from graph.jobs import TERMINAL, Job
from graph.model import DEFAULT_WORKSPACE as W
from graph.operations.database import OperationsDatabase
from graph.operations.jobs import SqliteJobQueue
from graph.ports.models import LanguageModel
from graph.ports.spending import Cost
from graph.prompting import Completion, Prompt
from graph.stores.sqlite.store import SqliteGraphStore
from graph.view.knowledge_view import KnowledgeViews
from ingest.blobs.folder import FolderBlobStore
from ingest.extraction.llm_extractor import LAST_TRY, LlmExtractor
from ingest.extraction.transcribing import BlindTranscriber
from ingest.intake import Intake
from ingest.loaders.loading import Loading
from ingest.loaders.parser_process import ParserProcess
from ingest.model import Accepted, NewDocument, Source
from ingest.model_reading import ExtractionSchema
from ingest.pipeline import Extractors, IngestPipeline
from ingest.ports import Extractor
from ingest.reading_reports import second_reading
from ingest.tables.extractions import SqliteExtractionCache
from ingest.tables.uploads import SqliteUploadRegister
from ingest.upkeep.rereading import Rereading
from ingest.worker import Line, Worker

TEXT = "The castle of Brennick was built by Tove Rask. It looks over the river Aune."
DOWN = DependencyError("the model does not answer")


def answer(prompt: Prompt) -> str:
    del prompt
    return json.dumps(
        {
            "entities": [{"name": "Tove Rask", "type": "person"}, {"name": "Nowhere", "type": "place"}],
            "relations": [{"source": "Tove Rask", "relation": "built", "target": "castle of Brennick"}],
        }
    )


class House:
    """Intake and both workers over one folder, driven by hand."""

    def __init__(self, folder: Path, model: ScriptedModel, reader: LanguageModel | None = None) -> None:
        self.model = model
        self.store = SqliteGraphStore(folder / "graph.sqlite")
        self.operations = OperationsDatabase(folder / "operations.sqlite")
        self.jobs = SqliteJobQueue(self.operations)
        self.register = SqliteUploadRegister(self.operations)
        self.blobs = FolderBlobStore(folder / "blobs")
        self.cache = SqliteExtractionCache(self.operations, self.register)
        self.parser = ParserProcess()
        self.views = KnowledgeViews(self.store)
        self.intake = Intake(
            state=self.operations, register=self.register, blobs=self.blobs, jobs=self.jobs, graph=self.store,
            room=InMemoryRoom(), quota=unlimited(), max_bytes=10**6, forget=self.cache.forget,
        )  # fmt: skip
        self.rereading = Rereading(
            state=self.operations, register=self.register, jobs=self.jobs, by_model=True
        )  # fmt: skip
        self.extractor = LlmExtractor(model=reader or model, cache=self.cache, schema=ExtractionSchema())
        self.reading = self._worker(Line(kind="extract", batch=16, ended=self.cache.forget_failures), self.extractor)
        self.rules = self._worker(Line(kind="ingest", batch=256, after="extract"), self.extractor.from_cache())

    def _worker(self, line: Line, extractor: Extractor) -> Worker:
        pipeline = IngestPipeline(
            blobs=self.blobs, loader=Loading(self.parser), embedder=HashingEmbedder(), reader=self.store,
            writer=self.store, extractors=Extractors(chunks=extractor, pictures=BlindTranscriber()),
        )  # fmt: skip
        return Worker(
            line=line, jobs=self.jobs, register=self.register, pipeline=pipeline,
            state=self.operations, committed=self.views.catch_up,
        )  # fmt: skip

    def put(self, document_id: str, text: str = TEXT, **metadata: str) -> Accepted:
        source = Source(name=document_id, media_type="text/plain", data=text.encode())
        new = NewDocument(source=source, document_id=document_id, title=document_id, metadata=metadata)
        return self.intake.accept(W, [new])[0]

    def put_parts(self, document_id: str, number: int, account: str = "") -> None:
        """A document of so many chunks."""
        text = "\n\n".join(f"# Part {n}\n\nThe castle {n} of Brennick was built by Tove Rask." for n in range(number))
        source = Source(name=document_id, media_type="text/markdown", data=text.encode())
        new = NewDocument(source=source, document_id=document_id, title="", metadata={})
        self.intake.accept(W, [new], account=account)

    def work(self) -> None:
        """Everything that can be done now."""
        while self.rules.work() or self.reading.work():
            pass

    def reading_job(self, document_id: str) -> Job:
        return next(job for job in self.jobs.list(W, document_id=document_id) if job.kind == "extract")

    @property
    def revision(self) -> int:
        return self.store.revision(W)

    def extractors(self) -> set[str]:
        entities = self.store.find_entities(W, "tove rask", self.revision)
        return {r.extractor for entity in entities for r in self.store.relations(W, entity.id, self.revision)}

    def close(self) -> None:
        self.extractor.close()
        self.parser.close()
        self.store.close()
        self.operations.close()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path, ScriptedModel(answer))
    yield made
    made.close()


def test_rules_first_then_the_model_as_a_second_revision(house: House) -> None:
    house.put("a")
    house.rules.work()
    assert (house.revision, house.store.document(W, "a", 1).stage) == (1, "rules")
    assert not house.extractors()  # "the castle of Brennick" is no name
    house.reading.work()
    assert (house.revision, house.store.document(W, "a", 2).stage) == (2, "model")
    assert house.extractors() == {"scripted/1"}
    assert house.store.find_entities(W, "tove rask", 2)[0].type == "person"
    assert house.store.find_entities(W, "aune", 2), "names by rule stay"
    job = house.reading_job("a")
    assert (job.state, job.progress.revision, job.progress.calls, job.progress.tokens) == ("done", 2, 1, 15)
    assert dict(job.progress.rejected) == {"name not in the text": 1}


class Capricious:
    """A server's answers, good and bad in turn, and what it has counted of them."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self._lock = threading.Lock()
        self.counted = Cost()

    def __call__(self, asked: Asked) -> Reply:
        with self._lock:
            kind = self._chance.choice(("good", "good", "senseless", "busy", "gone"))
            if kind == "busy":
                reply = Reply(status=503, headers={"Retry-After": "0"})
            elif kind == "gone":
                reply = Reply(status=404)
            else:
                reply = words(json.dumps({"entities": ["Tove Rask"]}) if kind == "good" else "I would rather not.")
                if asked.max_tokens == 1:
                    reply = Reply(pieces=["Yes"])
                prompt = count_tokens(asked.system) + count_tokens(asked.user) + 24
                self.counted += Cost(prompt_tokens=prompt, completion_tokens=len(list(reply.pieces)))
            self.counted += Cost(calls=1)
        return reply


@pytest.mark.parametrize("seed", range(2))
def test_a_job_costs_what_the_server_counts_over_all_attempts_and_lives(tmp_path: Path, seed: int) -> None:
    caprice, chance = Capricious(seed), random.Random(seed)
    with ModelServer(caprice) as server:
        model = served_model(server)
        house = House(tmp_path, ScriptedModel(answer), model)
        house.put_parts("a", 12, account="key")
        house.rules.work()
        attempts = 0
        while (job := house.reading_job("a")).state != "done":
            attempts += 1
            if chance.random() < 0.5:  # the process is another one
                house.close()
                house = House(tmp_path, house.model, model)
            if job.state in TERMINAL:
                house.jobs.request(W, job.id, "retry")
            house.jobs.recover()
            with suppress(DependencyError):
                house.reading.work()
        assert attempts > 1
        assert (job.progress.calls, job.progress.tokens) == (caprice.counted.calls, caprice.counted.tokens)
        assert job.progress.calls == len(server.asked)
        paid = Cost(calls=job.progress.calls, prompt_tokens=job.progress.tokens)
        assert house.jobs.costs() == {"key": paid}, "the key that it was uploaded with"
        house.close()


def test_a_document_tells_what_a_model_added_to_it(tmp_path: Path) -> None:
    example = {"entities": [{"name": "Ilva Morn", "type": "person"}], "relations": []}
    answers = iter(
        ['{"entities":[],"relations":[]}', '{"entities":[{"name":"name","type":"type"}],"relations":[]}',
         json.dumps(example), '{"entities":[{"name":"Nowhere","type":"place"}]}', '{"entities":["Tove Rask"]}']
    )  # fmt: skip
    house = House(tmp_path, ScriptedModel(lambda _: next(answers)))
    house.put_parts("a", 5)
    house.work()
    job = house.reading_job("a")
    assert dict(job.progress.nothing_added) == {
        "empty answer": 1, "copy of the prompt's form": 1, "copy of the prompt's example": 1,
        "nothing that the text bears out": 1,
    }  # fmt: skip
    assert job.progress.rejected["copied from the prompt"] == 2
    second = second_reading(house.jobs, W, house.store.document(W, "a", house.revision))
    assert second is not None
    assert (second.job.id, second.added, second.calls, second.tokens) == (job.id, 1, 5, 75)
    house.close()


def test_nothing_is_paid_for_twice(house: House) -> None:
    house.put("a")
    house.work()
    house.put("a", TEXT, lang="en")
    house.work()
    assert len(house.model.asked) == 1
    assert house.store.document(W, "a", house.revision).stage == "model", "the first reading knows what is in the cache"
    assert len([job for job in house.jobs.list(W) if job.kind == "extract"]) == 1
    twin = house.put("b", "Another text, in which Tove Rask rests.")
    house.work()
    assert (twin.version, len(house.model.asked)) == (1, 2)


def test_an_edited_sentence_asks_about_its_chunk_only(house: House) -> None:
    paragraphs = [f"# Part {n}\n\nPart {n} tells of Tove Rask and of the river Aune." for n in range(5)]
    source = Source(name="a.md", media_type="text/markdown", data="\n\n".join(paragraphs).encode())
    house.intake.accept(W, [NewDocument(source=source, document_id="a", metadata={})])
    house.work()
    asked = len(house.model.asked)
    edited = source.data.replace(b"Part 3 tells of Tove Rask", b"Part 3 sings of Tove Rask")
    again = Source(name="a.md", media_type="text/markdown", data=edited)
    house.intake.accept(W, [NewDocument(source=again, document_id="a", metadata={})])
    house.work()
    assert (asked, len(house.model.asked)) == (5, 6)


def test_an_outage_hides_no_upload_and_is_waited_out(house: House) -> None:
    house.model.answer = lambda _: DOWN
    house.put("a")
    house.rules.work()
    with pytest.raises(DependencyError):
        house.reading.work()
    job = house.reading_job("a")
    assert (job.state, job.error and job.error.message) == ("waiting", str(DOWN))
    assert house.store.document(W, "a", house.revision).id == "a"
    house.put("a", TEXT + " It is old.")
    assert house.rules.work(), "a reading that waits holds up no newer version"
    house.model.answer = answer
    house.jobs.recover()
    house.work()
    assert [j.state for j in house.jobs.list(W, document_id="a") if j.kind == "extract"] == ["done", "cancelled"]
    assert house.store.document(W, "a", house.revision).stage == "model"


def test_what_was_answered_before_an_outage_is_kept(house: House) -> None:
    calls: list[int] = []

    def sometimes(prompt: Prompt) -> str | DependencyError:
        calls.append(1)
        return answer(prompt) if len(calls) <= 2 else DOWN

    house.model.answer = sometimes
    for name in "abcd":
        house.put(name, f"{TEXT} {name}")
    house.rules.work()
    with pytest.raises(DependencyError):
        house.reading.work()
    asked = [prompt.user for prompt in house.model.asked]
    house.model.answer = answer
    house.jobs.recover()
    house.work()
    prompts = [prompt.user for prompt in house.model.asked[len(asked) :]]
    assert len(prompts) == 2
    assert not set(asked[:2]) & set(prompts)


def test_a_chunk_that_cannot_be_read_fails_alone(house: House) -> None:
    house.model.answer = lambda prompt: "I cannot." if "Part 1" in prompt.user else answer(prompt)
    parts = "\n\n".join(f"# Part {n}\n\nTove Rask wrote part {n}." for n in range(3))
    source = Source(name="a.md", media_type="text/markdown", data=parts.encode())
    house.intake.accept(W, [NewDocument(source=source, document_id="a", metadata={})])
    house.work()
    progress = house.reading_job("a").progress
    assert (house.reading_job("a").state, progress.chunks_failed, list(progress.failures)) == ("done", 1, ["1"])
    assert "asked again" in progress.failures["1"]
    assert progress.calls == 4, "one re-ask"
    chunk = house.store.document_chunks(W, "a", house.revision)[1].chunk
    held = {row.chunk.id: row for row in house.store.rows(W, house.revision)}
    assert any(mention.key == "tove rask" for mention in held[chunk.id].mentions), "names by rule are not hidden"


def cut(text: str, *, looped: bool = False) -> Completion:
    return Completion(
        text=text, prompt_tokens=10, completion_tokens=5, calls=1, seconds=0.0, cut=True, looped=looped
    )  # fmt: skip


CUT = answer(Prompt(system="", user="", max_tokens=1))[:-60]


def test_a_cut_answer_has_the_halves_read_and_is_kept_once_it_is_whole(house: House) -> None:
    """The chunk has two sentences; the model has no room for what it says about both."""
    house.model.answer = lambda prompt: cut(CUT) if "Rask.\n2 It" in prompt.user else answer(prompt)
    house.put("a")
    house.work()
    progress = house.reading_job("a").progress
    assert (progress.calls, progress.tokens, progress.chunks_partly, dict(progress.failures)) == (3, 45, 0, {})
    assert progress.rejected["answer cut off"] == 1
    assert house.extractors() == {"scripted/1"}, "the relation was in the part that was cut off"
    house.put("a", TEXT, lang="en")
    house.work()
    assert len(house.model.asked) == 3, "it is kept"


def test_what_is_read_in_part_is_in_the_graph_is_told_and_is_read_again(house: House) -> None:
    house.model.answer = lambda _: cut(CUT, looped=True)
    house.put("a")
    house.work()
    job = house.reading_job("a")
    assert (job.state, job.progress.calls, job.progress.chunks_partly, job.progress.chunks_failed) == ("done", 3, 1, 0)
    assert job.progress.failures["0"].startswith("read in part: the model's answer repeated itself")
    assert job.progress.rejected["answer repeated itself"] == 3
    assert house.store.find_entities(W, "tove rask", house.revision)[0].type == "person", "what was good counts"
    house.model.answer = answer
    house.rereading.order(W)
    house.work()
    progress = house.reading_job("a").progress
    assert (progress.calls, progress.chunks_partly, dict(progress.failures)) == (1, 0, {})
    assert house.extractors() == {"scripted/1"}


def test_an_outage_between_the_halves_is_waited_out(house: House) -> None:
    house.model.answer = lambda prompt: cut(CUT) if "Rask.\n2 It" in prompt.user else DOWN
    house.put("a")
    house.rules.work()
    with pytest.raises(DependencyError):
        house.reading.work()
    assert house.operations.read("SELECT * FROM extractions") == [], "half a reading is not kept"
    house.model.answer = answer
    house.jobs.recover()
    house.work()
    assert house.reading_job("a").state == "done"


def test_a_cut_answer_that_a_release_before_kept_as_whole_is_asked_for_again(house: House) -> None:
    house.put("a")
    house.work()
    with house.operations.transaction() as connection:
        connection.execute("UPDATE extractions SET answer=?", (CUT,))
    house.rereading.order(W)
    house.work()
    assert len(house.model.asked) == 2
    house.rereading.order(W)
    house.work()
    assert len(house.model.asked) == 2, "once"


def test_every_chunk_failed_is_failed_and_can_be_tried_again(house: House) -> None:
    house.model.answer = lambda _: ModelOutputError("the prompt was cut")
    house.put("a")
    house.work()
    job = house.reading_job("a")
    assert (job.state, job.error and job.error.code, job.error and job.error.retriable) == (
        "failed",
        "model-output",
        True,
    )
    assert "the prompt was cut" in (job.error.message if job.error else "")
    assert house.store.document(W, "a", house.revision).stage == "rules"
    house.model.answer = answer
    house.jobs.request(W, job.id, "retry")
    house.work()
    assert house.reading_job("a").state == "done"


def test_a_chunk_the_model_always_dies_of_does_not_stop_the_others(house: House) -> None:
    house.model.answer = lambda prompt: DOWN if "poison" in prompt.user else answer(prompt)
    house.put("a", "Tove Rask drank poison.")
    house.put("b")
    house.rules.work()
    for _ in range(LAST_TRY - 1):
        with pytest.raises(DependencyError):
            house.reading.work()
        house.jobs.recover()
    house.work()
    assert [house.reading_job(name).state for name in "ab"] == ["failed", "done"]


def test_purging_forgets_what_the_model_said(house: House) -> None:
    house.put("a")
    house.put("b")
    house.work()
    assert len(house.model.asked) == 2, "the title is part of the question"
    house.intake.withdraw(W, "a", purge=True)
    rows = house.operations.read("SELECT answer FROM extractions")
    assert len(rows) == 1
    house.intake.withdraw(W, "b", purge=True)
    assert house.operations.read("SELECT * FROM extractions") == []
    assert house.operations.read("SELECT * FROM extraction_uses") == []


def test_an_answer_that_comes_after_the_purge_is_not_kept(house: House) -> None:
    def late(prompt: Prompt) -> str:
        house.intake.withdraw(W, "a", purge=True)
        return answer(prompt)

    house.model.answer = late
    house.put("a")
    house.work()
    assert house.reading_job("a").state == "cancelled"
    assert house.operations.read("SELECT * FROM extractions") == []


def test_rules_are_not_held_up_by_a_slow_model(house: House) -> None:
    go = threading.Event()

    def slow(prompt: Prompt) -> str:
        go.wait(600)
        return answer(prompt)

    house.model.answer = slow
    house.put("a")
    house.rules.work()
    thread = threading.Thread(target=house.reading.work)
    thread.start()
    house.put("b")
    house.rules.work()
    assert thread.is_alive()
    assert house.store.document(W, "b", house.revision).stage == "rules"
    go.set()
    thread.join()


def test_stopping_ends_the_calls_in_hand(house: House) -> None:
    async def endless(prompt: Prompt) -> object:
        house.model.asked.append(prompt)
        await asyncio.sleep(600)
        raise AssertionError

    house.model.complete = endless  # type: ignore[assignment,method-assign]
    house.put("a")
    house.rules.work()
    errors: list[DependencyError] = []

    def run() -> None:
        try:
            house.reading.work()
        except DependencyError as error:
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    wait_until(lambda: house.model.asked, "a call", seen=thread.is_alive)
    house.extractor.stop()
    wait_until(lambda: not thread.is_alive(), "the end of the work", seen=thread.is_alive)
    assert "stops" in str(errors[0])
    assert house.reading_job("a").state == "waiting"


@pytest.mark.parametrize("field", ["entity_types", "relation_types"])
def test_an_upload_can_bring_its_schema(house: House, field: str) -> None:
    house.put("a", **{field: "person, bridge"})
    house.work()
    assert "person, bridge" in house.model.asked[0].system
    rejected = dict(house.reading_job("a").progress.rejected)
    assert rejected == (
        {"name not in the text": 1, "type not in the schema": 1} if field == "entity_types"
        else {"name not in the text": 1, "relation not in the schema": 1}
    )  # fmt: skip


def test_another_model_reads_everything_again_while_the_old_graph_serves(house: House) -> None:
    house.put("a")
    house.put("b", "Tove Rask rests.")
    house.work()
    assert house.extractors() == {"scripted/1"}
    house.model.identity = "scripted/2"
    jobs = house.rereading.order(W)
    assert [job.document_id for job in jobs] == ["a", "b"]
    assert house.rereading.order(W) == (), "they are waiting already"
    assert house.extractors() == {"scripted/1"}
    house.work()
    assert house.extractors() == {"scripted/2"}
    assert len(house.model.asked) == 4
    revision = house.revision
    house.rereading.order(W)
    house.work()
    assert (len(house.model.asked), house.revision) == (4, revision), "the same model has read it all"


def test_what_fails_around_the_pipeline_lets_jobs_wait_and_holds_none(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The register, or the end of a job, may fail as the graph may: no job stays with a worker that has let it go."""
    monkeypatch.setattr("graph.operations.jobs.WAITING_SECONDS", 0.0)
    job_id = str(house.put("a").job_id)
    for owner, name in ((house.register, "get"), (house.jobs, "submit")):
        with monkeypatch.context() as failing:
            failing.setattr(owner, name, lambda *_: (_ for _ in ()).throw(DependencyError("the disk is busy")))
            with pytest.raises(DependencyError, match="the disk is busy"):
                house.rules.work()
        assert house.jobs.get(W, job_id).state == "waiting"
    assert house.rules.work()
    assert house.jobs.get(W, job_id).state == "done"


def test_what_rows_of_a_table_say_stays_beside_what_a_model_says(house: House) -> None:
    table = "| Builder | Year |\n|---|---|\n| Tove Rask | 1802 |\n"
    source = Source(name="a.md", media_type="text/markdown", data=f"{TEXT}\n\n{table}".encode())
    house.intake.accept(W, [NewDocument(source=source, document_id="a", title="a", metadata={})])
    house.work()
    assert {"rows/1", house.model.identity} <= house.extractors()
