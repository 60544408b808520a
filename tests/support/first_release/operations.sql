BEGIN TRANSACTION;
CREATE TABLE jobs(
        sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, workspace TEXT NOT NULL,
        kind TEXT NOT NULL, document_id TEXT, version INTEGER, payload TEXT NOT NULL, priority INTEGER NOT NULL,
        state TEXT NOT NULL, progress TEXT NOT NULL, error TEXT, attempt INTEGER NOT NULL, claims INTEGER NOT NULL,
        cancel INTEGER NOT NULL, lease_until REAL NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL);
INSERT INTO "jobs" VALUES(1,'c71f3d90f3834a6c90cdb2aa1e0b6fce','default','ingest','bridge',1,'',0,'done','{"stage": "done", "chunks_done": 1, "chunks_total": 1, "entities": 4, "relations": 2, "calls": 0, "tokens": 0, "revision": 1}',NULL,1,1,0,1.79598936030182337753e+09,'2026-11-29T21:46:00.264964+00:00','2026-11-29T21:46:02.991664+00:00');
INSERT INTO "jobs" VALUES(2,'a20d67e70fa4428cb51696afa67b1ec6','default','ingest','bridge',2,'',0,'done','{"stage": "done", "chunks_done": 1, "chunks_total": 1, "entities": 5, "relations": 3, "calls": 0, "tokens": 0, "revision": 2}',NULL,1,1,0,1.79598936335357689856e+09,'2026-11-29T21:46:03.119412+00:00','2026-11-29T21:46:04.932593+00:00');
INSERT INTO "jobs" VALUES(3,'780bb5d647f54299be3abc8216848e26','default','ingest','gone',1,'',0,'done','{"stage": "done", "chunks_done": 1, "chunks_total": 1, "entities": 2, "relations": 0, "calls": 0, "tokens": 0, "revision": 3}',NULL,1,1,0,1.79598936504966688156e+09,'2026-11-29T21:46:05.023506+00:00','2026-11-29T21:46:06.253748+00:00');
INSERT INTO "jobs" VALUES(4,'ef41e2f625f344df99fcdf027c6a49a9','default','ingest','secret',1,'',0,'done','{"stage": "done", "chunks_done": 1, "chunks_total": 1, "entities": 2, "relations": 0, "calls": 0, "tokens": 0, "revision": 4}',NULL,1,1,0,1.79598936632535767553e+09,'2026-11-29T21:46:06.317348+00:00','2026-11-29T21:46:11.283476+00:00');
CREATE TABLE schema_versions(name TEXT PRIMARY KEY, version INTEGER NOT NULL);
INSERT INTO "schema_versions" VALUES('jobs',1);
INSERT INTO "schema_versions" VALUES('uploads',1);
CREATE TABLE uploads(
        workspace TEXT NOT NULL, document_id TEXT NOT NULL, version INTEGER NOT NULL, deleted INTEGER NOT NULL,
        title TEXT, source TEXT NOT NULL, media_type TEXT NOT NULL, metadata TEXT NOT NULL, content_hash TEXT NOT NULL,
        created_at TEXT NOT NULL, updated_at TEXT NOT NULL, job_id TEXT NOT NULL,
        PRIMARY KEY(workspace, document_id, version)) WITHOUT ROWID;
INSERT INTO "uploads" VALUES('default','bridge',1,0,'Bridges','Bridges','text/plain','{"kind": "bridge", "year": 1911}','dc62b231140ffa4d4359ffa971947e1e1ae41f8f0134a366334d7fbfed892eca','2026-11-29T21:46:00.264929+00:00','2026-11-29T21:46:00.264929+00:00','c71f3d90f3834a6c90cdb2aa1e0b6fce');
INSERT INTO "uploads" VALUES('default','bridge',2,0,'Bridges','Bridges','text/plain','{"kind": "bridge", "year": 1912}','c66bbf9bf2e4b683f959ba9c74183d7eada719544bb127656a981a38df4cf7dc','2026-11-29T21:46:00.264929+00:00','2026-11-29T21:46:03.119392+00:00','a20d67e70fa4428cb51696afa67b1ec6');
INSERT INTO "uploads" VALUES('default','gone',1,0,NULL,'gone','text/plain','{}','ec35b7092165bf59dec3568dd4e3e7362e8dbb55a8856ca7939236c2c65423a8','2026-11-29T21:46:05.023478+00:00','2026-11-29T21:46:05.023478+00:00','780bb5d647f54299be3abc8216848e26');
INSERT INTO "uploads" VALUES('default','gone',2,1,NULL,'gone','text/plain','{}','ec35b7092165bf59dec3568dd4e3e7362e8dbb55a8856ca7939236c2c65423a8','2026-11-29T21:46:05.023478+00:00','2026-11-29T21:46:11.309000+00:00','');
INSERT INTO "uploads" VALUES('default','secret',1,0,NULL,'','text/plain','{}','','2026-11-29T21:46:06.317322+00:00','2026-11-29T21:46:06.317322+00:00','ef41e2f625f344df99fcdf027c6a49a9');
INSERT INTO "uploads" VALUES('default','secret',2,1,NULL,'','text/plain','{}','','2026-11-29T21:46:06.317322+00:00','2026-11-29T21:46:11.431539+00:00','');
CREATE INDEX jobs_by_state ON jobs(state, kind, priority DESC, sequence);
CREATE INDEX jobs_by_document ON jobs(workspace, document_id, sequence);
CREATE INDEX uploads_by_content ON uploads(content_hash);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('jobs',4);
COMMIT;
