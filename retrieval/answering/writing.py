"""An answer as it comes about: only what has been verified is ever shown.

Passages are numbered in the order in which the answer cites them first. What the evidence calls its markers are ranks.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from graph.text.inert import inert_line
from graph.text.tokens import east_asian_share, is_east_asian
from retrieval.answer import Citation, Claim, Conflict, Derivation, Draft, Refusal, ShortAnswer, Side, Token
from retrieval.answering.answer_texts import NEWEST_FIRST, NOT_FOUND, SAID_OTHERWISE
from retrieval.answering.broad_texts import MENTIONED, overview_line, refusal_line
from retrieval.answering.citations import verify_claim
from retrieval.answering.conflicts.finding import find_conflict
from retrieval.answering.refusal import refusal_of
from retrieval.answering.short.short_answers import cited_by, short_answer
from retrieval.model import Evidence, Overview
from retrieval.questions.read_question import ReadQuestion
from retrieval.step_texts import ABSTAINED, CITED, DROPPED

_OF_MANY = frozenset({"list", "overview", "summary"})
"""Kinds of questions whose answers say many things: none of them is the other side of another."""


class Writing:
    """Takes claims in, gives verified sentences and their citations out, and counts what it drops."""

    def __init__(self, read: ReadQuestion, evidence: Sequence[Evidence], overview: Overview | None = None) -> None:
        """``read``: the question; ``overview``: what there is in numbers, where that was asked for."""
        self.read = read
        self._overview = overview
        self._evidence = evidence
        self._language = "zh" if is_east_asian(read.text) else "en"
        self._joint = "" if east_asian_share(read.text) > 0.3 else " "
        self._said: set[tuple[str, tuple[Citation, ...]]] = set()
        self._numbers: dict[int, int] = {}
        self.text = ""
        self.citations: list[Citation] = []
        self.dropped_citations = 0
        self.dropped_sentences = 0
        self.draft = Draft(abstained=True)
        self.conflict: Conflict | None = None
        self.refusal: Refusal | None = None
        self.short_answer: ShortAnswer | None = None

    @property
    def abstained(self) -> bool:
        """Whether nothing holds."""
        return not self.citations

    @property
    def unverified(self) -> str:
        """Why nothing is left of what a language model wrote; empty where something is, or where it said so itself."""
        if not self.draft.by_model or self.draft.abstained or not self.abstained:
            return ""
        if not self.dropped_sentences:
            return "the language model wrote no sentence"
        sentences = f"{self.dropped_sentences} sentence{'s' * (self.dropped_sentences > 1)}"
        return f"all that the language model wrote was dropped as unverified ({sentences})"

    @property
    def summary(self) -> str:
        """For people."""
        asked, dropped = self.read.text, self.dropped_sentences
        kept = ABSTAINED.told(asked) if self.abstained else CITED.told(asked, count=len(self.citations))
        return kept + (DROPPED.told(asked, count=dropped) if dropped else "")

    def add(self, part: Claim | Derivation | Draft) -> Iterator[Token | Citation]:
        """What a part of the generator's answer adds."""
        if isinstance(part, Draft):
            self.draft = replace(
                part, calls=self.draft.calls + part.calls, tokens=self.draft.tokens + part.tokens,
                completion_tokens=self.draft.completion_tokens + part.completion_tokens,
            )  # fmt: skip
        elif isinstance(part, Derivation):
            yield from self._derived(part)
        else:
            yield from self._claimed(part)

    def _derived(self, part: Derivation) -> Iterator[Token | Citation]:
        """Its words open the answer only if every claim holds that they are derived from."""
        holds = all(verify_claim(claim, self._evidence, self.read).citations for claim in part.claims)
        if holds and part.words and not self.text:
            self.text = part.words
            yield Token(text=part.words)
        for claim in part.claims:
            yield from self._claimed(claim)
        if holds:
            self.short_answer = part.short

    def _claimed(self, part: Claim) -> Iterator[Token | Citation]:
        verified = verify_claim(part, self._evidence, self.read)
        said = verified.text, verified.citations
        self.dropped_citations += verified.dropped
        if not verified.citations or said in self._said:
            self.dropped_sentences += 1
            return
        self._said.add(said)
        cited = [self._numbered(citation) for citation in verified.citations]
        markers = "".join(f" [{number}]" for number in dict.fromkeys(citation.marker for citation in cited))
        # a marker and a bracket right after it would be a link
        joint = part.lead or (" " if verified.text[0] in "([:" else self._joint)
        yield self._more((joint if self.text else self._opening() + joint.lstrip()) + verified.text + markers)
        yield from self._cite(cited)

    def _numbered(self, citation: Citation) -> Citation:
        """A citation with the number of its passage in this answer."""
        return replace(citation, marker=self._numbers.setdefault(citation.marker, len(self._numbers) + 1))

    def _cite(self, citations: Sequence[Citation]) -> Iterator[Citation]:
        for citation in citations:
            if citation not in self.citations:
                self.citations.append(citation)
                yield citation

    def _more(self, piece: str) -> Token:
        self.text += piece
        return Token(text=piece)

    def _opening(self) -> str:
        """What there is in numbers, before the first sentence."""
        if self._overview is None:
            return ""
        shown = len({item.placed.document.id for item in self._evidence})
        return overview_line(self._overview, shown, zh=self._language == "zh") + "\n\n"

    def _names(self) -> Iterator[Token | Citation]:
        """The names mentioned most, each cited."""
        lead = "\n\n" + MENTIONED[self._language]
        for name, marker in self._overview.names if self._overview else ():
            yield from self.add(Claim(text=name, quotes=((marker, name),), lead=lead))
            lead = ", " if self._language == "en" else "、"

    def end(self) -> Iterator[Token | Citation]:
        """The abstention, where nothing holds; what other sources say, where they contradict it."""
        if self.abstained:
            self.refusal = refusal_of(self.read, self._evidence)
            more = refusal_line(self.refusal, zh=self._language == "zh")
            yield self._more(
                ("" if self._language == "zh" else " ").join(filter(None, (NOT_FOUND[self._language], more)))
            )
            return
        yield from self._names()
        if self.read.broad is not None and self.read.broad.kind in _OF_MANY:
            return
        if self.short_answer is not None:
            self.short_answer = cited_by(self.short_answer, self.citations)
        self.short_answer = self.short_answer or short_answer(self.read, self._evidence, self.citations)
        found = find_conflict(self.read, self._evidence, self.citations)
        if found is None:
            return
        sides = tuple(replace(side, citation=self._numbered(side.citation)) for side in found.sides)
        self.conflict = replace(found, sides=sides)
        yield self._more(_told(self.conflict, self._language))
        yield from self._cite([side.citation for side in sides])


def _told(conflict: Conflict, language: str) -> str:
    """Each side on a line of its own: its day if it has one, its source, its own words."""
    days = {side.dated for side in conflict.sides}
    in_order = None not in days and len(days) == len(conflict.sides)
    opening = SAID_OTHERWISE[conflict.kind][language].format(order=NEWEST_FIRST[language] if in_order else "")
    return "\n".join(("", "", opening, *map(_line, conflict.sides)))


def _line(side: Side) -> str:
    citation = side.citation
    source = ", ".join(part for part in (side.dated and side.dated.isoformat(), inert_line(citation.title)) if part)
    return f"- {source}{': ' if source else ''}{inert_line(citation.quote)} [{citation.marker}]"
