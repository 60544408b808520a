"""What changed, told over REST and on the command line, on a real service."""

import json

from service_process import ServiceProcess


def test_changes_between_two_revisions(service: ServiceProcess) -> None:
    before = service.put("change/a", "The Osk Bridge was built by Mara Voss.", title="Osk Bridge")["revision"]
    service.put("change/a", "The Osk Bridge was built by Nils Krogh.", title="Osk Bridge")
    after = service.put("change/b", "Nils Krogh lives in Tarnholm.", title="Nils Krogh")["revision"]
    found = service.read("/v1/changes", params={"since": before, "until": after})
    assert (found["since"], found["until"]) == (before, after)
    assert [one["id"] for one in found["documents"]["added"]] == ["change/b"]
    altered = found["documents"]["altered"]
    assert [(one["before"]["version"], one["after"]["version"]) for one in altered] == [(1, 2)]
    assert "Mara Voss" in {one["name"] for one in found["entities"]["removed"]}
    assert {"Nils Krogh", "Tarnholm"} <= {one["name"] for one in found["entities"]["added"]}
    said = {(one["source"]["name"], one["target"]["name"]) for one in found["relations"]["removed"]}
    assert any("Mara Voss" in pair for pair in said)
    assert all(one["documents"] for one in found["relations"]["added"])


def test_pages_of_changes(service: ServiceProcess) -> None:
    first = service.put("page/0", "The Ilm Gate is red.")["revision"]
    for number in range(1, 6):
        last = service.put(f"page/{number}", f"The Ilm Gate {number} is blue, says Person{number} Named{number}.")
    span = {"since": first, "until": last["revision"], "limit": 2}
    for kind, whole in (("documents", 5), ("entities", None), ("relations", None)):
        everything = service.read("/v1/changes", params={**span, "kind": kind, "limit": 1000})[kind]
        seen, cursor = [], None
        while True:
            more = {"cursor": cursor} if cursor else {}
            page = service.read("/v1/changes", params={**span, "kind": kind, **more})
            seen += page[kind]["added"]
            cursor = page[kind]["next_cursor"]
            if cursor is None:
                break
        assert seen == everything["added"]
        assert whole is None or len(seen) == whole


def test_bad_spans(service: ServiceProcess) -> None:
    revision = service.put("span", "The Span Mill turns.")["revision"]
    for query, status in (
        ({}, 422),
        ({"since": revision + 1000}, 400),
        ({"since": revision, "until": revision - 1}, 400),
        ({"since": "yesterday"}, 400),
        ({"since": 0, "cursor": "x"}, 400),
        ({"since": 0, "cursor": "x", "kind": "relations"}, 400),
        ({"since": 0, "kind": "nonsense"}, 422),
    ):
        answer = service.http.get("/v1/changes", params=query)
        assert answer.status_code == status, (query, answer.text)
        assert answer.headers["content-type"] == "application/problem+json"


def test_changes_since_a_date_on_the_command_line(service: ServiceProcess) -> None:
    service.put("dated", "The Dated Tower was built by Runa Stahl.")
    ran = service.quipu("changes", "--since", "2020-01-01", "--limit", "1000", "--json")
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout)
    assert found["since"] == 0
    assert "dated" in {one["id"] for one in found["documents"]["added"]}


def test_verify_on_the_command_line(service: ServiceProcess) -> None:
    service.put("verified", "The Sound Mill was built by Runa Stahl.")
    ran = service.quipu("verify", "--repair", "--json")
    assert ran.returncode == 0, ran.stdout
    found = json.loads(ran.stdout)
    assert found["sound"]
    assert found["repaired"] == []
    assert {one["name"]: one["compared"] > 0 for one in found["checks"]}["vectors in the view"]
