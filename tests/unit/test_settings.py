"""Names of settings, and the data folder where none is named."""

from pathlib import Path

import pytest

from api.configuration.data_folders import holds_nothing, usual_data_folder
from api.configuration.setting_names import misspelt
from api.settings import Settings, load_settings
from graph.errors import ConfigurationError


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A current folder with nothing in it, and a user with a folder of their own."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "user"))
    monkeypatch.delenv("QUIPU_DATA_DIR", raising=False)
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    return here


def test_one_folder_for_each_user_wherever_they_are(elsewhere: Path) -> None:
    assert Settings().data_dir == elsewhere.parent / "user" / "quipu"


def test_what_earlier_versions_kept_here_is_used_on(elsewhere: Path) -> None:
    (elsewhere / "quipu-data").mkdir()
    assert usual_data_folder() == elsewhere / "quipu-data"


def test_looking_makes_nothing(elsewhere: Path) -> None:
    assert holds_nothing(Settings().data_dir)
    assert not (elsewhere.parent / "user").exists()


@pytest.mark.parametrize(("entry", "nothing"), [("owner.lock", True), ("graph.sqlite", False), ("blobs/", False)])
def test_a_folder_that_holds_a_lock_alone_holds_nothing(tmp_path: Path, entry: str, nothing: bool) -> None:
    (tmp_path / entry).mkdir() if entry.endswith("/") else (tmp_path / entry).touch()
    assert holds_nothing(tmp_path) is nothing


def test_a_misspelt_name_is_refused_with_what_was_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUIPU_PROT", "1")
    with pytest.raises(ConfigurationError, match=r"^QUIPU_PROT \(in the environment\) .*did you mean QUIPU_PORT\?$"):
        load_settings()


def test_a_misspelt_name_in_the_file_is_refused(elsewhere: Path) -> None:
    (elsewhere / ".env").write_text("NEO4J_PASSWORD=x\nquipu_data_dri=x\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"^QUIPU_DATA_DRI \(in \.env\) .*QUIPU_DATA_DIR\?$"):
        load_settings()


def test_a_name_like_none_is_refused_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUIPU_COLOUR_OF_THE_SKY", "blue")
    with pytest.raises(ConfigurationError, match="README"):
        load_settings()


@pytest.mark.parametrize(
    "name",
    ["QUIPU_TEST_STORE", "QUIPU_SHARED_DATA", "QUIPU_WRITE_DOCS", "QUIPU_SERVICE_HOST", "QUIPU_PORT_8000_TCP",
     "quipu_port", "OTHER_PROT"],
)  # fmt: skip
def test_names_of_others_pass(name: str) -> None:
    assert misspelt([name], ["QUIPU_PORT"]) is None
