"""Polars: lazy queries over a frame in memory."""

import polars as pl

from peer import InProcess

STAFF, START, END = pl.col("staff"), pl.col("s"), pl.col("e")


class Peer(InProcess):
    def __init__(self, world):
        self.world = world
        self.lines = pl.DataFrame(world.columns()).lazy()
        self.filter_ids = pl.Series(world.filter_ids)

    def counts(self, day):
        lines = self.lines.filter((START <= day) & (END > day))
        return arrays(lines.group_by("staff").len())

    def covered(self, start, end):
        lines = self.lines.filter((START < end) & (END > start))
        days = pl.min_horizontal("e", pl.lit(end)) - pl.max_horizontal("s", pl.lit(start))
        return arrays(lines.group_by("staff").agg(days.cast(pl.Int64).sum()))

    def series(self, start, end):
        lines = self.lines.filter((START < end) & (END > start))
        day = pl.int_range(0, end - start, dtype=pl.Int32)
        grid = pl.select(staff=pl.int_range(0, self.world.staff_count, dtype=pl.Int32)).lazy()
        grid = grid.join(pl.select(day=day).lazy(), how="cross")
        more = lines.select("staff", day=pl.max_horizontal("s", pl.lit(start)) - start, n=1)
        fewer = lines.filter(END < end).select("staff", day=END - start, n=-1)
        steps = pl.concat([more, fewer]).group_by("staff", "day").agg(pl.col("n").sum())
        cells = grid.join(steps, on=["staff", "day"], how="left", maintain_order="left")
        cases = pl.col("n").fill_null(0).cum_sum().over("staff")
        return arrays(cells.select("staff", "day", cases))

    def flow(self):
        months = self.world.month_count
        opened = self.lines.filter(pl.col("s_month") < months).group_by("program", "s_month").len()
        closed = self.lines.filter(pl.col("e_month") < months).group_by("program", "e_month")
        twice_the_median = (pl.col("days").median() * 2).cast(pl.Int64)
        closed = closed.agg(pl.len(), twice_the_median)
        return self.world.flow(arrays(opened), arrays(closed))

    def caseload(self, staff, day):
        held = self.lines.filter((STAFF == staff) & (START <= day) & (END > day))
        return arrays(held.select("participant", "program"))

    def caseworkers(self, participant, program, day):
        of_them = (pl.col("participant") == participant) & (pl.col("program") == program)
        return arrays(self.lines.filter(of_them & (START <= day) & (END > day)).select("staff"))

    def held(self, staff, day):
        participants, _ = self.caseload(staff, day)
        return participants

    def filter(self, staff, day):
        held = self.lines.filter((STAFF == staff) & (START <= day) & (END > day))
        held = held.select("participant").collect().to_series()
        return self.filter_ids.is_in(held.implode()).to_numpy()


def arrays(lazy):
    frame = lazy.collect()
    return tuple(frame[name].to_numpy() for name in frame.columns)
