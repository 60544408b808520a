"""Verified citations: what a sentence claims must be said by the passage it names, and the quote be in it. Pure.

A quote counts only if it stands literally in the passage (white space, quotation marks and case aside; what is
shown is the passage's own text). A sentence counts only if the passages that it cites, with the question, hold its
numbers, its names, its addresses and enough of its words. This keeps out what is made up. A sentence that asserts what
its passage denies, plans or tells as hearsay does not count either, as far as words such as "not" tell it; one that
denies what its passage asserts is not told from a true one.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from graph.text.inert import addresses, inert_markdown
from graph.text.normal import normal
from graph.text.polarity import stated_and_not
from graph.text.stop_words import STOP_WORDS
from graph.text.tokens import east_asian_share, is_east_asian, stems, words
from retrieval.answer import Citation, Claim
from retrieval.model import Evidence
from retrieval.questions.read_question import ReadQuestion

MIN_SHARE = 0.5
"""Share of a sentence's terms that its passages, their titles and the question must hold together."""
MIN_SHARE_FOREIGN = 0.3
"""The same where sentence and passage are not both English or both East Asian: only names may agree."""
MIN_SHARE_UNQUOTED = 0.6
"""Share that one sentence of the passage, its title and the question must hold where no quote is given."""
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_NAME = re.compile(r"(?<!^)(?<![.!?:\"“] )\b[A-Z][^\W\d_]+")
_QUOTES = "\"'“”‘’„«»「」『』"
_ENGLISH_SHARE = 0.12


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What is left of a claim: its text, and its citations by the markers of the evidence; both empty if nothing holds.

    The text is Markdown in which nothing acts (:mod:`graph.text.inert`).
    """

    text: str = ""
    citations: tuple[Citation, ...] = ()
    dropped: int = 0


def verify_claim(claim: Claim, evidence: Sequence[Evidence], read: ReadQuestion) -> Verified:
    """Drop the citations that do not hold, and the claim if none does or the rest does not support it."""
    by_marker = {item.marker: item for item in evidence}
    dropped = claim.forged
    cited: list[tuple[Evidence, int, int]] = []
    for marker, quote in claim.quotes or _unnamed(claim, evidence):
        item = by_marker.get(marker)
        span = _span(claim.text, quote, item, read) if item else None
        if item is None or span is None or _asserts_more(claim.text, item, span, read):
            dropped += bool(claim.quotes)
            continue
        cited.append((item, *span))
    if not cited or not _supports([item for item, _, _ in cited], claim.text, read):
        return Verified(dropped=dropped + (len(cited) if claim.quotes else 0))
    citations = tuple(dict.fromkeys(_citation(*one) for one in cited))
    return Verified(text=inert_markdown(claim.text), citations=citations, dropped=dropped)


def _unnamed(claim: Claim, evidence: Sequence[Evidence]) -> Sequence[tuple[int, None]]:
    """A sentence without any marker may rest on whichever passage says it; one with a forged marker may not."""
    return () if claim.forged else [(item.marker, None) for item in evidence]


def _span(text: str, quote: str | None, item: Evidence, read: ReadQuestion) -> tuple[int, int] | None:
    """Where in the passage the quote is, or what supports the sentence if none was given."""
    if quote is None:
        return _supporting(text, item, read)
    pattern = r"\s+".join(_loose(word) for word in quote.split())
    found = re.search(pattern, item.placed.chunk.text, re.IGNORECASE) if stems(quote) else None
    return found.span() if found else None


def _loose(word: str) -> str:
    return "".join(f"[{_QUOTES}]" if character in _QUOTES else re.escape(character) for character in word)


def _supporting(text: str, item: Evidence, read: ReadQuestion) -> tuple[int, int] | None:
    """The sentence of the passage that says most of the text; one of them must be about what is asked.

    A single word that is not is no answer: it could be anything that some document told the model to say.
    """
    wanted, asked = frozenset(stems(text)), frozenset(read.stems)
    if len(wanted) < 2 and not asked & wanted:
        return None
    given = frozenset(stems(_context(item))) | asked
    best, best_share = None, 0.0
    for span in item.placed.chunk.sentences:
        sentence = frozenset(stems(item.placed.chunk.text[span.start : span.end]))
        said = wanted & sentence
        share = len(said | (wanted & given)) / len(wanted) if said else 0.0
        if share > best_share and asked & (wanted | sentence):
            best, best_share = (span.start, span.end), share
    return best if best_share >= MIN_SHARE_UNQUOTED else None


def _supports(items: Sequence[Evidence], text: str, read: ReadQuestion) -> bool:
    """Whether passages and question hold the numbers, names and enough of the terms of a sentence.

    An address must stand in the passages: one that a model puts together could carry away what it has read.
    """
    passages = " ".join(f"{_context(item)} {item.placed.chunk.text}" for item in items)
    if not _numbers(text) <= _numbers(f"{passages} {read.text}"):
        return False
    if any(address not in passages.lower() for address in addresses(text)):
        return False
    known, wanted = frozenset((*stems(passages), *read.stems)), frozenset(stems(text))
    if not wanted:
        return False
    east_asian = east_asian_share(text) > 0.3
    if _other_script(east_asian, passages):
        return all(term in known for term in wanted if not is_east_asian(term) and east_asian)
    english = _english(text) and _english(passages)
    if english and not all(known.issuperset(stems(name)) for name in _NAME.findall(normal(text))):
        return False
    least = MIN_SHARE if english or east_asian else MIN_SHARE_FOREIGN
    return len(wanted & known) / len(wanted) >= least


def _asserts_more(text: str, item: Evidence, span: tuple[int, int], read: ReadQuestion) -> bool:
    """Whether a sentence asserts what the passage does not: what is cited states nothing, or others of its words tell.

    Of words that stand either in what the passage states or in what it denies, plans or reports, more are of the
    latter. A question that denies something itself is answered by what is denied.
    """
    if stated_and_not(text)[1] or stated_and_not(read.text)[1]:
        return False
    chunk = item.placed.chunk
    parted = {s: stated_and_not(chunk.text[s.start : s.end]) for s in chunk.sentences}
    if not any(denied for _, denied in parted.values()):
        return False
    cited = [stated for s, (stated, _) in parted.items() if s.start < span[1] and span[0] < s.end]
    if not any(map(stems, cited)):
        return True
    stated, denied = (frozenset(stems(" ".join(side))) for side in zip(*parted.values(), strict=True))
    said = frozenset(stems(text))
    return len(said & (denied - stated)) > len(said & (stated - denied))


def _other_script(east_asian: bool, passages: str) -> bool:
    """Whether hardly anything of the passages is in the script of the sentence, so that words cannot agree."""
    share = east_asian_share(passages)
    return share < 0.1 if east_asian else share > 0.9


def _context(item: Evidence) -> str:
    return " ".join((item.placed.document.title, *item.placed.chunk.headings))


def _numbers(text: str) -> frozenset[str]:
    return frozenset(number.replace(",", "") for number in _NUMBER.findall(text))


def _english(text: str) -> bool:
    found = words(text)
    return sum(word.lower() in STOP_WORDS for word in found) >= _ENGLISH_SHARE * len(found)


def _citation(item: Evidence, start: int, end: int) -> Citation:
    return Citation(
        marker=item.marker,
        document_id=item.placed.document.id,
        version=item.placed.document.version,
        chunk_id=item.placed.chunk.id,
        title=item.placed.document.title,
        quote=item.placed.chunk.text[start:end],
        start=item.placed.position.start + start,
        end=item.placed.position.start + end,
        page=item.placed.position.page,
        headings=item.placed.chunk.headings,
    )
