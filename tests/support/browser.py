"""A real Chromium that looks at the page of a service, and notes what no page may do.

What is waited for is waited for as long as the service gets on (``PATIENCE``); nothing here sleeps.
"""

import io
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest
from PIL import Image
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Locator, Page, Response, expect, sync_playwright

from api.rest.pages.page import BUILT

_IMAGES = Path(__file__).parents[2] / "docs" / "images"
SOURCES = Path(__file__).parents[2] / "api" / "page"
PATIENCE = 300_000.0
"""Milliseconds for one thing to appear: a busy machine is slow, and no failure."""
Language = Literal["en", "zh"]
Theme = Literal["light", "dark"]
NARROW = 600
_ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1")
_REFUSED = "Failed to load resource: the server responded with a status of"
_ACTIVE = """() => [...document.querySelectorAll('*')].filter(one =>
  ['IFRAME', 'OBJECT', 'EMBED', 'BASE', 'META', 'STYLE', 'MARQUEE', 'MATH', 'AUDIO', 'VIDEO', 'SOURCE']
    .includes(one.tagName) && one.closest('body') !== null
  || one.tagName === 'SCRIPT' && !(one.src.startsWith(location.origin) && one.closest('head'))
  || one.tagName === 'IMG' && !one.src.startsWith('blob:' + location.origin)
  || one.tagName === 'FORM' && one.hasAttribute('action')
  || ['href', 'src', 'action', 'formaction', 'xlink:href', 'data', 'poster'].some(name => {
    const value = one.getAttribute(name);
    return value !== null && one.closest('body') !== null && !/^(#|blob:)/.test(value)
      && new URL(value, location.href).origin !== location.origin;
  })
  || one.getAttributeNames().some(name => name.startsWith('on'))).map(one => one.outerHTML.slice(0, 300))"""
"""Elements that act, or lead out of the page."""


def chromium() -> str:
    """The installed Chromium; a test without one is skipped, or fails with CI=true."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    return found or _lacking("no Chromium; 'make test' installs it where it may")


def _lacking(message: str) -> str:
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How somebody looks at the page."""

    language: Language = "en"
    theme: Theme = "light"
    width: int = 1280
    height: int = 800
    still: bool = True
    """Whether the system asks for reduced motion."""

    def __str__(self) -> str:
        return f"{self.language}-{self.theme}-{self.width}"


PLAIN = Look()
LOOKS = (
    PLAIN,
    Look(language="zh", theme="dark"),
    Look(theme="dark", width=390, height=844),
    Look(language="zh", width=390, height=844),
)


