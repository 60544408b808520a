"""Measures what the prompts bring out of a model: yield, precision against gold, and tokens. Prints JSON.

    python -m benchmarks.prompt_quality extraction --set own --replies careful
    python -m benchmarks.prompt_quality extraction --set extraction/redocred --count 20
    python -m benchmarks.prompt_quality extraction --set extraction/llama3_tekgen --replies FILE
    python -m benchmarks.prompt_quality answer --set multihop/musique --count 20 --record FILE
    python -m benchmarks.prompt_quality judge --set own

Without ``--replies`` the model of QUIPU_LLM and QUIPU_LLM_URL is asked; ``--record`` keeps its replies. ``--replies``
takes a recording, one of the recorded extractions of the shared data, or ``careful`` or ``gullible``: no models, but
scripts that say of ``--set own`` what its gold says, and what its texts deny, plan or tell as hearsay besides.
``own`` are the twelve texts of ``benchmarks/prompts/cases.jsonl``. Judging knows no other set: the published answers of
refchecker come without their references.
"""

import argparse
import asyncio
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from api.language_models import build_language_model
from api.settings import Settings
from benchmarks.extraction import _fold, _subject, _triples
from benchmarks.prompt_replies import Asked, Live, Recorded, Scripted, rows
from benchmarks.workbench import shared_data
from evals.dataset import load_dataset
from evals.judge import Judge
from evals.metrics import contains_answer, normalise
from graph.errors import ModelOutputError
from graph.model import DEFAULT_WORKSPACE, Chunk, Document, PlacedChunk, Position
from graph.prompting import Prompt
from graph.text.names import norm
from ingest.chunking import split_document
from ingest.extraction.answer_parser import parse_answer
from ingest.extraction.grounding import Grounded, ground, total
from ingest.extraction.prompt import extraction_prompt
from ingest.model import ChunkText, LoadedDocument, Section
from ingest.model_reading import ExtractionSchema
from retrieval.answering.answer_prompt import compose
from retrieval.answering.citations import verify_claim
from retrieval.answering.claims import ClaimParser
from retrieval.model import Evidence, Hit, Question, Why
from retrieval.questions.read_question import read_question

OWN = Path(__file__).parent / "prompts" / "cases.jsonl"
HEDGES = ("not ", "Neither", "eportedly", "claimed that", "plans to", "没有", "不是", "据说", "计划", "传闻")
PASSAGES = 6
"""Passages given with a question: those that are gold, and others."""
NOW = datetime(2026, 1, 1, tzinfo=UTC)
Triple = tuple[str, str, str]


@dataclass(frozen=True, kw_only=True)
class Text:
    """A text to be read, and what is right; ``untrue`` is what it mentions and does not state."""

    id: str
    title: str
    text: str
    gold: frozenset[Triple]
    untrue: frozenset[Triple] = frozenset()
    headings: tuple[str, ...] = ()
    schema: ExtractionSchema = field(default_factory=ExtractionSchema)
    mentions: Mapping[str, str] | None = None
    """Of each name the entity it stands for, where gold tells pairs of entities; else whole triples count."""


def texts_of(name: str) -> list[Text]:
    """The texts of a set with their gold relations."""
    if name == "own":
        return [_own_text(row) for row in rows(OWN)]
    folder = shared_data() / name
    gold = {row["_id"]: row for row in rows(folder / "gold.jsonl")}
    corpus = list(rows(folder / "corpus.jsonl"))
    if name.endswith("redocred"):
        return [_page(row, gold[row["_id"]]) for row in corpus]
    schemas = {
        row["_id"]: ExtractionSchema(
            entity_types=tuple(row["concepts"]), relation_types=tuple(one["name"] for one in row["relations"])
        )
        for row in rows(folder / "ontology.jsonl")
    }
    return [
        Text(
            id=row["_id"], title="", text=row["text"], gold=frozenset(_triples(gold[row["_id"]])),
            schema=schemas[row["metadata"]["ontology"]],
        )
        for row in corpus
    ]  # fmt: skip


