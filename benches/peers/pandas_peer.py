"""pandas: boolean masks and groups."""

import numpy as np
import pandas as pd

from peer import InProcess


class Peer(InProcess):
    def __init__(self, world):
        self.world = world
        self.lines = pd.DataFrame(world.columns())
        self.filter_ids = pd.Series(world.filter_ids)

    def counts(self, day):
        lines = self.lines
        counts = lines.loc[(lines.s <= day) & (lines.e > day), "staff"].value_counts(sort=False)
        return counts.index.to_numpy(), counts.to_numpy()

    def covered(self, start, end):
        lines = self.lines
        lines = lines.loc[(lines.s < end) & (lines.e > start), ["staff", "s", "e"]]
        days = lines.e.clip(upper=end) - lines.s.clip(lower=start)
        covered = days.groupby(lines.staff, sort=False).sum()
        return covered.index.to_numpy(), covered.to_numpy()

    def series(self, start, end):
        lines = self.lines
        lines = lines.loc[(lines.s < end) & (lines.e > start), ["staff", "s", "e"]]
        days = range(start, end)
        staff = range(self.world.staff_count)

        def by_day(day):
            sizes = lines.groupby(["staff", day]).size().unstack(fill_value=0)
            return sizes.reindex(index=staff, columns=days, fill_value=0)

        more = by_day(lines.s.clip(lower=start).rename("day"))
        fewer = by_day(lines.e.clip(upper=end).rename("day"))
        return (more - fewer).cumsum(axis=1).to_numpy()

    def flow(self):
        lines, months = self.lines, self.world.month_count
        opened = lines[lines.s_month < months].groupby(["program", "s_month"]).size()
        closed = lines[lines.e_month < months].groupby(["program", "e_month"]).days
        closed = closed.agg(["size", "median"])
        program, month = keys(closed)
        median = (closed["median"].to_numpy() * 2).astype(np.int64)
        return self.world.flow(
            (*keys(opened), opened.to_numpy()),
            (program, month, closed["size"].to_numpy(), median),
        )

    def caseload(self, staff, day):
        lines = self.lines
        held = lines.loc[(lines.staff == staff) & (lines.s <= day) & (lines.e > day)]
        return held.participant.to_numpy(), held.program.to_numpy()

    def caseworkers(self, participant, program, day):
        lines = self.lines
        of_them = (lines.participant == participant) & (lines.program == program)
        return (lines.staff[of_them & (lines.s <= day) & (lines.e > day)].to_numpy(),)

    def held(self, staff, day):
        participants, _ = self.caseload(staff, day)
        return participants

    def filter(self, staff, day):
        return self.filter_ids.isin(self.held(staff, day)).to_numpy()


def keys(grouped):
    return [grouped.index.get_level_values(level).to_numpy() for level in (0, 1)]
