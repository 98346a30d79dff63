-- Templates of briefings that an administrator has changed: kind (unit or worker) and language. What is not here is as shipped.
-- changed_by: null for the operator at the terminal.
CREATE TABLE briefing_templates (
    kind       TEXT COLLATE "C" NOT NULL,
    language   TEXT COLLATE "C" NOT NULL,
    source     TEXT COLLATE "C" NOT NULL,
    changed_by TEXT COLLATE "C",
    changed_ms BIGINT NOT NULL,
    PRIMARY KEY (kind, language)
);
