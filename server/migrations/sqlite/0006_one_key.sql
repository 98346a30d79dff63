-- A record has one key: its name, by which alone it can be found. The primary key said it a second time, behind its org unit; names are
-- hashes, so each of the two cost every new record a page of its own. SQLite drops no primary key, hence a new table.
ALTER TABLE records RENAME TO records_before;
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
    contribution TEXT
);
INSERT INTO records (org_unit, id, form, form_version, worker, created_ms, on_day, status, fields, conflicts, conflicting, faults,
                     faulty, comments, changes, touched, contribution)
    SELECT org_unit, id, form, form_version, worker, created_ms, on_day, status, fields, conflicts, conflicting, faults,
           faulty, comments, changes, touched, contribution FROM records_before;
DROP TABLE records_before;

-- The indexes as they were, made of rows that are there: the first is the key.
CREATE UNIQUE INDEX records_id ON records (id);
CREATE INDEX records_day ON records (org_unit, on_day, id);
CREATE INDEX records_written ON records (created_ms, id);
CREATE INDEX records_unit_written ON records (org_unit, created_ms);
CREATE INDEX records_worker_written ON records (worker, created_ms);
CREATE INDEX records_form_written ON records (form, created_ms);
CREATE INDEX records_day_written ON records (on_day, created_ms);
CREATE INDEX records_open ON records (created_ms, id) WHERE status = 'open';
CREATE INDEX records_approved ON records (created_ms, id) WHERE status = 'approved';
CREATE INDEX records_void ON records (created_ms, id) WHERE status = 'void';
CREATE INDEX records_changed ON records (created_ms, id, org_unit) WHERE status = 'changed';
CREATE INDEX records_returned ON records (created_ms, id, org_unit) WHERE status = 'returned';
CREATE INDEX records_conflicts ON records (created_ms, id, org_unit) WHERE conflicts > 0;
CREATE INDEX records_faults ON records (created_ms, id, org_unit) WHERE faults > 0;
CREATE INDEX records_comments ON records (created_ms, id) WHERE comments > 0;
