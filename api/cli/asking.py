"""``quipu ask`` and ``quipu search``, and how an answer looks on a terminal."""

from collections.abc import Callable
from contextlib import closing
from functools import partial
from typing import Annotated, Any, TypeVar, Unpack

import typer

from api.cli.context import AsJson, service
from api.cli.terminal import id_column, out, print_json, progress, whole_table
from api.client import NOW, Conditions, Quipu, Ways
from api.schemas.asking.answers import AnswerBody, pending_text
from api.schemas.asking.questions import SearchResultBody
from api.schemas.asking.understanding import ChangedTurnBody, StepBody
from graph.errors import InputError, ModelOutputError, StillBeingRead
from graph.parsing import read_json
from retrieval.model import MAX_VOTES
from retrieval.modes import SEARCH_MODES, AskedMode, Effort
from retrieval.modes import SearchMode as SearchModes

T = TypeVar("T")
Asked = TypeVar("Asked", Conditions, Ways)

ONE_SEARCH = frozenset({"search", "generate"})
"""Steps of an answer from one search."""
Mode = Annotated[AskedMode, typer.Option(help="How the question is answered.")]
AnyMode = Annotated[
    AskedMode | None, typer.Option(help="How the question is answered; as QUIPU_MODE says if left out.")
]
SearchMode = Annotated[SearchModes, typer.Option(help="How passages are looked for.")]
Waiting = Annotated[
    bool, typer.Option("--wait/--no-wait", help="Wait some seconds for what is still being read; then answer anyway.")
]
HowMuch = Annotated[Effort, typer.Option("--effort", help="What an answer in several steps may cost.")]
Votes = Annotated[
    int, typer.Option(min=1, max=MAX_VOTES, help="How often a model reads for each step; what most readings say holds.")
]
SessionId = Annotated[
    str, typer.Option("--session", help="The conversation to go on with: an id of `sessions open` or `sessions list`.")
]
Filters = Annotated[
    str, typer.Option("--filters", help='Metadata that documents must have, as JSON: {"year": {"gte": 2020}}.')
]


