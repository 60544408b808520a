"""The freshness evaluation on a service that is right, and on services that are wrong in one way each."""

import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from evals.freshness.ledger import StatementCounts, states
from evals.freshness.model import FreshnessPlan
from evals.freshness.paraphrase import paraphrase
from evals.freshness.ports import AcceptedChange, Answered, Applied, Cited, FactChanges, FoundText, HeldFact
from evals.freshness.replay import FreshnessRun
from evals.freshness.report import figures_of, publish_freshness
from evals.freshness.timeline import DatedText, load_timeline
from graph.errors import InputError

VERSIONS = [
    {"_id": "mill", "version": "2020-01-01", "title": "Mill", "text": "The keeper of the mill is Ada Stone."},
    {"_id": "inn", "version": "2020-01-01", "title": "Inn", "text": "The keeper of the inn is Bela Kuhn."},
    {"_id": "copy", "version": "2020-01-01", "title": "Copy", "text": "The keeper of the inn is Bela Kuhn."},
    {"_id": "mill", "version": "2021-01-01", "title": "Mill", "text": "The keeper of the mill is Cleo Marsh."},
    {"_id": "inn", "version": "2021-01-01", "title": "Inn", "text": "", "deleted": True},
]
QUERIES = [
    {"_id": "q1", "text": "mill", "answers": ["Ada Stone"], "metadata": {"as_of": "2020-01-01", "hops": 1}},
    {"_id": "q2", "text": "mill", "answers": ["Cleo Marsh"],
     "metadata": {"as_of": "2021-01-01", "hops": 1, "stale_answers": ["Ada Stone"]}},
]  # fmt: skip


