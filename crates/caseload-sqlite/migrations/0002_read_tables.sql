-- The read tables: the state at the end of the log, for reports in SQL.
--
-- Hosts read the views at the foot of this file (`program`, `staff`, `staff_right`, `participant`,
-- `enrollment`, `assignment_line`, `current_assignment`): they are documented and stable. The
-- tables named `..._base` below them are not, and nobody but this library may write to them.
--
-- Things are numbered per agency and kind, in order of first mention, as in the log. Days are ISO
-- text (`2024-02-29`), which sorts by time, compares with SQLite's own date functions and can be
-- read by people. An end is the first day NOT covered; NULL is open. Status is 0 current,
-- 1 superseded, 2 voided. Positions are those of the log.
--
-- `erased` is 0, and the own number of a row whose id was erased: its id then reads `erased-N`,
-- and must not collide with a host's own id of that form.

-- How far the read tables of an agency follow its log.
CREATE TABLE read_state (
    agency INTEGER PRIMARY KEY REFERENCES agency,
    position INTEGER NOT NULL, -- the last entry they contain
    -- How many ids of each kind, and roles, the log had mentioned by then.
    participants INTEGER NOT NULL,
    staff INTEGER NOT NULL,
    programs INTEGER NOT NULL,
    enrollments INTEGER NOT NULL,
    assignments INTEGER NOT NULL,
    roles INTEGER NOT NULL
) STRICT;

