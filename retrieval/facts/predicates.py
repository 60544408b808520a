"""Which of the predicates that a thing has are meant by words for a relation. Pure.

Words agree by their stems, as other words for the same relation, as its two ends (child and parent), or by most of
their letters. How the words stand to the thing (``retrieval.facts.phrases``) and how the predicate is built say which
end of the relation is asked for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from graph.text.names import norm
from graph.text.tokens import is_east_asian, stems
from retrieval.facts.phrases import AskedRelation, Voice, content_words, joints_of, voice_of
from retrieval.facts.predicate_words import INVERSE, SAME_RELATION
from retrieval.questions.related_words import related_groups

LEAST = 0.4
"""A predicate whose words agree less is not meant."""
SAME = 0.9
"""Predicates that agree so nearly as well as the best are meant with it."""
DERIVED, RELATED, INVERTED, ALIKE = 0.95, 0.9, 0.9, 0.7
JOINED = 0.05
RIGHT_END, WRONG_END = 0.15, 0.2
FITTING, UNFITTING = 0.2, 0.35
"""What the asked end of a relation, and a fitting kind of answers, add to how well words agree, or take away."""
SHORTEST = 5
"""Letters that words must begin with in common to be alike."""
REMEMBERED = 20_000
"""Words, and pairs of them, of which it is kept how they agree."""

_ENDS: Mapping[str, Mapping[Voice, float]] = {
    "subject": {"by": -1, "toward": 1, "verb": 1, "agent": -1, "noun": 0.5},
    "object": {"by": 1, "toward": -1, "verb": -1, "agent": 1, "noun": -0.5},
    "possessor": {"by": 1, "toward": -1, "verb": -1, "agent": 1, "noun": 1},
    "": {},
}
"""For the place of the thing in the question and the voice of the predicate: 1 where the thing is the source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A predicate that a thing has, in one direction: how many relations, and the share of answers of the kind asked.

    ``fitting`` and ``unfitting`` are shares; an answer whose kind cannot be told is in neither.
    """

    predicate: str
    out: bool
    relations: int
    fitting: float = 0.0
    unfitting: float = 0.0

    @property
    def key(self) -> str:
        """The same for all ways in which models write a predicate."""
        return norm(self.predicate) or self.predicate.casefold()


def meant(asked: AskedRelation, candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """The candidates that are asked for, best first; none where no words agree."""
    scored = [one for each in candidates if (one := _scored(asked, each)).score >= LEAST]
    if not scored:
        return _of_kind(asked, candidates)
    if any(one.end >= 0 for one in scored):
        scored = [one for one in scored if one.end >= 0]
    if not asked.role and any(one.literal for one in scored):
        scored = [one for one in scored if one.literal]
    scored.sort(key=lambda one: (-one.score, -one.candidate.relations, one.candidate.key, one.candidate.out))
    return tuple(one.candidate for one in scored if one.score >= SAME * scored[0].score)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scored:
    """A candidate, how well it fits, at which end it is asked for, and whether by its own words and no others."""

    candidate: Candidate
    score: float = 0.0
    end: float = 0.0
    literal: bool = False


def _scored(asked: AskedRelation, one: Candidate) -> _Scored:
    agreement, inverted = _agreement(asked.words, one.predicate)
    if not agreement:
        return _Scored(candidate=one)
    end = _end(asked, one) * (-1 if inverted else 1)
    joints = joints_of(one.predicate)
    score = agreement + JOINED * (not asked.joints.isdisjoint(joints))
    score += end * (RIGHT_END if end > 0 else WRONG_END) + one.fitting * FITTING - one.unfitting * UNFITTING
    literal = frozenset(content_words(one.predicate)) == asked.words.keys() and joints == asked.joints
    return _Scored(candidate=one, score=score, end=end, literal=literal)


def _end(asked: AskedRelation, one: Candidate) -> float:
    """1 where the thing is at the asked end of the relation, -1 where it is at the other; 0 where that is not told."""
    source = _ENDS[asked.role].get(voice_of(one.predicate), 0)
    return source if one.out else -source


def _of_kind(asked: AskedRelation, candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Where nothing is said of the relation but what kind of thing is asked for: whatever leads to such things."""
    if not asked.only_kind:
        return ()
    fitting = [one for one in candidates if one.fitting > 0.5 and _end(asked, one) >= 0]
    return tuple(sorted(fitting, key=lambda one: (-_end(asked, one), -one.relations, one.key)))


