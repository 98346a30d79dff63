-- What the console asks: lists of records by any filter, newest first by the time of writing, and totals of long periods.
-- In store_meta: last_backup (when `cairn-server backup` finished last, ms).

CREATE INDEX records_unit_written ON records (org_unit, created_ms);
CREATE INDEX records_worker_written ON records (worker, created_ms);
CREATE INDEX records_form_written ON records (form, created_ms);
CREATE INDEX records_day_written ON records (on_day, created_ms);

-- These have the whole order of the list, lest the index of all records be preferred to them.
CREATE INDEX records_open ON records (created_ms, id) WHERE status = 'open';
CREATE INDEX records_approved ON records (created_ms, id) WHERE status = 'approved';
CREATE INDEX records_void ON records (created_ms, id) WHERE status = 'void';

-- Those that somebody should look at are counted by unit, too.
CREATE INDEX records_changed ON records (created_ms, id, org_unit) WHERE status = 'changed';
CREATE INDEX records_returned ON records (created_ms, id, org_unit) WHERE status = 'returned';
CREATE INDEX records_conflicts ON records (created_ms, id, org_unit) WHERE conflicts > 0;
CREATE INDEX records_faults ON records (created_ms, id, org_unit) WHERE faults > 0;
CREATE INDEX records_comments ON records (created_ms, id) WHERE comments > 0;

-- Projection: what the tallies of a month's days add up to, as form:measure=value between commas; a row of nothing may stay. month:
-- YYYY-MM. Filled from `tallies` by the program when it applies this migration.
CREATE TABLE month_totals (
    org_unit TEXT NOT NULL,
    month    TEXT NOT NULL,
    totals   TEXT NOT NULL,
    PRIMARY KEY (org_unit, month)
);