def ask(  # noqa: PLR0913, PLR0917 - options, given by name
    question: str, mode: AnyMode = None, effort: HowMuch = "medium", votes: Votes = 1, session: SessionId = "",
    filters: Filters = "{}", wait: Waiting = True, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Answer a question, with citations; in a mode that takes several steps, with each step as it has been taken."""
    with service() as (client, _):
        conditions = Ways(effort=effort, votes=votes, filters=_object(filters), **in_mode(mode, session))
        by = client.ask if as_json or mode in SEARCH_MODES else partial(_followed, client)
        answer = _answered(lambda said: by(question, **said), conditions, wait=wait)
    if as_json:
        print_json(answer)
    else:
        show_answer(answer)


def _followed(client: Quipu, question: str, **ways: Unpack[Ways]) -> AnswerBody:
    """The answer, while its steps are shown as they come, beside it: on the error stream. Of one search none is."""
    held: list[StepBody] = []
    several = False
    with closing(client.stream_answer(question, **ways)) as events:
        for event in events:
            if isinstance(event, AnswerBody):
                return event
            if isinstance(event, StepBody):
                held.append(event)
                several = several or event.name not in ONE_SEARCH
            while several and held:
                progress.print(step_line(held.pop(0)), style="dim", highlight=False, soft_wrap=True)
    raise ModelOutputError("the answer ended before it was whole")


def step_line(step: StepBody) -> str:
    """A step for people."""
    spent = f", {step.calls} calls, {step.tokens} tokens" if step.calls else ""
    given = f"{step.input} → " if step.input else ""
    return f"{step.name}: {given}{step.detail} ({step.seconds:.1f} s{spent})"


def search(
    query: str, mode: SearchMode = "hybrid", k: int = 10, filters: Filters = "{}", wait: Waiting = True,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Find passages, each with why it was found."""
    with service() as (client, _):
        conditions = Conditions(filters=_object(filters))
        found = _answered(lambda said: client.search(query, k=k, mode=mode, **said), conditions, wait=wait)
    if as_json:
        print_json(found)
        return
    documents = id_column("document", (hit.document_id for hit in found.hits))
    table = whole_table("", documents, "passage", "why", title=f"revision {found.revision}")
    for rank, hit in enumerate(found.hits, start=1):
        path = " → ".join(step.label for step in hit.why.path)
        table.add_row(str(rank), hit.document_id, hit.text[:160], f"{hit.why.retriever}: {path}")
    out.print(table)
    _show_notes(found)


def in_mode(mode: AskedMode | None, session: str = "") -> Ways:
    """What says how a question is answered, and in which conversation; of what is not given the service decides."""
    ways = Ways()
    if mode is not None:
        ways["mode"] = mode
    if session:
        ways["session_id"] = session
    return ways


def show_answer(answer: AnswerBody) -> None:
    """An answer with what it rests on; where rules are sure of it, first in a word."""
    short = answer.short_answer
    if short and not answer.answer.startswith(short.text):
        out.print(short.text, style="bold", highlight=False)
    out.print(answer.answer, highlight=False)
    show_sources(answer)


def show_sources(answer: AnswerBody) -> None:
    """What an answer rests on, how far it goes, what it says of itself, and which earlier answers no longer hold."""
    if answer.rewritten is not None:
        out.print(f"  understood as: {answer.rewritten.text}", style="dim", highlight=False, soft_wrap=True)
    for citation in answer.citations:
        page = f", page {citation.page}" if citation.page else ""
        span = f"characters {citation.start}–{citation.end}"
        where = f"{citation.document_id}, version {citation.version}{page}, {span}"
        under = " › ".join(dict.fromkeys((citation.title, *citation.headings)))
        out.print(f"  [{citation.marker}] {under} ({where})", style="dim", highlight=False)
    _show_sufficiency(answer)
    _show_notes(answer)
    for changed in answer.changed_since:
        show_changed(changed)


def _show_sufficiency(answer: AnswerBody) -> None:
    """What an answer leaves open. That sources differ, that nothing answers, and what went wrong is told elsewhere."""
    judged = answer.sufficiency
    if judged is not None and judged.kind in {"gap", "caveat"} and judged.reason not in answer.degraded:
        missing = f": {', '.join(judged.missing)}" if judged.missing else ""
        out.print(f"{judged.kind}: {judged.reason}{missing}", style="yellow", highlight=False)


def show_changed(changed: ChangedTurnBody) -> None:
    """An earlier answer that no longer holds, and what holds now."""
    asked = f" to “{changed.question}”" if changed.question else ""
    said = f"no longer holds: answer {changed.turn}{asked}: {changed.reason}"
    out.print(said, style="yellow", highlight=False, soft_wrap=True)
    for label, text in (("it was", changed.was), ("now", changed.now or "the documents do not answer it")):
        if text is not None:
            out.print(f"  {label}: {text}", highlight=False, soft_wrap=True)


def _show_notes(found: AnswerBody | SearchResultBody) -> None:
    for note in (*found.notes, *found.degraded):
        out.print(f"note: {note}", style="yellow", highlight=False)
    if found.pending:
        out.print(pending_text(found.pending), style="yellow", highlight=False)


def _answered(ask: Callable[[Asked], T], conditions: Asked, *, wait: bool) -> T:
    """What a question gets; with ``wait`` it contains what was acknowledged before it.

    Where that takes longer than questions wait, it gets what can be read now; ``pending`` tells how much cannot.
    """
    if wait:
        after = conditions.copy()
        after["after"] = NOW
        try:
            return ask(after)
        except StillBeingRead:
            return ask(conditions)
    return ask(conditions)


def _object(filters: str) -> dict[str, Any]:
    found = read_json("--filters", filters)
    if not isinstance(found, dict):
        raise InputError(f"--filters is a JSON object, not {type(found).__name__}")
    return found