def _agreement(words: Mapping[str, float], predicate: str) -> tuple[float, bool]:
    """How well words agree with a predicate, from 0 to 1, and whether by looking at it from its other end.

    The better of the share of the predicate's words that are asked for and of the asked words that it has counts
    more: "located" asks for "located in the administrative territorial entity".
    """
    held = content_words(predicate)
    if not held or not words:
        return 0.0, False
    best = {one: max((_alike(asked, one) * weight, asked) for asked, weight in words.items()) for one in held}
    of_predicate = sum(value for value, _ in best.values()) / len(held)
    counted = sum(weight for weight in words.values() if weight == 1)
    asked = sum(max(_alike(word, one) for one in held) * weight for word, weight in words.items())
    of_asked = min(asked / counted, 1.0) if counted else 0.0
    value, word = max(best.values())
    inverted = value > 0 and all(_inverse(word, one) and word != one for one in _like(word, held))
    return 0.75 * max(of_predicate, of_asked) + 0.25 * min(of_predicate, of_asked), inverted


def _like(word: str, held: Sequence[str]) -> list[str]:
    most = max(_alike(word, one) for one in held)
    return [one for one in held if _alike(word, one) == most]


@lru_cache(maxsize=REMEMBERED)
def _alike(one: str, other: str) -> float:
    """How far two words say the same relation."""
    if one == other:
        return 1.0
    if _inverse(one, other):
        return INVERTED
    if _derived(one, other):
        return DERIVED
    if _groups(one) & _groups(other):
        return DERIVED if is_east_asian(one) else RELATED
    if is_east_asian(one) or is_east_asian(other):
        return _alike_in_han(one, other)
    common = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return ALIKE if common >= SHORTEST and common >= 0.6 * max(len(one), len(other)) else 0.0


def _derived(one: str, other: str) -> bool:
    """Whether a word is made of the other by an ending: founder of found, composer of compos."""
    shorter, longer = sorted((one, other), key=len)
    return len(shorter) >= SHORTEST - 1 and longer.startswith(shorter) and len(longer) - len(shorter) <= 3


def _alike_in_han(one: str, other: str) -> float:
    if one in other or other in one:
        return 0.85 if min(len(one), len(other)) > 1 else 0.6
    common = set(one) & set(other)
    return 0.5 * len(common) / max(len(set(one)), len(set(other)))


def _inverse(one: str, other: str) -> bool:
    return bool(_ends(one) & {(number, not side) for number, side in _ends(other)})


@lru_cache(maxsize=REMEMBERED)
def _groups(word: str) -> frozenset[int]:
    return frozenset(number for number, group in enumerate(_all_groups()) if word in group)


@cache
def _all_groups() -> tuple[frozenset[str], ...]:
    """Words for one relation; those of questions in general but for groups that hold both ends of one."""
    own = [_words(line) for line in SAME_RELATION.strip().splitlines()]
    return tuple(own + [group for group in related_groups() if not _holds_both_ends(group)])


def _holds_both_ends(group: frozenset[str]) -> bool:
    sides = {end for word in group for end in _ends(word)}
    return any((number, not side) in sides for number, side in sides)


@lru_cache(maxsize=REMEMBERED)
def _ends(word: str) -> frozenset[tuple[int, bool]]:
    return frozenset(
        (number, side)
        for number, pair in enumerate(_inverses())
        for side, words in zip((False, True), pair, strict=True)
        if word in words
    )


@cache
def _inverses() -> tuple[tuple[frozenset[str], frozenset[str]], ...]:
    lines = (line.partition("|") for line in INVERSE.strip().splitlines())
    return tuple((_words(one), _words(other)) for one, _, other in lines)


def _words(line: str) -> frozenset[str]:
    """Stems of Latin words, and words of Han."""
    return frozenset(term for word in line.split() for term in ([word] if is_east_asian(word) else stems(word)))
