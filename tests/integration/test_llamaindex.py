"""Quipu inside a LlamaIndex query engine."""

import warnings
from pathlib import Path
from typing import Any

import pytest
from neo4j_fixtures import neo4j_store
from neo4j_server import Neo4jServer
from small_world import SmallWorld, small_world

from graph.errors import ConflictError


def test_query_engine(world: SmallWorld) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # theirs, at import
        from llama_index.core.llms import MockLLM
        from llama_index.core.query_engine import RetrieverQueryEngine

        from retrieval.llamaindex.retriever import QuipuRetriever

    world.put("selm", "The Selm Tower was designed by Edda Brink.", title="Selm Tower")
    retriever = QuipuRetriever(world.questions, k=3)
    engine = RetrieverQueryEngine.from_args(retriever, llm=MockLLM(max_tokens=400))
    answer = engine.query("Who designed the Selm Tower?")
    node = answer.source_nodes[0]
    assert node.text == "The Selm Tower was designed by Edda Brink."
    assert node.metadata["document_id"] == "selm"
    assert node.metadata["revision"] == 1


def test_property_graph_of_either_store(neo4j_server: Neo4jServer, tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # theirs, at import
        from llama_index.core import MockEmbedding, PropertyGraphIndex
        from llama_index.core.indices.property_graph import LLMSynonymRetriever
        from llama_index.core.llms import CompletionResponse, MockLLM

        from retrieval.llamaindex.property_graph_store import QuipuPropertyGraph

    with neo4j_store(neo4j_server) as store, small_world(tmp_path, store) as world:
        world.put("halden", "Halden Observatory stands on Mount Skarn.", title="Halden")
        world.put("gone", "Halden Observatory stands on Mount Gone.", title="Gone")
        world.remove("gone")
        graph = QuipuPropertyGraph(world.store)
        (node,) = graph.get(ids=["halden observatory"])
        assert (node.id, node.properties["documents"]) == ("Halden Observatory", 1)
        triplets = graph.get_rel_map([node])
        assert [(s.id, r.label, t.id) for s, r, t in triplets] == [("Halden Observatory", "stands on", "Mount Skarn")]
        assert graph.get_triplets(entity_names=["Mount Skarn"], relation_names=["stands on"]) == triplets
        with pytest.raises(ConflictError):
            graph.upsert_nodes([node])

        class Synonyms(MockLLM):
            def complete(self, *arguments: Any, **more: Any) -> CompletionResponse:
                return CompletionResponse(text="Halden Observatory^Skarn")

        llm = Synonyms()
        index = PropertyGraphIndex.from_existing(
            graph, llm=llm, embed_kg_nodes=False, embed_model=MockEmbedding(embed_dim=4)
        )
        retriever = index.as_retriever(
            sub_retrievers=[LLMSynonymRetriever(graph, llm=llm, include_text=False)], include_text=False
        )
        found = [item.node.get_content() for item in retriever.retrieve("Where does the observatory stand?")]
        assert any("stands on" in text and "Mount Skarn" in text for text in found)
        assert not any("Mount Gone" in text for text in found)
