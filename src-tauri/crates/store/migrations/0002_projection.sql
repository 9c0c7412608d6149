-- The projection: what follows from the record and from what was synced. Thrown away and made again
-- by `cab rebuild`.

CREATE TABLE projection (
    noun TEXT NOT NULL,
    id   TEXT NOT NULL,
    json TEXT NOT NULL CHECK (json_valid(json)),
    PRIMARY KEY (noun, id)
) STRICT, WITHOUT ROWID;

-- One row per change for the long list: what is shown, sorted by, filtered by and searched.
CREATE TABLE change_index (
    key            TEXT PRIMARY KEY,
    prefix         TEXT    NOT NULL,
    number         INTEGER NOT NULL,
    connection     TEXT    NOT NULL,
    remote_id      TEXT    NOT NULL,
    title          TEXT    NOT NULL,
    title_folded   TEXT    NOT NULL,
    kind           TEXT,
    status         TEXT    NOT NULL,
    category       TEXT,
    requester      TEXT    NOT NULL,
    author         TEXT    NOT NULL,
    service        TEXT    NOT NULL,
    systems        TEXT    NOT NULL,
    environment    TEXT    NOT NULL,
    window_start   TEXT,
    window_end     TEXT,
    window_zone    TEXT,
    updated        TEXT    NOT NULL,
    content        TEXT    NOT NULL,  -- digest of the material content now
    assessed       INTEGER NOT NULL,
    level          INTEGER,           -- 0 low … 3 critical; NULL while questions are open
    level_low      INTEGER NOT NULL,
    level_high     INTEGER NOT NULL,
    score_low      INTEGER NOT NULL,
    score_high     INTEGER NOT NULL,
    open_questions INTEGER NOT NULL,
    standing       TEXT    NOT NULL,
    decision       TEXT,
    gates_failed   INTEGER NOT NULL,
    gates_blocking INTEGER NOT NULL,
    gates_warned   INTEGER NOT NULL,
    plan_ticked    INTEGER NOT NULL,
    plan_total     INTEGER NOT NULL,
    stale          INTEGER NOT NULL,
    attention      INTEGER NOT NULL,
    tombstone      TEXT,
    search         TEXT    NOT NULL   -- folded: NFC, lower case
) STRICT;
-- Everything the list filters, counts and sorts by, without the wide texts: a question without a search
-- reads this alone.
CREATE INDEX change_index_narrow ON change_index (
    prefix, number, tombstone, decision, attention, kind, category, standing, level, level_high, score_high,
    window_start, updated, title_folded, content, key
);
