"""The queries of docs/neo4j.md on a real Neo4j: each must give what the page shows.

QUIPU_WRITE_DOCS=true writes what they give into the page.
"""

import os
import re
from pathlib import Path
from typing import Any

from neo4j_server import Neo4jServer
from sample_graph import sample_graph

PAGE = Path(__file__).parents[2] / "docs" / "neo4j.md"
QUERY = re.compile(r"```cypher\n(.*?)```\n\n```text\n(.*?)```", re.DOTALL)


def test_the_queries_of_the_page(neo4j_server: Neo4jServer, tmp_path: Path) -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert len(QUERY.findall(page)) == 10
    with sample_graph(neo4j_server, tmp_path), neo4j_server.driver() as driver, driver.session() as session:

        def answered(match: re.Match[str]) -> str:
            result = session.run(match[1])
            return f"```cypher\n{match[1]}```\n\n```text\n{table(list(result.keys()), result.values())}```"

        found = QUERY.sub(answered, page)
    if os.environ.get("QUIPU_WRITE_DOCS") == "true":
        PAGE.write_text(found, encoding="utf-8")
    assert all(len(shown.splitlines()) > 1 for _, shown in QUERY.findall(found))
    assert found == page


def table(names: list[str], rows: list[list[Any]]) -> str:
    lines = [" | ".join(names), *(" | ".join(map(cell, row)) for row in rows)]
    return "\n".join(lines) + "\n"


def cell(value: Any) -> str:
    return "–" if value is None else ", ".join(map(str, value)) if isinstance(value, list) else str(value)
