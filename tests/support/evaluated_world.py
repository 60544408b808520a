"""An evaluated service without a server: answers by recipe, counts what it was asked, fails when told to."""

from collections.abc import Mapping, Sequence

from evals.dataset import CorpusDocument
from evals.model import GivenAnswer, GivenPassage, Quote, ServiceState
from evals.ports import Progress
from graph.errors import DependencyError, NotFoundError


class RecipeService:
    """The KnowledgeService port. ``finds`` are document ids per question, ``answers`` (document, text) per question."""

    def __init__(self, finds: Mapping[str, Sequence[str]], answers: Mapping[str, tuple[str, str] | None]) -> None:
        self.finds = finds
        self.answers = answers
        self.texts: dict[str, str] = {}
        self.asked: list[str] = []
        self.fail_after: int | None = None

    def state(self) -> ServiceState:
        settings = {"QUIPU_EMBEDDER": "none", "QUIPU_PORT": "1"}
        return ServiceState(revision=len(self.texts), documents=len(self.texts), settings=settings)

    def add(self, documents: Sequence[CorpusDocument], progress: Progress) -> Mapping[str, str]:
        self.texts |= {document.id: document.text for document in documents if document.text}
        progress("read", len(documents), len(documents))
        return {document.id: "empty" for document in documents if not document.text}

    def search(self, question: str, mode: str, revision: int, history: object = ()) -> tuple[GivenPassage, ...]:
        self.asked.append(question)
        if self.fail_after is not None and len(self.asked) > self.fail_after:
            raise DependencyError("the service is gone")
        return tuple(
            GivenPassage(
                document_id=document, chunk_id=f"{document}#0", title=document.upper(), text=self.texts[document],
                score=1.0, retriever="chain", path=("start", document),
            )
            for document in self.finds[question]
        )  # fmt: skip

    def ask(self, question: str, mode: str, revision: int, history: object = ()) -> GivenAnswer:
        given = self.answers[question]
        if given is None:
            return GivenAnswer(text="The documents do not say what is blue.", abstained=True, quotes=())
        document, quote = given
        start = self.texts[document].find(quote)
        cited = Quote(document_id=document, title=document, quote=quote, start=start, end=start + len(quote))
        return GivenAnswer(text=quote, abstained=False, quotes=(cited,), paths=(("start", document),))

    def text(self, document_id: str, revision: int) -> str:
        if document_id not in self.texts:
            raise NotFoundError(document_id)
        return self.texts[document_id]
