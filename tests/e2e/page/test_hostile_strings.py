"""Strings that act, in every place that a stranger can write to: nothing of them acts in any view of the page.

Documents, their names and their metadata carry all of them; a model repeats them as entities and in answers. What the
service makes inert before it answers is shown once more as it was, as if it had been forgotten there.
"""

import json
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from active_content import strings
from browser import Look, Visit, Window
from misbehaving import passages
from model_server import Asked, ModelServer, Reply, words
from playwright.sync_api import Route, expect
from service_process import QUICK, ServiceProcess

ALL = tuple(dict.fromkeys(strings()))
SHARE = 12
"""Strings in one document."""
BATCHES = tuple(ALL[first : first + SHARE] for first in range(0, len(ALL), SHARE))
QUESTION = "Who designed the Selm Tower, number {}?"


def parrot(asked: Asked) -> Reply:
    """Calls whatever acts an entity, and says it in every answer."""
    found = passages(asked)
    held = [one for one in ALL if one in asked.user][:SHARE]
    if asked.schema is not None:
        return words(json.dumps({"entities": [{"name": one, "type": one[:40]} for one in held], "relations": []}))
    handle = next(iter(found), "X1")
    return words(" ".join(f"{one} [{handle}]." for one in held))


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceProcess]:
    with ModelServer(parrot) as server:
        settings = {**QUICK, "QUIPU_LLM": "openai/test", "QUIPU_LLM_URL": server.url}
        with ServiceProcess(tmp_path_factory.mktemp("hostile") / "data", **settings).start() as running:
            jobs = [job for number, batch in enumerate(BATCHES) for job in uploaded(running, number, batch)]
            ended = [running.job(job) for job in jobs]
            failed = [one["error"] for one in ended if one["state"] != "done"]
            assert len(failed) < 3, failed  # a name may say that a file is of a kind that it is not
            for text in ALL[:: len(ALL) // 10]:
                running.http.post("/v1/watches", json={"question": printable(text)})
            yield running


def uploaded(service: ServiceProcess, number: int, batch: tuple[str, ...]) -> list[str]:
    """A document whose name, title, metadata and text act; the first of its strings also names a file."""
    body = {
        "title": printable(batch[0]), "metadata": {f"{printable(one)[:60]}": one for one in batch if one.strip()},
        "text": "\n\n".join(f"The Selm Tower, number {number}, was designed by {one} in Tarnhaven." for one in batch),
    }  # fmt: skip
    made = service.http.post("/v1/documents", json={"documents": [body]}).json()["documents"]
    name = quote(printable(batch[-1]), safe="")
    files = {"file": (printable(batch[-1]), f"Tower {number} of {batch[-1]}.".encode(), "text/plain")}
    made += service.http.put(f"/v1/documents/{name}", files=files).json().get("documents", [])
    return [one["job_id"] for one in made if one["job_id"]]


def printable(text: str) -> str:
    """Where control characters are refused."""
    return "".join(one for one in text if one.isprintable()) or "x"


@pytest.fixture(scope="module")
def visit(service: ServiceProcess, chromium: Window) -> Iterator[Visit]:
    with chromium.visit(service.origin, Look(theme="dark")) as made:
        yield made


def harmless(visit: Visit, view: str) -> None:
    assert visit.active() == [], view
    assert visit.overflow() <= 0, view
    visit.innocent()


def test_there_are_enough_of_them() -> None:
    assert len(ALL) >= 260


def test_nothing_acts_in_documents(service: ServiceProcess, visit: Visit) -> None:
    visit.go()
    documents = visit.page.get_by_role("region", name=visit.t("documents.title"))
    expect(documents.get_by_role("link").first).to_be_visible()
    harmless(visit, "documents")
    ids = [one["id"] for one in service.read("/v1/documents", params={"limit": 1000})["documents"]]
    assert len(ids) > len(BATCHES)
    for number, one in enumerate(ids):
        visit.go(f"#/documents/{quote(one, safe='')}")
        text = visit.page.get_by_role("region", name=visit.t("evidence.document")).locator(".text")
        expect(text).to_contain_text("ower")
        harmless(visit, one)
        if number % 20 == 0:
            for tab in ("doc.original", "doc.versions", "doc.report"):
                visit.button(tab).click()
                harmless(visit, f"{tab} of {one}")


def test_nothing_acts_in_questions_and_answers(visit: Visit) -> None:
    visit.go()
    for number in range(0, len(BATCHES), 8):
        visit.ask(QUESTION.format(number))
        visit.ask(f"{printable(BATCHES[number][0])} {QUESTION.format(number)}")
    visit.button("ask.why").last.click()
    for one in visit.page.locator("details:not(form details)").all():
        one.evaluate("one => { one.open = true; }")
    harmless(visit, "answers")


def test_nothing_acts_in_what_a_service_forgot_to_make_inert(visit: Visit) -> None:
    """All of them, as they are, as text of one answer, its sources, sides, notes, steps and refusal, and of what it
    tells of the conversation."""

    def answered(route: Route) -> None:
        told = forgotten()
        events = [*(("step", one) for one in told["steps"]), ("done", told)]  # type: ignore[attr-defined]
        body = "".join(f"event: {name}\ndata: {json.dumps(data)}\n\n" for name, data in events)
        route.fulfill(content_type="text/event-stream", body=body)

    visit.page.route("**/v1/ask", answered)
    visit.go()
    visit.ask("What acts?")
    visit.button("ask.why").last.click()
    expect(visit.page.get_by_text("<script>alert(1)</script>").first).to_be_attached()
    harmless(visit, "forgotten")
    visit.page.unroute("**/v1/ask")


def forgotten() -> dict[str, object]:
    """An answer of a service that trusts everybody."""
    cited = [
        {
            "marker": number, "document_id": one, "version": 1, "chunk_id": str(number), "title": one, "quote": one,
            "start": 0, "end": 1, "page": None, "headings": [one], "boxes": None,
        }
        for number, one in enumerate(ALL, start=1)
    ]  # fmt: skip
    steps = [{"name": o, "input": o, "detail": o, "seconds": 0, "calls": 1, "tokens": 1} for o in ALL[:40]]
    changed = [{"turn": n, "question": o, "was": o, "now": o, "reason": o} for n, o in enumerate(ALL[:20])]
    near = [{"document_id": o, "chunk_id": o, "title": o, "headings": [o], "page": None} for o in ALL[:20]]
    return {
        "answer": "\n\n".join(f"{one} [{number}]" for number, one in enumerate(ALL, start=1)), "citations": cited,
        "abstained": False, "revision": 1, "mode": "hybrid", "steps": steps, "paths": [],
        "rewritten": {"text": ALL[1], "carried": [{"name": one, "turn": 1} for one in ALL[:20]]},
        "clarification": {"question": ALL[1], "candidates": list(ALL[:40])},
        "sufficiency": {"kind": "gap", "reason": ALL[1], "missing": list(ALL[:20])}, "changed_since": changed,
        "conflict": {"kind": "contradiction", "sides": [{"date": None, "citation": one} for one in cited[:40]]},
        "short_answer": {
            "text": ALL[0], "kind": "name", "marker": None, "start": None, "end": None, "derived_from": [],
        },
        "refusal": {"nearest": near, "unknown_terms": list(ALL[:40])}, "usage": {}, "timings": {},
        "degraded": list(ALL[:20]), "notes": list(ALL), "pending": 0,
    }  # fmt: skip


def test_nothing_acts_in_the_other_views(service: ServiceProcess, visit: Visit) -> None:
    found = service.read("/v1/graph/entities", params={"query": "e", "limit": 50})["entities"]
    assert any("<" in one["name"] or "](" in one["name"] for one in found), found[:5]
    places = [f"#/graph/{quote(one['id'], safe='')}" for one in found[:: max(1, len(found) // 6)]]
    places += ["#/changes?since=0&kind=documents", "#/changes?since=0&kind=entities", "#/watches", "#/evaluations"]
    places += [f"#/service/{part}" for part in ("", "jobs", "workspaces", "audit")]
    looks_at(visit, places)


def test_nothing_acts_in_the_address_of_what_is_not_there(service: ServiceProcess, chromium: Window) -> None:
    with chromium.visit(service.origin, refused=True) as visit:
        looks_at(visit, [f"#/{view}/{quote(one, safe='')}" for one in ALL[:4] for view in ("graph", "documents")])


def looks_at(visit: Visit, places: list[str]) -> None:
    for place in places:
        visit.go(place)
        expect(visit.page.get_by_role("main")).not_to_be_empty()
        visit.page.wait_for_load_state("networkidle")
        harmless(visit, place)
