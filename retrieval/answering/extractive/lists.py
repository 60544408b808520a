"""Answers that are lists: the items of the list or the rows of the table that is asked for, else every statement that
holds all that is asked. Pure."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from graph.text.names import norm
from graph.text.tokens import is_east_asian, stems, words
from retrieval.answer import Claim
from retrieval.answering.broad_texts import all_of_list, first_of_list, fitting_rows, statements
from retrieval.answering.extractive.blocks import Block, Part, blocks_of
from retrieval.answering.extractive.prose import lines_of
from retrieval.answering.extractive.table_rows import has_asked_cell
from retrieval.answering.weights import LIST_LIMITS
from retrieval.model import Evidence
from retrieval.questions.broad_questions import BroadQuestion
from retrieval.questions.read_question import ReadQuestion
from retrieval.questions.terms import QuestionTerms, is_character


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An answer that is a list: its claims, and how complete they are."""

    claims: tuple[Claim, ...]
    notes: tuple[str, ...]
    count: int
    unit: str = "statements"


class _Asked:
    """The words of a question for several things: those of the kind of things, and the conditions."""

    def __init__(self, read: ReadQuestion, broad: BroadQuestion) -> None:
        self.text = norm(read.text)
        self._terms = QuestionTerms(broad.core, tuple(stems(broad.core)))
        self.all = frozenset(self._terms.all)
        kind = QuestionTerms(broad.subject, tuple(stems(broad.subject)))
        self.kind = frozenset(kind.all) & self.all
        self.conditions = self.all - self.kind
        self._times = Counter(term for term in stems(broad.core) if not is_east_asian(term))
        self._names = frozenset(stems(" ".join(word for word in words(broad.core) if word[0].isupper())))

    def held(self, text: str) -> frozenset[str]:
        """Words that a text holds."""
        return frozenset(self._terms.held(text))

    def share(self, held: frozenset[str], of: frozenset[str] | None = None) -> float:
        """The part of the words, or of some of them, that is held; 1 of none."""
        wanted = self.all if of is None else of
        return _weight(held & wanted) / _weight(wanted) if wanted else 1.0

    def has(self, held: frozenset[str], of: frozenset[str]) -> bool:
        """Whether all of some words are held, but for few characters of theirs."""
        return self.share(held, of) >= LIST_LIMITS.whole

    def telling(self, term: str, kind: str) -> bool:
        """Whether a word tells the rows of a table apart, or the items of a list: of these only names and numbers."""
        return not is_character(term) and (kind == "table" or term.isdecimal() or term in self._names)

    def twice(self, text: str) -> bool:
        """Whether a text has the words that the question repeats as often: "works at Acme Works"."""
        repeated = {term: times for term, times in self._times.items() if times > 1}
        found = Counter(stems(text)) if repeated else Counter[str]()
        return all(found[term] >= times for term, times in repeated.items())


def _weight(terms: frozenset[str]) -> float:
    return sum(LIST_LIMITS.character if is_character(term) else 1.0 for term in terms)


def listed(read: ReadQuestion, evidence: Sequence[Evidence]) -> Listed | None:
    """The list that is asked for; None where the evidence holds none."""
    if read.broad is None:
        return None
    asked = _Asked(read, read.broad)
    if not asked.all:
        return None
    block = _best_block(asked, evidence)
    if block is not None:
        return _of_block(*block, zh=is_east_asian(read.text))
    if read.broad.subject in read.broad.core and read.broad.subject and not asked.kind:
        return None
    found = _statements(asked, evidence)
    enough = len(found) > 1 or (found and len(asked.all) > 1)
    return _of_statements(found, zh=is_east_asian(read.text)) if enough else None


# --- lists and tables


def _best_block(asked: _Asked, evidence: Sequence[Evidence]) -> tuple[Block, list[Part]] | None:
    """The list that says best that it is the one asked for, and those of its parts that fit the conditions."""
    best: tuple[float, Block, list[Part]] | None = None
    for block in sorted(blocks_of(evidence), key=lambda one: one.parts[0].item.marker):
        parts, held = _fitting(block, asked)
        if not asked.twice(" ".join((block.over, *(part.text for part in parts)))):
            continue
        share = asked.share(held)
        named = bool(asked.kind) and asked.has(held, asked.kind)
        worth = share + (LIST_LIMITS.named if named else 0.0)
        fits = share >= LIST_LIMITS.least and (named or not asked.kind or asked.has(held, asked.conditions))
        if fits and (best is None or worth > best[0]):
            best = worth, block, parts
    return best[1:] if best else None


