"""The web page as files: who gets them, for how long, and what a browser may do with them."""

from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from api.rest.pages import page


@pytest.fixture
def built(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html><title>Quipu</title>")
    (tmp_path / "assets" / "index-abc.js").write_text("1;")
    return tmp_path


async def got(folder: Path, path: str) -> httpx.Response:
    app = FastAPI()
    page.install(app, "", folder)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
        return await client.get(path)


@pytest.mark.anyio
async def test_the_page_is_asked_for_anew_and_its_files_are_kept(built: Path) -> None:
    index, asset = await got(built, "/"), await got(built, "/assets/index-abc.js")
    assert index.headers["cache-control"] == "no-cache"
    assert "immutable" in asset.headers["cache-control"]
    assert (await got(built, "/assets/none.js")).status_code == 404
    assert (await got(built, "/assets/../index.html")).status_code == 404


@pytest.mark.anyio
async def test_the_page_may_do_no_more_than_it_needs(built: Path) -> None:
    policy = (await got(built, "/")).headers["content-security-policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == rules["frame-ancestors"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == rules["connect-src"] == "'self'"
    assert rules["require-trusted-types-for"] == "'script'"
    assert "unsafe" not in policy


@pytest.mark.anyio
async def test_a_page_that_was_not_built_says_so(tmp_path: Path) -> None:
    told = await got(tmp_path / "nothing", "/")
    assert told.status_code == 503
    assert "make page" in told.text
    assert 'href="docs"' in told.text
