"""What is known and where it is kept: values, ports, stores, indexes, names and models.

As every room stands on this one, the name that all of them are installed by, and the release, are told here.
"""

from importlib.metadata import version

DISTRIBUTION = "quipu-graphrag"
"""In package indexes; ``quipu`` there belongs to another project."""


def release() -> str:
    """The version that is installed."""
    return version(DISTRIBUTION)
