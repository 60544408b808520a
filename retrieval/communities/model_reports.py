"""Reports on communities by a language model: one guarded call each, and every sentence verified before it counts.

The call goes the way of every answer: what a model said to the same passages is kept with the answers, by all that
went in, and forgotten with them when a document is purged.
"""

from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import anyio
import anyio.to_thread

from graph.errors import DependencyError, ModelOutputError
from graph.prompting import instructions
from graph.text.tokens import east_asian_share
from retrieval.answer import Claim, Draft
from retrieval.answering.citations import verify_claim
from retrieval.communities.map_reduce import Reported
from retrieval.communities.mapping import Read
from retrieval.communities.model import Report
from retrieval.communities.weights import GlobalLimits
from retrieval.model import Evidence, Question
from retrieval.ports import AnswerGenerator
from retrieval.questions.read_question import ReadQuestion, read_question

_CHINESE = 0.3
"""Share of East Asian characters from which on a report is asked for in Chinese."""
_PROMPTS = Path(__file__).parent / "prompts"


class ModelReports:
    """Writes reports with whatever writes answers from evidence."""

    def __init__(self, generator: AnswerGenerator) -> None:
        self._generator = generator
        self.made = 0
        """Reports that a model was asked for so far."""

    async def of_all(self, reads: Sequence[Read], question: Question, limits: GlobalLimits) -> Reported:
        """The first reports in a model's words, as far as the limits go.

        Where nothing can be used of what the model said, the next is asked for; where its server fails, none is.
        """
        written, drafts = list(reads), list[Draft]()
        lacks: tuple[str, ...] = ("reports on communities: the time for them was up; the others are by rule",)
        with anyio.move_on_after(limits.seconds):
            failed: list[DependencyError] = []
            for place, one in enumerate(reads[: limits.reports]):
                try:
                    report, draft = await self._written(one.report, question)
                except DependencyError as error:
                    failed.append(error)
                    if not isinstance(error, ModelOutputError):
                        break
                    continue
                written[place] = replace(one, report=report)
                drafts.append(draft)
            lacks = tuple(f"a report on a community is by rule: {error}" for error in failed[:1])
        return Reported(reads=tuple(written), drafts=tuple(drafts), lacks=lacks)

    async def _written(self, report: Report, question: Question) -> tuple[Report, Draft]:
        """The report in a model's words; as it was by rule where nothing that the model wrote holds."""
        asked = replace(question, text=_asked(report.evidence), mode="keyword", history=())
        read = read_question(asked)
        draft = Draft(abstained=True)
        claims: list[Claim] = []
        async with aclosing(self._generator.generate(read, report.evidence)) as parts:  # type: ignore[type-var]
            async for part in parts:
                if isinstance(part, Draft):
                    draft = part
                elif isinstance(part, Claim):
                    claims += await anyio.to_thread.run_sync(_verified, part, report.evidence, read)
        self.made += draft.calls > 0
        return (replace(report, claims=tuple(claims), by_model=True) if claims else report), draft


def _verified(claim: Claim, evidence: Sequence[Evidence], read: ReadQuestion) -> list[Claim]:
    """The claim with the quotes that hold; nothing where it does not."""
    held = verify_claim(claim, evidence, read)
    if not held.citations:
        return []
    return [Claim(text=claim.text, quotes=tuple((one.marker, one.quote) for one in held.citations))]


def _asked(evidence: Sequence[Evidence]) -> str:
    """What a report is asked for by: no word of it comes from a document."""
    share = east_asian_share("".join(item.placed.chunk.text for item in evidence))
    return instructions(_PROMPTS, "report", zh=share > _CHINESE)
