"""Sends damaged files of every format (seeded bit flips, cuts, splices) through a running service. Prints JSON.

python -m benchmarks.hostile_files --files 2000          # from files made here, and from QUIPU_SHARED_DATA if it is set
"""

import argparse
import io
import json
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import httpx
import psutil

sys.path.append(str(Path(__file__).parent.parent / "tests" / "support"))

from service_process import ServiceProcess

A_REQUEST = 8
LARGEST_SEED = {".txt": 4_000, ".md": 4_000, ".html": 8_000}
"""Bytes: it is parsers that are tried here, and what they find in a larger text is embedded, which takes long."""
LARGEST_OTHER = 40_000


_ENDED = {"done", "failed", "cancelled"}


def own_files() -> Mapping[str, bytes]:
    """A small file of each format, by name."""
    import docx
    from PIL import Image

    text = "# The Selm Tower\n\nAda Stone built the Selm Tower in 1999.\n\n## Harbour\n\n- 塞尔姆塔在瓦恩港。\n"
    page = (
        f"<html><head><title>Selm</title></head><body><h1>Selm</h1><p>{text}</p><table><tr><td>1</table></body></html>"
    )
    document, written = docx.Document(), io.BytesIO()
    document.add_heading("The Selm Tower", 1)
    document.add_paragraph("Ada Stone built the Selm Tower in 1999.")
    document.add_table(2, 2).cell(0, 0).text = "a cell"
    document.save(written)
    files = {"a.txt": text.encode(), "b.md": text.encode(), "c.html": page.encode(), "d.docx": written.getvalue()}
    files["e.txt"] = text.encode("utf-16")
    for name, kind in (("f.png", "PNG"), ("g.jpg", "JPEG"), ("h.pdf", "PDF")):
        drawn = io.BytesIO()
        Image.linear_gradient("L").convert("RGB").resize((40, 40)).save(drawn, kind)
        files[name] = drawn.getvalue()
    content = b"BT /F1 12 Tf 20 50 Td (Ada Stone built the Selm Tower.) Tj ET"
    files["i.pdf"] = (
        b"%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Contents 4 0 R/Resources<</Font<</F1<</Type/Font"
        b"/Subtype/Type1/BaseFont/Helvetica>>>>>>>>endobj\n4 0 obj<</Length %d>>stream\n%b\nendstream endobj\n"
        b"trailer<</Root 1 0 R>>" % (len(content), content)
    )
    return files


def seeds() -> Sequence[tuple[str, bytes]]:
    """Files to damage, in the order of their names."""
    found = dict(own_files())
    shared = os.environ.get("QUIPU_SHARED_DATA")
    if shared:
        wanted = {".txt", ".md", ".html", ".pdf", ".docx", ".png", ".jpg", ".jpeg"}
        for path in sorted((Path(shared) / "documents").glob("*/*")):
            if path.suffix.lower() in wanted and path.stat().st_size <= LARGEST_SEED.get(path.suffix, LARGEST_OTHER):
                found[path.name] = path.read_bytes()
    return sorted(found.items())


