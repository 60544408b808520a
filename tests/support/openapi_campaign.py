"""schemathesis against a running service: what each operation answered, and what broke the document's word."""

import base64
import json
import os
import re
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import processes

HOOKS = Path(__file__).with_name("openapi_hooks.py")
BROKEN_WORD = frozenset(
    {"not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
     "response_schema_conformance", "ignored_auth"}
)  # fmt: skip
"""Checks that fail only where the service answers what its document does not say. Others weigh how strict input is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """Statuses by operation, and failures by check with one request each."""

    statuses: dict[str, Counter[int]]
    failures: dict[str, list[str]] = field(default_factory=dict)

    @property
    def unreached(self) -> list[str]:
        """Operations that never answered 2xx, of those that the key may call."""
        return sorted(
            set(self.statuses) - set(self.forbidden) - {name for name, seen in self.statuses.items() if _well(seen)}
        )

    @property
    def forbidden(self) -> list[str]:
        """Operations that the key may not call: they answered 403 and never 2xx."""
        return sorted(name for name, seen in self.statuses.items() if 403 in seen and not _well(seen))

    @property
    def reached(self) -> float:
        """Share of the operations that the key may call that answered 2xx at least once."""
        return 1 - len(self.unreached) / (len(self.statuses) - len(self.forbidden))

    def broken_word(self) -> list[str]:
        """Failures that no client could have foreseen from the document."""
        return [one for check, found in self.failures.items() if check in BROKEN_WORD for one in found]


def _well(seen: Counter[int]) -> bool:
    return any(200 <= status < 300 for status in seen)


def campaign(url: str, folder: Path, *options: str, key: str | None = None) -> Findings:
    """Every phase and check of schemathesis; the same requests each time for the same seed and state."""
    report = folder / "campaign.ndjson"
    bearer = ("--header", f"Authorization: Bearer {key}") if key else ()
    command = [
        str(Path(sys.executable).parent / "st"), "run", f"{url}/openapi.json", "--continue-on-failure",
        "--suppress-health-check", "all", "--request-timeout", "120", "--report", "ndjson",
        "--report-ndjson-path", str(report), *bearer, *options,
    ]  # fmt: skip
    ran = processes.run(command, cwd=folder, env={**os.environ, "SCHEMATHESIS_HOOKS": str(HOOKS)})
    assert ran.returncode in {0, 1}, ran.stdout[-2000:] + ran.stderr[-2000:]
    statuses: dict[str, Counter[int]] = defaultdict(Counter)
    failures: dict[str, list[str]] = defaultdict(list)
    paths = _Operations(report)
    for recorder in _recorders(report):
        for case_id, one in recorder.get("interactions", {}).items():
            name = paths.of(one["request"]["method"], recorder.get("cases", {}).get(case_id))
            if name is not None and one.get("response") is not None:
                statuses[name][one["response"]["status_code"]] += 1
        for case_id, checks in recorder.get("checks", {}).items():
            for check in checks:
                if check["status"] == "failure":
                    failures[check["name"]].append(_told(recorder["interactions"][case_id], check))
    return Findings(statuses={name: statuses[name] for name in paths.names | statuses.keys()}, failures=dict(failures))


class _Operations:
    """The operations of the document that was tested."""

    def __init__(self, report: Path) -> None:
        self.names = {one["label"] for one in _recorders(report) if re.match(r"(GET|PUT|POST|DELETE) /", one["label"])}

    def of(self, method: str, case: dict[str, Any] | None) -> str | None:
        name = f"{method} {case['value']['path']}" if case else ""
        return name if name in self.names else None


def _recorders(report: Path) -> list[dict[str, Any]]:
    events = [json.loads(line) for line in report.read_text(encoding="utf-8").splitlines()]
    return [event["ScenarioFinished"]["recorder"] for event in events if "ScenarioFinished" in event]


def _told(interaction: dict[str, Any], check: dict[str, Any]) -> str:
    request, response = interaction["request"], interaction.get("response") or {}
    body = base64.b64decode((request.get("body") or {}).get("$base64", ""))[:300]
    failure = json.dumps(check.get("failure_info") or check.get("failure"), ensure_ascii=False)[:400]
    asked = f"{request['method']} {request['uri'][:300]} {body!r}"
    return f"{check['name']}: {asked} → {response.get('status_code')}: {failure}"
