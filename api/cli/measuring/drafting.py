"""``quipu eval init``: questions drafted from the documents at hand, reviewed one by one."""

import dataclasses
import sys
from pathlib import Path
from typing import Annotated

import anyio
import typer

from api.cli.context import AsJson, service
from api.cli.terminal import bars, out, print_json
from api.language_models import build_language_model
from api.outbound.evaluated_service import RestService
from api.settings import load_settings
from evals.drafting import QuestionDraft, draft, rephrase, write_drafts
from graph.errors import InputError


def init(  # noqa: PLR0913, PLR0917 - options, given by name
    folder: Annotated[Path, typer.Argument(help="New folder for the data set.")],
    one_hop: Annotated[int, typer.Option(min=0, help="Questions that one document answers.")] = 20,
    two_hop: Annotated[int, typer.Option(min=0, help="Questions that two documents answer together.")] = 20,
    seed: Annotated[int, typer.Option(help="Draws the facts to ask about.")] = 0,
    corpus: Annotated[
        bool, typer.Option("--corpus", help="Write the documents, too: a set that stands alone.")
    ] = False,
    review: Annotated[bool, typer.Option(help="Keep, edit or drop each draft now, in a terminal.")] = True,
    as_json: AsJson = False,
) -> None:
    """Draft questions from your own documents, by the model if one is set, else by rules from the graph."""
    with service() as (client, _), bars() as report:
        knowledge = RestService(client)
        drafts = draft(knowledge.facts(report), one_hop=one_hop, two_hop=two_hop, seed=seed)
        if not drafts:
            raise InputError("no fact of the knowledge base makes a question; add documents first: quipu ingest PATH")
        drafts = _in_words(drafts)
        documents = list(knowledge.documents()) if corpus else None
    if review and sys.stdin.isatty() and not as_json:
        drafts = _reviewed(drafts)
    write_drafts(folder, drafts, documents)
    hops = [len(one.facts) for one in drafts]
    if as_json:
        print_json({"folder": str(folder), "one_hop": hops.count(1), "two_hop": hops.count(2)})
        return
    out.print(f"{hops.count(1)} one-hop and {hops.count(2)} two-hop questions in {folder}", highlight=False)
    how = "" if corpus else " --running"
    out.print(f"Review queries.jsonl, then:  quipu eval answers {folder}{how} --out runs/first", highlight=False)


def _in_words(drafts: tuple[QuestionDraft, ...]) -> tuple[QuestionDraft, ...]:
    """By the language model, if one is set."""
    settings = load_settings()
    model = build_language_model(settings.llm, settings)
    return drafts if model is None else anyio.run(rephrase, drafts, model)


def _reviewed(drafts: tuple[QuestionDraft, ...]) -> tuple[QuestionDraft, ...]:
    kept: list[QuestionDraft] = []
    for number, one in enumerate(drafts, start=1):
        out.print(f"\n{number} of {len(drafts)}", style="bold")
        out.print(f"question  {one.question}\nanswer    {one.answer}", highlight=False)
        for fact in one.facts:
            out.print(f"rests on  {fact.document_id}: {fact.quote}", highlight=False)
        choice = typer.prompt("keep, edit, drop, or quit (k/e/d/q)", default="k")[:1].lower()
        if choice == "q":
            break
        if choice == "e":
            one = dataclasses.replace(  # noqa: PLW2901
                one,
                question=typer.prompt("question", default=one.question),
                answer=typer.prompt("answer", default=one.answer),
            )
        if choice != "d":
            kept.append(one)
    return tuple(kept)
