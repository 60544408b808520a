"""Which words of a conversation are gone from the documents, and what may be kept and handed on without them. Pure.

A word is *lost* where an answer that no longer holds said it and no document holds it now. Words are compared as
terms: of an answer its stems, numbers and pairs of characters of Han, of a question what it asks about.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from graph.text.tokens import stems
from retrieval.conversation.model import MARKER, Reply, Turn
from retrieval.questions.terms import QuestionTerms

Unknown = Callable[[Iterable[str]], frozenset[str]]
"""Those of some terms that no document holds that somebody may read."""


def reply_terms(reply: Reply) -> frozenset[str]:
    """The terms of all that is kept of an answer. One that abstains says nothing."""
    if reply.abstained and not reply.asks_back:
        return frozenset()
    quoted = (text for one in reply.citations for text in (one.quote, one.title, *one.headings))
    return frozenset(stems("\n".join((MARKER.sub("", reply.text), reply.short or "", *quoted))))


def question_terms(text: str | None) -> frozenset[str]:
    """What a question asks about."""
    return frozenset(QuestionTerms(text, stems(text)).all) if text else frozenset()


def asked_terms(turn: Turn) -> frozenset[str]:
    """What the question of a turn asks about, as it was written and as it stood alone."""
    return question_terms(turn.question) | question_terms(turn.rewritten)


def handed_on(turns: Sequence[Turn], unknown: Unknown, *, hidden: Collection[int] = ()) -> Mapping[int, str]:
    """The question of each turn, by number, as a later one may be understood by it; left out where none may be.

    It stands alone where that says nothing that is lost. A question that took up a lost word from an answer is not
    handed on; a word that the user had written before any answer said it is the user's own. ``hidden`` are numbers of
    turns whose answers count as held no more.
    """
    told: set[str] = set()
    own: set[str] = set()
    found: dict[int, str] = {}
    for turn in turns:
        wordings = (turn.rewritten, turn.question)
        clean = (text for text in wordings if text is not None and not question_terms(text) & (told - own))
        if (text := next(clean, None)) is not None:
            found[turn.number] = text
        own |= question_terms(turn.question) - told
        kept = None if turn.number in hidden or (turn.latest and turn.latest.asks_back) else turn.latest
        lost = [reply_terms(reply) for reply in turn.replies if reply is not kept]
        told |= unknown(frozenset[str]().union(*lost))
    return found


def purged(turns: Sequence[Turn], document_id: str, unknown: Unknown) -> tuple[Turn, ...]:
    """Turns without the text of a document that is being purged.

    What cites it goes; so does every question and answer with a word that turns resting on the document hold, that some
    document held when it was said and none does now, whoever wrote it first.
    """
    resting = [turn for turn in turns if any(document_id in reply.sources for reply in turn.replies)]
    lost = unknown(frozenset[str]().union(*map(_turn_terms, resting)))
    return tuple(_without(turn, document_id, lost) for turn in turns)


def _turn_terms(turn: Turn) -> frozenset[str]:
    return (asked_terms(turn) - turn.strange).union(*map(reply_terms, turn.replies))


def _without(turn: Turn, document_id: str, lost: frozenset[str]) -> Turn:
    left = tuple(
        replace(one, sources=tuple(source for source in one.sources if source != document_id))
        for one in turn.replies
        if not (_rests(one, document_id) or reply_terms(one) & lost)
    )
    cited = turn.latest is not None and document_id in turn.latest.cited
    return replace(
        turn, question=_clean(turn.question, lost), rewritten=_clean(turn.rewritten, lost), replies=left,
        purged=turn.purged or cited,
    )  # fmt: skip


def _rests(reply: Reply, document_id: str) -> bool:
    """Whether its text may hold some of a document's: one that abstains names what came nearest, and cites nothing."""
    return document_id in reply.cited or (reply.abstained and document_id in reply.sources)


def _clean(text: str | None, lost: frozenset[str]) -> str | None:
    return None if question_terms(text) & lost else text
