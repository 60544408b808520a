"""A question for one cell, over REST: the row that answers is quoted, and the names of its columns come with it."""

from collections.abc import Mapping
from typing import Any

import pytest
from service_process import ServiceProcess

ITEMS = [(f"Valve {number}", number + 2, 3 * number, f"{number + 5} bar") for number in range(150)]
COLUMNS = ("Item", "Stock", "Dealer price", "Pressure")


@pytest.fixture(scope="module")
def loaded(service: ServiceProcess) -> ServiceProcess:
    rows = "".join(f"| {' | '.join(map(str, item))} |\n" for item in ITEMS)
    markdown = f"---\nauthor: Ada Stone\n---\n# Prices\n\n| {' | '.join(COLUMNS)} |\n|---|---|---|---|\n{rows}"
    bar = "====== ======\n"
    short = f"Mills\n=====\n\n{bar}Mill   Wheels\n{bar}Varnel 4\nSelmut 6\n{bar}"
    records = '[{"pump": "Orbit", "litres": 40}, {"pump": "Comet", "litres": 55}]'
    for name, text, kind in (
        ("prices", markdown, "text/markdown"), ("mills", short, "text/x-rst"), ("pumps", records, "application/json"),
    ):  # fmt: skip
        service.put(name, text, media_type=kind)
    return service


def citation(service: ServiceProcess, question: str, value: str) -> Mapping[str, Any]:
    answer = service.ask(question)
    found = next(one for one in answer["citations"] if value in one["quote"])
    text = service.http.get(f"/v1/documents/{found['document_id']}/content").text
    assert text[found["start"] : found["end"]] == found["quote"]
    said = " ".join([*found["headings"], *(one["quote"] for one in answer["citations"])])
    return {**found, "said": said}


@pytest.mark.parametrize("number", [7, 40, 120, 149])
def test_a_cell_of_a_long_table_is_cited_with_its_columns(loaded: ServiceProcess, number: int) -> None:
    found = citation(loaded, f"What is the dealer price of Valve {number}?", f"| Valve {number} | {number + 2} |")
    assert str(3 * number) in found["quote"]
    assert "Dealer price" in found["said"]


@pytest.mark.parametrize(
    ("question", "value", "column"),
    [
        ("How many wheels has the mill Varnel?", "Varnel | 4", "Wheels"),
        ("How many litres does the Comet pump?", "litres: 55", "litres"),
    ],
)
def test_a_cell_of_a_short_table_too(loaded: ServiceProcess, question: str, value: str, column: str) -> None:
    assert column in citation(loaded, question, value)["said"]


def test_each_row_is_a_fact_of_the_graph(loaded: ServiceProcess) -> None:
    (entity,) = loaded.http.get("/v1/graph/entities", params={"query": "Valve 120"}).json()["entities"][:1]
    relations = loaded.http.get(f"/v1/graph/entities/{entity['id']}").json()["relations"]
    assert {(one["predicate"], one["target"]["name"]) for one in relations} == {
        ("Stock", "122"), ("Dealer price", "360"), ("Pressure", "125 bar"),
    }  # fmt: skip
    assert {one["evidence"]["chunk_id"] for one in relations} <= {
        one["id"] for one in loaded.http.get("/v1/documents/prices/chunks").json()
    }


def test_front_matter_is_in_no_passage(loaded: ServiceProcess) -> None:
    chunks = loaded.http.get("/v1/documents/prices/chunks").json()
    assert not any("author" in one["text"] or any("author" in name for name in one["headings"]) for one in chunks)
    assert "author: Ada Stone" in loaded.http.get("/v1/documents/prices/content").text
