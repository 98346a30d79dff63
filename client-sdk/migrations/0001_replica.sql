-- A device's replica. Its rows mean what sync_core::replica says; times are milliseconds since 1970 by the device's clock.

-- One row. schema: the number of the last migration. state: the sync state as JSON. catalog: as the server sent it.
CREATE TABLE replica (
    id      INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    schema  INTEGER NOT NULL,
    state   TEXT NOT NULL,
    catalog TEXT
);

-- At most one row: who this device is. secret: its Ed25519 key, 32 bytes.
CREATE TABLE identity (
    id         INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    server     TEXT NOT NULL,
    server_key TEXT NOT NULL,
    token      TEXT NOT NULL,
    device     TEXT NOT NULL,
    username   TEXT NOT NULL,
    name       TEXT NOT NULL,
    secret     BLOB NOT NULL
);

-- made: the order in which changes came. state: 0 waiting, 1 stored, 2 parked, 3 held, 4 refused. reason, detail: of 3 and 4.
CREATE TABLE changes (
    made     INTEGER PRIMARY KEY AUTOINCREMENT,
    hash     BLOB NOT NULL UNIQUE,
    record   BLOB,
    org_unit TEXT NOT NULL,
    actor    BLOB NOT NULL,
    position INTEGER,
    state    INTEGER NOT NULL,
    reason   INTEGER,
    detail   TEXT,
    own      INTEGER NOT NULL,
    raw      BLOB NOT NULL
);
CREATE INDEX changes_record ON changes (record);
CREATE INDEX changes_position ON changes (org_unit, position);
CREATE INDEX changes_orphans ON changes (hash) WHERE record IS NULL;
CREATE INDEX changes_pending ON changes (state, made) WHERE state <> 1;
CREATE INDEX changes_unplaced ON changes (hash) WHERE state = 1 AND position IS NULL;

-- on_day: YYYY-MM-DD, or '~' for none, which stands before all days in a list. text: what a search looks in.
CREATE TABLE records (
    id           BLOB NOT NULL PRIMARY KEY,
    name         TEXT NOT NULL UNIQUE,
    org_unit     TEXT NOT NULL,
    form         TEXT NOT NULL,
    form_version INTEGER NOT NULL,
    worker       TEXT NOT NULL,
    created_ms   INTEGER NOT NULL,
    on_day       TEXT NOT NULL,
    status       TEXT NOT NULL,
    receipt      TEXT NOT NULL,
    reason       INTEGER,
    detail       TEXT,
    fields       TEXT NOT NULL,
    conflicts    TEXT NOT NULL,
    faults       TEXT NOT NULL,
    comments     INTEGER NOT NULL,
    changes      INTEGER NOT NULL,
    text         TEXT NOT NULL
);
CREATE INDEX records_day ON records (on_day DESC, created_ms DESC, id DESC);

-- wanted: the first 8 bytes of each hash to be fetched, big-endian.
CREATE TABLE feeds (
    org_unit      TEXT NOT NULL PRIMARY KEY,
    met           INTEGER NOT NULL,
    top           INTEGER NOT NULL,
    digest        BLOB NOT NULL,
    missing_below INTEGER NOT NULL,
    held          BLOB NOT NULL,
    suspect       INTEGER NOT NULL,
    gone          INTEGER NOT NULL,
    wanted        BLOB NOT NULL
);

CREATE TABLE authors (
    actor    BLOB NOT NULL PRIMARY KEY,
    username TEXT NOT NULL
);

-- The server's word for who wrote changes: each voucher is of a run of changes in their order, place 0 to 15. A change that was
-- received more than once may be in several. id: the order in which they came. change: changes.made.
CREATE TABLE vouchers (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    voucher BLOB NOT NULL UNIQUE
);
CREATE TABLE vouched (
    voucher INTEGER NOT NULL,
    place   INTEGER NOT NULL,
    change  INTEGER NOT NULL,
    PRIMARY KEY (voucher, place)
) WITHOUT ROWID;
CREATE INDEX vouched_change ON vouched (change);

INSERT INTO replica (id, schema, state) VALUES (1, 1, '{}');
