"""A product's own loop over `sqlite3`, with the rules that `import_tables` applies to the same rows.

Only what the policy of the bench asks for is checked: the shapes of ids, the order of days, that program and
staff are known and take something new, that ids are free, that one enrollment which has begun covers every day,
and that nobody holds a participant twice. What was refused is kept with its reason. Every query has an index
that answers it with one look.
"""

from __future__ import annotations

import re
import sqlite3
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

_SCHEMA = """
pragma journal_mode = wal;
create table program (id text primary key, open integer not null default 1) without rowid;
create table staff (id text primary key, active integer not null default 1) without rowid;
create table enrollment (
    id text primary key, participant text, program text, start text, end text, entered text, entered_by text
);
create index enrollment_of on enrollment (participant, program, start);
create table assignment (
    id text primary key, staff text, participant text, program text, start text, end text,
    entered text, entered_by text
);
create index assignment_of on assignment (participant, program, staff, start);
begin;
"""
_NO_ID = re.compile(r"^\s|\s$|[\x00-\x1f\x7f-\x9f]")
_NEVER = "9999-12-31"


class ByHand:
    """Tables of a product, and the loop that fills them."""

    def __init__(self, path: Path, today: date) -> None:
        self.db = sqlite3.connect(path, isolation_level=None)
        self.db.executescript(_SCHEMA)
        self.today = today.isoformat()
        self.entered = ("2024-06-15T12:00:00Z", "root")
        self.refused: list[tuple[int, str]] = []

    def take_in(self, tables: dict[str, pl.DataFrame]) -> int:
        """Takes in every table; how many assignments were stored."""
        for table in ("programs", "staff"):
            into = f"insert into {table.removesuffix('s')} (id) values (?)"
            self.db.executemany(into, [(id,) for id in tables[table]["id"] if is_id(id)])
        for number, row in enumerate(tables["enrollments"].iter_rows()):
            self._settle(number, self._enroll(row))
        for number, row in enumerate(tables["assignments"].sort("start").iter_rows()):
            self._settle(number, self._assign(row))
        self.db.execute("commit")
        stored: int = self.db.execute("select count(*) from assignment").fetchone()[0]
        return stored

    def _settle(self, number: int, reason: str | None) -> None:
        if reason is not None:
            self.refused.append((number, reason))

    def _enroll(self, row: tuple[Any, ...]) -> str | None:
        id, participant, program, start, end = row
        first, until = start.isoformat(), end.isoformat() if end else None
        if not (is_id(id) and is_id(participant)):
            return "input-id"
        if end and end < start:
            return "end-before-start"
        if not self._one("select 1 from program where id = ? and open", (program,)):
            return "unknown-program"
        if self._one("select 1 from enrollment where id = ?", (id,)):
            return "id-taken"
        overlaps = (
            "select 1 from enrollment where participant = ? and program = ? and start < ?"
            " and (end is null or end > ?)"
        )
        if self._one(overlaps, (participant, program, until or _NEVER, first)):
            return "enrollment-overlaps"
        values = (id, participant, program, first, until, *self.entered)
        self.db.execute("insert into enrollment values (?, ?, ?, ?, ?, ?, ?)", values)
        return None

    def _assign(self, row: tuple[Any, ...]) -> str | None:
        id, staff, participant, program, start, end = row
        first, until = start.isoformat(), end.isoformat() if end else None
        if not is_id(id):
            return "input-id"
        if end and end < start:
            return "end-before-start"
        if not self._one("select 1 from program where id = ? and open", (program,)):
            return "unknown-program"
        if not self._one("select 1 from staff where id = ? and active", (staff,)):
            return "unknown-staff"
        if self._one("select 1 from assignment where id = ?", (id,)):
            return "id-taken"
        covers = (
            "select 1 from enrollment where participant = ? and program = ? and start <= ? and start <= ?"
            " and (end is null or end >= ?)"
        )
        if not self._one(covers, (participant, program, first, self.today, until or _NEVER)):
            return "outside-enrollment"
        held = (
            "select 1 from assignment where participant = ? and program = ? and staff = ? and start < ?"
            " and (end is null or end > ?)"
        )
        if self._one(held, (participant, program, staff, until or _NEVER, first)):
            return "already-assigned"
        values = (id, staff, participant, program, first, until, *self.entered)
        self.db.execute("insert into assignment values (?, ?, ?, ?, ?, ?, ?, ?)", values)
        return None

    def _one(self, question: str, values: tuple[Any, ...]) -> bool:
        return self.db.execute(question, values).fetchone() is not None


def is_id(text: object) -> bool:
    """Whether a text is an id as the library reads them."""
    return isinstance(text, str) and 0 < len(text.encode()) <= 128 and not _NO_ID.search(text)
