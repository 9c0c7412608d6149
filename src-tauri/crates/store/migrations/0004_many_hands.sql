-- Several devices: two entries at one position of a log are a fork, and both are kept. The first that came holds the
-- place; every other is its rival. On this device's own logs the place stays unique: nobody forks by accident.

CREATE TABLE entry_with_rivals (
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
    rival      INTEGER NOT NULL DEFAULT 0 CHECK (rival IN (0, 1))
) STRICT;
INSERT INTO entry_with_rivals (position, log, seq, id, kind, subject, change_key, meeting, claimed, envelope)
    SELECT position, log, seq, id, kind, subject, change_key, meeting, claimed, envelope FROM entry ORDER BY position;
-- Dropping a table fires no trigger; what stood in it stands in the new one.
DROP TABLE entry;
ALTER TABLE entry_with_rivals RENAME TO entry;
CREATE UNIQUE INDEX entry_at ON entry (log, seq) WHERE rival = 0;
CREATE INDEX entry_by_change ON entry (change_key, position) WHERE change_key IS NOT NULL;
CREATE INDEX entry_by_meeting ON entry (meeting, position) WHERE meeting IS NOT NULL;

CREATE TRIGGER entry_never_updated BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'the record is append-only: entry'); END;
CREATE TRIGGER entry_never_deleted BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'the record is append-only: entry'); END;
CREATE TRIGGER entry_kept BEFORE INSERT ON entry
    WHEN (NEW.rival = 0 AND EXISTS (SELECT 1 FROM entry WHERE log = NEW.log AND seq = NEW.seq AND rival = 0))
      OR EXISTS (SELECT 1 FROM entry WHERE id = NEW.id)
      OR EXISTS (SELECT 1 FROM entry WHERE position = NEW.position)
    BEGIN SELECT RAISE(ABORT, 'the record is append-only: entry'); END;

-- Local: what came by a relay and is not part of the record: it waits for something that has not come yet, or was
-- refused. Kept with its reason; judged again whenever something new arrives.
CREATE TABLE quarantine (
    digest TEXT PRIMARY KEY CHECK (length(digest) = 64), -- of the bytes
    kind   TEXT NOT NULL CHECK (kind IN ('entry', 'document')),
    bytes  BLOB NOT NULL,
    waits  INTEGER NOT NULL CHECK (waits IN (0, 1)),
    code   TEXT NOT NULL,
    why    TEXT NOT NULL,
    came   TEXT NOT NULL
) STRICT;

-- Local: how far each relay was read, and what is known to lie there already.
CREATE TABLE relay_mark (
    relay    TEXT PRIMARY KEY,
    cursor   TEXT NOT NULL,
    offered  INTEGER NOT NULL, -- entries up to this position lie there
    saved_at TEXT NOT NULL
) STRICT;
