-- Local: sync marks, synced content, drafts, the outbox. Never rebuilt, never a secret.

CREATE TABLE connection (
    id         TEXT PRIMARY KEY,
    prefix     TEXT NOT NULL UNIQUE,
    kind       TEXT NOT NULL,
    url        TEXT NOT NULL,
    project    TEXT NOT NULL,
    mapping    TEXT NOT NULL CHECK (json_valid(mapping)),
    consents   TEXT NOT NULL CHECK (json_valid(consents)),
    created_at TEXT NOT NULL
) STRICT;

CREATE TABLE sync_cursor (
    connection TEXT PRIMARY KEY REFERENCES connection (id),
    cursor     TEXT NOT NULL CHECK (json_valid(cursor)),
    saved_at   TEXT NOT NULL
) STRICT;

CREATE TABLE change (
    key            TEXT PRIMARY KEY,
    connection     TEXT NOT NULL REFERENCES connection (id),
    remote_id      TEXT NOT NULL,
    updated        TEXT NOT NULL,
    category       TEXT,                                     -- of the status, in our words
    remote_hash    TEXT NOT NULL CHECK (length(remote_hash) = 64),
    details_hash   TEXT CHECK (length(details_hash) = 64),   -- NULL until details arrived
    details_due    INTEGER NOT NULL,
    first_seen     TEXT NOT NULL,
    last_synced    TEXT NOT NULL,
    tombstone      TEXT CHECK (json_valid(tombstone)),
    tombstoned_at  TEXT,
    json           TEXT NOT NULL CHECK (json_valid(json)),
    UNIQUE (connection, remote_id)
) STRICT;
CREATE INDEX change_details_due ON change (connection) WHERE details_due;

-- What the server sent, byte for byte (compressed), kept as evidence.
CREATE TABLE raw_payload (
    digest     TEXT PRIMARY KEY CHECK (length(digest) = 64), -- of the uncompressed bytes
    bytes      BLOB NOT NULL,
    size       INTEGER NOT NULL,
    fetched_at TEXT NOT NULL,
    request    TEXT NOT NULL                                 -- method and address, no credentials
) STRICT;
CREATE TRIGGER raw_payload_never_updated BEFORE UPDATE ON raw_payload BEGIN SELECT RAISE(ABORT, 'raw payloads are append-only'); END;
CREATE TRIGGER raw_payload_never_deleted BEFORE DELETE ON raw_payload BEGIN SELECT RAISE(ABORT, 'raw payloads are append-only'); END;
CREATE TRIGGER raw_payload_kept BEFORE INSERT ON raw_payload
    WHEN EXISTS (SELECT 1 FROM raw_payload WHERE digest = NEW.digest)
    BEGIN SELECT RAISE(ABORT, 'raw payloads are append-only'); END;

CREATE TABLE change_payload (
    change     TEXT NOT NULL REFERENCES change (key),
    digest     TEXT NOT NULL REFERENCES raw_payload (digest),
    fetched_at TEXT NOT NULL,
    PRIMARY KEY (change, digest)
) STRICT, WITHOUT ROWID;

CREATE TABLE attachment (
    change        TEXT NOT NULL REFERENCES change (key),
    remote_id     TEXT NOT NULL,
    name          TEXT NOT NULL,
    size          INTEGER NOT NULL,
    digest        TEXT NOT NULL REFERENCES blob (digest), -- of the content as downloaded
    downloaded_at TEXT NOT NULL,
    PRIMARY KEY (change, remote_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE snapshot (
    digest TEXT PRIMARY KEY CHECK (length(digest) = 64),
    bytes  BLOB NOT NULL
) STRICT;

CREATE TABLE seen (
    member   TEXT NOT NULL,
    change   TEXT NOT NULL REFERENCES change (key),
    content  TEXT NOT NULL,                            -- digest of the material content that was shown
    snapshot TEXT NOT NULL REFERENCES snapshot (digest),
    at       TEXT NOT NULL,
    PRIMARY KEY (member, change)
) STRICT, WITHOUT ROWID;
CREATE INDEX seen_by_snapshot ON seen (snapshot);

CREATE TABLE draft (
    kind     TEXT NOT NULL,
    key      TEXT NOT NULL,
    member   TEXT NOT NULL,
    json     TEXT NOT NULL CHECK (json_valid(json)),
    saved_at TEXT NOT NULL,
    PRIMARY KEY (kind, key, member)
) STRICT;

CREATE TABLE setting (
    key  TEXT PRIMARY KEY,
    json TEXT NOT NULL CHECK (json_valid(json))
) STRICT;

CREATE TABLE candidate (
    change   TEXT PRIMARY KEY REFERENCES change (key),
    rank     INTEGER,
    added_at TEXT NOT NULL
) STRICT;

CREATE TABLE outbox (
    seq          INTEGER PRIMARY KEY AUTOINCREMENT,
    id           TEXT NOT NULL UNIQUE,
    change       TEXT NOT NULL REFERENCES change (key),
    kind         TEXT NOT NULL,
    payload      TEXT NOT NULL CHECK (json_valid(payload)),
    base         TEXT NOT NULL CHECK (json_valid(base)),
    marker       TEXT NOT NULL UNIQUE,
    upload_token TEXT,
    state        TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'unknown', 'verified', 'failed', 'blocked', 'cancelled')),
    attempts     INTEGER NOT NULL DEFAULT 0,
    not_before   TEXT NOT NULL,
    last_error   TEXT,
    created_at   TEXT NOT NULL,
    changed_at   TEXT NOT NULL
) STRICT;
CREATE INDEX outbox_open ON outbox (change, seq) WHERE state NOT IN ('verified', 'cancelled');

CREATE TABLE pin_failure (
    key   TEXT PRIMARY KEY,
    count INTEGER NOT NULL CHECK (count >= 1),
    last  TEXT NOT NULL
) STRICT;
