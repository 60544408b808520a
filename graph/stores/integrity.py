"""Whether what a store holds of a version is what it was given. Pure."""

from collections import Counter

import numpy as np

from graph.errors import InputError
from graph.identity import chunk_id
from graph.model import GraphChange
from graph.stores.alike import readings_of
from graph.stores.change_check import change_digest, check_change

_UNIT = 1e-3


def damage_of(change: GraphChange, digest: str) -> tuple[str, ...]:
    """What is wrong with a version as it is stored, given the digest that was made of it when it was written.

    The digest covers title, metadata, text and readings; a passage must be the text at its place, and its id follows
    from what it says; a vector has length one.
    """
    what = f"{change.document.id!r} version {change.document.version}"
    try:
        check_change(change)
    except InputError as error:
        return (f"{error} (as it is stored now)",)
    if digest_of(change) != digest:
        return (f"{what} is not what was written: its text, metadata or names have changed in the store",)
    lengths = np.linalg.norm(change.vectors, axis=1) if len(change.vectors) else np.ones(0)
    odd = [chunk.id for chunk, length in zip(change.chunks, lengths, strict=True) if abs(float(length) - 1.0) >= _UNIT]
    return tuple(
        [f"{what}: the headings of chunk {identifier} have changed in the store" for identifier in _misnamed(change)]
        + [f"{what}: the vector of chunk {identifier} is none of the embedder's" for identifier in odd]
    )


def digest_of(change: GraphChange) -> str:
    """The digest of a version as it is written now."""
    readings = readings_of(change)
    return change_digest(change, change.positions, [readings[chunk.id][0] for chunk in change.chunks])


def _misnamed(change: GraphChange) -> list[str]:
    """Chunks whose ids do not follow from what they say. Equal passages are told apart by how many there are."""
    document, found = change.document, []
    alike = Counter((chunk.headings, chunk.text) for chunk in change.chunks)
    for chunk in change.chunks:
        possible = (
            chunk_id(document.id, document.title, chunk.headings, chunk.text, occurrence)
            for occurrence in range(alike[chunk.headings, chunk.text])
        )
        if chunk.id not in set(possible):
            found.append(chunk.id)
    return found
