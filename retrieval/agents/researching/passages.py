"""The researcher of passages: looks for them, and reads in them what answers."""

import time

from typing_extensions import override

from retrieval.agents.library import MORE, Library
from retrieval.agents.model import Report, Task
from retrieval.agents.ports import Researcher
from retrieval.agents.researching.reading import PassageReader
from retrieval.agents.texts import ANSWERING, FOUND, NO_ANSWER, tell
from retrieval.budget import Account
from retrieval.model import Question
from retrieval.modes import SearchMode


class PassageResearcher(Researcher):
    """Every question is one for it. Work that was sent back it does with more passages, then by words alone."""

    def __init__(self, reader: PassageReader) -> None:
        self._reader = reader

    @override
    def takes(self, question: Question) -> bool:
        return True

    @override
    async def research(self, task: Task, library: Library, account: Account) -> Report:
        started = time.perf_counter()
        again: dict[int, tuple[int | None, SearchMode | None]] = {0: (None, None), 1: (MORE, None)}
        k, mode = again.get(task.returned, (MORE, "keyword"))
        found, gathered = await library.look(task.text, k=k, mode=mode)
        if task.part:
            read = await self._reader.answered(found.read, gathered.evidence, account)
        else:
            read = await self._reader.quoted(found.read, gathered.evidence)
        said = f"“{read.answer}”" if read.answer else f"“{read.short.text}”" if read.short else ""
        zh = library.chinese
        answering = said or tell(ANSWERING, zh=zh, count=len(read.claims))
        found_out = answering if read.claims else tell(NO_ANSWER, zh=zh)
        return Report(
            task=task, detail=tell(FOUND, zh=zh, count=len(gathered.evidence), found=found_out),
            evidence=gathered.evidence,
            claims=read.claims, answer=read.answer, short=read.short, by_model=read.by_model,
            notes=found.result.notes if found is not library.begun else (), degraded=read.degraded,
            seconds=time.perf_counter() - started, calls=account.cost.calls, tokens=account.cost.tokens,
        )  # fmt: skip
