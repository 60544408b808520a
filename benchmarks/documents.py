"""Reads the collection of files in QUIPU_SHARED_DATA and compares it with what is known of them. Prints JSON.

python -m benchmarks.documents                # facts stated in the manifest, by format, and which are missing
python -m benchmarks.documents --missing OUT  # the same, and a list of what is missing for people to read
"""

import argparse
import json
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.workbench import shared_data
from graph.errors import InputError
from ingest.chunking import split_document
from ingest.loaders.loading import Loading, media_type_of
from ingest.loaders.parser_process import ParserProcess
from ingest.model import LoadedDocument, Source

_BLANKS = re.compile(r"\s+")
_CUT = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a file: ``kind`` is text, empty, error or refused (no format reads it)."""

    file: str
    expect: str
    kind: str
    seconds: float
    wrong: tuple[str, ...] = ()
    facts: int = 0


def manifest(data: Path) -> Sequence[dict[str, Any]]:
    """Every file, with its path and what it must yield."""
    folder = data / "documents"
    lines = (folder / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    return [{**entry, "path": folder / entry["file"]} for entry in map(json.loads, lines)]


def outcomes(loading: Loading, entries: Sequence[Mapping[str, Any]]) -> Iterator[Outcome]:
    """One for each file, in order."""
    for entry in entries:
        name = entry.get("upload_as") or Path(entry["file"]).name
        data = entry["path"].read_bytes()
        started = time.perf_counter()
        kind, text = _read(loading, Source(name=name, media_type=entry["media_type"], data=data))
        yield Outcome(
            file=entry["file"], expect=entry["expect"], kind=kind, seconds=time.perf_counter() - started,
            wrong=tuple(_wrong(entry, kind, text)), facts=len(entry.get("contains", ())),
        )  # fmt: skip


def summary(found: Sequence[Outcome]) -> Mapping[str, object]:
    """Figures by format: files, ends, facts, and the share that is right."""
    by_format: dict[str, list[Outcome]] = defaultdict(list)
    for each in found:
        by_format[each.file.split("/")[0]].append(each)
    return {name: _figures(group) for name, group in sorted(by_format.items())}


def _figures(group: Sequence[Outcome]) -> Mapping[str, object]:
    right = sum(not each.wrong for each in group)
    missing = sum(bool(each.wrong) for each in group if each.facts)
    return {
        "files": len(group), "right": right, "share": round(right / len(group), 4),
        "facts": sum(each.facts for each in group), "missing": missing,
        "ends": dict(Counter(each.kind for each in group)),
        "seconds": round(sum(each.seconds for each in group), 1),
        "slowest": round(max(each.seconds for each in group), 1),
    }  # fmt: skip


def _read(loading: Loading, source: Source) -> tuple[str, str]:
    if not source.data.strip():
        return "error", "empty"
    try:
        media_type = media_type_of(source)
    except InputError as error:
        return "refused", str(error)
    try:
        loaded = loading.load(Source(name=source.name, media_type=media_type, data=source.data))
    except InputError as error:
        return "error", f"{type(error).__name__}: {error}"
    _check_chunks(loaded)
    return ("text", loaded.text) if loaded.text.strip() else ("empty", "")


def _check_chunks(loaded: LoadedDocument) -> None:
    for chunk in split_document(loaded):
        if loaded.text[chunk.start : chunk.end] != chunk.text:
            raise AssertionError("a chunk is not what stands in its place")


def _wrong(entry: Mapping[str, Any], kind: str, text: str) -> Iterator[str]:
    """Why the outcome is not what the manifest states; nothing where it is."""
    expect = entry["expect"]
    flat = _BLANKS.sub(" ", text)
    if kind in {"text", "empty"}:
        yield from (f"must not stand there: {each}" for each in entry.get("must_not_contain", ()) if each in text)
    if expect.startswith("error"):
        if kind not in {"error", "empty"}:  # the pipeline fails a document without text
            yield f"expected {expect}, got {kind}"
    elif expect == "text" and kind != "text":
        yield f"expected text, got {kind}: {text[:_CUT]}"
    elif expect == "text":
        yield from (f"missing: {each}" for each in entry.get("contains", ()) if _BLANKS.sub(" ", each) not in flat)


def main() -> None:
    """As the module says."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--only", help="one folder of the collection")
    asked.add_argument("--missing", type=Path, help="file for the list of what is missing")
    given = asked.parse_args()
    parser = ParserProcess()
    try:
        entries = [
            each for each in manifest(shared_data()) if not given.only or each["file"].startswith(f"{given.only}/")
        ]
        found = list(outcomes(Loading(parser), entries))
    finally:
        parser.close()
    json.dump(summary(found), sys.stdout, indent=1, ensure_ascii=False)
    if given.missing:
        lines = [f"{each.file}\t{each.kind}\t{why}" for each in found for why in each.wrong]
        given.missing.write_text("\n".join([*lines, ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
