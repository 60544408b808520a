"""An answer as it comes about: only what has been verified is ever shown."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from graph.text.inert import inert_line
from graph.text.tokens import east_asian_share, is_east_asian
from retrieval.answering.answer_texts import NOT_FOUND, SOURCES_DIFFER
from retrieval.answering.citations import verify_claim
from retrieval.answering.conflicts import find_conflict
from retrieval.answering.short.short_answers import cited_by, short_answer
from retrieval.model import Citation, Claim, Conflict, Derivation, Draft, Evidence, ShortAnswer
from retrieval.questions.read_question import ReadQuestion


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A piece of the answer's text."""

    text: str


class Writing:
    """Takes claims in, gives verified sentences and their citations out, and counts what it drops."""

    def __init__(self, read: ReadQuestion, evidence: Sequence[Evidence]) -> None:
        self._read = read
        self._evidence = evidence
        self._language = "zh" if is_east_asian(read.text) else "en"
        self._joint = "" if east_asian_share(read.text) > 0.3 else " "
        self._said: set[str] = set()
        self.text = ""
        self.citations: list[Citation] = []
        self.dropped_citations = 0
        self.dropped_sentences = 0
        self.draft = Draft(abstained=True)
        self.conflict: Conflict | None = None
        self.short_answer: ShortAnswer | None = None

    @property
    def abstained(self) -> bool:
        """Whether nothing holds."""
        return not self.citations

    @property
    def summary(self) -> str:
        """For people."""
        kept = "abstained" if self.abstained else f"{len(self.citations)} citations"
        dropped = f", {self.dropped_sentences} sentences dropped" if self.dropped_sentences else ""
        return kept + dropped

    def add(self, part: Claim | Derivation | Draft) -> Iterator[Token | Citation]:
        """What a part of the generator's answer adds."""
        if isinstance(part, Draft):
            self.draft = part
        elif isinstance(part, Derivation):
            yield from self._derived(part)
        else:
            yield from self._claimed(part)

    def _derived(self, part: Derivation) -> Iterator[Token | Citation]:
        """Its words open the answer only if every claim holds that they are derived from."""
        holds = all(verify_claim(claim, self._evidence, self._read).citations for claim in part.claims)
        if holds and part.words and not self.text:
            self.text = part.words
            yield Token(text=part.words)
        for claim in part.claims:
            yield from self._claimed(claim)
        if holds:
            self.short_answer = part.short

    def _claimed(self, part: Claim) -> Iterator[Token | Citation]:
        verified = verify_claim(part, self._evidence, self._read)
        self.dropped_citations += verified.dropped
        if not verified.citations or verified.text in self._said:
            self.dropped_sentences += 1
            return
        self._said.add(verified.text)
        # a marker and a bracket right after it would be a link
        joint = part.lead or (" " if verified.text[0] in "([:" else self._joint)
        piece = joint + verified.text if self.text else verified.text
        self.text += piece
        yield Token(text=piece)
        for citation in verified.citations:
            if citation not in self.citations:
                self.citations.append(citation)
                yield citation

    def end(self) -> Iterator[Token | Citation]:
        """The abstention, where nothing holds; what other sources say, where they contradict it."""
        if self.abstained:
            self.text = NOT_FOUND[self._language]
            yield Token(text=self.text)
            return
        if self.short_answer is not None:
            self.short_answer = cited_by(self.short_answer, self.citations)
        self.short_answer = self.short_answer or short_answer(self._read, self._evidence, self.citations)
        self.conflict = find_conflict(self._read, self._evidence, self.citations)
        if self.conflict is None:
            return
        piece = _told(self.conflict, SOURCES_DIFFER[self._language])
        self.text += piece
        yield Token(text=piece)
        for side in self.conflict.sides:
            if side.citation not in self.citations:
                self.citations.append(side.citation)
                yield side.citation


def _told(conflict: Conflict, opening: str) -> str:
    """Each side on a line of its own: its day, its source, its own words."""
    lines = [
        f"- {side.dated.isoformat()}, {inert_line(side.citation.title)}: {inert_line(side.citation.quote)}"
        f" [{side.citation.marker}]"
        for side in conflict.sides
    ]
    return "\n".join(("", "", opening, *lines))