def damaged(count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """So many files, each as alike or unlike to a real one as chance wants it; every format in turn."""
    files, by_suffix = seeds(), {}
    for name, data in files:
        by_suffix.setdefault(Path(name).suffix.lower(), []).append((name, data))
    generator = random.Random(seed)
    for number in range(count):
        suffix = sorted(by_suffix)[number % len(by_suffix)]
        name, data = generator.choice(by_suffix[suffix])
        mutated = bytearray(data)
        for _ in range(generator.choice((1, 1, 2, 5))):
            mutated = _damage(mutated, generator, files)
        yield f"{number}-{name}", bytes(mutated) or b"?"


def _damage(data: bytearray, generator: random.Random, files: Sequence[tuple[str, bytes]]) -> bytearray:
    kind = generator.randrange(5)
    place = generator.randrange(len(data) + 1)
    if kind == 0:  # some bits turned
        for _ in range(generator.choice((1, 8, 64))):
            if data:
                data[generator.randrange(len(data))] ^= 1 << generator.randrange(8)
        return data
    if kind == 1:  # cut off
        return data[:place]
    if kind == 2:  # a piece of another file put in
        other = generator.choice(files)[1]
        start = generator.randrange(len(other) + 1)
        return data[:place] + other[start : start + generator.choice((10, 500, 3_000))] + data[place:]
    if kind == 3:  # a piece said many times
        piece = data[place : place + generator.choice((1, 4, 16))]
        return data[:place] + piece * generator.choice((2, 20, 200)) + data[place:]
    return data[:place] + data[place + generator.choice((1, 16, 1000)) :]


def send(http: httpx.Client, files: Sequence[tuple[str, bytes]]) -> tuple[Counter[int], list[str], float]:
    """Upload; statuses, jobs, and the longest time that an answer took."""
    statuses: Counter[int] = Counter()
    jobs: list[str] = []
    slowest = 0.0
    for start in range(0, len(files), A_REQUEST):
        parts = [("file", (name, data)) for name, data in files[start : start + A_REQUEST]]
        while True:
            begun = time.monotonic()
            answer = http.post("/v1/documents", files=parts)
            slowest = max(slowest, time.monotonic() - begun)
            statuses[answer.status_code] += 1
            if answer.status_code not in {429, 503} or "Retry-After" not in answer.headers:
                break
            time.sleep(min(5.0, float(answer.headers["Retry-After"])))
        jobs += [each["job_id"] for each in answer.json().get("documents", ()) if each.get("job_id")]
    return statuses, jobs, slowest


def outcomes(http: httpx.Client, jobs: Sequence[str]) -> tuple[Counter[str], float]:
    """How every job ended, and the longest time in which none of them got on."""
    found: Counter[str] = Counter()
    longest, changed = 0.0, time.monotonic()
    for job in jobs:
        seen = None
        while True:
            answer = http.get(f"/v1/jobs/{job}").json()
            state = (answer["state"], answer.get("stage"), answer.get("chunks_done"))
            if state != seen or answer["state"] in _ENDED:
                longest, changed, seen = max(longest, time.monotonic() - changed), time.monotonic(), state
            if answer["state"] in _ENDED:
                break
            time.sleep(0.1)
        error = answer.get("error") or {}
        found[f"failed: {error.get('code')}" if answer["state"] == "failed" else answer["state"]] += 1
    return found, longest


def campaign(count: int, seed: int) -> dict[str, object]:
    """Warm the service with a tenth as many files, then measure."""
    started = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="quipu-hostile-") as folder,
        ServiceProcess(Path(folder) / "data").start() as service,
    ):
        _, jobs, _ = send(service.http, list(damaged(max(count // 10, 50), seed + 1)))
        outcomes(service.http, jobs)
        process = psutil.Process(service.pid)
        before = process.memory_info().rss
        files = list(damaged(count, seed))
        statuses, jobs, slowest = send(service.http, files)
        ended, longest = outcomes(service.http, jobs)
        after = process.memory_info().rss
        ready = service.http.get("/readyz").status_code == 200
    return {
        "files": len(files), "bytes": sum(len(data) for _, data in files), "seed": seed,
        "statuses": dict(sorted(statuses.items())),
        "server_errors": sum(number for code, number in statuses.items() if code >= 500),
        "jobs": len(jobs), "outcomes": dict(sorted(ended.items())), "slowest_answer_seconds": round(slowest, 2),
        "longest_standstill_seconds": round(longest, 1), "resident_growth_mib": round((after - before) / 2**20, 1),
        "ready": ready, "seconds": round(time.monotonic() - started),
    }  # fmt: skip


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    print(json.dumps(campaign(arguments.files, arguments.seed), indent=2))


if __name__ == "__main__":
    main()
