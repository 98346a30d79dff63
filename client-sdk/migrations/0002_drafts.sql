-- What people are filling in; it never leaves the device. record: the record that is edited; none for a new one. answers: JSON, by
-- field. finished, change: the record and the change that it became; such a row is kept for a while.
CREATE TABLE drafts (
    id         BLOB NOT NULL PRIMARY KEY,
    record     BLOB,
    form       TEXT NOT NULL,
    org_unit   TEXT,
    answers    TEXT NOT NULL,
    updated_ms INTEGER NOT NULL,
    finished   BLOB,
    change     BLOB
);

UPDATE replica SET schema = 2;
