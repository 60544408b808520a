"""What an evaluation job is to do, and where its data set lies. A request may name a data set, but no path."""

import json
import re
import shutil
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from evals.dataset import Dataset, load_dataset
from evals.model import Plan
from graph.errors import InputError
from graph.model import DEFAULT_WORKSPACE

UPLOADED = ("queries.jsonl", "qrels.tsv")
MAX_NAME = 200
_NAME = re.compile(r"\w[\w.-]*(?:/\w[\w.-]*)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationRequest:
    """The payload of a job. ``dataset`` is None where the files came with the request.

    ``folder`` is the run's place below the folder of all runs: the workspace, then a name of its own. Runs that are
    older than workspaces have a name alone, and belong to the default one.
    """

    folder: str
    plan: Plan
    dataset: str | None = None


_REQUEST: TypeAdapter[EvaluationRequest] = TypeAdapter(EvaluationRequest)


class EvaluationFolders:
    """Where runs are kept and data sets are found.

    Args:
        runs: the folder that holds one folder for each run.
        datasets: the folder of the data sets that a request may name; None where it may name none.
    """

    def __init__(self, runs: Path, datasets: Path | None) -> None:
        self._runs = runs
        self._datasets = datasets

    def run(self, request: EvaluationRequest) -> Path:
        """The folder of a run."""
        return self._runs / request.folder

    def named(self, workspace: str, name: str, plan: Plan) -> EvaluationRequest:
        """A request on a data set of the configured folder. Raises InputError if it is not there, or is not sound."""
        request = EvaluationRequest(folder=_new_folder(workspace), plan=plan, dataset=name)
        self.dataset(request)
        return request

    def uploaded(self, workspace: str, files: Mapping[str, bytes], plan: Plan) -> EvaluationRequest:
        """A request on files that came with it, named as in ``UPLOADED``. Raises InputError if they are not sound."""
        request = EvaluationRequest(folder=_new_folder(workspace), plan=plan)
        folder = self.run(request) / "dataset"
        folder.mkdir(parents=True)
        for name in UPLOADED:
            (folder / name).write_bytes(files[name])
        try:
            self.dataset(request)
        except InputError:
            shutil.rmtree(self.run(request))
            raise
        return request

    def forget(self, workspace: str, document_id: str) -> int:
        """Remove every run that quotes a document, as purging the document demands. Returns how many were removed."""
        named = json.dumps(document_id, ensure_ascii=False).encode("utf-8", "replace")
        places = [self._runs / workspace, *([self._runs] if workspace == DEFAULT_WORKSPACE else [])]
        rows = [found for place in places for found in place.glob("*/rows.jsonl")]
        holders = [found.parent for found in rows if named in found.read_bytes()]
        for folder in holders:
            shutil.rmtree(folder)
        return len(holders)

    def forget_workspace(self, workspace: str) -> None:
        """Remove every run of a workspace, as deleting the workspace demands."""
        if (self._runs / workspace).exists():
            shutil.rmtree(self._runs / workspace)

    def dataset(self, request: EvaluationRequest) -> Dataset:
        """The questions to ask. Raises InputError; messages name files, not folders of this machine."""
        if request.dataset is None:
            return load_dataset(self.run(request) / "dataset", needs_corpus=False, shown="upload")
        return load_dataset(self._found(request.dataset), needs_corpus=False, shown=request.dataset)

    def _found(self, name: str) -> Path:
        if self._datasets is None:
            raise InputError("no data set can be named here: QUIPU_DATASETS_DIR is not set; upload the files instead")
        root = self._datasets.resolve()
        if len(name) <= MAX_NAME and _NAME.fullmatch(name):
            path = (root / name).resolve()
            if path.is_relative_to(root) and path.is_dir():
                return path
        raise InputError(f"there is no data set {name!r}")


def _new_folder(workspace: str) -> str:
    return f"{workspace}/{uuid.uuid4().hex}"


def to_payload(request: EvaluationRequest) -> str:
    """The request as the payload of a job."""
    return _REQUEST.dump_json(request).decode()


def from_payload(payload: str) -> EvaluationRequest:
    """The request that a job's payload holds. Raises InputError where it cannot be read."""
    try:
        return _REQUEST.validate_json(payload)
    except ValidationError as error:
        raise InputError("what the evaluation is to do cannot be read as it is stored") from error
