"""Where the sample documents and their questions are."""

from pathlib import Path

import api


def samples_folder() -> Path:
    """The folder that holds ``documents/`` and ``questions.jsonl``: of a wheel inside the package, else at the top of
    the checkout.
    """
    package = Path(api.__file__).resolve().parent
    installed = package / "samples"
    return installed if installed.is_dir() else package.parent / "samples"
