"""Every number that decides what an answer about a whole collection looks at and says. Bounds of work and of length."""

from collections.abc import Mapping
from dataclasses import dataclass

from retrieval.modes import Effort


@dataclass(frozen=True, slots=True, kw_only=True)
class GlobalLimits:
    """What one question may cost, whatever the size of the collection."""

    hits: int
    """Passages that a search finds, by which communities are chosen."""
    communities: int
    """Communities that are read."""
    sentences: int
    """Sentences that the answer says by rule, and passages that a language model is shown."""
    lines: int
    """Lines of further passages below what the answer says by rule."""
    reports: int
    """Reports that a language model may be asked to write for one question; the rest are by rule."""
    seconds: float
    """Seconds after which no further report is asked for."""


LIMITS: Mapping[Effort, GlobalLimits] = {
    "low": GlobalLimits(hits=50, communities=8, sentences=6, lines=1, reports=1, seconds=30.0),
    "medium": GlobalLimits(hits=100, communities=18, sentences=12, lines=3, reports=4, seconds=90.0),
    "high": GlobalLimits(hits=100, communities=32, sentences=24, lines=6, reports=12, seconds=240.0),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportLimits:
    """How much of a community a report rests on."""

    passages: int = 12
    characters: int = 16_000
    sentences: int = 8
    of_document: int = 2
    """Sentences of one document at most."""
    labels: int = 5
    label_words: int = 4
    names: int = 40
    """Names of a community that a sentence is weighed by."""
    shortest: int = 24
    longest: int = 420
    """Characters of a sentence that says something by itself."""
    shortest_han: int = 12
    longest_han: int = 160
    """The same where it is written in Han, kana or Hangul."""
    same: float = 0.5
    """Jaccard similarity of the stems of two sentences from which on the later one repeats the earlier."""


REPORT_LIMITS = ReportLimits()


@dataclass(frozen=True, slots=True, kw_only=True)
class LineLimits:
    """What stands in a line of further passages."""

    passages: int = 6
    terms: int = 12
    """Terms of the question that lines may be of, the rarest."""
    other: float = 0.1
    """Jaccard similarity of the stems of two sentences below which they say different things; such come first."""
    same: float = 0.2
    """The same from which on the later one is left out: what is only pointed to has to add something."""


LINE_LIMITS = LineLimits()


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceWeights:
    """What a sentence is weighed by for a question. None of them was measured."""

    asked: float = 1.0
    """For the idf-weighted share of the question's terms that it holds."""
    around: float = 0.35
    """For the same share of its passage."""
    central: float = 0.15
    """For the share of the community's weight of names that it holds."""
    found: float = 0.5
    """For its passage's place among the hits, 1 for the first."""
    least: float = 0.2
    """Share of the terms of the question that a sentence of the answer holds at least."""


SENTENCE_WEIGHTS = SentenceWeights()
