"""A data folder on a disk that is full: questions and deletions go on, uploads are refused, nothing is lost."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from service_process import QUICK, ServiceProcess
from small_disk import SmallDisk, small_disk


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path / "disk", 64) as disk:
        yield disk


@pytest.fixture
def service(disk: SmallDisk) -> Iterator[ServiceProcess]:
    with ServiceProcess(disk.place, **QUICK, QUIPU_GRAPH_URL="sqlite", QUIPU_RESERVE_MIB="8") as service:
        yield service


def degraded(service: ServiceProcess) -> list[str]:
    return list(service.read("/readyz")["degraded"])


def test_what_goes_on_while_the_disk_is_full(service: ServiceProcess, disk: SmallDisk) -> None:
    service.start()
    for name in ("keep", "delete", "purge"):
        service.put(name, f"The bridge of {name} was built by Tove Rask in 1911.")
    assert degraded(service) == []
    disk.fill()
    service.until(lambda: degraded(service), "the word that the disk is full")
    assert "disk of the data folder is full" in degraded(service)[0]

    refused = service.http.put("/v1/documents/new", json={"documents": [{"text": "More."}]})
    assert (refused.status_code, refused.json()["code"]) == (503, "storage-full")
    assert int(refused.headers["Retry-After"]) > 0
    assert "Tove Rask" in service.ask("Who built the bridge of keep?")["answer"]
    assert service.delete("/v1/documents/delete")["gone"]["documents"] == 1
    disk.fill()  # what the reserve gave, others have taken
    assert "Tove Rask" in service.ask("Who built the bridge of keep?")["answer"]
    assert service.http.get("/v1/documents/delete").status_code == 404

    disk.empty()
    service.until(lambda: not degraded(service), "the word that there is room")
    assert service.delete("/v1/documents/purge?purge=true")["purged"]
    assert service.put("new", "More.")["state"] == "done"
    assert not list(disk.place.glob("blobs/**/*.tmp"))
    service.check()


def test_jobs_wait_for_room_across_a_restart(service: ServiceProcess, disk: SmallDisk) -> None:
    service.start()
    service.put("old", "The old bridge was built by Ida Holm.")
    jobs = service.upload(*({"id": f"d{n}", "text": f"Bridge {n} was built by Per Lund."} for n in range(40)))
    service.kill()
    disk.fill()
    service.start()
    assert degraded(service)
    assert service.delete("/v1/documents/old?purge=true")["purged"]
    assert not list(disk.place.glob("blobs/**/*.tmp"))
    disk.empty()
    assert {service.job(one["job_id"])["state"] for one in jobs} == {"done"}
    service.check()
