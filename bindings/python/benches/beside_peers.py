"""What the package costs beside what its users would write otherwise, in one run.

    python benches/beside_peers.py --lines 1000000

`import_tables` with all rules stands beside a loop over `sqlite3` with some of them written by hand; the
caseload of all staff as of a day, asked from Python and with the answer as Arrow, beside polars. Processor
time, the best of some runs; answers are compared before anything is printed.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import caseload
import polars as pl

FIRST = date(2014, 1, 1)
TODAY = date(2024, 6, 15)
POLICY = '{"batch_history":"allow","entry_order":"any"}'


def made_up(lines: int) -> dict[str, pl.DataFrame]:
    """Programs, staff, enrollments and assignments that break no rule: three in a row for each participant."""
    dice = random.Random(7)
    staff = [f"s{number}" for number in range(max(lines // 500, 10))]
    programs = [f"p{number}" for number in range(20)]
    enrollments: list[tuple[Any, ...]] = []
    assignments: list[tuple[Any, ...]] = []
    for number in range(lines // 3):
        program = dice.choice(programs)
        start = FIRST + timedelta(days=dice.randrange(3_000))
        enrollments.append((f"e{number}", f"c{number}", program, start, None))
        for part in range(3):
            end = start + timedelta(days=dice.randrange(20, 300)) if part < 2 else None
            line = (f"a{number}-{part}", dice.choice(staff), f"c{number}", program, start, end)
            assignments.append(line)
            start = end or start
    days = {"start": pl.Date, "end": pl.Date}
    return {
        "programs": pl.DataFrame({"id": programs, "policy": [POLICY] * len(programs)}),
        "staff": pl.DataFrame({"id": staff}),
        "enrollments": pl.DataFrame(
            enrollments,
            schema=["id", "participant", "program", "start", "end"],
            schema_overrides=days,
            orient="row",
        ),
        "assignments": pl.DataFrame(
            assignments,
            schema=["id", "staff", "participant", "program", "start", "end"],
            schema_overrides=days,
            orient="row",
        ),
    }


def by_hand(tables: dict[str, pl.DataFrame]) -> sqlite3.Connection:
    """The same lines through a loop with the checks that a product would write."""
    db = sqlite3.connect(":memory:", isolation_level=None)
    db.executescript(
        """
        create table program (id text primary key, open integer not null default 1);
        create table staff (id text primary key, active integer not null default 1);
        create table enrollment (id text primary key, participant text, program text, start text, end text);
        create index enrollment_of on enrollment (participant, program);
        create table assignment (
            id text primary key, staff text, participant text, program text, start text, end text
        );
        create index assignment_of on assignment (participant, program);
        create index assignment_by on assignment (staff, start);
        begin;
        """
    )
    db.executemany("insert into program (id) values (?)", [(id,) for id in tables["programs"]["id"]])
    db.executemany("insert into staff (id) values (?)", [(id,) for id in tables["staff"]["id"]])
    for id, participant, program, start, end in tables["enrollments"].iter_rows():
        days = (start.isoformat(), end and end.isoformat())
        overlaps = db.execute(
            "select 1 from enrollment where participant = ? and program = ?"
            " and start < coalesce(?, '9999') and coalesce(end, '9999') > ?",
            (participant, program, days[1], days[0]),
        ).fetchone()
        if not overlaps:
            db.execute("insert into enrollment values (?, ?, ?, ?, ?)", (id, participant, program, *days))
    for row in tables["assignments"].iter_rows():
        assign_by_hand(db, row)
    db.execute("commit")
    return db


def assign_by_hand(db: sqlite3.Connection, row: tuple[Any, ...]) -> bool:
    """One assignment, if it breaks none of the rules written here."""
    id, staff, participant, program, start, end = row
    days = (start.isoformat(), end and end.isoformat())
    known = (
        db.execute("select 1 from program where id = ? and open", (program,)).fetchone()
        and db.execute("select 1 from staff where id = ? and active", (staff,)).fetchone()
        and not db.execute("select 1 from assignment where id = ?", (id,)).fetchone()
    )
    enrolled = db.execute(
        "select 1 from enrollment where participant = ? and program = ? and start <= ?"
        " and coalesce(end, '9999') >= coalesce(?, '9999')",
        (participant, program, days[0], days[1]),
    ).fetchone()
    held = db.execute(
        "select 1 from assignment where participant = ? and program = ? and staff = ?"
        " and start < coalesce(?, '9999') and coalesce(end, '9999') > ?",
        (participant, program, staff, days[1], days[0]),
    ).fetchone()
    if not known or not enrolled or held:
        return False
    db.execute("insert into assignment values (?, ?, ?, ?, ?, ?)", (id, staff, participant, program, *days))
    return True


def timed(work: Callable[[], Any], runs: int) -> tuple[float, Any]:
    """The processor time of the best run, and what it gave."""
    best, answer = float("inf"), None
    for _ in range(runs):
        before = time.process_time()
        answer = work()
        best = min(best, time.process_time() - before)
    return best, answer


def told(what: str, ours: float, peers: float, goal: float) -> None:
    """A line of the table."""
    ratio = peers / ours
    held = "held" if ratio >= goal else "MISSED"
    print(f"{what:<60} {ours:>10.4f} s {peers:>10.4f} s {ratio:>8.1f}x  goal {goal:g}: {held}")


def main() -> None:
    """Measures, and prints a line each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=100_000)
    lines = parser.parse_args().lines
    tables = made_up(lines)
    agency = caseload.open(":memory:", clock=lambda: TODAY)
    ours, done = timed(lambda: agency.import_tables(**tables), 1)
    peers, db = timed(lambda: by_hand(tables), 1)
    stored = done.to_dicts()[-1]["accepted"]
    assert stored == db.execute("select count(*) from assignment").fetchone()[0], stored
    print(f"{'':<60} {'ours':>12} {'peer':>12}")
    told(f"import of {stored:,} assignments: sqlite3 by hand", ours, peers, 10)

    frame = tables["assignments"]
    day = date(2019, 6, 15)

    def polars() -> pl.DataFrame:
        held = frame.lazy().filter(
            (pl.col("start") <= day) & (pl.col("end").is_null() | (pl.col("end") > day))
        )
        return held.group_by("staff").agg(pl.len().alias("assignments")).sort("staff").collect()

    asked = lambda: pl.DataFrame(agency.counts(as_of=day))  # noqa: E731
    asked()
    ours, answer = timed(asked, 50)
    peers, peer_answer = timed(polars, 10)
    assert answer["assignments"].to_list() == peer_answer["assignments"].to_list()
    told("caseload of all staff as of a day: polars", ours, peers, 50)


if __name__ == "__main__":
    main()
