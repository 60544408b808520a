"""The log of a whole process."""

import json
import subprocess
import sys
from pathlib import Path

CANARY = "the merger with Aldermoor closes in March"
ROOT = Path(__file__).parents[2]

SPEAKER = f"""
import logging, threading, warnings
import structlog
from api.event_log import configure_logging
configure_logging(secrets=["s3cret-key"])
secret = "s3cret-key"
log = structlog.get_logger("api.somewhere")
log.info("started", url="http://x/?a=s3cret-key", many="x" * 100_000, line="a\\nb")
log.debug("unseen")
logging.getLogger("somebody").warning("library says %s", "Bearer abcdefgh")
logging.getLogger("somebody").info("unseen")
logging.getLogger("uvicorn.error").warning("Invalid HTTP request received.")
def fail(question):
    int(question)
try:
    fail({CANARY!r} + secret)
except ValueError:
    log.error("failed", exc_info=True)
thread = threading.Thread(target=fail, args=({CANARY!r},), name="worker")
thread.start(); thread.join()
warnings.warn("careful")
fail({CANARY!r})
"""


def test_every_line_of_a_process_is_json_without_secrets() -> None:
    """Its own events, those of libraries, and what ends a thread or the process; all is written before it ends."""
    ran = subprocess.run([sys.executable, "-c", SPEAKER], cwd=ROOT, capture_output=True, text=True, check=False)
    lines = [json.loads(line) for line in ran.stderr.splitlines()]
    assert [line["event"].split("\n")[0][:12] for line in lines] == [
        "started", "library says", "failed", "unexpected e", "<string>:21:", "unexpected e",
    ]  # fmt: skip
    assert "s3cret-key" not in ran.stderr
    assert "abcdefgh" not in ran.stderr
    assert CANARY not in ran.stderr
    assert "unseen" not in ran.stderr
    assert "Invalid HTTP" not in ran.stderr
    assert len(lines[0]["many"]) < 600
    assert lines[3]["thread"] == "worker"
    assert all("ValueError" in lines[number]["exception"] for number in (2, 3, 5))
    assert ":14 fail" in lines[2]["exception"]
    assert ran.returncode == 1


FLOODER = """
import logging, os, threading, time
from api.event_log import configure_logging
configure_logging()
log = logging.getLogger("api.flood")
started = time.monotonic()
for number in range(200_000):
    log.info("x" * 400)
print(time.monotonic() - started, flush=True)
os._exit(0)
"""


def test_a_reader_that_stands_still_holds_nobody_up() -> None:
    """Nobody reads standard error: the pipe fills, the queue fills, and the rest is dropped."""
    process = subprocess.Popen(
        [sys.executable, "-c", FLOODER], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stderr is not None
    assert float(process.stdout.readline()) > 0
    process.stderr.close()
    process.stdout.close()
    process.wait()
