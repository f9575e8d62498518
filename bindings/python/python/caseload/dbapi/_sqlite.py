"""SQLite, as migration 0001 of the Rust adapter has it."""

from __future__ import annotations

import os
import time
from pathlib import Path

from caseload.dbapi._database import Database
from caseload.dbapi._failures import Kind
from caseload.dbapi._host import Connection
from caseload.errors import Incompatible, Locked

_APPLICATION_ID = 0x4353_4C44
_SCHEMA = 2
_PAUSE = 0.01  # seconds
_LONGEST_CHECKPOINT = 5.0  # seconds
_IO_ERROR = 10
#: By the primary result code.
_KINDS: dict[int, Kind] = {
    3: "permission",
    5: "locked",
    6: "locked",
    8: "read-only",
    _IO_ERROR: "unavailable",
    11: "corrupt",
    13: "full",
    14: "unavailable",
    23: "permission",
    26: "corrupt",
}


class Sqlite(Database):
    """SQLite, as migration 0001 of the Rust adapter has it."""

    place = "the SQLite file"
    number_for_writing = "SELECT agency FROM agency WHERE name = ?"
    tables = (
        """CREATE TABLE agency (
    agency INTEGER PRIMARY KEY, -- its number in this file
    name TEXT NOT NULL UNIQUE   -- the name it is opened by
) STRICT""",
        """CREATE TABLE entry (
    agency INTEGER NOT NULL REFERENCES agency,
    position INTEGER NOT NULL CHECK (position > 0), -- the place in the log, from 1 without a gap
    recorded INTEGER NOT NULL, -- when, in microseconds since 1970-01-01T00:00:00Z; a label only
    level INTEGER NOT NULL,    -- the level of shapes the body is written in
    hash BLOB NOT NULL CHECK (length(hash) = 32), -- SHA-256 over the hash before, and this entry
    request TEXT,              -- the host's request id; NULL without one, and once it was erased
    body BLOB NOT NULL,        -- what happened, as JSON of numbers and days: the hashed bytes
    private BLOB NOT NULL      -- ids, names and free text, packed with their salts; can be erased
) STRICT""",
        "CREATE UNIQUE INDEX entry_position ON entry (agency, position)",
        "CREATE UNIQUE INDEX entry_request ON entry (agency, request) WHERE request IS NOT NULL",
    )

    def place_of(self, connection: Connection) -> str:
        (_, _, file), *_ = self.rows(connection, "PRAGMA database_list")
        return f"`{file}`"

    def identity(self) -> object:
        try:
            found = os.stat(self.place.strip("`"))
        except OSError:
            return None
        return found.st_dev, found.st_ino

    def begin(self, connection: Connection) -> bool:
        # Where the host's connection is always in a transaction, `lock` makes it one that writes.
        if connection.in_transaction:  # type: ignore[attr-defined]
            return False
        self.do(connection, "BEGIN IMMEDIATE")
        return True

    def lock(self, connection: Connection, timeout: float) -> None:
        # Changes no row, and takes the lock all the same, whatever way the transaction began.
        self.do(connection, "UPDATE agency SET name = name WHERE agency IS NULL")
        # What is erased must not be left in freed pages.
        self.do(connection, "PRAGMA secure_delete = ON")

    def is_in_transaction(self, connection: Connection) -> bool:
        return bool(connection.in_transaction)  # type: ignore[attr-defined]

    def clock(self, connection: Connection) -> int:
        return time.time_ns() // 1_000

    def have_tables(self, connection: Connection) -> bool:
        found = self._tables(connection)
        if not found & {"agency", "entry"}:
            return False
        self._are_ours(connection)
        if self._number(connection, "application_id") == _APPLICATION_ID:
            schema = self._number(connection, "user_version")
            if schema > _SCHEMA:
                raise Incompatible(
                    f"{self.place} has schema {schema}, written by a newer version than this one, which knows "
                    f"up to {_SCHEMA}; update the library"
                )
        return True

    def mark_as_ours(self, connection: Connection) -> None:
        # A file of the host's keeps its own marks.
        if self._is_of_nobody(connection):
            self.do(connection, f"PRAGMA application_id = {_APPLICATION_ID}")
            self.do(connection, "PRAGMA user_version = 1")

    def _is_of_nobody(self, connection: Connection) -> bool:
        marks = self._number(connection, "application_id"), self._number(connection, "user_version")
        return marks == (0, 0) and self._tables(connection) == {"agency", "entry"}

    def erase_beside(self, connection: Connection, agency: int) -> None:
        # They lie behind the log as before its first entry, which whoever writes them knows to mend.
        found = self._tables(connection)
        if "read_state" not in found:
            return
        self.do(connection, "PRAGMA defer_foreign_keys = ON")
        for table in sorted(found):
            if table.endswith("_base") or table == "read_state":
                self.do(connection, f"DELETE FROM {table} WHERE agency = ?", (agency,))

    def forget_former_pages(self, connection: Connection) -> None:
        file = Path(self.place.strip("`"))
        for rest in file.parent.glob(f"{file.name}.caseload-checkpoint-*"):
            rest.unlink(missing_ok=True)
        file.with_name(file.name + "-wal-replaced").unlink(missing_ok=True)
        waited = 0.0
        while self.rows(connection, "PRAGMA wal_checkpoint(TRUNCATE)")[0][0] != 0:
            if waited > _LONGEST_CHECKPOINT:
                raise Locked(
                    f"it was erased in {self.place}, but a reader holds on to the write-ahead log, which still has it; "
                    "end long reads and erase again"
                )
            time.sleep(_PAUSE)
            waited += _PAUSE

    def _tables(self, connection: Connection) -> set[str]:
        found = self.rows(connection, "SELECT name FROM sqlite_schema WHERE type = 'table'")
        return {name for (name,) in found if not name.startswith("sqlite_")}

    def _number(self, connection: Connection, pragma: str) -> int:
        number: int = self.rows(connection, f"PRAGMA {pragma}")[0][0]
        return number

    def _kind(self, cause: BaseException | None) -> Kind:
        return _KINDS.get(getattr(cause, "sqlite_errorcode", 0) & 0xFF, "other")

    def _did_roll_back(self, cause: BaseException) -> bool:
        # After an error of the disk it is unknown which pages reached it.
        return getattr(cause, "sqlite_errorcode", _IO_ERROR) & 0xFF != _IO_ERROR