-- People and households served: an id, and nothing else about them.
CREATE TABLE participant_base (
    agency INTEGER NOT NULL REFERENCES agency,
    number INTEGER NOT NULL,
    id TEXT NOT NULL,
    erased INTEGER NOT NULL DEFAULT 0 CHECK (erased IN (0, number)),
    entered INTEGER NOT NULL, -- the position of the entry that mentions it first
    PRIMARY KEY (agency, number)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX participant_id ON participant_base (agency, id, erased);

-- Workers.
CREATE TABLE staff_base (
    agency INTEGER NOT NULL REFERENCES agency,
    number INTEGER NOT NULL,
    id TEXT NOT NULL,
    erased INTEGER NOT NULL DEFAULT 0 CHECK (erased IN (0, number)),
    name TEXT,
    active INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
    rights INTEGER NOT NULL, -- rights for every program: 1 own, 2 others, 4 correct, 8 enroll, 16 administer, 32 view_all
    entered INTEGER NOT NULL, -- the position that registered them
    changed INTEGER NOT NULL, -- the position of the last change
    PRIMARY KEY (agency, number)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX staff_id ON staff_base (agency, id, erased);

-- Programs.
CREATE TABLE program_base (
    agency INTEGER NOT NULL REFERENCES agency,
    number INTEGER NOT NULL,
    id TEXT NOT NULL,
    erased INTEGER NOT NULL DEFAULT 0 CHECK (erased IN (0, number)),
    name TEXT,
    open INTEGER NOT NULL DEFAULT 1 CHECK (open IN (0, 1)), -- whether it takes anything new
    policy TEXT NOT NULL,     -- as JSON, roles by number
    entered INTEGER NOT NULL, -- the position that defined it
    changed INTEGER NOT NULL, -- the position of the last change
    PRIMARY KEY (agency, number)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX program_id ON program_base (agency, id, erased);

-- Rights that were given or taken in one program: they stand in place of those for every program.
CREATE TABLE staff_right_base (
    agency INTEGER NOT NULL REFERENCES agency,
    staff INTEGER NOT NULL,
    program INTEGER NOT NULL,
    rights INTEGER NOT NULL,  -- as in staff_base
    changed INTEGER NOT NULL, -- the position of the last change
    PRIMARY KEY (agency, staff, program),
    FOREIGN KEY (agency, staff) REFERENCES staff_base,
    FOREIGN KEY (agency, program) REFERENCES program_base
) STRICT, WITHOUT ROWID;

-- The texts of roles.
CREATE TABLE role_base (
    agency INTEGER NOT NULL REFERENCES agency,
    number INTEGER NOT NULL,
    role TEXT NOT NULL,
    erased INTEGER NOT NULL DEFAULT 0 CHECK (erased IN (0, number)),
    PRIMARY KEY (agency, number)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX role_text ON role_base (agency, role, erased);

-- Every entered version of an enrollment.
CREATE TABLE enrollment_base (
    agency INTEGER NOT NULL REFERENCES agency,
    number INTEGER NOT NULL,
    id TEXT NOT NULL,
    erased INTEGER NOT NULL DEFAULT 0 CHECK (erased IN (0, number)),
    participant INTEGER NOT NULL,
    program INTEGER NOT NULL,
    start TEXT NOT NULL,
    end TEXT CHECK (end >= start),
    dismissed INTEGER NOT NULL DEFAULT 0 CHECK (dismissed IN (0, 1)), -- whether end_enrollment gave the end
    status INTEGER NOT NULL DEFAULT 0 CHECK (status BETWEEN 0 AND 2),
    supersedes INTEGER,       -- the number of the version it took the place of
    entered INTEGER NOT NULL, -- the position that entered it
    changed INTEGER NOT NULL, -- the position of the last change
    PRIMARY KEY (agency, number),
    FOREIGN KEY (agency, participant) REFERENCES participant_base,
    FOREIGN KEY (agency, program) REFERENCES program_base
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX enrollment_id ON enrollment_base (agency, id, erased);
-- One timeline: the enrollments of a participant in a program.
CREATE INDEX enrollment_timeline ON enrollment_base (agency, participant, program);

-- Every entered version of an assignment: a line.
CREATE TABLE assignment_base (
    agency INTEGER NOT NULL REFERENCES agency,
    number INTEGER NOT NULL,
    id TEXT NOT NULL,
    erased INTEGER NOT NULL DEFAULT 0 CHECK (erased IN (0, number)),
    staff INTEGER NOT NULL,
    participant INTEGER NOT NULL,
    program INTEGER NOT NULL,
    start TEXT NOT NULL,
    end TEXT CHECK (end >= start),
    end_cause TEXT,           -- what ended it; NULL when open or ended as entered
    role INTEGER,             -- the number of the role, if any
    status INTEGER NOT NULL DEFAULT 0 CHECK (status BETWEEN 0 AND 2),
    supersedes INTEGER,       -- the number of the line it took the place of
    transferred_from INTEGER, -- the number of the line it took over
    entered INTEGER NOT NULL, -- the position that entered it
    changed INTEGER NOT NULL, -- the position of the last change
    PRIMARY KEY (agency, number),
    FOREIGN KEY (agency, staff) REFERENCES staff_base,
    FOREIGN KEY (agency, participant) REFERENCES participant_base,
    FOREIGN KEY (agency, program) REFERENCES program_base,
    FOREIGN KEY (agency, role) REFERENCES role_base
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX assignment_id ON assignment_base (agency, id, erased);
-- One caseload. Without days in it, so that ending a line does not move it.
CREATE INDEX assignment_caseload ON assignment_base (agency, staff);
-- One timeline.
CREATE INDEX assignment_timeline ON assignment_base (agency, participant, program);

-- Programs.
--   agency            the name of the agency
--   program           the id
--   name              NULL without one
--   open              1; 0 when closed to anything new
--   policy            as JSON, with the keys and values of the rules
--   entered_position  the entry that defined it
--   changed_position  the entry that changed it last
CREATE VIEW program AS
SELECT g.name AS agency, p.id AS program, p.name AS name, p.open AS open,
    CASE WHEN json_type(p.policy, '$.roles') = 'array'
        THEN json_set(p.policy, '$.roles', json((
            SELECT json_group_array(role) FROM (
                SELECT r.role AS role FROM json_each(p.policy, '$.roles') AS j
                JOIN role_base AS r ON r.agency = p.agency AND r.number = j.value
                ORDER BY j.key))))
        ELSE p.policy END AS policy,
    p.entered AS entered_position, p.changed AS changed_position
FROM agency AS g JOIN program_base AS p ON p.agency = g.agency;

-- Staff.
--   agency            the name of the agency
--   staff             the id
--   name              NULL without one
--   active            1; 0 when deactivated
--   entered_position  the entry that registered them
--   changed_position  the entry that changed them last
CREATE VIEW staff AS
SELECT g.name AS agency, s.id AS staff, s.name AS name, s.active AS active,
    s.entered AS entered_position, s.changed AS changed_position
FROM agency AS g JOIN staff_base AS s ON s.agency = g.agency;

-- The rights of staff: one row for every program (program NULL), which holds in each program that
-- has no row of its own.
--   agency, staff     as above
--   program           the id; NULL: every program without a row of its own
--   own .. view_all   1 where they hold the right, 0 where not
CREATE VIEW staff_right AS
SELECT g.name AS agency, s.id AS staff, p.id AS program,
    h.rights & 1 <> 0 AS own, h.rights & 2 <> 0 AS others, h.rights & 4 <> 0 AS correct,
    h.rights & 8 <> 0 AS enroll, h.rights & 16 <> 0 AS administer, h.rights & 32 <> 0 AS view_all
FROM (
    SELECT agency, number AS staff, NULL AS program, rights FROM staff_base
    UNION ALL SELECT agency, staff, program, rights FROM staff_right_base
) AS h
JOIN agency AS g ON g.agency = h.agency
JOIN staff_base AS s ON s.agency = h.agency AND s.number = h.staff
LEFT JOIN program_base AS p ON p.agency = h.agency AND p.number = h.program;

-- Participants: every one the log knows.
--   agency            the name of the agency
--   participant       the id; `erased-N` once forgotten
--   forgotten         1 once forgotten
--   entered_position  the entry that mentions them first
CREATE VIEW participant AS
SELECT g.name AS agency, c.id AS participant, c.erased <> 0 AS forgotten,
    c.entered AS entered_position
FROM agency AS g JOIN participant_base AS c ON c.agency = g.agency;

-- Every entered version of an enrollment.
--   agency            the name of the agency
--   enrollment        the id
--   participant       the participant's id
--   program           the program's id
--   program_name      the program's name
--   start             the first day
--   end               the first day not covered; NULL: open
--   dismissed         1 when the end was given by ending the enrollment, and can be undone
--   status            current, superseded or voided; only current ones count
--   supersedes        the id of the version it took the place of
--   entered_position  the entry that entered it
--   changed_position  the entry that changed it last
CREATE VIEW enrollment AS
SELECT g.name AS agency, e.id AS enrollment, c.id AS participant, p.id AS program,
    p.name AS program_name, e.start AS start, e.end AS end, e.dismissed AS dismissed,
    CASE e.status WHEN 0 THEN 'current' WHEN 1 THEN 'superseded' ELSE 'voided' END AS status,
    o.id AS supersedes, e.entered AS entered_position, e.changed AS changed_position
FROM agency AS g
JOIN enrollment_base AS e ON e.agency = g.agency
JOIN participant_base AS c ON c.agency = e.agency AND c.number = e.participant
JOIN program_base AS p ON p.agency = e.agency AND p.number = e.program
LEFT JOIN enrollment_base AS o ON o.agency = e.agency AND o.number = e.supersedes;

-- Every entered version of an assignment, a line each.
--   agency            the name of the agency
--   assignment        the id
--   staff, staff_name          who is responsible
--   participant                for whom
--   program, program_name      in which program
--   start             the first day
--   end               the first day not covered; NULL: open
--   end_cause         command, transfer, enrollment_end, staff_deactivated or mirror; `handed_over`
--                     when it was transferred; NULL when open or ended as entered
--   role              NULL without one
--   status            current, superseded or voided; only current ones count
--   supersedes        the id of the line it took the place of
--   transferred_from  the id of the line it took over
--   entered_position  the entry that entered it
--   changed_position  the entry that changed it last
CREATE VIEW assignment_line AS
SELECT g.name AS agency, a.id AS assignment, s.id AS staff, s.name AS staff_name,
    c.id AS participant, p.id AS program, p.name AS program_name, a.start AS start, a.end AS end,
    a.end_cause AS end_cause, r.role AS role,
    CASE a.status WHEN 0 THEN 'current' WHEN 1 THEN 'superseded' ELSE 'voided' END AS status,
    o.id AS supersedes, f.id AS transferred_from,
    a.entered AS entered_position, a.changed AS changed_position
FROM agency AS g
JOIN assignment_base AS a ON a.agency = g.agency
JOIN staff_base AS s ON s.agency = a.agency AND s.number = a.staff
JOIN participant_base AS c ON c.agency = a.agency AND c.number = a.participant
JOIN program_base AS p ON p.agency = a.agency AND p.number = a.program
LEFT JOIN role_base AS r ON r.agency = a.agency AND r.number = a.role
LEFT JOIN assignment_base AS o ON o.agency = a.agency AND o.number = a.supersedes
LEFT JOIN assignment_base AS f ON f.agency = a.agency AND f.number = a.transferred_from;

-- The lines that count, of any day: neither superseded nor voided. A caseload on a day is
--   SELECT participant, program FROM current_assignment
--   WHERE agency = ?1 AND staff = ?2 AND start <= ?3 AND (end IS NULL OR end > ?3)
-- Columns as in assignment_line, without status.
CREATE VIEW current_assignment AS
SELECT g.name AS agency, a.id AS assignment, s.id AS staff, s.name AS staff_name,
    c.id AS participant, p.id AS program, p.name AS program_name, a.start AS start, a.end AS end,
    a.end_cause AS end_cause, r.role AS role, o.id AS supersedes, f.id AS transferred_from,
    a.entered AS entered_position, a.changed AS changed_position
FROM agency AS g
JOIN assignment_base AS a ON a.agency = g.agency AND a.status = 0
JOIN staff_base AS s ON s.agency = a.agency AND s.number = a.staff
JOIN participant_base AS c ON c.agency = a.agency AND c.number = a.participant
JOIN program_base AS p ON p.agency = a.agency AND p.number = a.program
LEFT JOIN role_base AS r ON r.agency = a.agency AND r.number = a.role
LEFT JOIN assignment_base AS o ON o.agency = a.agency AND o.number = a.supersedes
LEFT JOIN assignment_base AS f ON f.agency = a.agency AND f.number = a.transferred_from;

-- What the query planner must know without ever being asked to ANALYZE: there are few agencies and
-- many rows in each, so that an agency alone selects nothing, and a staff member or an id does.
ANALYZE sqlite_schema;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('agency', 'sqlite_autoindex_agency_1', '2 1'),
    ('entry', 'entry_position', '1000000 500000 1'),
    ('entry', 'entry_request', '1000000 500000 1'),
    ('participant_base', 'participant_base', '200000 100000 1'),
    ('participant_base', 'participant_id', '200000 100000 1 1'),
    ('staff_base', 'staff_base', '2000 1000 1'),
    ('staff_base', 'staff_id', '2000 1000 1 1'),
    ('program_base', 'program_base', '200 100 1'),
    ('program_base', 'program_id', '200 100 1 1'),
    ('staff_right_base', 'staff_right_base', '2000 1000 4 1'),
    ('role_base', 'role_base', '20 10 1'),
    ('role_base', 'role_text', '20 10 1 1'),
    ('enrollment_base', 'enrollment_base', '400000 200000 1'),
    ('enrollment_base', 'enrollment_id', '400000 200000 1 1'),
    ('enrollment_base', 'enrollment_timeline', '400000 200000 2 1'),
    ('assignment_base', 'assignment_base', '1000000 500000 1'),
    ('assignment_base', 'assignment_id', '1000000 500000 1 1'),
    ('assignment_base', 'assignment_caseload', '1000000 500000 500'),
    ('assignment_base', 'assignment_timeline', '1000000 500000 5 3');
