-- The central store. Dialect: what SQLite and PostgreSQL share, but for type names (BLOB/BYTEA).
-- Times are milliseconds since 1970 by the server's clock unless they say otherwise; days are text, YYYY-MM-DD.

-- One row each: epoch (16 hex digits; absent in a backup, drawn when a store is first opened), author_key (64 hex digits, the
-- secret under which devices are vouched for who wrote what they read), catalog_revision (grows with every change of units,
-- users, grants, forms), server_key_secret (64 hex digits), setup_code (hash of the code for the first administrator),
-- audit_head (number:hash).
CREATE TABLE store_meta (
    key   TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

-- path: the codes from the root down, each between slashes, e.g. /changdu/markam/; a subtree is a range of paths.
CREATE TABLE org_units (
    code   TEXT NOT NULL PRIMARY KEY,
    parent TEXT REFERENCES org_units (code),
    kind   TEXT NOT NULL,
    name   TEXT NOT NULL,
    path   TEXT NOT NULL UNIQUE
);

CREATE TABLE users (
    username   TEXT NOT NULL PRIMARY KEY,
    name       TEXT NOT NULL,
    created_ms BIGINT NOT NULL
);

CREATE TABLE grants (
    username TEXT NOT NULL REFERENCES users (username),
    org_unit TEXT NOT NULL REFERENCES org_units (code),
    role     TEXT NOT NULL,
    PRIMARY KEY (username, org_unit, role)
);

-- token_hash: SHA-256 of the device's token. waiting, skew_ms: as reported at last contact.
CREATE TABLE devices (
    id            TEXT NOT NULL PRIMARY KEY,
    username      TEXT NOT NULL REFERENCES users (username),
    name          TEXT NOT NULL,
    token_hash    BLOB NOT NULL UNIQUE,
    public_key    BLOB NOT NULL,
    enrolled_ms   BIGINT NOT NULL,
    revoked_ms    BIGINT,
    last_seen_ms  BIGINT,
    skew_ms       BIGINT,
    waiting       BIGINT,
    last_decision BIGINT NOT NULL DEFAULT 0
);

-- One-time codes. purpose: device (to enrol one) or password (to set one).
CREATE TABLE enrolment_codes (
    code_hash  BLOB NOT NULL PRIMARY KEY,
    purpose    TEXT NOT NULL,
    username   TEXT NOT NULL REFERENCES users (username),
    expires_ms BIGINT NOT NULL,
    used_ms    BIGINT
);

-- id: names the token to people. role: the most that its holder can do, wherever the user may do at least that.
CREATE TABLE api_tokens (
    token_hash BLOB NOT NULL PRIMARY KEY,
    id         TEXT NOT NULL UNIQUE,
    username   TEXT NOT NULL REFERENCES users (username),
    name       TEXT NOT NULL,
    role       TEXT NOT NULL,
    created_ms BIGINT NOT NULL,
    expires_ms BIGINT NOT NULL
);

CREATE TABLE forms (
    id      TEXT NOT NULL,
    version BIGINT NOT NULL,
    json    TEXT NOT NULL,
    PRIMARY KEY (id, version)
);

-- Who stands behind an actor: the user of the device that first pushed it (device is null if only the user is known).
CREATE TABLE actors (
    actor    BLOB NOT NULL PRIMARY KEY,
    username TEXT NOT NULL,
    device   TEXT
);

-- head: the last position given. digest: of all changes of the feed, 16 bytes.
CREATE TABLE feeds (
    org_unit TEXT NOT NULL PRIMARY KEY REFERENCES org_units (code),
    head     BIGINT NOT NULL,
    digest   BLOB NOT NULL
);

-- The truth. digest: of the feed up to and including this position. raw: the uncompressed Automerge chunk. device: who pushed it.
CREATE TABLE changes (
    org_unit    TEXT NOT NULL,
    position    BIGINT NOT NULL,
    hash        BLOB NOT NULL,
    record      BLOB NOT NULL,
    actor       BLOB NOT NULL,
    device      TEXT,
    received_ms BIGINT NOT NULL,
    digest      BLOB NOT NULL,
    raw         BLOB NOT NULL,
    PRIMARY KEY (org_unit, position)
);
CREATE UNIQUE INDEX changes_hash ON changes (hash);
CREATE INDEX changes_record ON changes (org_unit, record, position);

-- Projection: one row a record, computed from its changes; `rebuild` makes it anew. contribution: what the record adds to the
-- tallies now, {"on":"YYYY-MM-DD","measures":{…}}, or null. touched: position of its last change.
CREATE TABLE records (
    org_unit     TEXT NOT NULL,
    id           BLOB NOT NULL,
    form         TEXT NOT NULL,
    form_version BIGINT NOT NULL,
    worker       TEXT NOT NULL,
    created_ms   BIGINT NOT NULL,
    on_day       TEXT,
    status       TEXT NOT NULL,
    fields       TEXT NOT NULL,
    conflicts    BIGINT NOT NULL,
    conflicting  TEXT NOT NULL,
    faults       BIGINT NOT NULL,
    faulty       TEXT NOT NULL,
    comments     BIGINT NOT NULL,
    changes      BIGINT NOT NULL,
    touched      BIGINT NOT NULL,
    contribution TEXT,
    PRIMARY KEY (org_unit, id)
);
CREATE UNIQUE INDEX records_id ON records (id);
CREATE INDEX records_day ON records (org_unit, on_day, id);
CREATE INDEX records_written ON records (created_ms, id);

-- Projection: running totals; a row whose value returns to zero may stay.
CREATE TABLE tallies (
    org_unit TEXT NOT NULL,
    form     TEXT NOT NULL,
    on_day   TEXT NOT NULL,
    measure  TEXT NOT NULL,
    value    BIGINT NOT NULL,
    PRIMARY KEY (org_unit, form, on_day, measure)
);

-- Pairs of records that look alike, of which somebody has said that they are two. one_record is the lesser of the two.
CREATE TABLE distinct_records (
    one_record   BLOB NOT NULL,
    other_record BLOB NOT NULL,
    by_user      TEXT,
    at_ms        BIGINT NOT NULL,
    PRIMARY KEY (one_record, other_record)
);

-- Changes that wait for an earlier one; parked_on names what is missing. It also names those in held that will be tried again by
-- themselves: too many to be parked, or admitted while something is missing. device: who brought it first. author: whose it was
-- proven to be by then, null if nobody's: what is tried later is believed no more than that.
CREATE TABLE parked (
    hash        BLOB NOT NULL PRIMARY KEY,
    org_unit    TEXT NOT NULL,
    actor       BLOB NOT NULL,
    device      TEXT,
    author      TEXT,
    received_ms BIGINT NOT NULL,
    raw         BLOB NOT NULL
);
CREATE INDEX parked_device ON parked (device);
CREATE TABLE parked_on (
    missing BLOB NOT NULL,
    hash    BLOB NOT NULL,
    PRIMARY KEY (missing, hash)
);
CREATE INDEX parked_on_hash ON parked_on (hash);

-- Changes about which a person must decide. state: waiting, admitted, rejected. record: null while unknown. username: who stands
-- behind the actor. author: as of parked.
CREATE TABLE held (
    hash          BLOB NOT NULL PRIMARY KEY,
    org_unit      TEXT NOT NULL,
    record        BLOB,
    actor         BLOB NOT NULL,
    username      TEXT,
    device        TEXT,
    author        TEXT,
    received_ms   BIGINT NOT NULL,
    reason        BIGINT NOT NULL,
    detail        TEXT NOT NULL,
    raw           BLOB NOT NULL,
    state         TEXT NOT NULL,
    decided_by    TEXT,
    decided_ms    BIGINT,
    decision_note TEXT
);
CREATE INDEX held_state ON held (state, org_unit, received_ms);
CREATE INDEX held_record ON held (record);

-- What was refused: a note of it, without the bytes.
CREATE TABLE refused (
    hash        BLOB NOT NULL,
    device      TEXT NOT NULL,
    org_unit    TEXT NOT NULL,
    actor       BLOB NOT NULL,
    received_ms BIGINT NOT NULL,
    reason      BIGINT NOT NULL,
    detail      TEXT NOT NULL,
    bytes       BIGINT NOT NULL,
    PRIMARY KEY (hash, device)
);
CREATE INDEX refused_device ON refused (device, received_ms);

-- Later words on changes that a device was told were parked or held. outcome: accepted, held, refused.
CREATE TABLE decisions (
    device   TEXT NOT NULL,
    number   BIGINT NOT NULL,
    hash     BLOB NOT NULL,
    outcome  TEXT NOT NULL,
    position BIGINT,
    reason   BIGINT,
    detail   TEXT,
    PRIMARY KEY (device, number)
);

-- Every administrative act; rows are only ever added. by_user: null for the operator at the terminal. hash: SHA-256 of the hash
-- before it and of the rest of the row; the number and hash of the last row stand in store_meta as audit_head.
CREATE TABLE audit (
    number   BIGINT NOT NULL PRIMARY KEY,
    at_ms    BIGINT NOT NULL,
    by_user  TEXT,
    act      TEXT NOT NULL,
    org_unit TEXT,
    subject  TEXT NOT NULL,
    detail   TEXT NOT NULL,
    hash     BLOB NOT NULL
);

-- Whoever may log in to the console. hash: Argon2id, as a PHC string. totp_secret: of a second factor, if there is one; it counts
-- once totp_confirmed is 1. totp_step: the last step of which a code was used; none is used twice.
CREATE TABLE passwords (
    username       TEXT NOT NULL PRIMARY KEY REFERENCES users (username),
    hash           TEXT NOT NULL,
    set_ms         BIGINT NOT NULL,
    totp_secret    BLOB,
    totp_confirmed BIGINT NOT NULL DEFAULT 0,
    totp_step      BIGINT NOT NULL DEFAULT 0
);

-- Sessions of people in a browser, by the SHA-256 of what their cookie holds. used_ms: of late; expires_ms: however much used.
CREATE TABLE sessions (
    token_hash BLOB NOT NULL PRIMARY KEY,
    username   TEXT NOT NULL REFERENCES users (username),
    created_ms BIGINT NOT NULL,
    used_ms    BIGINT NOT NULL,
    expires_ms BIGINT NOT NULL
);
CREATE INDEX sessions_user ON sessions (username);
