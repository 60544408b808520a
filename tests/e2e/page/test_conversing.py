"""A conversation in a real Chromium: how it is asked, what follows from what, what no longer holds, what is kept."""

import json
import re
from collections.abc import Iterator

import pytest
from browser import LOOKS, PLAIN, Look, Visit, Window
from playwright.sync_api import Route, expect
from service_process import QUICK, ServiceProcess

WHEEL = {
    "en": ("Who cast the wheel of Osmoor?", "The wheel of Osmoor was cast by {}.", "Edda Brink", "Lev Marsh"),
    "zh": ("奥斯莫尔的水轮由谁铸造？", "奥斯莫尔的水轮由{}铸造。", "林雨桐", "周明远"),
}
OAR = {
    "en": ("Who carved the oar of Tarn?", "The oar of Tarn was carved by {}.", "Ida Holm"),
    "zh": ("塔恩的船桨由谁雕刻？", "塔恩的船桨由{}雕刻。", "何一舟"),
}
MODES = ["auto", "hybrid", "reason", "agents", "facts", "global", "keyword", "vector", "graph"]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceProcess]:
    with ServiceProcess(tmp_path_factory.mktemp("conversing") / "data", **QUICK).start() as running:
        yield running


def put(service: ServiceProcess, workspace: str, name: str, text: str) -> None:
    answer = service.http.put(
        f"/v1/documents/{name}", json={"documents": [{"text": text, "title": name}]}, params={"wait": 60},
        headers={"X-Quipu-Workspace": workspace},
    )  # fmt: skip
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("look", [LOOKS[0], LOOKS[3]], ids=str)
def test_a_conversation_is_kept_and_knows_what_no_longer_holds(
    service: ServiceProcess, chromium: Window, look: Look
) -> None:
    workspace = str(look)
    assert service.http.post("/v1/workspaces", json={"name": workspace}).status_code == 201
    put(service, workspace, "wheel", WHEEL[look.language][1].format(WHEEL[look.language][2]))
    put(service, workspace, "oar", OAR[look.language][1].format(OAR[look.language][2]))
    with chromium.visit(service.origin, look, workspace=workspace, refused=True) as visit:
        visit.go()
        chooses_a_way(visit, service)
        sessions = follows_one_question_by_another(visit)
        learns_what_no_longer_holds(visit, service, workspace)
        finds_it_again(visit)
        begins_afresh_and_goes_back(visit, sessions)
        drops_it(visit, service, sessions)


def chooses_a_way(visit: Visit, service: ServiceProcess) -> None:
    """By the keyboard, among what the service offers; the page remembers it."""
    opener = visit.page.get_by_title(visit.t("way.mode"), exact=True)
    opener.focus()
    visit.page.keyboard.press("Enter")
    offered = service.read("/v1/caller")["modes"]
    shown = visit.page.get_by_role("group", name=visit.t("way.mode"), exact=True).get_by_role("radio")
    expect(shown).to_have_count(len(offered))  # once the page knows what it may offer
    expect(shown.first).to_be_visible()
    values = [one.get_attribute("value") for one in shown.all()]
    assert values == [one for one in MODES if one in offered]
    visit.well()
    visit.page.keyboard.press("Tab")
    expect(shown.nth(values.index("hybrid"))).to_be_focused()
    for _ in range(values.index("keyword") - values.index("hybrid")):
        visit.page.keyboard.press("ArrowDown")
    visit.page.keyboard.press("Tab")
    visit.page.keyboard.press("ArrowLeft")
    visit.page.keyboard.press("Escape")
    expect(opener).to_be_focused()
    expect(shown.first).to_be_hidden()
    visit.page.reload()
    expect(opener).to_have_text(
        visit.t("way.chosen", mode=visit.t("way.mode.keyword"), effort=visit.t("way.effort.low"))
    )