def _own_text(row: Mapping[str, Any]) -> Text:
    names = {norm(name): norm(name) for one in (*row["relations"], *row["untrue"]) for name in (one[0], one[2])}
    return Text(
        id=row["_id"], title=row["title"], text=row["text"], headings=tuple(row["headings"]), mentions=names,
        gold=frozenset(_pair(norm(one[0]), norm(one[2])) for one in row["relations"]),
        untrue=frozenset(_pair(norm(one[0]), norm(one[2])) for one in row["untrue"]),
    )  # fmt: skip


def _page(row: Mapping[str, Any], gold: Mapping[str, Any]) -> Text:
    entities = list(enumerate(gold["entities"]))
    number = {norm(mention): str(place) for place, entity in reversed(entities) for mention in entity["mentions"]}
    pairs = frozenset(_pair(str(one["head"]), str(one["tail"])) for one in gold["relations"])
    return Text(id=row["_id"], title=row["title"], text=row["text"], gold=pairs, mentions=number)


def _pair(first: str, last: str) -> Triple:
    return min(first, last), "", max(first, last)


async def extraction(texts: Sequence[Text], model: Asked) -> dict[str, object]:
    """Read every chunk of the texts, and compare what is kept with gold."""
    seen: Counter[str] = Counter()
    rejected: list[dict[str, int]] = []
    for text in texts:
        said: set[Triple] = set()
        for number, chunk in enumerate(_chunks(text)):
            model.about = f"extraction/{text.id}/{number}"
            answer = parse_answer((await model.complete(extraction_prompt(text.title, chunk, text.schema))).text)
            title = text.title or _subject(answer, text.text)
            found = ground(answer, chunk, title, text.schema)
            seen["chunks"] += 1
            seen["understood"] += answer.understood
            seen["empty"] += not found.names
            seen["names"] += len({norm(name.name) for name in found.names})
            seen["relations"] += len(found.relations)
            rejected.append(found.rejected)
            said |= set(_compared(text, found))
        seen["proposed"] += len(said)
        seen["right"] += len(said & text.gold)
        seen["gold"] += len(text.gold)
        seen["untrue"] += len(said & text.untrue)
        seen["could_be_untrue"] += len(text.untrue)
    return {
        **{name: seen[name] for name in ("chunks", "understood", "empty", "names", "relations", "proposed", "right")},
        "precision": _share(seen["right"], seen["proposed"]), "recall": _share(seen["right"], seen["gold"]),
        "untrue_kept": f"{seen['untrue']} of {seen['could_be_untrue']}", "rejected": total(rejected),
    }  # fmt: skip


def _compared(text: Text, found: Grounded) -> Iterator[Triple]:
    """What is kept, in the terms of gold. A pair counts if gold knows both names and they are two entities."""
    for one in found.relations:
        source, target = found.names[one.source].name, found.names[one.target].name
        if text.mentions is None:
            yield _fold(source, one.predicate, target)
            continue
        first, last = text.mentions.get(norm(source)), text.mentions.get(norm(target))
        if first is not None and last is not None and first != last:
            yield _pair(first, last)


def _chunks(text: Text) -> list[ChunkText]:
    section = Section(start=0, end=len(text.text), headings=text.headings)
    return list(split_document(LoadedDocument(text=text.text, sections=(section,))))


@dataclass(frozen=True, kw_only=True)
class Asking:
    """A question with its passages (title, text); ``never`` are words that an answer must not hold."""

    id: str
    question: str
    answers: Sequence[str]
    passages: Sequence[tuple[str, str]]
    never: Sequence[str] = ()


def questions_of(name: str) -> list[Asking]:
    """The questions of a set, each with the passages that answer it, and others."""
    if name == "own":
        cases = list(rows(OWN))
        return [
            Asking(
                id=row["_id"], question=row["question"], answers=row["answers"], never=row["never"],
                passages=[(one["title"], one["text"]) for one in (*cases[n:], *cases[:n])][:PASSAGES],
            )
            for n, row in enumerate(cases)
        ]  # fmt: skip
    data = load_dataset(shared_data() / name)
    held = {one.id: (one.title, one.text) for one in data.corpus}
    first = list(held)[:PASSAGES]
    return [
        Asking(
            id=query.id, question=query.text, answers=query.answers,
            passages=[held[one] for one in dict.fromkeys((*data.qrels[query.id], *first)) if one in held][:PASSAGES],
        )
        for query in data.queries
        if query.answerable and query.answers
    ]  # fmt: skip


