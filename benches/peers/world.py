"""The made-up agency as columns of numbers, and what is asked about it."""

import json
from itertools import chain
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


class World:
    """What the Rust side wrote into a folder."""

    def __init__(self, folder):
        self.folder = Path(folder)
        asked = json.loads((self.folder / "asked.json").read_text())
        self.runs = asked["runs"]
        self.staff_count = asked["staff"]
        self.program_count = asked["programs"]
        # The day asked about, and the first day after it: all lines start before it.
        self.day = asked["day"]
        self.horizon = asked["horizon"]
        # The first day of each month, and of the one after the last.
        self.month_starts = np.array(asked["month_starts"], dtype=np.int32)
        self.month_count = len(self.month_starts) - 1
        # Whose caseload, whose workers, and for the filter: whose caseload and which participants.
        self.caseloads_of = asked["caseloads_of"]
        self.workers_of = asked["workers_of"]
        self.filter_staff = asked["filter_staff"]
        self.filter_ids = self._column("filter_ids")
        # The ids as a host has them: texts, by the number of the participant.
        self.names = pa.array((self.folder / "participant_ids.txt").read_text().split())
        self.filter_names = self.names.take(pa.array(self.filter_ids))

        self.staff = self._column("staff")
        self.participant = self._column("participant")
        self.last_participant = int(self.participant.max())
        self.program = self._column("program")
        self.start = self._column("start")
        # The first day not covered; 2^31-1 without one.
        self.end = self._column("end")
        # Months are counted before the clock runs, and kept as columns: no peer works with dates.
        self.start_month = self._month(self.start)
        self.end_month = self._month(self.end)
        self.days = self.end - self.start

    def columns(self):
        return {
            "staff": self.staff,
            "participant": self.participant,
            "program": self.program,
            "s": self.start,
            "e": self.end,
            "s_month": self.start_month,
            "e_month": self.end_month,
            "days": self.days,
        }

    def flow(self, opened, closed):
        """Carried in, opened, closed, carried out and twice the median, by program and month.

        `opened` and `closed` are columns that begin with program, month and count; `closed` has twice the
        median length behind them.
        """
        shape = (self.program_count, self.month_count)
        starts, ends, median = (np.zeros(shape, dtype=np.int64) for _ in range(3))
        starts[opened[0], opened[1]] = opened[2]
        ends[closed[0], closed[1]] = closed[2]
        median[closed[0], closed[1]] = closed[3]
        carried_out = np.cumsum(starts - ends, axis=1)
        return carried_out - starts + ends, starts, ends, carried_out, median

    def among_names(self, held):
        """Which of the texts to be filtered are those of the participants held."""
        return pc.is_in(self.filter_names, value_set=self.names.take(pa.array(held)))

    def _column(self, name):
        return np.fromfile(self.folder / f"{name}.i32", dtype="<i4")

    def _month(self, days):
        """The number of the month of each day; as many as there are months when it lies behind them."""
        months = np.searchsorted(self.month_starts, days, side="right") - 1
        return np.minimum(months, self.month_count).astype(np.int32)


def of_rows(rows, columns):
    """Columns of the rows that a database gives; number after number, which is faster than row by row."""
    return np.fromiter(chain.from_iterable(rows), dtype=np.int64).reshape(-1, columns).T
