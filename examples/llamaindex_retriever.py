"""A running Quipu as a retriever for LlamaIndex: its nodes say document, version and why they were found.

Inside the service's own process ``retrieval.llamaindex.retriever`` does the same without HTTP.
"""

import os

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.llms import MockLLM
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from api.client import Quipu, TextDocument

URL = os.environ.get("QUIPU_URL", "http://127.0.0.1:8000")


class RunningQuipu(BaseRetriever):  # type: ignore[misc,unused-ignore]
    """Passages of a running service."""

    def __init__(self, quipu: Quipu, *, k: int = 5) -> None:
        super().__init__()
        self._quipu = quipu
        self._k = k

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        found = self._quipu.search(query_bundle.query_str, k=self._k)
        return [
            NodeWithScore(
                node=TextNode(
                    id_=hit.chunk_id, text=hit.text,
                    metadata={
                        "document_id": hit.document_id, "version": hit.version, "revision": found.revision,
                        "why": " → ".join(step.label for step in hit.why.path),
                    },
                ),
                score=hit.score,
            )
            for hit in found.hits
        ]  # fmt: skip


def main() -> None:
    """Ask a query engine of LlamaIndex."""
    with Quipu(URL, key=os.environ.get("QUIPU_API_KEY")) as quipu:
        text = "The lighthouse of Skarn was designed by Edda Brink. Edda Brink was born in Halden."
        quipu.replace_document("example-lighthouse", TextDocument(title="Skarn", text=text), wait=60)
        # put any LLM of LlamaIndex here; this one repeats its prompt, so that the passages can be seen in it
        engine = RetrieverQueryEngine.from_args(RunningQuipu(quipu), llm=MockLLM(max_tokens=200))
        response = engine.query("Who designed the lighthouse of Skarn?")
        for found in response.source_nodes:
            about = found.node.metadata
            print(f"{about['document_id']}, version {about['version']}: {found.node.get_content()}")


if __name__ == "__main__":
    main()
