-- Devices that were told that a change is parked or held, besides the one that brought it first: what becomes of it they hear, too.
CREATE TABLE also_told (
    hash   BLOB NOT NULL,
    device TEXT NOT NULL,
    PRIMARY KEY (hash, device)
);
