"""A client of a running service for Python programs: ``Quipu`` blocks, ``AsyncQuipu`` is awaited.

What they raise are the errors of :mod:`graph.errors`, and :class:`Unreachable`.
"""

from api.client.patience import Patience
from api.client.problems import Unreachable
from api.client.questions import NOW, AnswerEvent, Conditions, Ways
from api.client.quipu import AsyncQuipu, Quipu
from api.client.uploads import File, FileDocument
from api.schemas.documents import TextDocument

__all__ = [
    "NOW",
    "AnswerEvent",
    "AsyncQuipu",
    "Conditions",
    "File",
    "FileDocument",
    "Patience",
    "Quipu",
    "TextDocument",
    "Unreachable",
    "Ways",
]
