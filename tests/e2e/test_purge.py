"""A purge, and no byte is left: of the text, of what a model read in it, of answers made from it, of its vectors."""

import json
import threading
import time
from pathlib import Path

import apsw
from misbehaving import MISBEHAVIOURS, honest
from model_server import Asked, ModelServer, Reply, words
from service_process import QUICK, ServiceProcess

SECRET = "Zyxqorvanterium"
TEXT = f"The {SECRET} mine of Kopp was sold by Bela Quohn. It yields ore."
QUESTION = f"Who sold the {SECRET} mine?"


def reads_and_answers(asked: Asked) -> Reply:
    """Reads a chunk as anything named in it, and answers from the first words of passages."""
    if "<passage" in asked.user:
        return honest(asked)
    names = [name for name in (SECRET, "Bela Quohn", "Kopp") if name in asked.user]
    return words(json.dumps({"entities": [{"name": name, "type": "thing"} for name in names], "relations": []}))


def holding(folder: Path, needles: list[bytes]) -> set[str]:
    """Files of a folder that hold any of some bytes."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)) for path in files if any(n in path.read_bytes() for n in needles)}


def vectors_of(graph: Path) -> list[bytes]:
    connection = apsw.Connection(str(graph), flags=apsw.SQLITE_OPEN_READONLY)
    found = [
        bytes(row[0]) for row in connection.execute("SELECT vector FROM chunks WHERE text LIKE ?", (f"%{SECRET}%",))
    ]
    connection.close()
    return found


def test_nothing_is_left_in_the_data_folder_or_in_any_cache(tmp_path: Path) -> None:
    with (
        ModelServer(reads_and_answers) as model,
        ServiceProcess(tmp_path / "data", **QUICK, QUIPU_LLM="openai/test", QUIPU_LLM_URL=model.url).start() as service,
    ):
        service.put("kept", "The Ulm mine is open.")
        service.put("secret", TEXT, title=f"{SECRET} mine", metadata={"of": SECRET})
        service.put("secret", TEXT + " It is closed now.", title=f"{SECRET} mine", metadata={"of": SECRET})
        service.until(lambda: service.read("/v1/documents/secret")["stage"] == "model", "the model's reading")
        assert SECRET in service.ask(QUESTION)["answer"]
        session = service.http.post("/v1/sessions").json()["id"]
        assert SECRET in service.ask(QUESTION, session_id=session)["answer"]
        service.ask("Which mine is open?", session_id=session)
        watch = service.http.post("/v1/watches", json={"question": "Who sold the mine of Kopp?"}).json()
        service.until(lambda: service.read(f"/v1/watches/{watch['id']}")["answer"], "the answer to a watch")
        needles, places = [SECRET.encode(), b"Bela Quohn"], {"operations.sqlite", "blobs"}
        if (graph := service.data_dir / "graph.sqlite").exists():  # Neo4j has its files elsewhere
            needles += vectors_of(graph)
            assert len(needles) > 2
            places.add("graph.sqlite")
        assert {name.split("/")[0].removesuffix("-wal") for name in holding(service.data_dir, needles)} >= places
        service.delete("/v1/documents/secret", params={"purge": True})
        assert holding(service.data_dir, needles) == set()
        told = service.ask("Which mine is open?", session_id=session)["changed_since"]
        assert (told[0]["turn"], told[0]["question"], told[0]["was"], told[0]["now"]) == (1, "", None, None)
        model.answer = MISBEHAVIOURS["refuses"]
        assert SECRET not in service.http.post("/v1/ask", json={"question": "Who sold the mine of Kopp?"}).text
        model.answer = reads_and_answers
        time.sleep(1.0)  # whatever was under way has ended
        assert holding(service.data_dir, needles) == set()
        service.check()
        service.stop()
        assert holding(service.data_dir, needles) == set()


def test_of_two_who_write_over_one_version_one_wins(service: ServiceProcess) -> None:
    service.put("raced", "Version one of the race.")
    statuses: list[int] = []
    start = threading.Barrier(8)

    def write(number: int) -> None:
        body = {"documents": [{"text": f"Version two of the race, by {number}."}]}
        start.wait()
        answer = service.http.put("/v1/documents/raced", json=body, headers={"If-Match": '"1"'})
        statuses.append(answer.status_code)

    writers = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert sorted(statuses) == [202] + [412] * 7
