"""The sample documents in a Neo4j store, with a little history: what docs/neo4j.md shows."""

import mimetypes
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from neo4j_fixtures import neo4j_store
from neo4j_server import Neo4jServer
from small_world import SmallWorld, small_world

SAMPLES = Path(__file__).parents[2] / "samples" / "documents"


@contextmanager
def sample_graph(server: Neo4jServer, folder: Path) -> Iterator[SmallWorld]:
    """Every sample in order of name, one revision each; then one is replaced, and one withdrawn."""
    with neo4j_store(server) as store, small_world(folder, store) as world:
        for path in sorted(path for path in SAMPLES.rglob("*") if path.is_file()):
            media_type = mimetypes.guess_type(path.name)[0] or "text/markdown"
            world.put(path.relative_to(SAMPLES).as_posix(), path.read_bytes(), media_type=media_type)
        text = (SAMPLES / "brennick.txt").read_text(encoding="utf-8")
        world.put("brennick.txt", text + "\nBrennick Hall was built by Tove Rask.\n")
        world.remove("tavish-works.txt")
        yield world
