"""Answers that are lists: the items of the list or the rows of the table that is asked for, else every statement that
holds all that is asked. Pure."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from graph.text.tokens import is_east_asian, stems
from retrieval.answering.broad_texts import all_of_list, first_of_list, fitting_rows, statements
from retrieval.answering.extractive.blocks import Block, Part, blocks_of
from retrieval.answering.extractive.prose import lines_of
from retrieval.answering.weights import LIST_LIMITS
from retrieval.model import Claim, Evidence
from retrieval.questions.broad_questions import BroadQuestion
from retrieval.questions.read_question import ReadQuestion
from retrieval.questions.terms import QuestionTerms


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An answer that is a list: its claims, and how complete they are."""

    claims: tuple[Claim, ...]
    notes: tuple[str, ...]
    count: int
    unit: str = "statements"


class _Asked:
    """The words of a question for several things: those of the kind of things, and the conditions."""

    def __init__(self, broad: BroadQuestion) -> None:
        self.terms = QuestionTerms(broad.core, tuple(stems(broad.core)))
        self.all = frozenset(self.terms.all)
        kind = QuestionTerms(broad.subject, tuple(stems(broad.subject)))
        self.kind = frozenset(kind.all) & self.all
        self.times = Counter(term for term in stems(broad.core) if not is_east_asian(term))

    def held(self, text: str) -> frozenset[str]:
        """Words that a text holds."""
        return frozenset(self.terms.held(text))

    def twice(self, text: str) -> bool:
        """Whether a text has the words that the question repeats as often: "works at Acme Works"."""
        repeated = {term: times for term, times in self.times.items() if times > 1}
        if not repeated:
            return True
        found = Counter(stems(text))
        return all(found[term] >= times for term, times in repeated.items())


def listed(read: ReadQuestion, evidence: Sequence[Evidence]) -> Listed | None:
    """The list that is asked for; None where the evidence holds none."""
    if read.broad is None:
        return None
    asked = _Asked(read.broad)
    if not asked.all:
        return None
    block = _best_block(asked, evidence)
    if block is not None:
        return _of_block(*block, zh=is_east_asian(read.text))
    found = list(_statements(asked, evidence))
    return _of_statements(found, zh=is_east_asian(read.text)) if len(found) > 1 else None


# --- lists and tables


def _best_block(asked: _Asked, evidence: Sequence[Evidence]) -> tuple[Block, list[Part]] | None:
    """The list that says best that it is the one asked for, and those of its parts that fit the conditions."""
    best: tuple[float, Block, list[Part]] | None = None
    for block in sorted(blocks_of(evidence), key=lambda one: one.parts[0].item.marker):
        over = asked.held(block.over)
        parts, held = _fitting(block, asked, asked.all - over)
        share = len(over | held) / len(asked.all)
        named = bool(asked.kind) and asked.kind <= (over | held)
        worth = share + (LIST_LIMITS.named if named else 0.0)
        if share >= LIST_LIMITS.least and parts and (best is None or worth > best[0]):
            best = worth, block, parts
    return best[1:] if best else None


def _fitting(block: Block, asked: _Asked, rest: frozenset[str]) -> tuple[list[Part], frozenset[str]]:
    """The parts that hold what is asked for beyond what stands over the list; all where no part tells them apart."""
    held = [asked.held(part.text) & rest for part in block.parts]
    everywhere = frozenset.intersection(*held)
    wanted = frozenset().union(*held) - everywhere
    if not wanted:
        return block.parts, everywhere
    most = max(len(one & wanted) for one in held)
    kept = [part for part, one in zip(block.parts, held, strict=True) if len(one & wanted) == most]
    shown = frozenset().union(*(one for one in held if len(one & wanted) == most))
    return kept, everywhere | shown


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


def _statements(asked: _Asked, evidence: Sequence[Evidence]) -> Iterator[Part]:
    """Every sentence or row that holds the conditions, itself or by its title, and something of what is asked."""
    conditions = asked.all - asked.kind
    said: set[str] = set()
    for item in evidence:
        titled = asked.held(item.placed.document.title)
        for line in lines_of(item):
            part = Part(item=item, line=line)
            if line.kind in {"heading", "head"} or len(part.text) > LIST_LIMITS.longest or part.text in said:
                continue
            if _answers(asked, conditions, titled, part.text):
                said.add(part.text)
                yield part


def _answers(asked: _Asked, conditions: frozenset[str], titled: frozenset[str], text: str) -> bool:
    held = asked.held(text)
    if not conditions <= (held | titled):
        return False
    if conditions - titled:
        return asked.twice(text) and bool(held & conditions - titled)
    return bool(asked.kind) and asked.kind <= held


def _of_statements(found: Sequence[Part], *, zh: bool) -> Listed:
    shown = list(_bounded(found))
    documents = len({part.item.placed.document.id for part in found})
    note = statements(len(shown), len(found), documents, zh=zh)
    claims = tuple(_claim(part, lead="\n- ") for part in shown)
    return Listed(claims=claims, notes=(note,), count=len(found))
