"""A made-up agency with ten years of history that breaks no rule, of any size."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl

FIRST = date(2014, 1, 1)
TODAY = date(2024, 6, 15)
#: An import of history; lines of one participant follow each other on one day.
POLICY = '{"batch_history":"allow","entry_order":"any"}'


def made_up(lines: int) -> dict[str, pl.DataFrame]:
    """Programs, staff, enrollments and assignments: three in a row for each participant, the last one open."""
    dice = np.random.default_rng(7)
    participants, staff, programs = (
        lines // 3,
        min(max(lines // 500, 10), 20_000),
        min(max(lines // 20_000, 5), 500),
    )
    start = dice.integers(0, 2_800, participants)
    program = dice.integers(0, programs, participants)
    first, second = dice.integers(20, 400, participants), dice.integers(20, 400, participants)
    starts = np.stack([start, start + first, start + first + second], axis=1).ravel()
    ends = np.stack([start + first, start + first + second, np.full(participants, -1)], axis=1).ravel()
    worker = dice.integers(0, staff, participants)
    # Nobody follows themselves.
    steps = np.stack(
        [np.zeros(participants, int), dice.integers(1, 5, participants), np.full(participants, 6)], axis=1
    )
    workers = ((worker[:, None] + steps) % staff).ravel()

    def ids(kind: str, numbers: np.ndarray) -> pl.Series:
        return pl.select(pl.format(kind + "-{}", pl.Series(numbers))).to_series()

    def days(numbers: np.ndarray) -> pl.Series:
        known = pl.Series(numbers + (FIRST - date(1970, 1, 1)).days).cast(pl.Int32).cast(pl.Date)
        return known.set(pl.Series(numbers < 0), None)

    lines_of = np.repeat(np.arange(participants), 3)
    return {
        "programs": pl.DataFrame({"id": ids("p", np.arange(programs)), "policy": [POLICY] * programs}),
        "staff": pl.DataFrame({"id": ids("s", np.arange(staff))}),
        "enrollments": pl.DataFrame(
            {
                "id": ids("e", np.arange(participants)),
                "participant": ids("c", np.arange(participants)),
                "program": ids("p", program),
                "start": days(start),
                "end": pl.Series([None] * participants, dtype=pl.Date),
            }
        ),
        "assignments": pl.DataFrame(
            {
                "id": ids("a", np.arange(3 * participants)),
                "staff": ids("s", workers),
                "participant": ids("c", lines_of),
                "program": ids("p", program[lines_of]),
                "start": days(starts),
                "end": days(ends),
            }
        ),
    }


def middle_day() -> date:
    """A day on which much of it is going on."""
    return FIRST + timedelta(days=2_000)
