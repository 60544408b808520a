"""``quipu chat``: questions and answers at a terminal, one after the other."""

import sys
from collections.abc import Iterable
from contextlib import closing, suppress

from api.cli.asking import AnyMode, SessionId, in_mode, show_sources
from api.cli.context import service
from api.cli.terminal import out, progress
from api.client import AnswerEvent, Quipu
from api.schemas.asking.answers import AnswerBody, TokenBody
from graph.errors import QuipuError
from graph.text.controls import visible
from retrieval.modes import AskedMode

BANNER = (
    "Ask, and the documents answer; a question may go on from the ones before it. /help lists what else can be said."
)
HELP = (
    "/quit, or Ctrl-D, leaves. /new begins another conversation. Ctrl-C ends an answer that is under way. The arrow"
    " keys bring earlier questions back."
)
LEAVING = frozenset({"/quit", "/exit", "/q"})


class _Dialogue:
    """A conversation at a terminal. It is begun with the first question, so that none is kept in which nobody asked."""

    def __init__(self, client: Quipu, mode: AskedMode | None, session: str) -> None:
        self._client, self._mode, self.session = client, mode, session

    def said(self, line: str) -> None:
        """A command, or a question and its answer."""
        if line == "/new":
            self.session = ""
        elif line.startswith("/"):
            out.print(HELP, highlight=False)
        elif line:
            self._answered(line)

    def _answered(self, question: str) -> None:
        """What goes wrong with a question ends neither the dialogue nor the service."""
        try:
            self.session = self.session or self._client.open_session().id
            asked = self._client.stream_answer(question, **in_mode(self._mode, self.session))
            with closing(asked) as events:
                _tell(events)
        except KeyboardInterrupt:
            progress.print("\ninterrupted: this answer is given up", style="yellow")
        except QuipuError as error:
            progress.print(f"\nerror: {error}", style="red", soft_wrap=True, highlight=False)


def chat(mode: AnyMode = None, session: SessionId = "") -> None:
    """Ask one question after the other; answers come as they are written, with their sources."""
    with suppress(ImportError):  # a Python built without it has no history, and chats all the same
        import readline  # noqa: F401 - input() takes its history from there
    with service() as (client, _):
        out.print(BANNER, highlight=False)
        dialogue = _Dialogue(client, mode, session)
        while (line := _next_line()) is not None and line not in LEAVING:
            dialogue.said(line)
        if dialogue.session:
            out.print(f"go on with it by  quipu chat --session {dialogue.session}", style="dim", highlight=False)


def _next_line() -> str | None:
    """What is typed next, without white space around it; None at the end."""
    while True:
        try:
            return input("\n? " if sys.stdin.isatty() else "").strip()
        except KeyboardInterrupt:
            out.print("\n/quit, or Ctrl-D, leaves", highlight=False)
        except EOFError:
            return None


def _tell(events: Iterable[AnswerEvent]) -> None:
    """An answer piece by piece, at once, which the terminal folds; in the end the sources, which say what counts."""
    written = False
    for event in events:
        match event:
            case TokenBody():
                written = True
                sys.stdout.write(visible(event.text))
                sys.stdout.flush()
            case AnswerBody():
                sys.stdout.write("\n" if written else f"{visible(event.answer)}\n")
                show_sources(event)
