"""One writer's turn: a transaction that holds the agency's lock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import TypeVar

from caseload.dbapi._database import Database
from caseload.dbapi._entries import Entries
from caseload.dbapi._host import Connection
from caseload.dbapi._transaction import Transaction
from caseload.dbapi._with_rows import WaitingRows
from caseload.errors import Conflict
from caseload.log import Entry, Erasure, Head, Limit, Page

Answer = TypeVar("Answer")


class Turn:
    """One writer's turn."""

    def __init__(
        self,
        database: Database,
        entries: Entries,
        waiting: WaitingRows,
        transaction: Transaction,
        timeout: float,
    ) -> None:
        self._database = database
        self._entries = entries
        self._waiting = waiting
        self._transaction = transaction
        self._connection = transaction.connection
        self._agency = entries.lock(self._connection, timeout)

    def head(self) -> Head:
        """Where the log ends, under the lock."""
        return self._asked(self._entries.head)

    def tail(self, after: Head, limit: Limit) -> Page:
        """As `Log.read`, under the lock."""
        return self._asked(lambda connection: self._entries.page(connection, after, limit))

    def clock(self) -> int:
        """The database's clock: microseconds since 1970-01-01T00:00:00Z."""
        return self._asked(self._database.clock)

    def append(self, after: Head, entries: Sequence[Entry]) -> None:
        """Appends exactly after this head, all or none, with the host's rows, and ends the turn."""
        try:
            if self._entries.head(self._connection) != after or not _follow(after, entries):
                raise Conflict("the log does not end where the append said; nothing was stored")
            for entry in entries:
                self._entries.insert(self._connection, self._agency, entry)
            for rows in self._waiting.of(entries):
                rows.write_with(self._transaction.given, lambda: self._still_there(entries[-1]))
        except BaseException as error:
            self._transaction.roll_back()
            self._database.raise_as(error, "written")
        self._transaction.commit()

    def erase(self, items: Sequence[Erasure]) -> None:
        """Overwrites private items, all or none, and ends the turn."""
        try:
            for item in items:
                self._entries.erase(self._connection, self._agency, item)
            self._database.erase_beside(self._connection, self._agency)
        except BaseException as error:
            self._transaction.roll_back()
            self._database.raise_as(error, "erased from")
        self._transaction.commit()

    def release(self) -> None:
        """Gives the turn back; nothing was appended."""
        self._transaction.roll_back()

    def _asked(self, read: Callable[[Connection], Answer]) -> Answer:
        try:
            return read(self._connection)
        except Exception as error:
            self._database.raise_as(error, "read")

    def _still_there(self, last: Entry) -> None:
        if (
            not self._database.is_in_transaction(self._connection)
            or not self._transaction.will_commit()
            or self._entries.head(self._connection) != (last.position, last.hash)
        ):
            raise RuntimeError(
                "`write` of `with_rows` ended the transaction of the turn, or went on after an error that breaks it"
            )


def _follow(end: Head, entries: Sequence[Entry]) -> bool:
    """Whether the entries continue a log that ends there, and each other."""
    for entry in entries:
        chained = (
            end.hash
            + entry.position.to_bytes(8, "little")
            + entry.recorded.to_bytes(8, "little", signed=True)
            + entry.level.to_bytes(4, "little")
            + entry.body
        )
        if entry.position != end.position + 1 or entry.hash != sha256(chained).digest():
            return False
        end = Head(entry.position, entry.hash)
    return True
