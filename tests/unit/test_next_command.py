"""What a newcomer is told to type next."""

import shlex
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr

from api.admission.keys import FIRST_KEY
from api.cli.first_start.next_command import ask_command
from api.settings import Settings

QUESTION = "What's in the “box”, and who built it?"


@pytest.fixture(autouse=True)
def called(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["/opt/my tools/bin/quipu", "demo"])


def test_with_settings_of_their_own_nothing_is_needed() -> None:
    assert shlex.split(ask_command(Settings.model_construct(), QUESTION)) == [
        "/opt/my tools/bin/quipu",
        "ask",
        QUESTION,
    ]


def test_another_address_and_workspace_are_said() -> None:
    typed = ask_command(Settings.model_construct(port=9000, workspace="my lab"), QUESTION)
    assert shlex.split(typed)[:2] == ["QUIPU_URL=http://127.0.0.1:9000", "QUIPU_WORKSPACE=my lab"]


def test_a_key_is_read_from_its_file_or_left_to_who_knows_it(tmp_path: Path) -> None:
    folder = tmp_path / "it's here"
    folder.mkdir()
    (folder / FIRST_KEY).write_text("qk_1", encoding="utf-8")
    assert f"cat {shlex.quote(str(folder / FIRST_KEY))}" in ask_command(Settings.model_construct(data_dir=folder), "Q")
    typed = ask_command(Settings.model_construct(data_dir=folder, api_key=SecretStr("secret")), "Q")
    assert "QUIPU_API_KEY=… " in typed
    assert "secret" not in typed


def test_a_module_is_called_as_a_module(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["/somewhere/api/__main__.py"])
    assert shlex.split(ask_command(Settings.model_construct(), "Q"))[1:] == ["-m", "api", "ask", "Q"]
