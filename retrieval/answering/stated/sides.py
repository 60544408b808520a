"""The two sides that a question names: "A or B", "A and B", "A than B", A和B, A比B. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from graph.model import Span
from graph.text.names import find_names, norm
from graph.text.tokens import is_east_asian
from retrieval.model import Evidence

_BETWEEN = re.compile(
    r"[\"”“'’]?\s*(?:\([^()]*\))?,?\s+(?:or|and|than|before|after|as|was born before|versus|vs\.?)\s+"
    r"(?:(?i:the|an?|both|did|does|was|is|that of|those of|in|(?:birth|death|form(?:ing|ation)|founding|release"
    r"|opening|"
    r"publication|creation|start|end) of) )*"
    r"(?:(?:(?:the )?(?:directors?|composers?|performers?|authors?|writers?|founders?|singers?) of )?"
    r"(?:the )?(?:films?|movies?|songs?|books?|novels?|albums?|bands?) (?i:the |an? )?)?[\"“'‘]?"
    r"|\s*[》」』”]?(?:的[^和与跟比]{1,6})?\s*(?:和|与|與|跟|及|还是|還是|或者?|比|、)\s*[《「『“]?"
)
_COMPARING = re.compile(r"\b(?:than|before|after|as)\b|比")
_HAN_ENDS = re.compile(
    r"(?=\A|[《「『“]|$|[？?，,。》」』”的]|谁|誰|哪|何者|都|是|更|比|早|晚|先|年|大|小|高|长|長|短|多|少|有|出"
    r"|成|建|之|相|在|属|屬|同|两|兩)"
)
_OPEN_HAN = re.compile(r"\A(?:请问|請問|是|在|要|算|属于|到底|究竟|电影|電影|书|公司|城市)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """One side: its name as written in the question, and the key of that."""

    name: str
    key: str
    titled: bool

    @classmethod
    def of(cls, written: str, *, titled: bool) -> "Named":
        """A name as it is written, without quotation marks."""
        name = written.strip(" ,\"“”'‘’《》「」『』")
        return cls(name=name, key=norm(name), titled=titled)


@dataclass(frozen=True, slots=True)
class _Candidate:
    start: int
    end: int
    titled: bool


def named_sides(question: str, evidence: Sequence[Evidence]) -> tuple[Named, Named] | None:
    """The two sides between which a question stands, in their order; None where it does not name two."""
    candidates = list(_candidates(question, evidence))
    best: tuple[int, _Candidate, _Candidate] | None = None
    for between in _BETWEEN.finditer(question):
        left = [one for one in candidates if one.end == between.start()]
        right = [one for one in candidates if one.start == between.end()]
        if not left and _COMPARING.search(between[0]):
            left = _before(candidates, between.start())
        if not left or not right:
            continue
        pair = (max(left, key=_length), max(right, key=_length))
        score = pair[0].titled + pair[1].titled
        if best is None or score > best[0]:
            best = (score, *pair)
    if best is None:
        return None
    one, other = (Named.of(question[it.start : it.end], titled=it.titled) for it in best[1:])
    return (one, other) if one.key and other.key and one.key != other.key else None


def _before(candidates: Sequence[_Candidate], end: int) -> list[_Candidate]:
    """The first that ends before: "is A much older than B"."""
    found = [one for one in candidates if one.end <= end]
    titled = [one for one in found if one.titled] or found
    first = min((one.start for one in titled), default=-1)
    return [one for one in titled if one.start == first]


def _length(candidate: _Candidate) -> tuple[bool, int]:
    return candidate.titled, candidate.end - candidate.start


def titles_in(question: str, evidence: Sequence[Evidence]) -> set[tuple[int, int]]:
    """Where titles of the evidence stand in a question."""
    titles = {item.placed.document.title for item in evidence}
    return {(one.start, one.end) for title in titles for one in _titles(question, title)}


def _candidates(question: str, evidence: Sequence[Evidence]) -> Iterator[_Candidate]:
    for title in {item.placed.document.title for item in evidence}:
        yield from _titles(question, title)
    for found in find_names(question, [Span(start=0, end=len(question))]):
        if found.sentence >= 0 and found.end > found.start:
            yield _Candidate(found.start, found.end, titled=False)
    if is_east_asian(question):
        yield from _han_names(question)


def _titles(question: str, title: str) -> Iterator[_Candidate]:
    """Where a title stands in the question, with what follows it in brackets and without."""
    parts = norm(title).split() if not is_east_asian(title) else []
    if not parts:
        bare = re.sub(r"[（(].*?[)）]", "", title).strip(" 《》「」『』")
        for found in re.finditer(re.escape(bare), question) if bare else ():
            yield _Candidate(found.start(), found.end(), titled=True)
        return
    words = [
        (found.start(), found.end(), norm(found[0])) for found in re.finditer(r"[^\W_]+(?:['’][^\W_]+)*", question)
    ]
    keys = [key for _, _, key in words]
    flat = "".join(parts)
    for first in range(len(words)):
        joined = ""
        for last in range(first, min(len(words), first + len(parts) + 3)):
            joined += keys[last].replace(" ", "")
            if joined == flat:
                yield _Candidate(words[first][0], words[last][1], titled=True)
                closed = re.match(r"\s*\([^()]*\)|[!?.]", question[words[last][1] :])
                if closed and (closed[0][0] not in "!?." or title.endswith(closed[0])):
                    yield _Candidate(words[first][0], words[last][1] + closed.end(), titled=True)
            if not flat.startswith(joined):
                break


def _han_names(question: str) -> Iterator[_Candidate]:
    """Whatever stands beside a word that joins: from the start of the question, and up to a word that asks."""
    for between in _BETWEEN.finditer(question):
        opened = _OPEN_HAN.match(question)
        start = opened.end() if opened else 0
        if 1 < between.start() - start <= 24:
            yield _Candidate(start, between.start(), titled=False)
        for ended in _HAN_ENDS.finditer(question, between.end() + 2):
            if ended.start() - between.end() <= 24:
                yield _Candidate(between.end(), ended.start(), titled=False)
            break
