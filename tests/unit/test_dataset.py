"""A malformed data set is refused with file and line."""

import json
from pathlib import Path

import pytest

from evals.dataset import load_dataset
from graph.errors import InputError

CORPUS = [{"_id": "d1", "title": "T", "text": "One."}, {"_id": "d2", "title": "", "text": ""}]
QUERIES = [
    {"_id": "q1", "text": "Which?", "answers": ["One"], "metadata": {
        "hops": 2, "decomposition": [{"support": "d1"}, {"question": "no support"}, {"support": "d2"}],
        "evidence": [{"document": "d1", "passage": "One."}]}},
    {"_id": "q2", "text": "What else?", "metadata": {"answerable": False}},
    {"_id": "q3", "text": "Nothing to compare with"},
]  # fmt: skip
QRELS = "query-id\tcorpus-id\tscore\nq1\td1\t2\nq1\td2\t0\n"


def write(folder: Path, *, corpus: str | None = None, queries: str | None = None, qrels: str | None = None) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "corpus.jsonl").write_text(corpus or "\n".join(map(json.dumps, CORPUS)))
    (folder / "queries.jsonl").write_text(queries or "\n".join(map(json.dumps, QUERIES)))
    (folder / "qrels.tsv").write_text(qrels or QRELS)
    return folder


def test_a_whole_one(tmp_path: Path) -> None:
    dataset = load_dataset(write(tmp_path / "mini"))
    first = dataset.queries[0]
    assert (dataset.name, len(dataset.corpus)) == ("mini", 2)
    assert dataset.qrels == {"q1": {"d1": 2}}
    assert (first.hops, first.steps, first.passages) == (2, ("d1", "d2"), {"d1": "One."})
    assert [query.id for query in dataset.gradable] == ["q1", "q2"]
    assert dataset.digest != load_dataset(write(tmp_path / "other", qrels=QRELS + "q3\td1\t1\n")).digest


def test_as_beir_packs_it(tmp_path: Path) -> None:
    folder = write(tmp_path)
    (folder / "qrels").mkdir()
    (folder / "qrels.tsv").rename(folder / "qrels" / "test.tsv")
    assert load_dataset(folder).qrels == {"q1": {"d1": 2}}


def test_without_corpus_only_where_none_is_needed(tmp_path: Path) -> None:
    folder = write(tmp_path, qrels=QRELS + "q1\telsewhere\t1\n")
    with pytest.raises(InputError, match=r"qrels\.tsv:4: unknown document 'elsewhere'"):
        load_dataset(folder)
    (folder / "corpus.jsonl").unlink()
    with pytest.raises(InputError, match=r"corpus\.jsonl cannot be read"):
        load_dataset(folder)
    assert load_dataset(folder, needs_corpus=False).qrels["q1"] == {"d1": 2, "elsewhere": 1}


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        ({"corpus": '{"_id": "d1", "text": "x"}\n{"_id": "d1", "text": "y"}'}, r"corpus\.jsonl:2: id 'd1'.*line 1"),
        ({"corpus": '{"_id": "d1", "text": "x"}\n\n{"_id": "d2"'}, r"corpus\.jsonl:3: bad JSON"),
        ({"corpus": '{"_id": "d1"}'}, r"corpus\.jsonl:1: 'text'"),
        ({"corpus": '{"_id": 1, "text": "x"}'}, r"corpus\.jsonl:1: .*'_id'"),
        ({"corpus": '["d1"]'}, r"corpus\.jsonl:1: "),
        ({"queries": '{"_id": "q1", "text": "?", "answers": "One"}'}, r"queries\.jsonl:1: 'answers'"),
        ({"queries": '{"_id": "q1", "text": "?", "metadata": []}\n{"_id": "q1"'}, r"queries\.jsonl:2: bad JSON"),
        ({"queries": '{"_id": "q1", "text": "?", "metadata": [1]}'}, r"queries\.jsonl:1: 'metadata'"),
        ({"queries": '{"_id": "q1", "text": "?", "metadata": {"hops": "two"}}'}, r"queries\.jsonl:1: .*hops"),
        ({"qrels": "query-id\tcorpus-id\tscore\nq9\td1\t1\n"}, r"qrels\.tsv:2: unknown query 'q9'"),
        ({"qrels": "q1\td9\t1\n"}, r"qrels\.tsv:1: unknown document 'd9'"),
        ({"qrels": "q1\td1\t1\nq1\td1\t1\n"}, r"qrels\.tsv:2: .*twice"),
        ({"qrels": "q1\td1\n"}, r"qrels\.tsv:1: "),
        ({"qrels": "q1\td1\tmuch\n"}, r"qrels\.tsv:1: "),
    ],
)
def test_malformed(tmp_path: Path, broken: dict[str, str], says: str) -> None:
    with pytest.raises(InputError, match=says):
        load_dataset(write(tmp_path, **broken))


def test_a_missing_file_and_bytes_that_are_no_text(tmp_path: Path) -> None:
    folder = write(tmp_path)
    (folder / "qrels.tsv").write_bytes(b"query-id\tcorpus-id\tscore\nq1\t\xff\t1\n")
    with pytest.raises(InputError, match=r"named/qrels\.tsv:2: no UTF-8"):
        load_dataset(folder, shown="named")
    (folder / "qrels.tsv").unlink()
    with pytest.raises(InputError, match=r"qrels\.tsv cannot be read"):
        load_dataset(folder)
