"""Graph, changes, watches, evaluations and the service in a real Chromium, and how the page asks for a key."""

import re
from collections.abc import Iterator

import pytest
from browser import LOOKS, Look, Visit, Window, eventually
from playwright.sync_api import Route, expect
from service_process import QUICK, ServiceProcess

QUESTION = "Who founded Halden Observatory?"
FOUNDED = "# Halden Observatory\n\nHalden Observatory was founded in 1931 by the astronomer {}.\n"
FORM = {
    "queries": f'{{"_id": "q1", "text": "{QUESTION}", "answers": ["Ingrid Vael"]}}\n',
    "qrels": "query-id\tcorpus-id\tscore\nq1\thalden-observatory.md\t1\n",
    "kind": "retrieval",
}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceProcess]:
    """The samples, a watch whose answer has changed, and two evaluations."""
    with ServiceProcess(tmp_path_factory.mktemp("views") / "data", **QUICK).start() as running:
        loaded = running.http.post("/v1/samples", params={"wait": 60}).json()
        for one in loaded["documents"]:
            assert running.job(one["job_id"])["state"] == "done"
        watch = running.http.post("/v1/watches", json={"question": QUESTION}).json()["id"]
        running.until(lambda: running.read(f"/v1/watches/{watch}")["answer"] is not None, "the first answer")
        files = {name: (None, value) for name, value in FORM.items()}
        made = [running.http.post("/v1/evals", files=files).json()["id"] for _ in range(2)]
        for one in made:
            running.until(lambda one=one: running.read(f"/v1/evals/{one}")["state"] == "done", "an evaluation")
        running.put("halden-observatory.md", FOUNDED.format("Tove Rask"), media_type="text/markdown")
        updates = f"/v1/watches/{watch}/updates"
        running.until(lambda: len(running.read(updates)["updates"]) > 1, "the second answer")
        yield running


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_every_view_can_be_used(service: ServiceProcess, chromium: Window, look: Look) -> None:
    with chromium.visit(service.origin, look) as visit:
        walks_the_graph(visit)
        sees_what_changed(visit)
        reads_a_watch(visit)
        compares_evaluations(visit)
        looks_after_the_service(visit)


def walks_the_graph(visit: Visit) -> None:
    """Find an entity, open it, read its facts and quotes, go back in time; the table holds what the picture shows."""
    visit.go("#/graph")
    visit.page.get_by_role("searchbox", name=visit.t("graph.find")).fill("halden")
    visit.page.get_by_role("link", name=re.compile("^Halden Observatory")).click()
    about = visit.page.get_by_role("region", name=visit.t("graph.about"))
    expect(about.get_by_role("heading", name="Halden Observatory")).to_be_visible()
    expect(about.locator("blockquote").first).to_be_visible()
    expect(visit.page.get_by_role("application", name=visit.t("graph.picture"))).to_be_visible()
    visit.well()
    visit.picture("graph")
    visit.button("graph.as.table").click()
    rows = visit.page.get_by_role("table").locator("tbody tr")
    expect(rows.filter(has_text="Tove Rask").first).to_be_visible()
    before = rows.count()
    visit.page.get_by_role("button", name="Tove Rask").first.click()
    visit.button("graph.open").click()
    expect(about.get_by_role("heading", name="Tove Rask")).to_be_visible()
    slider = visit.page.get_by_role("slider", name=visit.t("graph.as-of"))
    slider.focus()
    visit.page.keyboard.press("ArrowLeft")
    expect(visit.button("graph.to-now")).to_be_visible()
    visit.button("graph.to-now").click()
    assert before > 0
    visit.well()
    visit.button("graph.as.merges").click()
    expect(visit.page.get_by_role("heading", name=visit.t("graph.merges"))).to_be_visible()
    visit.well()


def sees_what_changed(visit: Visit) -> None:
    newest = "#/changes?since=20&kind=documents"
    visit.go(newest)
    expect(visit.page.get_by_role("heading", name=visit.t("changes.title"))).to_be_visible()
    changed = visit.page.get_by_role("table").last.get_by_role("link", name="Halden Observatory")
    expect(changed).to_have_attribute("href", re.compile(r"halden-observatory\.md\?version=2$"))
    visit.well()
    visit.picture("changes")
    visit.button("changes.kind.relations").click()
    expect(visit.page.get_by_text(visit.t("changes.removed")).first).to_be_visible()
    visit.well()


