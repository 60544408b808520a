"""What a new version or a deletion may do to the newest version of a document. Pure."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from graph.audience import Audience
from graph.errors import PreconditionFailed
from graph.filters import same_metadata
from graph.rights import Readers
from ingest.model import Accepted, NewDocument, RegisteredVersion, Upload


def nothing_to_delete(latest: RegisteredVersion, audience: Audience, *, purge: bool, waiting: bool) -> bool:
    """Whether the newest version is one that the audience may not read, or a deletion that leaves nothing to do."""
    if not audience.may_read(latest.upload.readers):
        return True
    return latest.deleted and not waiting and not (purge and latest.upload.content_hash)


def gives_rights(latest: RegisteredVersion | None, readers: Readers) -> bool:
    """Whether the graph has to be told. Those of a deleted document it may have forgotten, or be about to."""
    if latest is None or (latest.deleted and readers is not None):
        return readers is not None
    return readers != latest.upload.readers


def check_match(upload: Upload | None, if_match: int | None) -> None:
    """Raise PreconditionFailed unless ``if_match`` is None, or the version of what is there."""
    if if_match is not None and (upload is None or upload.version != if_match):
        found = "there is no such document" if upload is None else f"it is {upload.version}"
        raise PreconditionFailed(f"If-Match asks for version {if_match}, but {found}")


def same_content(upload: Upload, digest: str, given: NewDocument) -> bool:
    """Whether bytes, title and metadata are the same. ``true`` and ``1`` are not, though Python holds them equal."""
    same = (upload.content_hash, upload.title) == (digest, given.title)
    return same and same_metadata(upload.metadata, given.metadata)


def same_charset(upload: Upload, media_type: str) -> bool:
    """Whether its sender names the encoding as before: another one is another text."""
    return upload.media_type.partition(";")[2] == media_type.partition(";")[2]


def with_namesakes(documents: Sequence[NewDocument], accepted: Sequence[Accepted]) -> tuple[Accepted, ...]:
    """What became of an upload. Files of one name that came without ids, and are several documents, are told."""
    ids: defaultdict[str, set[str | None]] = defaultdict(set)
    for document, one in zip(documents, accepted, strict=True):
        if document.document_id is None and one.error is None:
            ids[document.source.name].add(one.document_id)
    return tuple(
        replace(one, namesake=True) if document.document_id is None and len(ids[document.source.name]) > 1 else one
        for document, one in zip(documents, accepted, strict=True)
    )
