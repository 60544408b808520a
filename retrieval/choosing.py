"""Which mode answers a question that leaves the choice, by the shape of the question alone. Pure.

| shape | mode | e.g. |
|---|---|---|
| what changed in documents, or what held on a day | ``agents`` | What changed in the policy? 差旅制度有什么变化？ |
| all of the documents together | ``global`` | What are the main topics? 主要有哪些共同的观点？ |
| a list, or a number of things | ``facts``, by rule ``hybrid`` | Which companies belong to X? X有几家子公司？ |
| one thing by way of another, or two compared | ``reason``, by rule ``agents`` | Where was the director of X born? |
| anything else | ``hybrid`` | Who designed the Selm Tower? |

Without a model a question that is taken apart goes to ``agents``: by rule they fall back on what answers the whole,
where ``reason`` tells what its parts came to, which rules often misread (``benchmarks/agents.py``).
The relations that rules read are some of those that a text states: counted, they are too few, and a table that lists
all stands among the passages. So ``facts`` is chosen where a model reads.
A mode that is not offered is passed over. One that finds nothing is no loss: ``hybrid`` is asked in its place.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from retrieval.agents.researching.time_asked import read_time
from retrieval.communities.whole_questions import asks_of_all
from retrieval.model import Question
from retrieval.modes import Mode
from retrieval.questions.read_question import ReadQuestion, read_question
from retrieval.reasoning.plans.planning import plan_by_rule
from retrieval.step_texts import AT_ONCE, COMPARES, HOW_MANY, IN_STEPS, OF_A_DAY, OF_A_LIST, OF_ALL, OF_CHANGES


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The mode that answers a question, and why it was chosen."""

    mode: Mode
    reason: str


def choices(question: Question, *, by_model: bool) -> tuple[Choice, ...]:
    """The modes that a question is for, the best first and ``hybrid`` last. ``by_model``: a language model is set."""
    return (*_by_shape(question, by_model=by_model), Choice(mode="hybrid", reason=AT_ONCE.told(question.text)))


def _by_shape(question: Question, *, by_model: bool) -> Iterator[Choice]:
    time = read_time(question.text, datetime.now(UTC).date())
    if time is not None and (time.kind == "changed" or time.until is not None):
        why = OF_CHANGES if time.kind == "changed" else OF_A_DAY
        yield Choice(mode="agents", reason=why.told(question.text))
    read = read_question(replace(question, mode="keyword"))
    if (read.broad is not None and read.broad.kind == "overview") or asks_of_all(question.text):
        yield Choice(mode="global", reason=OF_ALL.told(question.text))
    if by_model and read.broad is not None and read.broad.kind in {"list", "count"}:
        why = OF_A_LIST if read.broad.kind == "list" else HOW_MANY
        yield Choice(mode="facts", reason=why.told(question.text))
    yield from _in_steps(read, "reason" if by_model else "agents")


def _in_steps(read: ReadQuestion, mode: Mode) -> Iterator[Choice]:
    plan = plan_by_rule(read, ())
    if plan.kind == "sides":
        yield Choice(mode=mode, reason=COMPARES.told(read.text))
    elif plan.kind == "chain":
        yield Choice(mode=mode, reason=IN_STEPS.told(read.text, count=len(plan.questions)))
