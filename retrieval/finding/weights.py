"""Every number that the search decides by, in one place. docs/retrieval.md says what each was measured to do.

Scores have no unit: ``idf``, coverage and affinity lie in 0..1, the prior is the logarithm of a PageRank mass.
Two further numbers stand in ``graph``: the restart of PageRank, and the reach of a snapshot.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What a search weighs and where it stops. Zero switches a term (every ``float``) off."""

    stems: int = 64
    """Stems of a question that count, the rarest first: a pasted page is no better question than a line."""

    # --- the prior: where PageRank starts
    nearest: int = 30
    """Passages nearest to the question that are seeds beside the question's names."""
    nearest_share: float = 0.05
    """Seed weight of each of them, times its min-max scaled score; the names together weigh 1."""
    least_mass: float = 1e-6
    """PageRank mass that is added before the logarithm: the prior of a passage that no mass reached."""

    # --- which pairs are scored
    firsts: int = 15
    """Passages that may open a chain, the best by the prior."""
    leading: int = 10
    """Those of them whose chains lose nothing."""
    late: float = 0.1
    """What a chain loses that a later one opens: such chains may fill the list of hits, and seldom come first."""
    hub_least: int = 20
    """A name that is in no more passages than this always links."""
    hub_part: int = 20
    """Nor is a name a hub that is in no more than one of so many passages, up to the snapshot's own limit."""

    # --- what a pair is worth
    prior: float = 0.06
    """For each unit of the logarithm of PageRank mass, of both passages together."""
    bridge: float = 0.7
    """For the idf of the rarest shared name that the question does not name."""
    title_named: float = 0.22
    """If the second passage's title is named in the first and not in the question."""
    title_shared: float = 0.12
    """If the first passage's title is a shared name."""
    relation: float = 0.5
    """For the relation of the bridge, which is 0 or less (see ``behind`` and ``unplaced``)."""
    behind: float = 0.5
    """The relation for each unit by which the best sentence with the bridge falls behind the passage's best one.

    Sentences are compared by the idf-weighted share of the question's stems that they hold.
    """
    unplaced: float = -0.2
    """The relation where no sentence of the first passage holds the bridge: it stands in the title."""
    coverage: float = 1.0
    """For the idf-weighted share of the question's stems that either passage holds."""
    affinity: float = 0.8
    """For the cosine of the question with the sum of both vectors; without vectors, for the mean of both affinities."""
    unlinked: float = 0.15
    """For a pair of first passages that share no name, in place of the four link terms: comparisons are such pairs."""

    # --- which of the shared names is the bridge
    bridge_asked: float = 0.2
    """Factor of the idf of a name that the question names."""
    bridge_title: float = 0.3
    """If the name is the second passage's title."""
    bridge_relation: float = 0.3
    """For the relation of the name."""

    # --- from pairs to hits
    candidates: int = 100
    """Passages by vectors, and as many by keywords, that are always ranked, so that ``k`` hits are found."""
    own_prior: float = 0.03
    """For each unit of a passage's own prior, beside its best pair."""
    own_affinity: float = 0.25
    """For a passage's own affinity, beside its best pair."""
    same_title: float = 0.1
    """What the second passage under one title loses."""
    same_title_most: int = 2
    """The third loses ``same_title`` twice, and so on up to this many times."""


WEIGHTS = Weights()


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceLimits:
    """How much of what was found an answer may rest on. None of them was measured."""

    passages: int = 10
    characters: int = 16_000
    """Of all passages together; the first is kept however long it is."""
    same: float = 0.9
    """Jaccard similarity of the stems of two passages from which on the later one is a duplicate."""


EVIDENCE_LIMITS = EvidenceLimits()


@dataclass(frozen=True, slots=True, kw_only=True)
class BroadLimits:
    """How much is gathered for a list, a definition or an overview. Bounds of work and of an answer's length."""

    passages: int = 60
    characters: int = 96_000
    """Of all passages together; the first is kept however long it is."""
    widened: int = 3
    """Passages found, of whose documents the sections that they stand in are read whole."""
    mentions: int = 40
    """Passages that name a thing, or relations of it."""
    matching: int = 40
    """Passages by keywords of what a list is of."""
    namesakes: int = 20
    """Documents called after one thing; things whose name holds the kind that is asked for."""
    own: int = 6
    """First passages of a document that is called after the thing asked about."""
    documents: int = 20
    """Documents that an overview shows."""
    counted: int = 2_000
    """Documents that an overview looks at."""
    entities: int = 200
    """Things looked at for the names that an overview shows."""
    names: int = 8
    """Names that an overview shows."""


BROAD_LIMITS = BroadLimits()

KNOWN_TERMS = 256
"""Terms of a question of which it is looked up how often the knowledge base holds them. Not measured: a bound."""
