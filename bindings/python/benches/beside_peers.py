"""What the package costs beside what its users would write otherwise, in one run.

    python benches/beside_peers.py --lines 10000000 --import-lines 1000000

- `import_tables` with all rules beside a loop over `sqlite3` with the same ones written by hand (`by_hand.py`);
- the caseload of all staff as of a day, as a frame, beside polars and DuckDB on one thread;
- reports beside the same ones in Rust until their Arrow columns are built (`cargo`, an example of
  `caseload-arrow`, on the same file).

Processor time, the best of some runs; answers are compared before anything is printed.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

os.environ["POLARS_MAX_THREADS"] = "1"

import caseload
import duckdb
import polars as pl
from by_hand import ByHand
from made_up import TODAY, made_up, middle_day

DAY = middle_day()
RANGE = (date(DAY.year, 1, 1), date(DAY.year + 1, 1, 1))
RUST = ("cargo", "run", "--release", "--quiet", "-p", "caseload-arrow", "--example", "time_reports", "--")


def timed(work: Callable[[], Any], runs: int) -> tuple[float, Any]:
    """The processor time of the best run, and what it gave."""
    best, answer = float("inf"), None
    for _ in range(runs):
        before = time.process_time()
        answer = work()
        best = min(best, time.process_time() - before)
    return best, answer


def told(what: str, ours: float, peers: float, goal: float) -> None:
    """A line of the table: how many times the peer takes what we take."""
    ratio = peers / ours
    held = "held" if ratio >= goal else "MISSED"
    print(f"{what:<66} {ours:>11.5f} s {peers:>11.5f} s {ratio:>8.2f}x  goal {goal:g}: {held}", flush=True)


def beside_by_hand(lines: int, folder: Path) -> None:
    """The import, with the log alone and with the read tables that a host joins in SQL."""
    tables = made_up(lines)
    peers, stored = timed(lambda: ByHand(folder / "by_hand.db", TODAY).take_in(tables), 1)
    for read_tables in (False, True):
        path = folder / f"import_{read_tables}.db"
        with caseload.open(path, clock=lambda: TODAY, read_tables=read_tables) as agency:
            ours, done = timed(lambda agency=agency: agency.import_tables(**tables, mode="partial"), 1)
        assert done.to_dicts()[-1]["accepted"] == stored, done
        with_tables = "with read tables" if read_tables else "the log alone"
        told(f"import of {stored:,} assignments, {with_tables}: sqlite3 by hand", ours, peers, 10)


def beside_frames(agency: caseload.Agency, frame: pl.DataFrame) -> None:
    """The caseload of all staff as of a day."""

    def polars() -> pl.DataFrame:
        held = frame.lazy().filter(
            (pl.col("start") <= DAY) & (pl.col("end").is_null() | (pl.col("end") > DAY))
        )
        return held.group_by("staff").agg(pl.len().alias("assignments")).collect()

    def ours() -> pl.DataFrame:
        return agency.counts(as_of=DAY).to_polars()

    db = duckdb.connect(config={"threads": 1})
    db.sql("create table line as select * from frame")
    count = (
        "select staff, count(*)::bigint as assignments from line"
        ' where start <= ? and ("end" is null or "end" > ?) group by staff'
    )
    ours()
    took, answer = timed(ours, 100)
    answer = answer.with_columns(pl.col("staff").cast(pl.String), pl.col("assignments").cast(pl.Int64))
    asked: dict[str, Callable[[], pl.DataFrame]] = {
        "polars": polars,
        "duckdb": lambda: db.execute(count, [DAY, DAY]).pl(),
    }
    for name, ask in asked.items():
        peers, theirs = timed(ask, 5)
        theirs = theirs.with_columns(pl.col("assignments").cast(pl.Int64)).sort("staff")
        assert answer.sort("staff").equals(theirs), name
        told(f"caseload of all staff as of a day: {name}", took, peers, 50)


def beside_rust(agency: caseload.Agency, path: Path) -> None:
    """Reports, each until its Arrow columns are there."""
    from_, to = RANGE
    asked: dict[str, Callable[[], Any]] = {
        "counts": lambda: agency.counts(as_of=DAY),
        "average_daily_caseload": lambda: agency.average_daily_caseload(start=from_, end=to),
        "daily_series": lambda: agency.daily_series(start=from_, end=to, by="program"),
        "flow": lambda: agency.flow(start=from_, end=to),
        "caseload_distribution": lambda: agency.caseload_distribution(as_of=DAY),
    }
    for ask in asked.values():
        ask()
    ours = {name: timed(ask, 20)[0] for name, ask in asked.items()}
    arguments = (path, DAY, 20, from_, to)
    ran = subprocess.run([*RUST, *map(str, arguments)], capture_output=True, text=True, check=True)
    rust: dict[str, float] = json.loads(ran.stdout)
    for name, took in ours.items():
        told(f"{name}: in Rust", took, rust[name], 0.5)


def main() -> None:
    """Measures, and prints a line each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=200_000)
    parser.add_argument("--import-lines", type=int, default=200_000)
    arguments = parser.parse_args()
    print(f"{'':<66} {'ours':>13} {'peer':>13}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        beside_by_hand(arguments.import_lines, folder)
        tables = made_up(arguments.lines)
        path = folder / "agency.db"
        with caseload.open(path, clock=lambda: TODAY, read_tables=False) as agency:
            agency.import_tables(**tables, mode="partial")
            beside_frames(agency, tables["assignments"])
            beside_rust(agency, path)


if __name__ == "__main__":
    main()
