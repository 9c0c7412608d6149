-- The record: append-only. A row that stands here was signed; nothing may change or remove it.
-- The `_kept` triggers also stop INSERT OR REPLACE, which would delete without a DELETE.

CREATE TABLE entry (
    position   INTEGER PRIMARY KEY AUTOINCREMENT, -- order of arrival in this folder
    log        TEXT    NOT NULL,                  -- <key>:<epoch>
    seq        INTEGER NOT NULL CHECK (seq BETWEEN 1 AND 4294967295),
    id         TEXT    NOT NULL UNIQUE CHECK (length(id) = 64),
    kind       TEXT    NOT NULL,
    subject    TEXT    NOT NULL CHECK (length(subject) = 64),
    change_key TEXT,
    meeting    TEXT,
    claimed    TEXT    NOT NULL,
    envelope   BLOB    NOT NULL,
    UNIQUE (log, seq)                             -- two entries at one position would be our own fork
) STRICT;
CREATE INDEX entry_by_change ON entry (change_key, position) WHERE change_key IS NOT NULL;
CREATE INDEX entry_by_meeting ON entry (meeting, position) WHERE meeting IS NOT NULL;

CREATE TABLE roster (
    version INTEGER PRIMARY KEY CHECK (version >= 1),
    digest  TEXT NOT NULL UNIQUE CHECK (length(digest) = 64),
    bytes   BLOB NOT NULL
) STRICT;

CREATE TABLE policy (
    digest TEXT PRIMARY KEY CHECK (length(digest) = 64), -- of `bytes`, the canonical form
    bytes  BLOB NOT NULL,
    source BLOB                                          -- the authored TOML, if there was one
) STRICT;

-- The bytes are files: blobs/<aa>/<digest>, durable before the row is.
CREATE TABLE blob (
    digest TEXT PRIMARY KEY CHECK (length(digest) = 64),
    size   INTEGER NOT NULL CHECK (size >= 0),
    kind   TEXT NOT NULL
) STRICT;

CREATE TRIGGER entry_never_updated BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'the record is append-only: entry'); END;
CREATE TRIGGER entry_never_deleted BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'the record is append-only: entry'); END;
CREATE TRIGGER entry_kept BEFORE INSERT ON entry
    WHEN EXISTS (SELECT 1 FROM entry WHERE log = NEW.log AND seq = NEW.seq)
      OR EXISTS (SELECT 1 FROM entry WHERE id = NEW.id)
      OR EXISTS (SELECT 1 FROM entry WHERE position = NEW.position)
    BEGIN SELECT RAISE(ABORT, 'the record is append-only: entry'); END;

CREATE TRIGGER roster_never_updated BEFORE UPDATE ON roster BEGIN SELECT RAISE(ABORT, 'the record is append-only: roster'); END;
CREATE TRIGGER roster_never_deleted BEFORE DELETE ON roster BEGIN SELECT RAISE(ABORT, 'the record is append-only: roster'); END;
CREATE TRIGGER roster_kept BEFORE INSERT ON roster
    WHEN EXISTS (SELECT 1 FROM roster WHERE version = NEW.version OR digest = NEW.digest)
    BEGIN SELECT RAISE(ABORT, 'the record is append-only: roster'); END;

CREATE TRIGGER policy_never_updated BEFORE UPDATE ON policy BEGIN SELECT RAISE(ABORT, 'the record is append-only: policy'); END;
CREATE TRIGGER policy_never_deleted BEFORE DELETE ON policy BEGIN SELECT RAISE(ABORT, 'the record is append-only: policy'); END;
CREATE TRIGGER policy_kept BEFORE INSERT ON policy
    WHEN EXISTS (SELECT 1 FROM policy WHERE digest = NEW.digest)
    BEGIN SELECT RAISE(ABORT, 'the record is append-only: policy'); END;

CREATE TRIGGER blob_never_updated BEFORE UPDATE ON blob BEGIN SELECT RAISE(ABORT, 'the record is append-only: blob'); END;
CREATE TRIGGER blob_never_deleted BEFORE DELETE ON blob BEGIN SELECT RAISE(ABORT, 'the record is append-only: blob'); END;
CREATE TRIGGER blob_kept BEFORE INSERT ON blob
    WHEN EXISTS (SELECT 1 FROM blob WHERE digest = NEW.digest)
    BEGIN SELECT RAISE(ABORT, 'the record is append-only: blob'); END;
