-- What the tallies by worker of a month's days add up to, as worker:measure=value between commas, in the row that has the totals by form.
-- Filled from `worker_tallies` by the program when it applies this migration.
ALTER TABLE month_totals ADD COLUMN workers TEXT NOT NULL DEFAULT '';
