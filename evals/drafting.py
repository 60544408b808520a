"""Drafts questions from the graph for people to review.

A fact is what one passage says of two names, literally. A one-hop question hides one of the two names, so that its
answer and its gold document are known. A two-hop question joins two facts of different documents that share a name: it
hides the shared name and asks for what the second document says of it.
"""

import json
import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import BaseModel, ValidationError

from evals.dataset import CorpusDocument
from evals.judge import read_prompt
from evals.metrics import normalise
from evals.ports import StatedFact
from graph.errors import InputError, ModelOutputError
from graph.ports.models import LanguageModel
from graph.prompting import Prompt
from graph.text.stop_words import STOP_WORDS
from graph.text.tokens import is_east_asian, words

MAX_PREDICATE = 60
_VERB = re.compile(r"(?:is|was|were|are|has|had|have|will|can|[a-z]+(?:ed|s))\b")
"""How a predicate begins that says something of the name before it."""
_ARTICLE = re.compile(r"\s+(?:the|an?)$")
_BROKEN = re.compile(r"[\[\](){}|\"“”:;：；]|\.\s")


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionDraft:
    """A question with its answer; ``facts`` are its hops in order."""

    question: str
    answer: str
    facts: tuple[StatedFact, ...]


def draft(facts: Iterable[StatedFact], *, one_hop: int, two_hop: int, seed: int = 0) -> tuple[QuestionDraft, ...]:
    """At most so many drafts of each kind, drawn by seed. A document is drawn again only after all others."""
    usable = sorted({fact for fact in facts if _usable(fact)}, key=_order)
    generator = random.Random(seed)  # noqa: S311
    singles = [QuestionDraft(question=_one_hop(fact), answer=fact.target, facts=(fact,)) for fact in usable]
    doubles = [
        QuestionDraft(question=_two_hop(first, second), answer=second.target, facts=(first, second))
        for first, second in _pairs(usable)
    ]
    return (*_spread(singles, one_hop, generator), *_spread(doubles, two_hop, generator))


async def rephrase(drafts: Sequence[QuestionDraft], model: LanguageModel) -> tuple[QuestionDraft, ...]:
    """The same drafts in a model's words. Where the model breaks the contract or gives the answer away, a draft stays.

    Raises:
        DependencyError: the model's server failed.
    """
    return tuple([await _rephrased(one, model) for one in drafts])


def write_drafts(folder: Path, drafts: Sequence[QuestionDraft], corpus: Iterable[CorpusDocument] | None) -> None:
    """Write a data set. Raises InputError if the folder holds one already, for people may have reviewed it."""
    if (folder / "queries.jsonl").exists():
        raise InputError(f"{folder / 'queries.jsonl'} exists; name another folder")
    folder.mkdir(parents=True, exist_ok=True)
    _lines(
        folder / "queries.jsonl", (json.dumps(_query(n, one), ensure_ascii=False) for n, one in enumerate(drafts, 1))
    )
    pairs = ((n, document) for n, one in enumerate(drafts, 1) for document in _documents(one))
    _lines(
        folder / "qrels.tsv", ("query-id\tcorpus-id\tscore", *(f"draft-{n}\t{document}\t1" for n, document in pairs))
    )
    if corpus is not None:
        rows = ({"_id": document.id, "title": document.title, "text": document.text} for document in corpus)
        _lines(folder / "corpus.jsonl", (json.dumps(row, ensure_ascii=False) for row in rows))


class _Rewording(BaseModel):
    question: str


async def _rephrased(one: QuestionDraft, model: LanguageModel) -> QuestionDraft:
    statements = "\n".join(f"{number}. {fact.quote}" for number, fact in enumerate(one.facts, 1))
    user = f"Statements:\n{statements}\n\nAnswer: {one.answer}"
    if len(one.facts) > 1:
        user += f"\nHidden name: {one.facts[0].target}"
    try:
        completion = await model.complete(
            Prompt(system=read_prompt("draft"), user=user, max_tokens=200, schema=_Rewording.model_json_schema())
        )
        question = _Rewording.model_validate_json(completion.text).question.strip()
    except (ModelOutputError, ValidationError):
        return one
    hidden = {one.answer, *(fact.target for fact in one.facts)}
    given_away = any(normalise(name) in normalise(question) for name in hidden)
    return one if given_away or not question else replace(one, question=question)


