"""``quipu chat``: questions and answers at a terminal, one after the other."""

import sys
from contextlib import closing, suppress

from api.cli.asking import Mode, show_sources
from api.cli.context import service
from api.cli.terminal import out, progress
from api.client import AnswerEvent, Quipu
from api.schemas.asking.answers import AnswerBody, TokenBody
from graph.errors import QuipuError
from graph.text.controls import visible

BANNER = (
    "Ask, and the documents answer. Each question stands alone: no answer knows of the ones before it."
    " /help lists what else can be said."
)
HELP = "/quit, or Ctrl-D, leaves. Ctrl-C ends an answer that is under way. The arrow keys bring earlier questions back."
LEAVING = frozenset({"/quit", "/exit", "/q"})


def chat(mode: Mode = "hybrid") -> None:
    """Ask one question after the other; answers come as they are written, with their sources."""
    with suppress(ImportError):  # a Python built without it has no history, and chats all the same
        import readline  # noqa: F401 - input() takes its history from there
    with service() as (client, _):
        out.print(BANNER, highlight=False)
        while (line := _next_line()) is not None:
            if line in LEAVING:
                break
            if line.startswith("/"):
                out.print(HELP, highlight=False)
            elif line:
                _answered(client, line, mode)


def _next_line() -> str | None:
    """What is typed next, without white space around it; None at the end."""
    while True:
        try:
            return input("\n? " if sys.stdin.isatty() else "").strip()
        except KeyboardInterrupt:
            out.print("\n/quit, or Ctrl-D, leaves", highlight=False)
        except EOFError:
            return None


def _answered(client: Quipu, question: str, mode: Mode) -> None:
    """One question and its answer; what goes wrong with it ends neither the dialogue nor the service."""
    try:
        with closing(client.stream_answer(question, mode=mode)) as events:
            for event in events:
                _tell(event)
    except KeyboardInterrupt:
        progress.print("\ninterrupted: this answer is given up", style="yellow")
    except QuipuError as error:
        progress.print(f"\nerror: {error}", style="red", soft_wrap=True, highlight=False)


def _tell(event: AnswerEvent) -> None:
    """A piece of the answer, at once, which the terminal folds; in the end the sources, which say what counts."""
    match event:
        case TokenBody():
            sys.stdout.write(visible(event.text))
            sys.stdout.flush()
        case AnswerBody():
            sys.stdout.write("\n")
            show_sources(event)
