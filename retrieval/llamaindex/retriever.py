"""Quipu as a retriever for LlamaIndex: import this module only where LlamaIndex is wanted, it takes seconds."""

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from graph.audience import NOBODY, Audience
from graph.model import DEFAULT_WORKSPACE
from retrieval.model import Question
from retrieval.modes import SearchMode
from retrieval.pipeline import QuestionPipeline


class QuipuRetriever(BaseRetriever):  # type: ignore[misc,unused-ignore]
    """Passages of a workspace as LlamaIndex nodes; ``metadata`` says document, version, revision and why."""

    def __init__(
        self, pipeline: QuestionPipeline, *, workspace: str = DEFAULT_WORKSPACE, k: int = 10,
        mode: SearchMode = "hybrid", audience: Audience = NOBODY,
    ) -> None:  # fmt: skip
        super().__init__()
        self._pipeline = pipeline
        self._workspace = workspace
        self._k = k
        self._mode = mode
        self._audience = audience

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        question = Question(
            text=query_bundle.query_str, workspace=self._workspace, k=self._k, mode=self._mode, audience=self._audience
        )
        found = self._pipeline.search(question)
        nodes: list[NodeWithScore] = []
        for hit in found.hits:
            placed = found.chunks[hit.chunk_id]
            metadata = {
                "document_id": hit.document_id, "version": placed.document.version, "title": placed.document.title,
                "revision": found.revision, "start": placed.position.start, "end": placed.position.end,
                "why": " → ".join(step.label for step in hit.why.path),
            }  # fmt: skip
            node = TextNode(id_=hit.chunk_id, text=placed.chunk.text, metadata=metadata)
            nodes.append(NodeWithScore(node=node, score=hit.score))
        return nodes