async def answer(questions: Sequence[Asking], model: Asked) -> dict[str, object]:
    """Ask every question, verify what is said, and compare what is left with gold."""
    seen: Counter[str] = Counter()
    for asking in questions:
        question = Question(text=asking.question, workspace=DEFAULT_WORKSPACE)
        evidence = _evidence(asking.passages)
        asked = compose(question, evidence, model.count_tokens, model.context_tokens)
        parser = ClaimParser(asked.handles)
        model.about = f"answer/{asking.id}"
        text = (await model.complete(asked.prompt)).text
        claims = [*parser.feed(text), *parser.finish()]
        verified = [verify_claim(claim, evidence, read_question(question)).text for claim in claims]
        shown = " ".join(filter(None, verified))
        seen["sentences"] += len(claims)
        seen["dropped"] += sum(not one for one in verified)
        seen["answered"] += bool(shown)
        seen["refused"] += parser.found_nothing
        seen["right"] += bool(shown and contains_answer(shown, asking.answers))
        seen["untrue"] += any(_tells(words, sentence) for words in asking.never for sentence in verified)
    return {
        "questions": len(questions), **{n: seen[n] for n in ("answered", "refused", "sentences", "dropped", "right")},
        "yield": _share(seen["answered"], len(questions)), "precision": _share(seen["right"], seen["answered"]),
        "untrue_shown": seen["untrue"],
    }  # fmt: skip


def _tells(words: str, sentence: str) -> bool:
    """Whether a sentence says so, without any of the words by which the cases deny, plan or tell hearsay."""
    return normalise(words) in normalise(sentence) and not any(word in sentence for word in HEDGES)


def _evidence(passages: Sequence[tuple[str, str]]) -> list[Evidence]:
    found = []
    for marker, (title, text) in enumerate(passages, start=1):
        chunk = next(iter(split_document(LoadedDocument(text=text, sections=(Section(start=0, end=len(text)),)))))
        document = Document(
            id=f"d{marker}", version=1, title=title, source="", media_type="text/plain", metadata={}, content_hash="",
            created_at=NOW, updated_at=NOW,
        )  # fmt: skip
        kept = Chunk(id=f"c{marker}", document_id=document.id, headings=(), text=chunk.text, sentences=chunk.sentences)
        position = Position(chunk_id=kept.id, ordinal=0, start=chunk.start, end=chunk.end)
        hit = Hit(chunk_id=kept.id, document_id=document.id, rank=marker, score=1.0, why=Why(retriever="keyword"))
        placed = PlacedChunk(chunk=kept, position=position, document=document)
        found.append(Evidence(marker=marker, hit=hit, placed=placed))
    return found


async def judge(cases: Sequence[Mapping[str, Any]], model: Asked) -> dict[str, object]:
    """Let the judge split the gold answer of each case into claims, and label claims whose labels are known."""
    judging, seen = Judge(model), Counter[str]()
    for row in cases:
        right = [label for _, label in row["claims"]]
        try:
            model.about = f"labels/{row['_id']}"
            labelled, _ = await judging._label_claims([claim for claim, _ in row["claims"]], row["text"])
            seen["labelled"] += len(labelled)
            seen["agreed"] += sum(label == given for (_, given), label in zip(labelled, right, strict=True))
            seen["supported"] += sum(given == "entailment" for _, given in labelled)
            told = zip(labelled, right, strict=True)
            seen["supported_right"] += sum(given == label == "entailment" for (_, given), label in told)
        except ModelOutputError:
            seen["not_understood"] += 1
        try:
            model.about = f"claims/{row['_id']}"
            split, _ = await judging._claims(row["question"], row["answers"][0])
            seen["split"] += any(normalise(row["answers"][0]) in normalise(claim) for claim in split.claims)
        except ModelOutputError:
            seen["not_split"] += 1
    claims = sum(len(row["claims"]) for row in cases)
    return {
        "answers": len(cases), "claims": claims, **{n: seen[n] for n in ("labelled", "agreed", "split")},
        "not_understood": seen["not_understood"] + seen["not_split"], "yield": _share(seen["labelled"], claims),
        "agreement": _share(seen["agreed"], seen["labelled"]),
        "precision": _share(seen["supported_right"], seen["supported"]),
    }  # fmt: skip


