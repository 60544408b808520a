"""Which data folder counts where none is named, and whether anything was ever kept in one."""

from pathlib import Path

from platformdirs import user_data_path

HERE = Path("quipu-data")
"""Where earlier versions kept everything, below the folder a command was typed in: one that is there is used on."""


def usual_data_folder() -> Path:
    """``quipu-data`` of the current folder if it is there, else the one folder of this user, wherever they are."""
    return HERE.absolute() if HERE.is_dir() else user_data_path("quipu", appauthor=False)


def holds_nothing(folder: Path) -> bool:
    """Whether nothing was ever kept in a data folder: it is not there, or has neither a database nor uploaded bytes."""
    return not any(folder.glob("*.sqlite")) and not (folder / "blobs").is_dir()
