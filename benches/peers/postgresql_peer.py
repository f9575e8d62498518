"""PostgreSQL 15 with covering indexes, in a cluster of its own that is reached over a Unix socket only; with
numpy where that is faster than SQL.

Processor time is that of this process and of the backend, which the kernel counts in nanoseconds.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import psycopg
from psycopg.adapt import Loader
from psycopg.postgres import types
from psycopg.pq import Format

from numpy_peer import among, series_of
from world import of_rows

PROGRAMS = Path("/usr/lib/postgresql/15/bin")
# The server refuses to run as root.
USER = "postgres" if os.geteuid() == 0 else None
SETTINGS = {
    "listen_addresses": "",
    "shared_buffers": "3GB",
    "work_mem": "1GB",
    "maintenance_work_mem": "1GB",
    "effective_cache_size": "8GB",
    "random_page_cost": "1.1",
    "max_wal_size": "16GB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "fsync": "off",
    "autovacuum": "off",
    "max_parallel_workers_per_gather": "0",
    "max_parallel_maintenance_workers": "0",
}
TABLES = """
CREATE TABLE staff (id int PRIMARY KEY);
CREATE TABLE assignment (
    staff int NOT NULL, participant int NOT NULL, program int NOT NULL, s int NOT NULL,
    e int NOT NULL, s_month int NOT NULL, e_month int NOT NULL, days int NOT NULL);
"""
INDEXES = """
CREATE INDEX a_staff ON assignment (staff, e, s) INCLUDE (participant, program);
CREATE INDEX a_part ON assignment (participant, program, s) INCLUDE (e, staff);
CREATE INDEX a_opened ON assignment (program, s_month);
CREATE INDEX a_closed ON assignment (program, e_month, days);
"""
ROWS_AT_ONCE = 100_000


class Peer:
    def __init__(self, world):
        self.world = world

    def __enter__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="caseload-postgres-"))
        self.server = None
        try:
            self._start()
            self._load()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.server is not None:
            self.server.send_signal(signal.SIGINT)
            self.server.wait()
        shutil.rmtree(self.folder)

    def server_time(self):
        return int(self.schedule.read_text().split()[0]) / 1e9

    def counts(self, day):
        # For each staff member the index is entered behind what ended before the day: faster than one look
        # at every line, for a day like any of the last years.
        return self._rows(
            """SELECT id, cases FROM staff, LATERAL (
                SELECT count(*) AS cases FROM assignment
                WHERE staff = id AND e > %(day)s AND s <= %(day)s) AS held""",
            day=day,
        )

    def covered(self, start, end):
        return self._rows(
            """SELECT id, days FROM staff, LATERAL (
                SELECT coalesce(sum(least(e, %(end)s) - greatest(s, %(start)s)), 0) AS days
                FROM assignment WHERE staff = id AND e > %(start)s AND s < %(end)s) AS held""",
            start=start,
            end=end,
        )

    def series(self, start, end):
        ((*lines,),) = self._rows(
            """SELECT array_agg(staff), array_agg(s), array_agg(e)
            FROM assignment WHERE s < %(end)s AND e > %(start)s""",
            start=start,
            end=end,
        )
        return series_of(*lines, start, end, self.world.staff_count)

    def flow(self):
        opened = self._rows(
            """SELECT program, s_month, count(*) FROM assignment WHERE s_month < %(months)s
            GROUP BY program, s_month""",
            months=self.world.month_count,
        )
        closed = self._rows(
            """SELECT program, e_month, count(*),
                (2 * percentile_cont(0.5) WITHIN GROUP (ORDER BY days))::int
            FROM assignment WHERE e_month < %(months)s GROUP BY program, e_month""",
            months=self.world.month_count,
        )
        return self.world.flow(of_rows(opened, 3), of_rows(closed, 4))

    def caseload(self, staff, day):
        return self._rows(
            """SELECT participant, program FROM assignment
            WHERE staff = %(staff)s AND e > %(day)s AND s <= %(day)s""",
            staff=staff,
            day=day,
        )

    def caseworkers(self, participant, program, day):
        return self._rows(
            """SELECT staff FROM assignment WHERE participant = %(participant)s
            AND program = %(program)s AND s <= %(day)s AND e > %(day)s""",
            participant=participant,
            program=program,
            day=day,
        )

    def held(self, staff, day):
        participants, _ = of_rows(self.caseload(staff, day), 2)
        return participants

    def filter(self, staff, day):
        held = self.held(staff, day)
        return among(self.world.filter_ids, held, self.world.last_participant)

    def _rows(self, sql, **values):
        return self.cursor.execute(sql, values, prepare=True).fetchall()

    def _start(self):
        data = self.folder / "data"
        if USER:
            shutil.chown(self.folder, USER)
        initdb = [PROGRAMS / "initdb", "-D", data, "-U", "caseload", "-A", "trust", "--no-sync"]
        subprocess.run(initdb, user=USER, check=True, stdout=subprocess.DEVNULL)
        settings = [f"-c{name}={value}" for name, value in SETTINGS.items()]
        with open(self.folder / "log", "wb") as log:
            self.server = subprocess.Popen(
                [PROGRAMS / "postgres", "-D", data, "-k", self.folder, *settings],
                user=USER,
                stderr=log,
            )
        self._connect()

    def _connect(self):
        for _ in range(300):
            if self.server.poll() is not None:
                sys.exit("PostgreSQL stopped: " + (self.folder / "log").read_text()[-300:])
            try:
                self.connection = psycopg.connect(
                    host=str(self.folder), user="caseload", dbname="postgres", autocommit=True
                )
                break
            except psycopg.OperationalError:
                time.sleep(0.1)
        # Rows come as numbers, not as text, and lists of numbers as arrays.
        self.connection.adapters.register_loader(types["int4"].array_oid, Numbers)
        self.cursor = self.connection.cursor(binary=True)
        self.schedule = Path(f"/proc/{self.connection.info.backend_pid}/schedstat")

    def _load(self):
        world = self.world
        self.connection.execute(TABLES)
        staff = "INSERT INTO staff SELECT generate_series(0, %s)"
        self.connection.execute(staff, [world.staff_count - 1])
        columns = np.stack(list(world.columns().values()), axis=1)
        with self.connection.cursor() as cursor:
            with cursor.copy("COPY assignment FROM STDIN (FORMAT binary)") as copy:
                copy.write(COPY_HEADER)
                for first in range(0, len(columns), ROWS_AT_ONCE):
                    copy.write(as_binary_copy(columns[first : first + ROWS_AT_ONCE]))
                copy.write(COPY_END)
        self.connection.execute(INDEXES)
        # Index-only scans need to know which pages everybody sees.
        self.connection.execute("VACUUM ANALYZE")


COPY_HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
COPY_END = b"\xff\xff"


def row_type(columns):
    """A row of numbers as COPY has it: how many fields, and before each its length."""
    fields = [("fields", ">i2")]
    for column in range(columns):
        fields += [(f"length{column}", ">i4"), (f"value{column}", ">i4")]
    return np.dtype(fields)


def as_binary_copy(rows):
    count = rows.shape[1]
    data = np.empty(len(rows), dtype=row_type(count))
    data["fields"] = count
    for column in range(count):
        data[f"length{column}"] = 4
        data[f"value{column}"] = rows[:, column]
    return data.tobytes()



class Numbers(Loader):
    """A list of numbers as one array: behind a header, each with its length before it."""

    format = Format.BINARY

    def load(self, data):
        return np.frombuffer(data, dtype=">i4", offset=20)[1::2].astype(np.int32)
