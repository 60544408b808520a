"""Under which name Quipu is installed, and which release it is."""

from importlib.metadata import version

DISTRIBUTION = "quipu-graphrag"
"""Its name in package indexes: ``quipu`` there belongs to another project."""


def release() -> str:
    """The version that is installed."""
    return version(DISTRIBUTION)