def _fitting(block: Block, asked: _Asked) -> tuple[list[Part], frozenset[str]]:
    """The parts that hold what is asked for beyond what stands over the list, and what is held in all.

    All parts, where none tells them apart. A row of which the question names a cell is told apart by that.
    """
    over = asked.held(block.over)
    rows = [part for part in block.parts if block.kind == "table" and has_asked_cell(part.text, asked.text)]
    parts = rows or block.parts
    held = [asked.held(part.text) - over for part in parts]
    everywhere = frozenset.intersection(*held)
    wanted = frozenset(one for one in frozenset().union(*held) - everywhere if asked.telling(one, block.kind))
    if not wanted:
        return parts, over | everywhere
    most = max(len(one & wanted) for one in held)
    kept = [(part, one) for part, one in zip(parts, held, strict=True) if len(one & wanted) == most]
    return [part for part, _ in kept], over.union(*(one for _, one in kept))


def _of_block(block: Block, parts: Sequence[Part], *, zh: bool) -> Listed:
    shown = list(_bounded(parts))
    over = [part for part in (block.intro, block.head) if part is not None]
    claims = [_claim(part, lead="\n") for part in over] + [_claim(part, lead="\n- ") for part in shown]
    unit = "items" if block.kind == "list" else "rows"
    if len(shown) < len(parts):
        note = first_of_list(len(shown), len(parts), unit, block.name, zh=zh)
    elif len(parts) < len(block.parts):
        note = fitting_rows(len(parts), len(block.parts), unit, block.name, zh=zh)
    else:
        whole = not block.open_start and not block.open_end
        note = all_of_list(len(parts), unit, block.name, whole=whole, zh=zh)
    return Listed(claims=tuple(claims), notes=(note,), count=len(parts), unit=unit)


def _bounded(parts: Sequence[Part]) -> Iterator[Part]:
    characters = 0
    for number, part in enumerate(parts):
        characters += len(part.text)
        if number == LIST_LIMITS.items or (number and characters > LIST_LIMITS.characters):
            return
        yield part


def _claim(part: Part, lead: str) -> Claim:
    chunk = part.item.placed.chunk
    quoted = chunk.text[part.line.quoted.start : part.line.quoted.end]
    return Claim(text=" ".join(part.text.split()), quotes=((part.item.marker, quoted),), lead=lead)


# --- statements


def _statements(asked: _Asked, evidence: Sequence[Evidence]) -> list[Part]:
    """Every sentence or row that holds the conditions, itself or by its titles; those with the kind, if any has it."""
    found: dict[str, tuple[Part, bool]] = {}
    for item in evidence:
        titled = asked.held(" ".join((item.placed.document.title, *item.placed.chunk.headings)))
        for line in lines_of(item):
            part = Part(item=item, line=line)
            if line.kind in {"heading", "head"} or len(part.text) > LIST_LIMITS.longest or part.text in found:
                continue
            held = asked.held(part.text)
            if _answers(asked, held, titled) and asked.twice(part.text):
                found[part.text] = part, bool(asked.kind) and asked.has(held | titled, asked.kind)
    kinds = [part for part, of_kind in found.values() if of_kind]
    return kinds or [part for part, _ in found.values()]


def _answers(asked: _Asked, held: frozenset[str], titled: frozenset[str]) -> bool:
    """Whether what a sentence and its titles hold is what is asked; something of it the sentence must say itself."""
    both = held | titled
    if not asked.has(both, asked.conditions) or asked.share(both) < LIST_LIMITS.least:
        return False
    own = asked.conditions - titled
    if any(not is_character(term) for term in own):
        return any(not is_character(term) for term in held & own)
    return asked.has(held, asked.kind or asked.conditions)


def _of_statements(found: Sequence[Part], *, zh: bool) -> Listed:
    shown = list(_bounded(found))
    documents = len({part.item.placed.document.id for part in found})
    note = statements(len(shown), len(found), documents, zh=zh)
    claims = tuple(_claim(part, lead="\n- ") for part in shown)
    return Listed(claims=claims, notes=(note,), count=len(found))
