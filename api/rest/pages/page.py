"""The web page: files that were built beforehand (``api/page``), served to anybody, since they hold no data.

Whatever the page shows it fetches from the public interface, with the key of whoever looks at it.
"""

from pathlib import Path
from typing import Final

from fastapi import FastAPI
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from api.rest.roles import PAGE_FILES

BUILT: Final = Path(__file__).resolve().parents[2] / "page" / "dist"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' blob:; "
    "font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
"""``blob:`` pictures are pages of documents, which the page fetches with its key."""
_FOR_EVER = "public, max-age=31536000, immutable"
_NOT_BUILT = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Quipu</title></head>
<body><h1>Quipu</h1><p>The service is running, but its web page was not built: <code>make page</code> builds it.</p>
<p>The REST interface is described at <a href="docs">docs</a>.</p></body></html>
"""


class _Assets(StaticFiles):
    """Files whose names change with their contents."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """As the library does; what was found may be kept for ever."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = _FOR_EVER
        return response


def install(app: FastAPI, prefix: str, built: Path = BUILT) -> None:
    """Serve ``/`` behind a proxy's ``prefix``: a page asked for without its last slash would not find its files."""
    headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-cache"}
    app.mount(PAGE_FILES, _Assets(directory=built / "assets", check_dir=False), name="page-assets")

    @app.get("/", include_in_schema=False)
    async def page() -> Response:
        index = built / "index.html"
        if not index.is_file():
            return HTMLResponse(_NOT_BUILT, status_code=503, headers=headers)
        text = index.read_text(encoding="utf-8")
        return HTMLResponse(text.replace('"./', f'"{prefix}/'), headers=headers)
