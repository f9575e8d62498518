-- The log: the only truth in this file. Everything else can be built anew from it.

-- The agencies of this file. Their number is the first column of every key, so that one database
-- holds many agencies and can be split by agency.
CREATE TABLE agency (
    agency INTEGER PRIMARY KEY, -- its number in this file
    name TEXT NOT NULL UNIQUE   -- the name it is opened by
) STRICT;

-- The entries: one row for each accepted command, never changed but by erasing private items.
-- It has a rowid on purpose: the row of a batch is long, and long rows make a poor key tree.
-- The long columns come last, so that a look at the head reads none of them.
CREATE TABLE entry (
    agency INTEGER NOT NULL REFERENCES agency,
    position INTEGER NOT NULL CHECK (position > 0), -- the place in the log, from 1 without a gap
    recorded INTEGER NOT NULL, -- when, in microseconds since 1970-01-01T00:00:00Z; a label only
    level INTEGER NOT NULL,    -- the level of shapes the body is written in
    hash BLOB NOT NULL CHECK (length(hash) = 32), -- SHA-256 over the hash before, and this entry
    request TEXT,              -- the host's request id; NULL without one, and once it was erased
    body BLOB NOT NULL,        -- what happened, as JSON of numbers and days: the hashed bytes
    private BLOB NOT NULL      -- ids, names and free text, packed with their salts; can be erased
) STRICT;

-- An entry is found by its place, and no place is taken twice.
CREATE UNIQUE INDEX entry_position ON entry (agency, position);
-- A request is carried out once.
CREATE UNIQUE INDEX entry_request ON entry (agency, request) WHERE request IS NOT NULL;
