"""SQLite with a covering index for every question; with numpy where that is faster than SQL.

The lists of one staff member or participant are not asked here: the Rust side asks the same file through
prepared statements, without Python between them.
"""

import sqlite3

from numpy_peer import among, series_of
from peer import InProcess
from world import of_rows

TABLES = """
PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -4194304;
PRAGMA mmap_size = 17179869184; PRAGMA temp_store = MEMORY;
CREATE TABLE staff (id INTEGER PRIMARY KEY);
CREATE TABLE assignment (
    staff INTEGER NOT NULL, participant INTEGER NOT NULL, program INTEGER NOT NULL,
    s INTEGER NOT NULL, e INTEGER NOT NULL, s_month INTEGER NOT NULL, e_month INTEGER NOT NULL,
    days INTEGER NOT NULL);
"""
INDEXES = """
CREATE INDEX a_counts ON assignment (staff, e, s);
CREATE INDEX a_staff ON assignment (staff, e, s, participant, program);
CREATE INDEX a_part ON assignment (participant, program, s, e, staff);
CREATE INDEX a_opened ON assignment (program, s_month);
CREATE INDEX a_closed ON assignment (program, e_month, days);
ANALYZE;
"""


class Peer(InProcess):
    def __init__(self, world):
        self.world = world
        self.connection = sqlite3.connect(world.folder / "sqlite.db", isolation_level=None)
        self.connection.executescript(TABLES)
        self.connection.execute("BEGIN")
        staff = ((number,) for number in range(world.staff_count))
        self.connection.executemany("INSERT INTO staff VALUES (?)", staff)
        lines = zip(*(column.tolist() for column in world.columns().values()))
        sql = "INSERT INTO assignment VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        self.connection.executemany(sql, lines)
        self.connection.execute("COMMIT")
        self.connection.executescript(INDEXES)

    def counts(self, day):
        # For each staff member the index is entered behind what ended before the day.
        return self._rows(
            """SELECT staff.id, count(*) FROM staff CROSS JOIN assignment INDEXED BY a_counts
            ON staff = staff.id AND e > :day AND s <= :day GROUP BY staff.id""",
            day=day,
        )

    def covered(self, start, end):
        return self._rows(
            """SELECT staff.id, sum(min(e, :end) - max(s, :start))
            FROM staff CROSS JOIN assignment INDEXED BY a_counts
            ON staff = staff.id AND e > :start AND s < :end GROUP BY staff.id""",
            start=start,
            end=end,
        )

    def series(self, start, end):
        lines = self.connection.execute(
            """SELECT staff, s, e FROM staff CROSS JOIN assignment INDEXED BY a_counts
            ON staff = staff.id AND e > :start AND s < :end""",
            {"start": start, "end": end},
        )
        return series_of(*of_rows(lines, 3), start, end, self.world.staff_count)

    def flow(self):
        months = self.world.month_count
        opened = self._rows(
            """SELECT program, s_month, count(*) FROM assignment WHERE s_month < :months
            GROUP BY program, s_month""",
            months=months,
        )
        closed = self._rows(
            """SELECT program, e_month, count(*) FROM assignment WHERE e_month < :months
            GROUP BY program, e_month""",
            months=months,
        )
        # A window takes many times as long. The index holds the lengths of a cell in order: its middle
        # is so many steps behind its begin.
        middle = """SELECT days FROM assignment WHERE program = ? AND e_month = ?
            ORDER BY days LIMIT 2 OFFSET ?"""
        with_middle = []
        for program, month, count in closed:
            cell = (program, month, (count - 1) // 2)
            lengths = self.connection.execute(middle, cell).fetchall()
            twice = 2 * lengths[0][0] if count % 2 == 1 else lengths[0][0] + lengths[1][0]
            with_middle.append((program, month, count, twice))
        return self.world.flow(of_rows(opened, 3), of_rows(with_middle, 4))

    def held(self, staff, day):
        held = self._rows(
            "SELECT participant FROM assignment WHERE staff = :staff AND e > :day AND s <= :day",
            staff=staff,
            day=day,
        )
        return of_rows(held, 1)[0]

    def filter(self, staff, day):
        held = self.held(staff, day)
        return among(self.world.filter_ids, held, self.world.last_participant)

    def _rows(self, sql, **values):
        return self.connection.execute(sql, values).fetchall()
