"""Bytes of uploads that were cut off before they were acknowledged go with the next start, and no others."""

import os
from pathlib import Path

import httpx
import pytest
from hashing_embedder import HashingEmbedder
from progress import wait_until

from api.server import free_port, running
from api.settings import Settings
from graph.embedders.sentence_embedder import SentenceEmbedder
from graph.identity import content_hash

LONG_AGO = 1_000_000_000


def test_what_a_killed_process_left_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SentenceEmbedder, "_encode", lambda _, texts: HashingEmbedder(384).embed_passages(texts))
    monkeypatch.chdir(tmp_path)
    settings = Settings(data_dir=tmp_path / "data", port=free_port())
    body = {"documents": [{"id": "kept", "text": "Station 1 is open."}]}
    with running(settings) as url:
        assert httpx.post(f"{url}/v1/documents", json=body, trust_env=False).status_code == 202
    (kept,) = (tmp_path / "data" / "blobs").glob("??/*")
    whole = content_hash(b"never acknowledged")
    folder = tmp_path / "data" / "blobs" / whole[:2]
    folder.mkdir(exist_ok=True)
    left = [folder / whole, folder / f"{whole}.12-34.tmp"]
    for file in left:
        file.write_bytes(b"never acknowledged")
    for file in (*left, kept):
        os.utime(file, (LONG_AGO, LONG_AGO))
    with running(settings) as url:
        wait_until(
            lambda: not any(file.exists() for file in left),
            "what was cut off is removed",
            seen=lambda: sorted(folder.iterdir()),
        )
        assert kept.exists()
        report = httpx.post(f"{url}/v1/verify", json={}, trust_env=False, timeout=300).json()
        assert report["sound"], report
