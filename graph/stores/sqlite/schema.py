"""Tables of the embedded graph store.

A *reading* is an immutable set of mentions and relations of one chunk; a *life* is an interval of
revisions ``[valid_from, valid_to)`` in which a chunk with that reading is live. Versions and lives
alone carry intervals, so a chunk that comes back writes one row, and an unchanged one none.

The *weight* of an entity counts its mentions in all readings: at no revision are more of them live.
"""

LIVE = 2**62
"""``valid_to`` of what is live."""

MIGRATIONS = (
    """
    CREATE TABLE facts(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE workspaces(
        id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,
        revision INTEGER NOT NULL DEFAULT 0, horizon INTEGER NOT NULL DEFAULT 0);
    CREATE TABLE barriers(
        workspace INTEGER NOT NULL, document_id TEXT NOT NULL, version INTEGER NOT NULL, removed INTEGER NOT NULL,
        PRIMARY KEY(workspace, document_id)) WITHOUT ROWID;
    CREATE TABLE versions(
        id INTEGER PRIMARY KEY, workspace INTEGER NOT NULL, document_id TEXT NOT NULL, version INTEGER NOT NULL,
        title TEXT NOT NULL, source TEXT NOT NULL, media_type TEXT NOT NULL, metadata TEXT NOT NULL,
        content_hash TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL,
        text TEXT NOT NULL, positions BLOB NOT NULL, digest TEXT NOT NULL,
        valid_from INTEGER NOT NULL, valid_to INTEGER NOT NULL);
    CREATE INDEX versions_by_document ON versions(workspace, document_id, valid_from);
    CREATE INDEX versions_by_start ON versions(workspace, valid_from);
    CREATE INDEX versions_by_end ON versions(workspace, valid_to);
    CREATE TABLE chunks(
        id INTEGER PRIMARY KEY, workspace INTEGER NOT NULL, chunk_id TEXT NOT NULL, document_id TEXT NOT NULL,
        headings TEXT NOT NULL, text TEXT NOT NULL, sentences BLOB NOT NULL, vector BLOB NOT NULL,
        UNIQUE(workspace, chunk_id));
    CREATE INDEX chunks_by_document ON chunks(workspace, document_id);
    CREATE TABLE readings(id INTEGER PRIMARY KEY, chunk INTEGER NOT NULL, digest TEXT NOT NULL, UNIQUE(chunk, digest));
    CREATE TABLE lives(
        id INTEGER PRIMARY KEY, workspace INTEGER NOT NULL, chunk INTEGER NOT NULL, reading INTEGER NOT NULL,
        valid_from INTEGER NOT NULL, valid_to INTEGER NOT NULL);
    CREATE INDEX lives_by_chunk ON lives(chunk, valid_from);
    CREATE INDEX lives_by_reading ON lives(reading);
    CREATE INDEX lives_by_start ON lives(workspace, valid_from);
    CREATE INDEX lives_by_end ON lives(workspace, valid_to);
    CREATE TABLE entities(
        workspace INTEGER NOT NULL, entity_id TEXT NOT NULL, key TEXT NOT NULL,
        PRIMARY KEY(workspace, entity_id)) WITHOUT ROWID;
    CREATE INDEX entities_by_key ON entities(workspace, key);
    CREATE TABLE mentions(
        reading INTEGER NOT NULL, ordinal INTEGER NOT NULL, entity_id TEXT NOT NULL, sentence INTEGER NOT NULL,
        start INTEGER NOT NULL, stop INTEGER NOT NULL, name TEXT NOT NULL, key TEXT NOT NULL, type TEXT NOT NULL,
        is_name INTEGER NOT NULL, PRIMARY KEY(reading, ordinal)) WITHOUT ROWID;
    CREATE INDEX mentions_by_entity ON mentions(entity_id);
    CREATE TABLE relations(
        reading INTEGER NOT NULL, ordinal INTEGER NOT NULL, source_id TEXT NOT NULL, target_id TEXT NOT NULL,
        predicate TEXT NOT NULL, start INTEGER NOT NULL, stop INTEGER NOT NULL, extractor TEXT NOT NULL,
        PRIMARY KEY(reading, ordinal)) WITHOUT ROWID;
    CREATE INDEX relations_by_source ON relations(source_id);
    CREATE INDEX relations_by_target ON relations(target_id);
    CREATE TABLE log(
        workspace INTEGER NOT NULL, revision INTEGER NOT NULL, kind TEXT NOT NULL, document_id TEXT,
        version INTEGER, committed_at TEXT NOT NULL, PRIMARY KEY(workspace, revision)) WITHOUT ROWID;
    """,
    """
    ALTER TABLE versions ADD COLUMN stage TEXT NOT NULL DEFAULT 'rules';
    CREATE TABLE aliases(
        reading INTEGER NOT NULL, ordinal INTEGER NOT NULL, first_id TEXT NOT NULL, second_id TEXT NOT NULL,
        reason TEXT NOT NULL, start INTEGER NOT NULL, stop INTEGER NOT NULL,
        PRIMARY KEY(reading, ordinal)) WITHOUT ROWID;
    CREATE INDEX aliases_by_first ON aliases(first_id);
    CREATE INDEX aliases_by_second ON aliases(second_id);
    CREATE TABLE verdicts(
        workspace INTEGER NOT NULL, first_id TEXT NOT NULL, second_id TEXT NOT NULL, same INTEGER NOT NULL,
        reason TEXT NOT NULL, valid_from INTEGER NOT NULL, valid_to INTEGER NOT NULL,
        PRIMARY KEY(workspace, first_id, second_id, valid_from)) WITHOUT ROWID;
    """,
    """
    CREATE TABLE staged_vectors(chunk INTEGER PRIMARY KEY, vector BLOB NOT NULL);
    """,
    """
    CREATE TABLE rights(
        workspace INTEGER NOT NULL, document_id TEXT NOT NULL, version INTEGER NOT NULL, readers TEXT, coming TEXT,
        waits INTEGER NOT NULL, PRIMARY KEY(workspace, document_id)) WITHOUT ROWID;
    """,
    """
    ALTER TABLE entities ADD COLUMN weight INTEGER NOT NULL DEFAULT 0;
    UPDATE entities SET weight=(SELECT count(*) FROM mentions m WHERE m.entity_id=entities.entity_id);
    CREATE INDEX entities_by_weight ON entities(workspace, weight DESC, key);
    DROP INDEX lives_by_reading;
    CREATE INDEX lives_by_reading ON lives(reading, workspace, valid_from, valid_to, chunk);
    """,
)
CHECKS = (
    """
    CREATE TABLE vector_checks(chunk INTEGER PRIMARY KEY, crc INTEGER NOT NULL);
    CREATE TRIGGER vector_gone AFTER DELETE ON chunks BEGIN DELETE FROM vector_checks WHERE chunk=old.id; END;
    CREATE TRIGGER vector_changed AFTER UPDATE OF vector ON chunks
      BEGIN DELETE FROM vector_checks WHERE chunk=old.id; END;
    CREATE TABLE version_checks(version INTEGER PRIMARY KEY, digest TEXT NOT NULL);
    CREATE TRIGGER version_gone AFTER DELETE ON versions BEGIN DELETE FROM version_checks WHERE version=old.id; END;
    """,
)
"""A checksum of each vector and version. What an older Quipu wrote, or a new embedder, gets its own at the first look:
the digests of versions that the first releases wrote were made in another way."""
KEEP_CHECK = "INSERT OR IGNORE INTO vector_checks VALUES(?, ?)"
KEEP_DIGEST = "INSERT OR IGNORE INTO version_checks VALUES(?, ?)"