def follows_one_question_by_another(visit: Visit) -> set[str]:
    """Both are asked in one session, in the chosen way; the first answer stays, and so do its citations."""
    asked = []
    visit.page.on("request", lambda one: asked.append(one.post_data_json) if one.url.endswith("/v1/ask") else None)
    wheel, oar = WHEEL[visit.look.language], OAR[visit.look.language]
    expect(visit.ask(wheel[0])).to_contain_text(wheel[2])
    expect(visit.ask(oar[0])).to_contain_text(oar[2])
    assert {(one["mode"], one["effort"]) for one in asked} == {("keyword", "low")}
    sessions = {one["session_id"] for one in asked}
    assert len(asked) == 2
    assert len(sessions) == 1
    first = visit.page.locator("article").first
    first.get_by_role("link", name=visit.like("cite.label")).first.click()
    expect(visit.page.locator("mark")).to_have_text(wheel[1].format(wheel[2]))
    visit.well()
    visit.show("ask")
    return sessions


def learns_what_no_longer_holds(visit: Visit, service: ServiceProcess, workspace: str) -> None:
    """The next answer names the earlier one, which says what holds now and where that stands."""
    wheel, oar = WHEEL[visit.look.language], OAR[visit.look.language]
    put(service, workspace, "wheel", wheel[1].format(wheel[3]))
    newest = visit.ask(oar[0])
    expect(newest).to_contain_text(
        visit.t("turn.changed.one" if visit.look.language == "en" else "turn.changed.other", n=1)
    )
    first, second = visit.page.locator("article").first, visit.page.locator("article").nth(1)
    expect(first).to_contain_text(visit.t("turn.outdated"))
    expect(first).to_contain_text(wheel[3])
    expect(second).not_to_contain_text(visit.t("turn.outdated"))
    newest.get_by_role("button", name=wheel[0], exact=True).click()
    heading = first.get_by_role("heading", name=wheel[0])
    expect(heading).to_be_focused()
    expect(heading).to_be_in_viewport()
    visit.well()
    first.get_by_role("link", name=visit.like("cite.label")).last.click()
    expect(visit.page.locator("mark")).to_have_text(wheel[1].format(wheel[3]))
    visit.show("ask")


def finds_it_again(visit: Visit) -> None:
    """Whoever loads the page anew goes on where they were."""
    visit.page.reload()
    visit.show("ask")
    expect(visit.page.locator("article")).to_have_count(3)
    first = visit.page.locator("article").first
    expect(first).to_contain_text(visit.t("turn.outdated"))
    expect(first).to_contain_text(WHEEL[visit.look.language][3])
    expect(visit.page.locator("article").last).to_contain_text(OAR[visit.look.language][2])


def begins_afresh_and_goes_back(visit: Visit, sessions: set[str]) -> None:
    """A new conversation is another session; the earlier one is in the list, and is gone on with."""
    visit.button("talks.new").click()
    expect(visit.page.locator("article")).to_have_count(0)
    oar = OAR[visit.look.language]
    with visit.page.expect_request("**/v1/ask") as asked:
        visit.ask(oar[0])
    assert asked.value.post_data_json["session_id"] not in sessions
    visit.button("talks.open").click()
    dialog = visit.page.get_by_role("dialog", name=visit.t("talks.title"))
    expect(dialog.get_by_role("listitem")).to_have_count(2)
    visit.well()
    dialog.get_by_role("button", name=re.compile("^" + re.escape(WHEEL[visit.look.language][0]))).click()
    expect(dialog).to_be_hidden()
    expect(visit.page.locator("article")).to_have_count(3)
    with visit.page.expect_request("**/v1/ask") as asked:
        visit.ask(oar[0])
    assert asked.value.post_data_json["session_id"] in sessions


def drops_it(visit: Visit, service: ServiceProcess, sessions: set[str]) -> None:
    """What is deleted is gone, from the page as well as from the service."""
    visit.button("talks.open").click()
    dialog = visit.page.get_by_role("dialog", name=visit.t("talks.title"))
    dialog.get_by_role("button", name=visit.t("talks.drop-one", question=WHEEL[visit.look.language][0])).click()
    expect(dialog.get_by_role("listitem")).to_have_count(1)
    dialog.get_by_role("button", name=visit.t("receipt.close"), exact=True).click()
    expect(visit.page.locator("article")).to_have_count(0)
    for one in sessions:
        gone = service.http.get(f"/v1/sessions/{one}", headers={"X-Quipu-Workspace": str(visit.look)})
        assert gone.status_code == 404


