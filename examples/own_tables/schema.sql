-- The tables of a made-up product, in its own words. The library knows none of them: it asks for
-- programs, staff and lines through `caseload::View`, and `view.rs` says where they are here.
--
-- Every row has a number of the product's own and, beside it, the `key` that people and the library
-- know it by. So a key can change in one place, and a forgotten client's can be taken away (NULL).
-- Days are ISO text, which sorts by time; an `until` is the first day NOT covered, NULL is open.

CREATE TABLE services (
    number INTEGER PRIMARY KEY,
    key    TEXT NOT NULL UNIQUE,
    name   TEXT,
    policy TEXT NOT NULL,                   -- the rules that this service chose, as JSON
    open   INTEGER NOT NULL DEFAULT 1       -- whether it takes anyone new
) STRICT;

CREATE TABLE workers (
    number INTEGER PRIMARY KEY,
    key    TEXT NOT NULL UNIQUE,
    name   TEXT,
    active INTEGER NOT NULL DEFAULT 1
) STRICT;

-- One row for each right that was ever given to a worker or taken away; the last one counts.
CREATE TABLE permissions (
    number  INTEGER PRIMARY KEY,
    worker  INTEGER NOT NULL REFERENCES workers,
    service INTEGER REFERENCES services,    -- NULL: in every service
    word    TEXT NOT NULL,                  -- `own`, `others`, `enroll` ...
    given   INTEGER NOT NULL                -- 1 given, 0 taken away
) STRICT;
CREATE INDEX permissions_of_worker ON permissions (worker, word, number);

-- The product's own data about a client would stand here. The library asks for the key alone.
CREATE TABLE clients (
    number INTEGER PRIMARY KEY,
    key    TEXT UNIQUE                      -- NULL: forgotten
) STRICT;

CREATE TABLE stays (
    number     INTEGER PRIMARY KEY,
    key        TEXT UNIQUE,
    client     INTEGER NOT NULL REFERENCES clients,
    service    INTEGER NOT NULL REFERENCES services,
    since      TEXT NOT NULL,
    until      TEXT CHECK (until >= since),
    dismissed  INTEGER NOT NULL DEFAULT 0,  -- 1: `until` came from a dismissal, which can be undone
    status     TEXT NOT NULL DEFAULT 'current',
    supersedes INTEGER REFERENCES stays,
    reason     TEXT
) STRICT;
CREATE INDEX stays_of_client ON stays (client, service) WHERE status = 'current';
CREATE INDEX stays_in_service ON stays (service) WHERE status = 'current';

CREATE TABLE responsibilities (
    number         INTEGER PRIMARY KEY,
    key            TEXT UNIQUE,
    worker         INTEGER NOT NULL REFERENCES workers,
    client         INTEGER NOT NULL REFERENCES clients,
    service        INTEGER NOT NULL REFERENCES services,
    since          TEXT NOT NULL,
    until          TEXT CHECK (until >= since),
    role           TEXT,
    status         TEXT NOT NULL DEFAULT 'current',
    supersedes     INTEGER REFERENCES responsibilities,
    dismissed_with INTEGER REFERENCES stays, -- the stay whose dismissal ended it
    reason         TEXT
) STRICT;
CREATE INDEX responsibilities_for_client ON responsibilities (client, service, since)
    WHERE status = 'current';
CREATE INDEX responsibilities_of_worker ON responsibilities (worker, service, since)
    WHERE status = 'current';
CREATE INDEX responsibilities_in_service ON responsibilities (service) WHERE status = 'current';
CREATE INDEX responsibilities_dismissed ON responsibilities (dismissed_with)
    WHERE dismissed_with IS NOT NULL;

-- Keys that were replaced. They are never given again, so that an old letter or a late
-- message cannot reach somebody else.
CREATE TABLE retired_keys (
    kind   TEXT NOT NULL,
    key    TEXT NOT NULL,
    number INTEGER NOT NULL,                -- of the row that had it
    PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;

-- Every key that a client ever had: what must go when they are forgotten.
CREATE VIEW client_keys AS
SELECT number AS client, key FROM clients WHERE key IS NOT NULL
UNION ALL SELECT number, key FROM retired_keys WHERE kind = 'participant';

-- Both kinds of line with keys in place of numbers, as the library wants to see them.
CREATE VIEW stay_lines AS
SELECT e.number, coalesce(e.key, 'erased-' || e.number) AS key,
    e.client, coalesce(c.key, 'erased-' || c.number) AS client_key,
    e.service, s.key AS service_key, e.since, e.until, e.dismissed, e.status,
    CASE WHEN old.number IS NOT NULL THEN coalesce(old.key, 'erased-' || old.number) END AS supersedes
FROM stays AS e
JOIN clients AS c ON c.number = e.client
JOIN services AS s ON s.number = e.service
LEFT JOIN stays AS old ON old.number = e.supersedes;

CREATE VIEW responsibility_lines AS
SELECT r.number, coalesce(r.key, 'erased-' || r.number) AS key,
    r.worker, w.key AS worker_key,
    r.client, coalesce(c.key, 'erased-' || c.number) AS client_key,
    r.service, s.key AS service_key, r.since, r.until, r.role, r.status,
    CASE WHEN old.number IS NOT NULL THEN coalesce(old.key, 'erased-' || old.number) END AS supersedes,
    r.dismissed_with
FROM responsibilities AS r
JOIN workers AS w ON w.number = r.worker
JOIN clients AS c ON c.number = r.client
JOIN services AS s ON s.number = r.service
LEFT JOIN responsibilities AS old ON old.number = r.supersedes;
