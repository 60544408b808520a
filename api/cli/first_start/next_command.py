"""What to type next, in any folder of another terminal."""

import shlex
import sys
from pathlib import Path

from api.admission.keys import FIRST_KEY
from api.settings import Settings


def ask_command(settings: Settings, question: str) -> str:
    """A command line that asks the service of these settings, which the other terminal does not have."""
    address = settings.own_url if settings.own_url != Settings.model_construct().own_url else ""
    needed = {"QUIPU_URL": address, "QUIPU_WORKSPACE": settings.workspace}
    given = [f"{name}={shlex.quote(value)}" for name, value in needed.items() if value]
    return " ".join([*given, *_key(settings), _program(), "ask", shlex.quote(question)])


def _key(settings: Settings) -> list[str]:
    """The key, read from the file that holds the first one; one that is set is a secret, and left to who knows it."""
    if settings.api_key is not None:
        return ["QUIPU_API_KEY=…"]
    kept = settings.data_dir.absolute() / FIRST_KEY
    return [f'QUIPU_API_KEY="$(cat {shlex.quote(str(kept))})"'] if kept.is_file() else []


def _program() -> str:
    called = Path(sys.argv[0]).absolute()
    return shlex.quote(str(called)) if called.name == "quipu" else f"{shlex.quote(sys.executable)} -m api"
