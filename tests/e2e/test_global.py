"""The mode ``global`` and communities of a collection over REST, command line and metrics, on a real service."""

import json

from service_process import ServiceProcess


def test_what_a_collection_is_about(service: ServiceProcess) -> None:
    for number in range(3):
        service.put(f"tarn-{number}", f"Tarn Works in Obervale makes kilns. Tarn Works sent kiln {number} to Hexley.")
        service.put(f"moss-{number}", f"Moss Guild in Durrow weaves nets. Moss Guild sold net {number} to Pellan.")
    answer = service.ask("Who makes kilns, and who weaves nets?", mode="global", effort="low")
    cited = {citation["document_id"].split("-")[0] for citation in answer["citations"]}
    assert answer["mode"] == "global"
    assert cited >= {"tarn", "moss"}
    assert [step["name"] for step in answer["steps"]] == ["search", "communities", "reports", "map", "generate"]

    found = service.read("/v1/graph/communities", params={"limit": 50})
    tarn = next(one for one in found["communities"] if "Tarn Works" in one["names"])
    assert (found["total"] >= 2, tarn["passages"] >= 3) == (True, True)
    for one in tarn["sentences"]:
        assert one["quote"] in service.http.get(f"/v1/documents/{one['document_id']}/content").text

    shown = service.quipu("entities", "communities", "--limit", "50", "--json")
    assert json.loads(shown.stdout) == found
    broad = service.read("/v1/graph/communities", params={"limit": 50, "level": "broad"})
    assert 1 <= broad["total"] <= found["total"]
    shown = service.quipu("entities", "communities", "--limit", "50", "--level", "broad", "--json")
    assert json.loads(shown.stdout) == broad
    asked = service.quipu("ask", "Who makes kilns, and who weaves nets?", "--mode", "global", "--json")
    assert json.loads(asked.stdout)["mode"] == "global"
    assert 'quipu_community_reports_total{by="rule"}' in service.http.get("/metrics").text
