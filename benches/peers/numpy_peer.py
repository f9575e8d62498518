"""numpy, by hand: masks, counts by number, and sums over days.

The lists of one staff member or participant are not asked of it: by hand that is a binary search in a sorted
copy, which is what a database index is.
"""

import numpy as np

from peer import InProcess


class Peer(InProcess):
    def __init__(self, world):
        self.world = world

    def counts(self, day):
        world = self.world
        counts = np.bincount(world.staff[(world.start <= day) & (world.end > day)])
        return np.arange(len(counts)), counts

    def covered(self, start, end):
        world = self.world
        overlaps = np.flatnonzero((world.start < end) & (world.end > start))
        days = np.minimum(world.end[overlaps], end) - np.maximum(world.start[overlaps], start)
        # The sums are of doubles, which are exact up to 2^53.
        covered = np.bincount(world.staff[overlaps], weights=days)
        return np.arange(len(covered)), covered

    def series(self, start, end):
        world = self.world
        overlaps = np.flatnonzero((world.start < end) & (world.end > start))
        lines = (column[overlaps] for column in (world.staff, world.start, world.end))
        return series_of(*lines, start, end, world.staff_count)

    def flow(self):
        world = self.world
        cells = world.program_count * world.month_count
        shape = (world.program_count, world.month_count)
        opened = world.start_month < world.month_count
        starts = np.bincount(self._cell(world.start_month, opened), minlength=cells)
        closed = world.end_month < world.month_count
        # Sorted by cell and then length: no line is as long as 4,096 days.
        ended = self._cell(world.end_month, closed) * 4096 + world.days[closed]
        ended.sort()
        ends = np.bincount(ended >> 12, minlength=cells)
        first = np.cumsum(ends) - ends
        some = ends > 0
        median = np.zeros(cells, dtype=np.int64)
        lower, upper = first + (ends - 1) // 2, first + ends // 2
        median[some] = (ended[lower[some]] & 4095) + (ended[upper[some]] & 4095)
        starts, ends, median = (cells.reshape(shape) for cells in (starts, ends, median))
        carried_out = np.cumsum(starts - ends, axis=1)
        return carried_out - starts + ends, starts, ends, carried_out, median

    def filter(self, staff, day):
        world = self.world
        held = (world.staff == staff) & (world.start <= day) & (world.end > day)
        return among(world.filter_ids, world.participant[held], world.last_participant)

    def _cell(self, month, chosen):
        world = self.world
        return world.program[chosen] * world.month_count + month[chosen]


def series_of(staff, starts, ends, start, end, staff_count):
    """Staff by day: one more from the first day on, one fewer from the end on, added up."""
    width = end - start + 1
    row = staff.astype(np.int64) * width
    cells = staff_count * width
    more = np.bincount(row + (np.maximum(starts, start) - start), minlength=cells)
    fewer = np.bincount(row + (np.minimum(ends, end) - start), minlength=cells)
    steps = (more - fewer).reshape(staff_count, width)
    return np.cumsum(steps, axis=1)[:, :-1]


def among(ids, held, last):
    """Which of the ids are held, by a table of all there are: half the time of numpy's own `isin`."""
    table = np.zeros(last + 1, dtype=bool)
    table[held] = True
    return table.take(ids)
