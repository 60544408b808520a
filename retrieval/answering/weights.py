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
    enough: float = 0.85
    """Weighted share of the question's terms from which on the first sentence, with its title, is the whole answer."""
    entries: int = 4
    """Sentences that are tried as the first."""

    # --- the first sentence: the share of the question's terms that it holds with its title, 0..1, and
    rank: float = 0.15
    """Divided by the rank of the passage among the evidence."""
    leads: float = 0.1
    """If a name that it holds and the question does not is in the title of another passage; half, if in its text."""

    # --- what follows
    asked: float = 0.3
    """For the share of the question's terms that the first sentence lacks and this one says, 0..1."""
    rest: float = 0.2
    """For the part of what the first sentence lacks that this one says, 0..1."""
    own: float = 0.0
    """For the share of the question's terms that it holds with its title, whatever the first sentence holds."""
    titled: float = 0.8
    """Part of a term that the passage's title says; what the sentence itself says counts 1."""
    related: float = 0.5
    """Part of a term that is said by another word for the same relation."""
    bridge: float = 0.25
    """For a name that the first sentence holds and the question does not, by how few of the passages hold it, 0..1."""
    bridge_title: float = 0.2
    """If such a name is in the passage's title."""
    value: float = 0.25
    """If it holds a value of the asked kind that the question does not name."""
    opening: float = 0.12
    """For the first sentence of a passage, which says what the passage is about."""
    leading: float = 0.18
    """If the passage is one of the ``leaders``."""
    leaders: int = 3
    """Passages that searching found first."""

    # --- for any sentence
    row: float = 0.3
    """For a row of a table that has a cell of which the question holds every word in order: it is asked about that row.

    Another row may hold the same words in other cells: "Valve 40 | 120" those of "Valve 120".
    """
    newest: float = 0.25
    """For the sentence with the latest beginning, where the newest is asked for; the earliest gets nothing.

    The others lie between, evenly, in order of their dates.
    """

    # --- where sources differ
    alike: float = 0.2
    """Jaccard similarity, at least, of two sentences that say different things of one.

    It was chosen on the even half of the questions of ``freshness/ramdocs`` (docs/freshness.md).
    """
    sides: int = 4
    """Sides of a conflict that are shown, at most."""


ANSWER_WEIGHTS = AnswerWeights()
