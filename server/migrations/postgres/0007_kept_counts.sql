-- What grew with the records when it was asked for: totals by worker of long periods, and how many records wait for somebody.

-- Projection: what the tallies by worker of a month's days add up to, as worker:measure=value between commas; a row of nothing may stay.
-- month: YYYY-MM. Filled from `worker_tallies` by the program when it applies this migration.
CREATE TABLE worker_month_totals (
    org_unit TEXT COLLATE "C" NOT NULL,
    month    TEXT COLLATE "C" NOT NULL,
    totals   TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (org_unit, month)
);

-- Projection: how many records of an org unit have values that disagree, have values that break a rule, were changed since they were
-- approved, and were returned. A row of nothing may stay.
CREATE TABLE attention (
    org_unit  TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    conflicts BIGINT NOT NULL,
    faults    BIGINT NOT NULL,
    changed   BIGINT NOT NULL,
    returned  BIGINT NOT NULL
);
INSERT INTO attention (org_unit, conflicts, faults, changed, returned)
    SELECT org_unit, SUM(CASE WHEN conflicts > 0 THEN 1 ELSE 0 END), SUM(CASE WHEN faults > 0 THEN 1 ELSE 0 END),
           SUM(CASE WHEN status = 'changed' THEN 1 ELSE 0 END), SUM(CASE WHEN status = 'returned' THEN 1 ELSE 0 END)
    FROM records WHERE conflicts > 0 OR faults > 0 OR status IN ('changed', 'returned') GROUP BY org_unit;
