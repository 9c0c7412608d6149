-- Record: the bytes that a signed entry disposed of, by the digest under which they were kept. Their files are removed, and
-- never written again. Append-only as the entries are: what is gone no later word brings back.

CREATE TABLE disposed (
    digest TEXT PRIMARY KEY CHECK (length(digest) = 64),
    entry  TEXT NOT NULL CHECK (length(entry) = 64) -- the entry that says so
) STRICT;

CREATE TRIGGER disposed_never_updated BEFORE UPDATE ON disposed BEGIN SELECT RAISE(ABORT, 'the record is append-only: disposed'); END;
CREATE TRIGGER disposed_never_deleted BEFORE DELETE ON disposed BEGIN SELECT RAISE(ABORT, 'the record is append-only: disposed'); END;
CREATE TRIGGER disposed_kept BEFORE INSERT ON disposed
    WHEN EXISTS (SELECT 1 FROM disposed WHERE digest = NEW.digest)
    BEGIN SELECT RAISE(ABORT, 'the record is append-only: disposed'); END;
