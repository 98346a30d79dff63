-- Totals by worker, and which app a device runs.

-- Projection: running totals by worker, whatever the form; a row whose value returns to zero may stay. Filled from `records` by the
-- program when it applies this migration.
CREATE TABLE worker_tallies (
    org_unit TEXT NOT NULL,
    on_day   TEXT NOT NULL,
    worker   TEXT NOT NULL,
    measure  TEXT NOT NULL,
    value    BIGINT NOT NULL,
    PRIMARY KEY (org_unit, on_day, worker, measure)
);

-- As reported at last contact.
ALTER TABLE devices ADD COLUMN app TEXT;