def script(manner: str) -> Scripted:
    """A script that knows the cases: ``careful`` says what is gold, ``gullible`` says what is untrue as well."""
    cases = {row["_id"]: row for row in rows(OWN)}

    def reply(about: str, prompt: Prompt) -> str:
        part, identity = about.split("/")[:2]
        row, gullible = cases[identity], manner == "gullible"
        if part == "extraction":
            told = [*row["relations"], *(row["untrue"] if gullible else [])]
            said = [{"source": a, "relation": b, "target": c, "evidence": _line(prompt, a, c)} for a, b, c in told]
            names = dict.fromkeys(name for one in told for name in (one[0], one[2]))
            entities = [{"name": name, "type": ""} for name in names]
            return json.dumps({"entities": entities, "relations": said}, ensure_ascii=False)
        if part == "answer":
            return "\n".join(_told(prompt, row, gullible=gullible))
        if part == "claims":
            return json.dumps({"claims": [row["answers"][0]], "relevance": 2}, ensure_ascii=False)
        given = ["entailment" if gullible else label for _, label in row["claims"]]
        return json.dumps({"labels": [{"claim": n, "label": one} for n, one in enumerate(given, start=1)]})

    return Scripted(f"script: {manner}", reply)


def _line(prompt: Prompt, *names: str) -> int:
    """The number of the sentence that holds most of the names."""
    lines = prompt.user.split("\n")[2:]
    return max(range(len(lines)), key=lambda n: sum(name in lines[n] for name in names)) + 1


def _told(prompt: Prompt, row: Mapping[str, Any], *, gullible: bool) -> Iterator[str]:
    """Whole sentences of the text, each with its source; of those that are untrue the part that says so is left out."""
    handle = next(line.split()[1].rstrip(">") for line in prompt.user.split("\n") if line.startswith("<passage "))
    sentences = _chunks(_own_text(row))[0]
    for span in sentences.sentences:
        said = sentences.text[span.start : span.end]
        if any(word in said for word in row["answers"]):
            yield f'{said} [{handle}: "{said}"]'
        elif gullible:
            yield from (f'{words}. [{handle}: "{said}"]' for words in row["never"])


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 3) if whole else None


def _model(replies: str | None, record: Path | None, most: int | None) -> Asked:
    if replies in {"careful", "gullible"}:
        return script(replies)
    if replies:
        return Recorded(Path(replies))
    settings = Settings()
    model = build_language_model(settings.llm, settings)
    if model is None:
        raise SystemExit("No model: set QUIPU_LLM (and QUIPU_LLM_URL), or give --replies.")
    return Live(model, record, most)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("prompt", choices=["extraction", "answer", "judge"])
    parser.add_argument("--set", default="own")
    parser.add_argument("--count", type=int, help="how many texts or questions, from the first on")
    parser.add_argument(
        "--replies", help="a recording, or 'careful' or 'gullible'; else the model of QUIPU_LLM is asked"
    )
    parser.add_argument("--record", type=Path, help="where to keep the replies of the model")
    parser.add_argument("--max-tokens", type=int, help="the most tokens of a reply; a cut one counts as it stands")
    given = parser.parse_args()
    model = _model(given.replies, given.record, given.max_tokens)
    if given.prompt == "extraction":
        found = asyncio.run(extraction(texts_of(given.set)[: given.count], model))
    elif given.prompt == "answer":
        found = asyncio.run(answer(questions_of(given.set)[: given.count], model))
    else:
        found = asyncio.run(judge(list(rows(OWN))[: given.count], model))
    told = {
        "prompt": given.prompt, "set": given.set, "replies": model.identity, **found, "calls": model.calls,
        "cut": model.cut, "prompt_tokens_a_call": _share(model.prompt_tokens, model.calls),
        "reply_tokens_a_call": _share(model.completion_tokens, model.calls),
        "other_prompts": getattr(model, "other_prompts", 0), "missing": getattr(model, "missing", 0),
    }  # fmt: skip
    sys.stdout.write(json.dumps(told, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