def told(**more: object) -> dict[str, object]:
    """A whole answer without citations."""
    return {
        "answer": "", "citations": [], "abstained": True, "revision": 1, "mode": "reason", "steps": [], "paths": [],
        "conflict": None, "short_answer": None, "refusal": None, "usage": {"calls": 0, "tokens": 0}, "timings": {},
        "degraded": [], "notes": [], "pending": 0, "rewritten": None, "clarification": None, "sufficiency": None,
        "changed_since": [], **more,
    }  # fmt: skip


def step(name: str, detail: str, **more: object) -> dict[str, object]:
    return {"name": name, "input": "", "detail": detail, "seconds": 1.5, "calls": 0, "tokens": 0, **more}


STEPS = [step("search", "3 passages", input="When was it built?"), step("judge", "enough", calls=2, tokens=1200)]
ANSWERS = [
    told(answer="Which one?", clarification={"question": "Which one?", "candidates": ["Anna Berg, potter"]}),
    told(
        answer="It was built in 1931.", abstained=False, usage={"calls": 2, "tokens": 1200}, steps=STEPS,
        rewritten={"text": "When was her kiln built?", "carried": [{"name": "Anna Berg", "turn": 1}]},
        sufficiency={"kind": "gap", "reason": "no passage names the builder.", "missing": ["builder"]},
    ),
]  # fmt: skip


def test_the_work_for_an_answer_is_told(service: ServiceProcess, chromium: Window) -> None:
    """Steps with their costs, the question as it was understood, a question back, and how far it was answered.

    What a service tells is given here, for every mode that there is: each is offered, and a candidate asks on.
    """
    answers = iter(ANSWERS)

    def answered(route: Route) -> None:
        answer = next(answers)
        events = [*(("step", one) for one in answer["steps"]), ("done", answer)]  # type: ignore[attr-defined]
        body = "".join(f"event: {name}\ndata: {json.dumps(data)}\n\n" for name, data in events)
        route.fulfill(content_type="text/event-stream", body=body)

    with chromium.visit(service.origin, PLAIN) as visit:
        visit.page.route("**/v1/ask", answered)
        visit.page.route(
            "**/v1/caller", lambda route: route.fulfill(json={**route.fetch().json(), "modes": MODES[::-1]})
        )
        visit.go()
        visit.page.get_by_title(visit.t("way.mode"), exact=True).click()
        radios = visit.page.get_by_role("group", name=visit.t("way.mode"), exact=True).get_by_role("radio")
        expect(radios).to_have_count(len(MODES))
        expect(radios).to_have_count(len(MODES))
        assert [one.get_attribute("value") for one in radios.all()] == MODES
        visit.page.get_by_role("radio", name=re.compile(f"^{visit.t('way.mode.reason')}")).check()
        visit.well()
        back = visit.ask("Who is Anna Berg?")
        with visit.page.expect_request("**/v1/ask") as asked:
            back.get_by_role("button", name="Anna Berg, potter", exact=True).click()
        assert (asked.value.post_data_json["question"], asked.value.post_data_json["mode"]) == (
            "Anna Berg, potter",
            "reason",
        )
        answer = visit.page.locator("article").last
        expect(answer).to_contain_text(visit.t("turn.understood", question="When was her kiln built?"))
        expect(answer).to_contain_text(f"{visit.t('turn.carried', name='Anna Berg')} Who is Anna Berg?")
        expect(answer).to_contain_text(visit.t("sufficiency.gap"))
        expect(answer).to_contain_text(visit.t("sufficiency.missing", missing="builder"))
        summary = answer.locator("summary")
        expect(summary).to_have_text("2 steps, 3.0 s · 2 calls · 1,200 tokens")
        expect(answer.get_by_text("When was it built?")).to_be_hidden()
        summary.focus()
        visit.page.keyboard.press("Enter")
        expect(answer.get_by_text("When was it built?")).to_be_visible()
        visit.well()