@dataclass
class FakeService:
    """Keeps every version in memory; ``defect`` names what it gets wrong."""

    defect: str = ""
    url: str = "fake"
    revisions: int = 0
    history: dict[str, list[tuple[int, int, str | None]]] = field(default_factory=dict)

    def settings(self) -> dict[str, str]:
        return {"QUIPU_LLM": "none"}

    def revision(self) -> int:
        return self.revisions

    def _put(self, document_id: str, text: str | None) -> Applied:
        self.revisions += 1
        versions = self.history.setdefault(document_id, [])
        versions.append((self.revisions, len(versions) + 1, text))
        if self.defect == "loses the twin" and text is None:
            self.history.pop("copy")
        chunks = int(text is not None)
        return Applied(
            document_id=document_id, version=len(versions), revision=self.revisions, chunks=chunks, chunks_new=chunks
        )

    def send(self, texts: list[DatedText], media_type: str) -> dict[str, AcceptedChange]:
        for one in texts:
            self._put(one.id, one.text)
        return {o.id: AcceptedChange(document_id=o.id, version=len(self.history[o.id]), job_id=o.id) for o in texts}

    def finished(self, change: AcceptedChange) -> Applied:
        revision, version, _ = self.history[change.document_id][-1]
        return Applied(document_id=change.document_id, version=version, revision=revision, chunks=1, chunks_new=1)

    def delete(self, document_id: str) -> Applied:
        return self._put(document_id, None)

    def _live(self, revision: int) -> dict[str, tuple[int, str]]:
        found = {}
        for document_id, versions in list(self.history.items()):
            known = [one for one in versions if one[0] <= revision]
            if known and known[-1][2] is not None:
                found[document_id] = (known[-1][1], known[-1][2])
        return found

    def documents(self) -> dict[str, tuple[int, int, int]]:
        return dict.fromkeys(self._live(self.revisions), (1, 1, 0))

    def ask(self, question: str, *, as_of: int | None = None) -> Answered:
        revision = self.revisions if as_of is None else as_of
        if self.defect == "forgets the past" and as_of is not None:
            revision = self.revisions
        asked, question = question, next(name for name in list(self.history) if name in question)
        version, text = self._live(revision)[question]
        if self.defect == "answers from the first version":
            version, text = 1, str(self.history[question][0][2])
        quote = text if self.defect != "misquotes" else text[::-1]
        cited = Cited(
            document_id=question, version=version, chunk_id=f"{question}{version}", quote=quote, start=0, end=len(text)
        )
        if self.defect == "quotes something else":
            cited = replace(cited, quote=text[:10], end=10)
        if self.defect == "knows one wording" and asked != question:
            cited = replace(cited, quote=text[:10], end=10)
        return Answered(
            text=text, said=text, revision=revision, abstained=False, cited=(cited,), seconds=0.0, calls=0, tokens=0
        )

    def search(self, query: str, *, mode: str = "hybrid", k: int = 20) -> tuple[FoundText, ...]:
        hits = [FoundText(document_id=d, version=v, text=t) for d, (v, t) in self._live(self.revisions).items()]
        if self.defect == "finds what was removed":
            hits += [FoundText(document_id=d, version=0, text=str(h[0][2])) for d, h in list(self.history.items())]
        return tuple(hits)

    def content(self, document_id: str, revision: int) -> str | None:
        found = self._live(revision).get(document_id)
        return found[1] if found else None

    def chunks(self, document_id: str, revision: int) -> dict[str, str]:
        found = self._live(revision).get(document_id)
        return {f"{document_id}{found[0]}": found[1]} if found else {}

    def has_entity(self, entity_id: str) -> bool:
        return self.defect == "keeps entities"

    def removed_entities(self, since: int, until: int) -> tuple[str, ...]:
        return ("e1",) if since < until else ()

    def changed_facts(self, since: int, until: int) -> FactChanges:
        lost = HeldFact(text="lost", documents=frozenset({"inn", "copy"}))
        return FactChanges(removed=(lost,) if self.defect == "loses a fact" else ())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, rows in (("versions.jsonl", VERSIONS), ("queries.jsonl", QUERIES)):
        (tmp_path / name).write_text("\n".join(map(json.dumps, rows)))
    (tmp_path / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq1\tmill\t1\nq2\tmill\t1\n")
    return tmp_path


def run(folder: Path, defect: str = "", *, paraphrased: bool = False) -> Any:
    service: Any = FakeService(defect)
    plan = FreshnessPlan(latencies=2, patience=0.2, paraphrased=paraphrased)
    return FreshnessRun(load_timeline(folder), plan, service).run(lambda *_: None)


def test_a_service_that_is_right(folder: Path) -> None:
    result = run(folder)
    figures: Any = figures_of(result)
    assert figures["by_hops"]["1"]["right"] == 1.0
    assert figures["stale_citations"]["stale"] == 0
    assert figures["stale_citations"]["probes"] >= 2
    assert figures["retraction"]["failed"] == figures["over_deletion"]["lost"] == figures["as_of"]["failed"] == 0
    assert figures["retraction"]["probes"] >= 4
    assert figures["over_deletion"]["probes"] >= 1
    assert (figures["cost"]["chunks_extracted"], figures["cost"]["chunks_of_rebuilds"]) == (1, 2)
    assert figures["update_to_answer_seconds"]["changes"] == 2
    publish_freshness(folder / "out", result)
    page = (folder / "out" / "report.html").read_text()
    assert "2021-01-01" in page
    assert "<svg" in page
    assert json.loads((folder / "out" / "freshness.json").read_text())["questions"] == 2


@pytest.mark.parametrize(
    ("defect", "figure", "key"),
    [
        ("answers from the first version", "stale_citations", "stale"),
        ("misquotes", "stale_citations", "stale"),
        ("finds what was removed", "retraction", "failed"),
        ("keeps entities", "retraction", "failed"),
        ("loses the twin", "over_deletion", "lost"),
        ("loses a fact", "over_deletion", "lost"),
        ("forgets the past", "as_of", "failed"),
        ("finds what was removed", "update_to_answer_seconds", "never_shown"),
    ],
)
def test_a_service_that_is_wrong_is_caught(folder: Path, defect: str, figure: str, key: str) -> None:
    figures: Any = figures_of(run(folder, defect))
    assert figures[figure][key] > 0


def test_a_value_counts_where_it_is_quoted(folder: Path) -> None:
    figures: Any = figures_of(run(folder, "quotes something else"))
    assert figures["by_hops"]["1"]["right"] == 0.0
    assert figures["by_hops"]["1"]["right_in_passages"] == 1.0


def test_other_words_are_a_second_set(folder: Path) -> None:
    assert figures_of(run(folder))["paraphrased_by_hops"] == {}
    figures: Any = figures_of(run(folder, "knows one wording", paraphrased=True))
    assert figures["by_hops"]["1"]["right"] == 1.0
    assert figures["paraphrased_by_hops"]["1"]["right"] == 0.0


@pytest.mark.parametrize(
    ("question", "others"),
    [
        (
            "What is the latest harvest of the mill?",
            {
                "Which harvest of the mill came out last?",
                "What is the current harvest of the mill?",
                "What is the most up-to-date harvest of the mill?",
                "the mill 最近一次的 harvest 是哪个？",
            },
        ),
        (
            "Who runs the inn?",
            {"Who currently runs the inn?", "Who runs the inn at present?", "目前谁 runs the inn？"},
        ),
        ("谁是磨坊的主人？", {"现任磨坊的主人是谁？", "磨坊的主人目前是谁？"}),
        ("磨坊最新的报告是什么？", {"磨坊最近一次的报告是什么", "磨坊目前的报告是什么"}),
        (
            "Is the mill open?",
            {"At present, is the mill open?", "Currently, is the mill open?", "As things stand, is the mill open?"},
        ),
    ],
)
def test_a_question_in_other_words(question: str, others: set[str]) -> None:
    assert {paraphrase(question, str(number)) for number in range(60)} == others


def test_no_cue_is_left() -> None:
    for number in range(60):
        other = paraphrase("What is the latest harvest of the newest mill of Varn?", str(number))
        assert "latest" not in other
        assert "newest" not in other
        assert "Varn" in other


def test_an_outdated_answer_is_outdated(folder: Path) -> None:
    figures: Any = figures_of(run(folder, "answers from the first version"))
    assert figures["stale_values_not_in_live_text"] == 1
    assert figures["by_hops"]["1"]["stale"] == 0.5


@pytest.mark.parametrize(
    ("text", "value", "holds"),
    [
        ("latest: 1.2.3", "1.2", False),
        ("latest: 1.2.", "1.2", True),
        ("by Ada Stone, who", "ada stone", True),
        ("Stonehenge", "stone", False),
        ("负责人是林雨桐。", "林雨桐", True),
        ("8u382+6", "8u382", False),
    ],
)
def test_values(text: str, value: str, holds: bool) -> None:
    assert states(text, [value]) is holds


def test_statements_that_others_make_are_supported() -> None:
    kept = StatementCounts()
    kept.change(None, "The keeper of the inn is Bela Kuhn.")
    kept.change(None, "The keeper of the inn is Bela Kuhn.")
    removed, supported = kept.change("The keeper of the inn is Bela Kuhn.", None)
    assert (removed, supported) == (set(), {"The keeper of the inn is Bela Kuhn."})
    removed, supported = kept.change("The keeper of the inn is Bela Kuhn.", "Closed for good, it seems.")
    assert (removed, supported) == ({"The keeper of the inn is Bela Kuhn."}, set())


@pytest.mark.parametrize(
    ("name", "line", "says"),
    [
        ("versions.jsonl", "{", "versions.jsonl:6: bad JSON"),
        ("versions.jsonl", '{"_id": "x", "text": "y"}', "versions.jsonl:6: 'version' is missing"),
        ("queries.jsonl", '{"_id": "q", "text": "?"}', "queries.jsonl:3: 'metadata.as_of'"),
        ("queries.jsonl", '{"_id": "q", "text": "?", "metadata": {"as_of": "1999-01-01"}}', "'1999-01-01'"),
        ("qrels.tsv", "q1", "qrels.tsv:4: query-id"),
    ],
)
def test_a_bad_timeline_is_refused_with_its_line(folder: Path, name: str, line: str, says: str) -> None:
    with (folder / name).open("a") as file:
        file.write(("" if name == "qrels.tsv" else "\n") + line + "\n")
    with pytest.raises(InputError, match=says.replace("(", r"\(")):
        load_timeline(folder)


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"versions\.jsonl cannot be read"):
        load_timeline(tmp_path)


def test_a_knowledge_base_that_is_not_empty_is_refused(folder: Path) -> None:
    service: Any = FakeService()
    service._put("old", "text")
    with pytest.raises(InputError, match="not empty"):
        FreshnessRun(load_timeline(folder), FreshnessPlan(), service).run(lambda *_: None)
