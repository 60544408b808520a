"""The data folder of a running service: locked, with room for deletions, and its operational database."""

from contextlib import ExitStack

from api.settings import MIB, Settings
from graph.operations.database import OperationsDatabase
from graph.operations.folder_lock import FolderLock
from graph.operations.reserve import DiskReserve


def open_data_folder(settings: Settings, opened: ExitStack) -> tuple[DiskReserve, OperationsDatabase]:
    """The reserve of its disk and its database; ``opened`` closes them. Raises ConfigurationError."""
    opened.callback(FolderLock(settings.data_dir).release)
    room = DiskReserve(settings.data_dir, settings.reserve_mib * MIB)
    room.lend()  # a start on a full disk writes, too
    database = OperationsDatabase(settings.data_dir / "operations.sqlite")
    database.on_full = room.give_back
    opened.callback(database.close)
    return room, database