class Visit:
    """A tab with the page of a service in it. What it may not do is noted; ``end`` fails where anything was."""

    def __init__(self, page: Page, origin: str, look: Look) -> None:
        self.page = page
        self.origin = origin
        self.look = look
        self.errors: list[str] = []
        self.foreign: list[str] = []
        self.refused: list[str] = []
        self.files: list[Response] = []
        """The page itself, and what it loaded of its own files."""
        self._texts = texts(look.language)
        page.set_default_timeout(PATIENCE)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.errors.append(f"uncaught: {error}"))
        page.on("request", lambda request: self._request(request.url))
        page.on("dialog", self._dialog)
        page.on("response", self._response)
        page.on("popup", lambda popup: self.foreign.append(f"popup: {popup.url}"))

    def t(self, key: str, **values: object) -> str:
        """What the page says for a key, in its language."""
        return re.sub(r"\{(\w+)\}", lambda found: str(values.get(found[1], found[0])), self._texts[key])

    def like(self, key: str) -> re.Pattern[str]:
        """The same, whatever stands for its values."""
        pieces = re.split(r"\{\w+\}", self._texts[key])
        return re.compile(".*".join(map(re.escape, pieces)), re.DOTALL)

    def go(self, place: str = "#/") -> None:
        """Open a view by its address behind ``#``."""
        self.page.goto(f"{self.origin}/{place}")

    def button(self, key: str, **values: object) -> Locator:
        """A button by what it says."""
        return self.page.get_by_role("button", name=self.t(key, **values), exact=True)

    def show(self, pane: str) -> None:
        """Turn to a pane of the start: a narrow screen shows one at a time."""
        if self.look.width < NARROW:
            panes = self.page.get_by_role("navigation", name=self.t("home.panes"))
            panes.get_by_role("button", name=self.t(f"home.pane.{pane}"), exact=True).click()

    def ask(self, question: str) -> Locator:
        """Ask; the answer once it has ended."""
        self.show("ask")
        before = self.page.locator("article").count()
        self.page.get_by_role("textbox", name=self.t("ask.question")).fill(question)
        self.page.keyboard.press("Enter")
        answer = self.page.locator("article").nth(before)
        expect(answer).to_have_attribute("aria-busy", "false")
        return answer

    def axe(self) -> list[str]:
        """What axe-core finds serious or critical, with its places."""
        if not self.page.evaluate("() => 'axe' in window"):
            self.page.evaluate((SOURCES / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8"))
        found = self.page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{one['id']} ({one['impact']}): " + "; ".join(node["html"][:160] for node in one["nodes"][:4])
            for one in found["violations"]
            if one["impact"] in {"serious", "critical"}
        ]

    def active(self) -> list[str]:
        """Elements that act, or lead out of the page."""
        found: list[str] = self.page.evaluate(_ACTIVE)
        return found

    def overflow(self) -> int:
        """Pixels by which the page is wider than the screen."""
        found: int = self.page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
        return found

    def picture(self, name: str) -> None:
        """With QUIPU_WRITE_DOCS=true what is shown goes into docs/images."""
        if os.environ.get("QUIPU_WRITE_DOCS") == "true":
            _IMAGES.mkdir(exist_ok=True)
            taken = Image.open(io.BytesIO(self.page.screenshot(animations="disabled", caret="hide")))
            taken.convert("RGB").quantize(128).save(_IMAGES / f"{name}-{self.look}.png", optimize=True)

    def well(self) -> None:
        """Fail unless what is shown now can be used by everybody, and nothing has gone wrong so far."""
        assert (self.look, self.axe()) == (self.look, [])
        assert (self.look, self.overflow() <= 0) == (self.look, True)
        assert (self.look, self.active()) == (self.look, [])
        self.innocent()

    def innocent(self) -> None:
        """Fail where anything has gone wrong so far."""
        assert (self.look, self.errors, self.foreign) == (self.look, [], [])

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            told = f"{message.text} ({message.location.get('url', '')})"
            (self.refused if message.text.startswith(_REFUSED) else self.errors).append(told)

    def _response(self, response: Response) -> None:
        if response.url == f"{self.origin}/" or "/assets/" in response.url:
            self.files.append(response)

    def _dialog(self, dialog: Dialog) -> None:
        self.errors.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _request(self, url: str) -> None:
        if not url.startswith((f"{self.origin}/", f"blob:{self.origin}/")):
            self.foreign.append(url)


class Window:
    """A Chromium that runs; see :func:`window`."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser

    @contextmanager
    def visit(
        self, origin: str, look: Look = PLAIN, *, workspace: str = "", key: str = "", refused: bool = False
    ) -> Iterator[Visit]:
        """A fresh visitor; afterwards it fails where something went wrong.

        ``workspace`` and ``key`` are what the visitor has entered before. ``refused``:
        whether the service may refuse something meanwhile, which a browser tells as an error.
        """
        context = self._browser.new_context(
            viewport={"width": look.width, "height": look.height}, color_scheme=look.theme,
            locale={"en": "en-GB", "zh": "zh-CN"}[look.language], timezone_id="UTC", has_touch=look.width < NARROW,
            reduced_motion="reduce" if look.still else "no-preference", accept_downloads=True,
        )  # fmt: skip
        entered = json.dumps({"quipu.workspace": workspace, "quipu.key": key})
        context.add_init_script(  # at each load: what the visitor enters later stays
            f"for (const [name, value] of Object.entries({entered})) sessionStorage[name] ??= value;"
        )
        try:
            made = Visit(context.new_page(), origin, look)
            yield made
            made.innocent()
            assert (look, made.refused if not refused else []) == (look, [])
        finally:
            context.close()


@contextmanager
def window() -> Iterator[Window]:
    """Chromium, as long as a module needs it: no event loop can run in the same thread meanwhile."""
    if not (BUILT / "index.html").is_file():
        _lacking("the page was not built; 'make page' builds it")
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(_ARGUMENTS), timeout=PATIENCE)
        try:
            yield Window(browser)
        finally:
            browser.close()


def texts(language: Language) -> dict[str, str]:
    """All that the page says in a language, by key."""
    found: dict[str, str] = json.loads((SOURCES / "src" / "i18n" / f"{language}.json").read_text(encoding="utf-8"))
    return found


def eventually(found: Callable[[], bool], page: Page) -> None:
    """Wait until something holds that no element shows."""
    while not found():
        page.wait_for_timeout(50)
