-- Projection: the release that the ticket names, so that a release is found without reading every change; empty: none.
-- Filled when a row is made again.
ALTER TABLE change_index ADD COLUMN release_name TEXT NOT NULL DEFAULT '';
CREATE INDEX change_index_release ON change_index (release_name, prefix, number) WHERE release_name <> '';