def reads_a_watch(visit: Visit) -> None:
    """What was answered before, and after."""
    visit.go("#/watches")
    visit.page.get_by_role("link", name=QUESTION).first.click()
    history = visit.page.locator("ol").last
    expect(history).to_contain_text("Ingrid Vael")
    expect(history).to_contain_text("Tove Rask")
    visit.well()
    asked = f"Who built the Orrin Telescope? ({visit.look})"
    visit.page.get_by_role("textbox", name=visit.t("watches.question")).fill(asked)
    visit.button("watches.add").click()
    expect(visit.page.get_by_role("link", name=asked)).to_be_visible()
    visit.innocent()


def compares_evaluations(visit: Visit) -> None:
    visit.go("#/evaluations")
    table = visit.page.get_by_role("table", name=visit.t("evaluations.title"))
    table.get_by_role("row").nth(1).get_by_role("link").first.click()
    expect(visit.page.locator("article h2").first).to_be_visible()
    visit.well()
    table.get_by_role("link", name=visit.t("evaluations.compare"), exact=True).first.click()
    expect(visit.page.get_by_role("heading", name=visit.t("evaluations.comparison"))).to_be_visible()
    visit.well()


def looks_after_the_service(visit: Visit) -> None:
    for part, shown in (
        ("", "service.ready"), ("jobs", "service.state.done"), ("workspaces", "service.here"), ("keys", "keys.none"),
        ("audit", "service.audit.who"),
    ):  # fmt: skip
        visit.go(f"#/service/{part}")
        expect(visit.page.get_by_role("main").get_by_text(visit.t(shown)).last).to_be_attached()
        visit.well()


def test_what_is_chosen_before_the_first_answer_is_there(service: ServiceProcess, chromium: Window) -> None:
    """The view begins with what was chosen, once it knows where to begin."""
    held: list[Route] = []
    with chromium.visit(service.origin) as visit:
        visit.page.route(re.compile("/v1/revisions"), lambda route: held.append(route))
        visit.go("#/changes")
        visit.button("changes.kind.entities").click()
        eventually(lambda: len(held) == 2, visit.page)
        for one in held:
            one.continue_()
        expect(visit.page.get_by_role("table", name=visit.t("changes.kind.entities"))).to_be_visible()


def test_a_key_is_asked_for_and_kept_in_the_tab(service: ServiceProcess, chromium: Window) -> None:
    """The last of these tests: from its first key on the service answers nobody without one."""
    with chromium.visit(service.origin) as visit:
        held: list[Route] = []

        def hold(route: Route) -> None:
            held.append(route)

        visit.page.route("**/v1/keys?*", hold)
        with visit.page.expect_request("**/v1/keys?*"):
            visit.go("#/service/keys")
        expect(visit.button("keys.make")).to_have_count(0)  # whether it is the first key is not known yet
        for route in held:
            route.continue_()
        visit.page.unroute("**/v1/keys?*", hold)
        visit.page.get_by_label(visit.t("keys.label")).fill("mine")
        visit.page.get_by_role("combobox", name=visit.t("keys.role")).select_option("admin")
        visit.button("keys.make").click()
        key = str(visit.page.locator("code").first.text_content())
        assert key.startswith("qk_")
        visit.go()  # the tab that made the first key goes on with it
        expect(
            visit.page.get_by_role("region", name=visit.t("documents.title")).get_by_role("link").first
        ).to_be_visible()
    with chromium.visit(service.origin, refused=True) as visit:
        visit.go()
        dialog = visit.page.get_by_role("dialog", name=visit.t("key.title"))
        expect(dialog).to_be_visible()
        visit.well()
        dialog.get_by_label(visit.t("key.key")).fill("qk_no_such_key")
        dialog.get_by_role("button", name=visit.t("key.enter"), exact=True).click()
        expect(dialog.get_by_text(visit.t("key.wrong"))).to_be_visible()
        dialog.get_by_label(visit.t("key.key")).fill(key)
        dialog.get_by_role("button", name=visit.t("key.enter"), exact=True).click()
        documents = visit.page.get_by_role("region", name=visit.t("documents.title"))
        expect(documents.get_by_role("link").first).to_be_visible()
        visit.page.reload()
        expect(documents.get_by_role("link").first).to_be_visible()
        assert key not in visit.page.evaluate(
            "() => JSON.stringify({...localStorage}) + document.cookie + location.href"
        )
