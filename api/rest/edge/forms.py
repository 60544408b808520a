"""Forms whose fields are UTF-8, of which nothing is replaced: the framework would read broken bytes as Latin-1."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import parse_options_header
from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from graph.errors import InputError
from graph.parsing import decoded

_BYTES = "latin-1"
"""Keeps every byte as it is, for :func:`graph.parsing.decoded` to look at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The parts of a form, in order. Of a field that stands twice the last one counts."""

    fields: Mapping[str, str]
    files: tuple[tuple[str, UploadFile], ...]

    def named(self, name: str) -> tuple[UploadFile, ...]:
        """The files under a name."""
        return tuple(file for field, file in self.files if field == name)


@asynccontextmanager
async def utf8_form(request: Request, *, max_files: int, max_fields: int) -> AsyncIterator[Form]:
    """The ``multipart/form-data`` body of a request; its files are closed at the end of the block.

    Raises:
        InputError: it is no such form, or has more parts than are allowed.
        BrokenText: a field or a file's name is not UTF-8.
    """
    _, options = parse_options_header(request.headers.get("content-type"))
    boundary = options.get(b"boundary", b"").decode(_BYTES)
    headers = Headers({"content-type": f'multipart/form-data; boundary="{boundary}"; charset={_BYTES}'})
    parser = MultiPartParser(headers, request.stream(), max_files=max_files, max_fields=max_fields)
    try:
        parts = await parser.parse()
    except (MultiPartException, FormParserError) as error:
        raise InputError(f"the form cannot be read: {getattr(error, 'message', error)}") from error
    try:
        yield Form(
            fields={_utf8(name): _utf8(value, name) for name, value in parts.multi_items() if isinstance(value, str)},
            files=tuple((_utf8(n), file) for n, file in parts.multi_items() if isinstance(file, UploadFile)),
        )
    finally:
        await parts.close()


def file_name(file: UploadFile) -> str:
    """The name of a file of a form, empty where it has none. Raises BrokenText."""
    return _utf8(file.filename or "", "a file's name")


def _utf8(text: str, what: str = "the name of a field") -> str:
    return decoded(what, text.encode(_BYTES))
