"""The image and the composition: valid, without default passwords, and about settings and files that exist."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from api.settings import Settings

ROOT = Path(__file__).parents[2]
COMPOSE = ROOT / "docker-compose.yml"
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
ONCE = {"model"}
"""Services that do one thing and end."""


def services() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["services"]
    return found


def test_the_composition_is_valid() -> None:
    checker = Path(sys.executable).parent / "check-jsonschema"
    command = [str(checker), "--builtin-schema", "vendor.compose-spec", str(COMPOSE)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_secrets_have_no_default() -> None:
    text = COMPOSE.read_text(encoding="utf-8")
    secrets = re.findall(r"\$\{(\w*(?:PASSWORD|KEY)\w*)([^}]*)\}", text)
    assert {name for name, _ in secrets} == {"QUIPU_API_KEY", "NEO4J_PASSWORD"}
    assert all(rest.startswith(":?") for _, rest in secrets)
    for service in services().values():
        for name, value in service.get("environment", {}).items():
            if re.search("PASSWORD|KEY|AUTH|SECRET", name):
                assert re.fullmatch(r"(?:neo4j/)?\$\{[^}]+\}", value), name
    assert not re.search("PASSWORD|_KEY", DOCKERFILE)


def test_every_service_is_pinned_watched_and_kept() -> None:
    kept = {"quipu": "/data", "neo4j": "/data", "ollama": "/root/.ollama"}
    for name, service in services().items():
        assert "build" in service or re.search(r":\d+\.\d+", service["image"]), name
        if name not in ONCE:
            assert "healthcheck" in service or "HEALTHCHECK" in DOCKERFILE, name
            assert any(volume.endswith(f":{kept[name]}") for volume in service["volumes"]), name
    assert services()["quipu"]["depends_on"] == {
        "neo4j": {"condition": "service_healthy"}, "model": {"condition": "service_completed_successfully"}
    }  # fmt: skip


def test_only_loopback_is_published() -> None:
    for service in services().values():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))


def test_settings_and_files_named_are_real() -> None:
    real = {f"QUIPU_{name.upper()}" for name in Settings.model_fields}
    named = set(re.findall(r"QUIPU_[A-Z0-9_]+", COMPOSE.read_text(encoding="utf-8") + DOCKERFILE))
    assert named <= real
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    for line in re.findall(r"^COPY (?!--from)(.*) \S+$", DOCKERFILE, re.MULTILINE):
        for source in line.split():
            assert (ROOT / source).exists(), source
            assert f"!{source}" in ignored, source


def test_the_image_has_the_uv_of_the_makefile() -> None:
    version = re.search(r"UV_VERSION := (\S+)", (ROOT / "Makefile").read_text(encoding="utf-8"))
    assert version is not None
    assert f"ARG UV_VERSION={version[1]}" in DOCKERFILE
