"""Quipu inside a LlamaIndex query engine."""

import warnings

from small_world import SmallWorld


def test_query_engine(world: SmallWorld) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # theirs, at import
        from llama_index.core.llms import MockLLM
        from llama_index.core.query_engine import RetrieverQueryEngine

        from retrieval.llamaindex_retriever import QuipuRetriever

    world.put("selm", "The Selm Tower was designed by Edda Brink.", title="Selm Tower")
    retriever = QuipuRetriever(world.questions, k=3)
    engine = RetrieverQueryEngine.from_args(retriever, llm=MockLLM(max_tokens=400))
    answer = engine.query("Who designed the Selm Tower?")
    node = answer.source_nodes[0]
    assert node.text == "The Selm Tower was designed by Edda Brink."
    assert node.metadata["document_id"] == "selm"
    assert node.metadata["revision"] == 1
