"""Every number by which sentences are chosen for an answer and held against each other.

The worth of a sentence is a share of the question's terms, 0..1, to which the other weights add. Except for
``alike`` no weight was measured by itself; docs/evaluation.md and docs/freshness.md measure the answers that all of
them give together. What a citation must hold to count is another question: see ``retrieval.answering.citations``.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerWeights:
    """What a sentence that may be quoted is worth."""

    shortest: int = 4
    """Characters of a sentence that may be quoted, at least."""
    longest: int = 1200
    """Characters of a sentence that may be quoted, at most."""
    sentences: int = 3
    """Sentences of an answer, at most."""
    least_coverage: float = 0.5
    """Weighted share of the question's terms that the chosen sentences and their titles must hold together.

    An answer that holds less is an abstention.
    """
    least_gain: float = 0.12
    """Weighted share of the question's terms that each further sentence must add."""

    # --- for each term that is still missing, times the term's weight
    titled: float = 0.8
    """If the passage's title holds it; if only the sentence does, the factor is 1."""
    named_again: float = 0.02
    """If the sentence holds it beside the title."""

    # --- once for a sentence
    rank: float = 0.15
    """Divided by the rank of the passage among the evidence."""
    shape: float = 0.12
    """If the sentence has the shape that the question asks for: a number, a time, …"""
    bridge: float = 0.15
    """If a sentence chosen before, of another passage, names this passage's title."""
    row: float = 0.3
    """For a row of a table that has a cell of which the question holds every word in order: it is asked about that row.

    Another row may hold the same words in other cells: "Valve 40 | 120" those of "Valve 120".
    """
    newest: float = 0.25
    """For the sentence with the latest beginning, where the newest is asked for; the earliest gets nothing.

    The others lie between, evenly, in order of their dates.
    """

    # --- for a short answer
    short_coverage: float = 0.85
    """Share of the question's terms that a cited sentence and its title must hold, each term counting alike.

    Only then its one date or number is given as the short answer. Of 17 given with .8 on the even half of
    ``chinese/cmrc`` the gold answer held all; the one given on that of ``musique200`` was wrong.
    """

    # --- where sources differ
    alike: float = 0.2
    """Jaccard similarity, at least, of two sentences that say different things of one.

    It was chosen on the even half of the questions of ``freshness/ramdocs`` (docs/freshness.md).
    """
    sides: int = 4
    """Sides of a conflict that are shown, at most."""


ANSWER_WEIGHTS = AnswerWeights()
