-- What the console asks: lists of records by any filter, newest first by the time of writing, and totals of long periods.

CREATE INDEX records_unit_written ON records (org_unit, created_ms);
CREATE INDEX records_worker_written ON records (worker, created_ms);
CREATE INDEX records_form_written ON records (form, created_ms);
CREATE INDEX records_status_written ON records (status, created_ms);
CREATE INDEX records_day_written ON records (on_day, created_ms);
CREATE INDEX records_conflicts ON records (created_ms) WHERE conflicts > 0;
CREATE INDEX records_faults ON records (created_ms) WHERE faults > 0;
CREATE INDEX records_comments ON records (created_ms) WHERE comments > 0;
