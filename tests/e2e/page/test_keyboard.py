"""The whole way by the keyboard alone: nothing is pointed at, and what has the focus can be seen."""

import re
from collections.abc import Iterator

import pytest
from browser import PLAIN, Visit, Window
from playwright.sync_api import Locator, expect
from service_process import QUICK, ServiceProcess

MOST_STOPS = 200
_FOCUS = """() => {
  const drawn = one => {
    const style = getComputedStyle(one);
    return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1;
  };
  const focused = document.activeElement;
  return focused.parentElement === null || focused === document.body || drawn(focused) || drawn(focused.parentElement);
}"""
"""Whether a line is drawn around what has the focus, or around the box that it is in."""
_OUTSIDE = """() => document.activeElement !== document.body
  && !document.activeElement.closest('dialog, [role=dialog]')"""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceProcess]:
    with ServiceProcess(tmp_path_factory.mktemp("keyboard") / "data", **QUICK).start() as running:
        running.put("oar", "The oar of Tarn was carved by Edda Brink.", title="Oar")
        yield running


def go_to(visit: Visit, wanted: Locator, key: str = "Tab") -> None:
    """Press Tab until an element has the focus; every stop on the way can be seen."""
    expect(wanted).to_be_visible()
    for _ in range(MOST_STOPS):
        if wanted.evaluate("one => one === document.activeElement"):
            return
        visit.page.keyboard.press(key)
        assert visit.page.evaluate(_FOCUS), visit.page.evaluate("() => document.activeElement.outerHTML.slice(0, 200)")
    raise AssertionError(f"no Tab leads to {wanted}")


def test_a_question_its_source_and_a_withdrawal(service: ServiceProcess, chromium: Window) -> None:
    with chromium.visit(service.origin, PLAIN) as visit:
        visit.go()
        keys = visit.page.keyboard
        go_to(visit, visit.page.get_by_role("textbox", name=visit.t("ask.question")))
        keys.type("Who carved the oar of Tarn?")
        keys.press("Enter")
        answer = visit.page.locator("article").last
        expect(answer).to_have_attribute("aria-busy", "false")
        expect(answer).to_contain_text("Edda Brink")
        go_to(visit, answer.get_by_role("link", name=visit.like("cite.label")).first, key="Shift+Tab")
        keys.press("Enter")
        expect(visit.page.locator("mark")).to_have_text("The oar of Tarn was carved by Edda Brink.")
        go_to(visit, visit.button("remove.open"))
        keys.press("Enter")
        dialog = visit.page.get_by_role("dialog")
        expect(dialog).to_be_visible()
        keys.press("Escape")
        expect(dialog).to_be_hidden()
        expect(visit.button("remove.open")).to_be_focused()
        keys.press("Enter")
        expect(dialog).to_be_visible()
        for _ in range(20):
            keys.press("Tab")
            assert not visit.page.evaluate(_OUTSIDE), "the focus leaves the dialog"
        go_to(visit, dialog.get_by_role("button", name=visit.t("remove.withdraw"), exact=True))
        keys.press("Enter")
        expect(dialog.get_by_text(visit.like("receipt.withdrawn"))).to_be_visible()
        go_to(visit, dialog.get_by_role("button", name=visit.t("receipt.close"), exact=True))
        keys.press("Enter")
        documents = visit.page.get_by_role("region", name=visit.t("documents.title"))
        expect(documents.get_by_role("link", name=re.compile("Oar"))).to_have_count(0)
