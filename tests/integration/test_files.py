"""Real files of every format, and hostile ones, against what their manifest says they must yield."""

import json
from collections import defaultdict
from pathlib import Path

import pytest

from benchmarks.documents import Outcome, manifest, outcomes
from benchmarks.tables_as_read import campaign
from graph.errors import InputError
from ingest.loaders.loading import Loading
from ingest.loaders.parser_process import ParserProcess
from ingest.loaders.reading_limits import DEFAULT_LIMITS, ReadingLimits
from ingest.model import Source

LEAST = 0.98
"""Share of the files of a format that yield what their manifest states."""


def test_files(shared_data: Path) -> None:
    parser = ParserProcess()
    try:
        found = list(outcomes(Loading(parser), manifest(shared_data)))
    finally:
        parser.close()
    by_format: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in found:
        by_format[outcome.file.split("/")[0]].append(outcome)
    assert len(found) > 600
    below = {
        name: [f"{each.file}: {why}" for each in group for why in each.wrong]
        for name, group in by_format.items()
        if sum(not each.wrong for each in group) < LEAST * len(group)
    }
    assert not below, json.dumps(below, indent=1, ensure_ascii=False)


def test_the_cells_of_tables(shared_data: Path) -> None:
    parser = ParserProcess()
    try:
        figures, missing = campaign(Loading(parser), shared_data)
    finally:
        parser.close()
    assert sum(found["tables"] for found in figures.values()) >= 40
    assert all(found["share"] >= 0.95 for found in figures.values()), (figures, missing)


def test_a_parser_that_takes_too_long_is_ended_and_the_next_one_works() -> None:
    parser = ParserProcess(ReadingLimits(seconds=0.001))
    html = Source(name="a.html", media_type="text/html", data=b"<p>hello</p>" * 1000)
    with pytest.raises(InputError, match="could not be read"):
        parser.load(html)
    parser._limits = DEFAULT_LIMITS
    assert "hello" in parser.load(html).text
    parser.close()


def test_a_parser_that_dies_is_started_again() -> None:
    parser = ParserProcess()
    html = Source(name="a.html", media_type="text/html", data=b"<p>hello</p>")
    assert parser.load(html).text.strip() == "hello"
    assert parser._child is not None
    parser._child.kill()
    parser._child.wait()
    assert parser.load(html).text.strip() == "hello"
    parser.close()
