"""Every number by which sentences are chosen for an answer and held against each other.

The worth of a sentence is a share of the question's terms, 0..1, to which the other weights add. What was measured of
a weight by itself stands with it; of the others it is only known what all of them give together (docs/evaluation.md).
What a citation must hold to count is another question: see ``retrieval.answering.citations``.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class LikelihoodWeights:
    """What makes it likely that a sentence is the one that answers, in units of the logarithm of its odds.

    A conditional logit with ridge 1 on the even half of 600 questions of ``chinese/drcd``, searched by keywords, and on
    no other set (docs/evaluation.md has what each gives on others).
    """

    titled: float = 1.02
    """For the share of the question's terms that the title of its passage says, 0..1."""
    rest: float = 4.04
    """For the share that it says of those that the title does not, 0..1."""
    best: float = 1.80
    """If no sentence of its passage says more of those."""
    passage: float = 3.33
    """For the share of the question's terms that its passage says, 0..1."""
    rank: float = 3.34
    """Divided by the rank of the passage among the evidence."""
    shape: float = 1.98
    """If a person, place, time or number is asked for, and it holds one that the question does not."""
    reason: float = 0.85
    """If a reason is asked for, and it has a word such as "because"."""

    sure: float = 0.85
    """Probability from which on the likeliest sentence is the whole answer, where one hop answers."""
    sentences: int = 2
    """Sentences of such an answer where none is sure, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerWeights:
    """What a sentence that may be quoted is worth."""

    shortest: int = 4
    """Characters of a sentence that may be quoted, at least."""
    longest: int = 1200
    """Characters of a sentence that may be quoted, at most."""
    sentences: int = 3
    """Sentences of an answer, at most."""
    enough: float = 0.9
    """Share of the question's terms, in one hop of those that its passage holds, from which on the first sentence, with
    its title, is the whole answer."""
    least: float = 0.45
    """What a sentence must be worth to follow another."""
    entries: int = 4
    """Sentences that are tried as the first."""

    character: float = 0.5
    """If a term is a single character of Han; each pair of a word counts fully.

    On the even halves of cmrc and drcd 0.3 contains the answer for .816 and .796, 0.5 for .820 and .808; questions of
    the other set are refused in .842 and .897, .829 and .917 of the cases.
    """

    one_hop: float = 0.1
    """Share of the question's terms, at most, that another passage adds to the best one, where one hop answers."""
    two_hops: float = 0.2
    """The share from which on it takes two; between the two shares a question is treated as part of each."""
    titled_hop: float = 0.5
    """How surely it takes two, at least, where another passage is titled after a name in the best sentence, 0..1."""

    likelihood: LikelihoodWeights = LikelihoodWeights()
    """Which sentence is shown where one hop answers; whether any may be is judged by the other weights."""

    # --- the first sentence: the share of the question's terms that it holds with its title, 0..1, and
    rank: float = 0.15
    """Divided by the rank of the passage among the evidence."""

    leads: float = 0.1
    """If a name that it holds and the question does not is in the title of another passage; half, if in its text. Times
    how surely the question takes hops."""

    # --- what follows
    asked: float = 0.3
    """For the share of the question's terms that the first sentence lacks and this one says, 0..1."""
    rest: float = 0.2
    """For the part of what the first sentence lacks that this one says, 0..1."""
    titled: float = 0.8
    """Part of a term that the passage's title says; what the sentence itself says counts 1."""
    related: float = 0.5
    """Part of a term that is said by another word for the same relation."""
    bridge: float = 0.25
    """For a name that the first sentence holds and the question does not, by how few of the passages hold it, 0..1; and
    once more if such a name is in the passage's title. Times how surely the question takes hops."""
    value: float = 0.25
    """If it holds a value of the asked kind that the question does not name."""
    staying: float = 0.5
    """If it is of the first sentence's passage, times the share of the question's terms that this passage holds (0..1),
    unless the first sentence leads over a bridge."""
    opening: float = 0.12
    """For the first sentence of a passage, which says what the passage is about."""
    leading: float = 0.18
    """If the passage is one of the ``leaders``. Times how surely the question takes hops."""
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

    # --- for a short answer
    short_coverage: float = 0.85
    """Share of the question's terms that a cited sentence and its title must hold, each term counting alike.

    Only then its one date or number is given as the short answer. Of 17 given with .8 on the even half of
    ``chinese/cmrc`` the gold answer held all; the one given on that of ``musique200`` was wrong.
    """


ANSWER_WEIGHTS = AnswerWeights()


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalWeights:
    """When chosen sentences are no answer: the sum of what follows lies below ``least`` (decision 36).

    A logistic regression on the even halves of the questions of all sets together, rounded; decision 36 gives the odd
    halves, and what becomes of sets that are left out.
    """

    covered: float = 3.2
    """For the share (0..1, by rarity in the whole knowledge base) of the question's terms that the sentences and their
    titles hold together."""
    covered_by_one: float = 5.6
    """For the share that one of them holds with its title."""
    unknown: float = -3.5
    """For the share that no passage of the knowledge base holds."""
    ordinary: float = 0.8
    """For a word in small letters that no passage holds: a text may say it otherwise ("keeps" by "kept")."""
    nameless: float = -2.7
    """For the part of the question's names (0..1) that no passage of the evidence holds."""
    least: float = 2.5
    """The least sum of an answer."""
    nearest: int = 3
    """Passages that a refusal points to, at most."""


REFUSAL_WEIGHTS = RefusalWeights()


@dataclass(frozen=True, slots=True, kw_only=True)
class ListLimits:
    """When a list is the one asked for, and how long lists, definitions and overviews may be.

    ``least``, ``whole`` and ``named`` were set on lists made for it; no data set has such questions.
    """

    least: float = 0.6
    """Share of the question's words that a list must hold, in what stands over it or in the items that are shown."""
    whole: float = 0.8
    """Share of the words of a condition, or of what the things are called, that counts as all of them."""
    character: float = 0.25
    """Weight of a single character of Han among words and pairs."""
    named: float = 0.2
    """For a list that names the kind of things that is asked for."""
    items: int = 40
    """Items of a list that are shown, at most."""
    characters: int = 6_000
    """Characters of the items that are shown, at most."""
    longest: int = 1_200
    """Characters of one item, at most."""
    own_sentences: int = 3
    """Further sentences of the document of a thing, after the one that defines it."""
    other_documents: int = 5
    """Further documents that name a thing, of which one sentence each is shown."""
    summary: int = 8
    """Sentences of a summary."""


LIST_LIMITS = ListLimits()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictWeights:
    """Where sources say different things."""

    sides: int = 4
    """Sides of a conflict that are shown, at most."""
    listed: int = 3
    """Numbers, or days, of a sentence from which on it lists and states nothing that another could exclude, at most."""
    near: float = 0.1
    """What "about" leaves open, as a share of the number."""
    round: float = 0.025
    """What a round number leaves open at most ("1,200", "1.5 million"), as a share of it."""
    asked: float = 0.65
    """Share of the question's terms, at least, that a passage holds which is about one of several things of a name.

    Two thirds do. Measured on the even half of ``freshness/ramdocs`` (docs/freshness.md).
    """


CONFLICT_WEIGHTS = ConflictWeights()
