"""Conversations over a small world, kept in an operational database of their own."""

from dataclasses import replace
from pathlib import Path

import anyio
from small_world import SmallWorld

from graph.audience import UNRESTRICTED
from graph.model import DEFAULT_WORKSPACE
from graph.operations.database import OperationsDatabase
from retrieval.answer import Answer
from retrieval.answering.extractive.generator import ExtractiveGenerator
from retrieval.asking import Questions
from retrieval.conversation.conversations import Conversations
from retrieval.conversation.evidence import CitedEvidence
from retrieval.conversation.model import USUAL, Bounds, Holder
from retrieval.model import Question
from retrieval.pipeline import whole
from retrieval.ports import AnswerGenerator, Rewriter
from retrieval.tables.sessions import SqliteSessions

ANYBODY = Holder(workspace=DEFAULT_WORKSPACE, audience=UNRESTRICTED)


class SmallConversations:
    """``say`` asks in a session; questions are sought by their words alone."""

    def __init__(
        self, folder: Path, world: SmallWorld, *, generator: AnswerGenerator | None = None,
        rewriter: Rewriter | None = None, bounds: Bounds = USUAL,
    ) -> None:  # fmt: skip
        self.world = world
        self._folder = folder
        self.database = OperationsDatabase(folder / "operations.sqlite")
        self.sessions = SqliteSessions(self.database, bounds)
        pipeline = world.asking(generator or ExtractiveGenerator())
        self.questions = Questions(pipeline=pipeline, modes={}, rewriter=rewriter)
        self.conversations = Conversations(
            kept=self.sessions, questions=self.questions, evidence=CitedEvidence(world.store, world.views),
            limiter=anyio.CapacityLimiter(2),
        )  # fmt: skip

    def open(self, holder: Holder = ANYBODY) -> str:
        return self.conversations.open(holder).id

    def say(self, session: str, text: str, holder: Holder = ANYBODY, **more: object) -> Answer:
        question = Question(text=text, workspace=holder.workspace, audience=holder.audience, mode="keyword")
        asked = replace(question, **more)  # type: ignore[arg-type]
        return anyio.run(lambda: whole(self.conversations.stream(holder, session, asked)))

    def afresh(self, text: str) -> str:
        """What is said to somebody who has said nothing before."""
        question = Question(text=text, workspace=DEFAULT_WORKSPACE, audience=UNRESTRICTED, mode="keyword")
        return anyio.run(self.questions.ask, question).text

    def purge(self, document_id: str) -> None:
        """As the service does: out of the graph first, then out of all that was kept of it."""
        self.world.purge(document_id)
        self.conversations.forget(DEFAULT_WORKSPACE, document_id)
        self.database.erase_freed_pages()

    def files_with(self, word: str) -> list[str]:
        """Databases that hold a word in any byte."""
        found = (path for path in self._folder.rglob("*.sqlite*") if path.is_file())
        return [path.name for path in found if word.encode() in path.read_bytes()]
