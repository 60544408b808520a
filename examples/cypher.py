"""Cypher on the graph: Quipu writes, and plain Cypher reads what holds now, with the words that it rests on.

make start-neo4j                      # prints the settings; then, with them,
quipu serve
"""

import os
from typing import LiteralString

from neo4j import GraphDatabase

from api.client import Quipu, TextDocument

URL = os.environ.get("QUIPU_URL", "http://127.0.0.1:8000")
GRAPH = os.environ.get("QUIPU_GRAPH_URL", "neo4j://127.0.0.1:7687")
USER, PASSWORD = os.environ.get("QUIPU_NEO4J_USER", "neo4j"), os.environ.get("QUIPU_NEO4J_PASSWORD", "")
STATED: LiteralString = """
MATCH (d:Document {id: $document})<-[:PART_OF]-(c:Chunk)
MATCH (source:Entity)-[r:RELATES {chunk_id: c.id}]->(target:Entity)
RETURN source.name AS source, r.predicate AS predicate, target.name AS target,
       substring(c.text, r.start, r.end - r.start) AS quote
ORDER BY r.start
"""
"""What a document states. Read as you like, and write through Quipu only."""


def main() -> None:
    """Ask the graph before and after a change."""
    with (
        Quipu(URL, key=os.environ.get("QUIPU_API_KEY")) as quipu,
        GraphDatabase.driver(GRAPH, auth=(USER, PASSWORD)) as driver,
    ):
        for builder in ("Tove Rask", "Nils Orr"):
            document = TextDocument(title="Mill", text=f"The Aune Mill was built by {builder}.")
            quipu.replace_document("example-cypher", document, wait=60)
            for row in driver.execute_query(STATED, document="example-cypher").records:
                print(f"{row['source']} — {row['predicate']} → {row['target']}   “{row['quote']}”")
        quipu.delete_document("example-cypher", purge=True)
        print("left after the purge:", len(driver.execute_query(STATED, document="example-cypher").records))


if __name__ == "__main__":
    main()
