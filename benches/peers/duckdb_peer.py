"""DuckDB: SQL over two tables in memory, one in the order of entry and one in the order of staff, so that
its ranges of values let it skip what is about others."""

import duckdb
import pyarrow as pa

from peer import InProcess


class Peer(InProcess):
    def __init__(self, world):
        self.world = world
        self.connection = duckdb.connect(":memory:")
        self.connection.execute("SET threads = 1")
        lines = pa.table(world.columns())
        self.connection.register("lines", lines)
        self.connection.execute("CREATE TABLE assignment AS SELECT * FROM lines")
        self.connection.execute("CREATE TABLE by_staff AS SELECT * FROM lines ORDER BY staff, s")
        self.connection.unregister("lines")
        # No copy: the ids stay where the host has them.
        self.connection.register("ids", pa.table({"id": world.filter_ids}))

    def counts(self, day):
        return self._columns(
            "SELECT staff, count(*) FROM assignment WHERE s <= $day AND e > $day GROUP BY staff",
            day=day,
        )

    def covered(self, start, end):
        return self._columns(
            """SELECT staff, CAST(sum(least(e, $end) - greatest(s, $start)) AS BIGINT)
            FROM assignment WHERE s < $end AND e > $start GROUP BY staff""",
            start=start,
            end=end,
        )

    def series(self, start, end):
        return self._columns(
            """WITH lines AS (
                SELECT staff, greatest(s, $start) - $start AS s, least(e, $end) - $start AS e
                FROM assignment WHERE s < $end AND e > $start),
            steps AS (
                SELECT staff, day, sum(n) AS n FROM (
                    SELECT staff, s AS day, 1 AS n FROM lines
                    UNION ALL SELECT staff, e, -1 FROM lines) GROUP BY staff, day),
            grid AS (
                SELECT CAST(staff AS INT) AS staff, CAST(day AS INT) AS day
                FROM range($staff) AS a (staff), range($end - $start) AS b (day))
            SELECT staff, day, CAST(sum(coalesce(n, 0)) OVER (
                PARTITION BY staff ORDER BY day ROWS UNBOUNDED PRECEDING) AS INT)
            FROM grid LEFT JOIN steps USING (staff, day)""",
            start=start,
            end=end,
            staff=self.world.staff_count,
        )

    def flow(self):
        opened = self._columns(
            """SELECT program, s_month, count(*) FROM assignment WHERE s_month < $months
            GROUP BY program, s_month""",
            months=self.world.month_count,
        )
        closed = self._columns(
            """SELECT program, e_month, count(*), CAST(2 * median(days) AS INT)
            FROM assignment WHERE e_month < $months GROUP BY program, e_month""",
            months=self.world.month_count,
        )
        return self.world.flow(opened, closed)

    def caseload(self, staff, day):
        return self._columns(
            """SELECT participant, program FROM by_staff
            WHERE staff = $staff AND e > $day AND s <= $day""",
            staff=staff,
            day=day,
        )

    def caseworkers(self, participant, program, day):
        return self._columns(
            """SELECT staff FROM assignment
            WHERE participant = $participant AND program = $program AND s <= $day AND e > $day""",
            participant=participant,
            program=program,
            day=day,
        )

    def held(self, staff, day):
        participants, _ = self.caseload(staff, day)
        return participants

    def filter(self, staff, day):
        (mask,) = self._columns(
            """SELECT id IN (SELECT participant FROM by_staff
                WHERE staff = $staff AND e > $day AND s <= $day) FROM ids""",
            staff=staff,
            day=day,
        )
        return mask

    def _columns(self, sql, **values):
        return tuple(self.connection.execute(sql, values).fetchnumpy().values())