def _usable(fact: StatedFact) -> bool:
    """Whether a person could answer from the fact: it has two whole names, and the words between say something."""
    if not 2 <= len(fact.predicate) <= MAX_PREDICATE or _BROKEN.search(fact.predicate):
        return False
    if min(len(fact.source), len(fact.target)) < 2 or normalise(fact.target) in normalise(fact.source):
        return False
    if not is_east_asian(fact.predicate) and not _VERB.match(fact.predicate):
        return False
    said = [word for word in words(fact.predicate) if word.lower() not in STOP_WORDS]
    return any(len(word) > 2 or is_east_asian(word) for word in said) and fact.source_type not in {"date", "quantity"}


def _pairs(facts: Sequence[StatedFact]) -> Iterator[tuple[StatedFact, StatedFact]]:
    """Pairs of facts of two documents, where the second fact begins with the name that the first ends with."""
    from_name: dict[str, list[StatedFact]] = {}
    for fact in facts:
        from_name.setdefault(fact.source, []).append(fact)
    for first in facts:
        for second in from_name.get(first.target, ()):
            if second.document_id != first.document_id and second.target not in {first.source, first.target}:
                yield first, second


def _spread(drafts: Sequence[QuestionDraft], most: int, generator: random.Random) -> list[QuestionDraft]:
    """At most ``most`` drafts; a document is drawn again only after all others."""
    shuffled = generator.sample(drafts, len(drafts))
    used: dict[str, int] = {}
    ranked: list[tuple[int, int, QuestionDraft]] = []
    for place, one in enumerate(shuffled):
        turn = max(used.get(document, 0) for document in _documents(one))
        ranked.append((turn, place, one))
        used |= {document: used.get(document, 0) + 1 for document in _documents(one)}
    return [one for _, _, one in sorted(ranked, key=lambda item: item[:2])[:most]]


def _one_hop(fact: StatedFact) -> str:
    if is_east_asian(fact.predicate):
        return f"{fact.source}{fact.predicate}什么？"
    return f"{fact.source} {_asking(fact)}?"


def _two_hop(first: StatedFact, second: StatedFact) -> str:
    if is_east_asian(second.predicate):
        return f"“{first.source}{first.predicate}……”所说的那个，{second.predicate}什么？"
    return f"The one in “{first.source} {first.predicate} …” {_asking(second)}?"


def _asking(fact: StatedFact) -> str:
    """What the fact says, with a question word where its answer stands."""
    said = _ARTICLE.sub("", fact.predicate)
    if fact.target_type == "quantity":
        return f"{said} how much or how many"
    if fact.target_type == "date":
        return f"{said} what {'year' if fact.target.isdigit() else 'date'}"
    return f"{said} whom or what"


def _query(number: int, one: QuestionDraft) -> Mapping[str, object]:
    return {
        "_id": f"draft-{number}",
        "text": one.question,
        "answers": [one.answer],
        "metadata": {
            "hops": len(one.facts),
            "draft": True,
            "decomposition": [
                {"question": _one_hop(fact), "answer": fact.target, "support": fact.document_id} for fact in one.facts
            ],
            "evidence": [{"document": fact.document_id, "passage": fact.quote} for fact in one.facts],
        },
    }


def _documents(one: QuestionDraft) -> list[str]:
    return list(dict.fromkeys(fact.document_id for fact in one.facts))


def _order(fact: StatedFact) -> tuple[str, str, str, str]:
    return fact.document_id, fact.source, fact.predicate, fact.target


def _lines(path: Path, lines: Iterable[str]) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(line + "\n" for line in lines)
