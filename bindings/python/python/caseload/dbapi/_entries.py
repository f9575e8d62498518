"""The statements of a log: its entries in the two tables, on whichever connection."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from caseload.dbapi._database import COLUMNS, Database
from caseload.dbapi._failures import damaged, diverged
from caseload.dbapi._host import Connection
from caseload.errors import RequestIdReused, Unavailable
from caseload.log import START, Entry, Erasure, Head, Limit, Page, without_items

_BIGGEST = 2**63 - 1
#: The number of an agency: asked each time, because a restored database may have another for its name.
_NUMBER = "(SELECT agency FROM agency WHERE name = ?)"
# One statement, so that the check of the head and the entries are of one state. It gives one row more than
# fits, and always two: the first entry fits whatever its size.
_PAGE = f"""SELECT {COLUMNS} FROM (
    SELECT position, recorded, level, hash, request,
        CASE WHEN position > ? THEN body END AS body, CASE WHEN position > ? THEN private END AS private,
        sum(CASE WHEN position > ? THEN length(body) + length(private) ELSE 0 END)
            OVER (ORDER BY position ROWS UNBOUNDED PRECEDING) - length(body) - length(private) AS bytes_before
    FROM (
        SELECT {COLUMNS} FROM entry WHERE agency = {_NUMBER} AND position >= ? ORDER BY position LIMIT ?
    ) AS near
) AS page WHERE bytes_before <= ? OR position <= ? ORDER BY position"""


class Entries:
    """The entries of one agency."""

    def __init__(self, database: Database, agency: str) -> None:
        self._database = database
        self._agency = agency

    # Reading.

    def head(self, connection: Connection) -> Head:
        """Where the log ends."""
        row = self._database.row(
            connection,
            f"SELECT position, hash FROM entry WHERE agency = {_NUMBER} ORDER BY position DESC LIMIT 1",
            (self._agency,),
        )
        if row is None:
            return START
        return Head(row[0], bytes(row[1]))

    def page(self, connection: Connection, after: Head, limit: Limit) -> Page:
        """The entries after a head, in order, at most a page.

        Raises:
            Diverged: The log has another hash at that position, or ends before it.
        """
        if after.position > _BIGGEST or (after.position == 0 and after.hash != START.hash):
            raise diverged(after)
        most = max(limit.entries, 1)
        rows = self._database.rows(
            connection,
            _PAGE,
            (
                *(after.position,) * 3,
                self._agency,
                after.position,
                min(most + 2, _BIGGEST),
                min(limit.bytes, _BIGGEST),
                min(after.position + 2, _BIGGEST),
            ),
        )
        if after.position > 0 and (not rows or (rows[0][0], bytes(rows[0][3])) != after):
            raise diverged(after)
        entries: list[Entry] = []
        size = 0
        for row in rows[1 if after.position > 0 else 0 :]:
            entry = self._entry(row)
            size += entry.size
            if entries and (len(entries) == most or size > limit.bytes):
                return Page(entries, more=True)
            if entry.position != after.position + len(entries) + 1:
                raise damaged(self._database.place, after.position + len(entries) + 1)
            entries.append(entry)
        return Page(entries, more=False)

    def found(self, connection: Connection, request: str) -> Entry | None:
        """The entry that a request id was stored with, if any."""
        row = self._database.row(
            connection,
            f"SELECT {COLUMNS} FROM entry WHERE agency = {_NUMBER} AND request = ?",
            (self._agency, request),
        )
        return None if row is None else self._entry(row)

    def _entry(self, row: Sequence[Any]) -> Entry:
        position, recorded, level, hash, request, body, private = row
        try:
            return Entry(
                position=position,
                recorded=recorded,
                level=level,
                hash=bytes(hash),
                request=request,
                body=bytes(body),
                private=bytes(private),
            )
        except (TypeError, ValueError, OverflowError) as error:
            raise damaged(self._database.place, position) from error

    # Writing, in a transaction.

    def lock(self, connection: Connection, timeout: float) -> int:
        """Locks the agency for one writer, and gives its number."""
        database = self._database
        database.lock(connection, timeout)
        row = database.row(connection, database.number_for_writing, (self._agency,))
        if row is None:
            database.do(
                connection,
                "INSERT INTO agency (name) VALUES (?) ON CONFLICT (name) DO NOTHING",
                (self._agency,),
            )
            row = database.row(connection, database.number_for_writing, (self._agency,))
        if row is None:
            raise Unavailable(
                f"{database.place} does not keep the agency's row; check its triggers and rights"
            )
        if not database.is_in_transaction(connection):
            raise Unavailable(
                f"a turn in {database.place} has no transaction: `transaction` must begin one, not autocommit"
            )
        number: int = row[0]
        return number

    def insert(self, connection: Connection, agency: int, entry: Entry) -> None:
        """Inserts an entry.

        Raises:
            RequestIdReused: Its request id is stored already.
        """
        # Only the index of requests is named: a row that another constraint refuses is an error.
        stored = self._database.do(
            connection,
            f"INSERT INTO entry (agency, {COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (agency, request) WHERE request IS NOT NULL DO NOTHING",
            (
                agency,
                entry.position,
                entry.recorded,
                entry.level,
                entry.hash,
                entry.request,
                entry.body,
                entry.private,
            ),
        )
        if stored != 1:
            raise RequestIdReused("an entry with this request id is stored already; nothing was stored")

    def erase(self, connection: Connection, agency: int, item: Erasure) -> None:
        """Overwrites private items of one entry.

        Raises:
            Diverged: The log does not hold that entry.
        """
        known = item.entry
        row = self._database.row(
            connection,
            "SELECT private FROM entry WHERE agency = ? AND position = ? AND hash = ?",
            (agency, min(known.position, _BIGGEST), known.hash),
        )
        if row is None:
            raise diverged(known)
        try:
            private = without_items(bytes(row[0]), item.items)
        except ValueError as error:
            raise damaged(self._database.place, known.position) from error
        where = "WHERE agency = ? AND position = ?"
        place = (agency, known.position)
        self._database.do(connection, f"UPDATE entry SET private = ? {where}", (private, *place))
        if item.request:
            self._database.do(connection, f"UPDATE entry SET request = NULL {where}", place)
