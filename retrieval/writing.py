"""An answer as it comes about: only what has been verified is ever shown."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from graph.tokens import east_asian_share
from retrieval.citations import verify_claim
from retrieval.extractive_generator import not_found
from retrieval.model import Citation, Claim, Draft, Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A piece of the answer's text."""

    text: str


class Writing:
    """Takes claims in, gives verified sentences and their citations out, and counts what it drops."""

    def __init__(self, question: str, evidence: Sequence[Evidence]) -> None:
        self._question = question
        self._evidence = evidence
        self._joint = "" if east_asian_share(question) > 0.3 else " "
        self._said: set[str] = set()
        self.text = ""
        self.citations: list[Citation] = []
        self.dropped_citations = 0
        self.dropped_sentences = 0
        self.draft = Draft(abstained=True)

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

    def add(self, part: Claim | Draft) -> Iterator[Token | Citation]:
        """What a part of the generator's answer adds."""
        if isinstance(part, Draft):
            self.draft = part
            return
        verified = verify_claim(part, self._evidence, self._question)
        self.dropped_citations += verified.dropped
        if not verified.citations or verified.text in self._said:
            self.dropped_sentences += 1
            return
        self._said.add(verified.text)
        piece = verified.text if not self.text else (part.lead or self._joint) + verified.text
        self.text += piece
        yield Token(text=piece)
        for citation in verified.citations:
            if citation not in self.citations:
                self.citations.append(citation)
                yield citation

    def end(self) -> Iterator[Token]:
        """The abstention, where nothing holds."""
        if self.abstained:
            self.text = not_found(self._question)
            yield Token(text=self.text)
