"""The Neo4j of the tests, for benchmarks."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent.parent / "tests" / "support"))

from neo4j_server import Neo4jServer

__all__ = ["Neo4jServer"]
