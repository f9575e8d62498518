"""A log in the host's own database, over any DB-API connection: SQLite and PostgreSQL.

    >>> import tempfile, caseload
    >>> from caseload import dbapi
    >>> log = dbapi.Log.sqlite(tempfile.mkdtemp() + "/host.db")
    >>> agency = caseload.open(log, zone="America/Chicago")
    >>> agency.acting_as("root").register_staff(id="maria").ids
    ('maria',)

It writes the tables `agency` and `entry` as the Rust adapters do, and no read tables. `Log.with_rows` stores rows
of the host's in the transaction of an entry: both, or neither. `Log.django` and `Log.sqlalchemy` run that
transaction where the host's own code expects it.

What is stored is as durable as the database was set up to be: in SQLite by `PRAGMA synchronous` (`Log.sqlite` sets
`FULL`), in PostgreSQL by `synchronous_commit`. SQLite should be in WAL mode, where reading waits for nobody.
"""

from __future__ import annotations

import os
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any, NamedTuple, NoReturn, Protocol, TypeVar

from caseload.desk import Desk
from caseload.errors import (
    Backend,
    Closed,
    Conflict,
    Corrupt,
    Diverged,
    Full,
    Incompatible,
    Locked,
    ReadOnly,
    RequestIdReused,
    StoreError,
    Unavailable,
    UnknownOutcome,
)
from caseload.log import START, Entry, Erasure, Head, Limit, Page, without_items
from caseload.receipt import Receipt

__all__ = ["Connection", "Log", "Write", "tables"]

Answer = TypeVar("Answer")

Write = Callable[[Any], object]
"""Writes rows of the host's in the transaction that it is given the connection of."""

_APPLICATION_ID = 0x4353_4C44
_SCHEMA = 2
_BIGGEST = 2**63 - 1
_PAUSE = 0.01


class Connection(Protocol):
    """What the log needs of a DB-API connection (PEP 249)."""

    def cursor(self) -> Any:
        """A new cursor."""

    def commit(self) -> None:
        """Commits."""

    def rollback(self) -> None:
        """Rolls back."""

    def close(self) -> None:
        """Closes it, or gives it back to its pool."""


def tables(module: ModuleType) -> tuple[str, ...]:
    """The statements that make the tables, for a host whose migrations make every table.

    Args:
        module: The DB-API module, such as `sqlite3` or `psycopg`.

    Example:
        >>> import sqlite3
        >>> [statement.split("(")[0].strip() for statement in tables(sqlite3)][:2]
        ['CREATE TABLE agency', 'CREATE TABLE entry']
    """
    return _database(module).tables


class Log:
    """A log of one agency over DB-API connections: give it to `caseload.open`.

    Reading never runs on the connection of a turn. Every method may be called from several threads. After a
    fork it answers `Closed`: make it anew in the child.
    """

    def __init__(
        self,
        connect: Callable[[], Connection],
        *,
        module: ModuleType,
        agency: str = "main",
        transaction: Callable[[], AbstractContextManager[Any]] | None = None,
        timeout: float = 5.0,
        idle: int = 4,
    ) -> None:
        """Finds the two tables in the database, or makes them.

        Args:
            connect: Opens a connection, or borrows one whose `close` gives it back to a pool. Any thread may use
                it, one at a time: `sqlite3.connect` needs `check_same_thread=False`.
            module: The DB-API module that it is of: `sqlite3`, `psycopg` and their like.
            agency: The agency's name in the tables: several can share them.
            transaction: Begins a transaction of the host's for each turn, gives its connection (or an object
                with it as `connection`), and commits, or rolls back on an exception. Without it a turn has a
                connection of the log's own.
            timeout: How long to wait for another writer in PostgreSQL, in seconds. SQLite waits as long as
                its connections were made to.
            idle: How many connections are kept open for the next call; 0 where `connect` borrows.

        Raises:
            StoreError: The database cannot be reached or written, or its tables of these names are others.

        Example:
            >>> import sqlite3, tempfile
            >>> from functools import partial
            >>> from caseload import dbapi
            >>> path = tempfile.mkdtemp() + "/host.db"
            >>> connect = partial(sqlite3.connect, path, timeout=10, check_same_thread=False)
            >>> caseload.open(dbapi.Log(connect, module=sqlite3)).position
            0
        """
        self._database = _database(module)
        self._agency = agency
        self._begin = transaction if transaction is not None else self._own_transaction
        self._timeout = timeout
        self._lender = _Lender(connect, idle)
        self._pending: dict[str, _Rows] = {}
        self._pending_changed = threading.Condition()
        self._place = self._database.place
        self._place = self._ask(self._database.place_of)
        self._make_tables(mark=False)

    @classmethod
    def sqlite(cls, path: str | os.PathLike[str], *, agency: str = "main", timeout: float = 5.0) -> Log:
        """A log in a SQLite file of its own or of the host's, in WAL mode, synced at each commit.

        `caseload.open(path)` opens a file that this made, once every connection of this process to it is
        closed: two SQLite libraries in one process lose each other's locks.

        Args:
            path: The file; it is made where there is none.
            agency: The agency's name in the file.
            timeout: How long to wait for another writer, in seconds.

        Example:
            >>> import tempfile
            >>> from caseload import dbapi
            >>> log = dbapi.Log.sqlite(tempfile.mkdtemp() + "/agency.db")
            >>> log.head().position
            0
            >>> log.close()
        """
        import sqlite3

        file = os.path.abspath(os.fspath(path))

        def connect() -> sqlite3.Connection:
            connection = sqlite3.connect(file, timeout, isolation_level=None, check_same_thread=False)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            return connection

        log = cls(connect, module=sqlite3, agency=agency, timeout=timeout)
        log._make_tables(mark=True)
        return log

    @classmethod
    def django(cls, using: str = "default", *, agency: str = "main", timeout: float = 5.0) -> Log:
        """A log in a database of Django's, whose turns are transactions of `django.db`.

        What the ORM writes inside `with_rows` is in the transaction of the entry. A command inside
        `transaction.atomic` raises, because the block could still be rolled back after the receipt: that goes for
        `ATOMIC_REQUESTS`, too.

        Args:
            using: The alias in `DATABASES`. It must not use Django's pool of connections, nor SQLite in memory.
            agency: The agency's name in the tables.
            timeout: How long to wait for another writer in PostgreSQL, in seconds; SQLite waits as the `timeout` of
                the database's `OPTIONS` says.
        """
        from django.db import connections

        def connect() -> Connection:
            # A raw connection beside Django's own, which a turn may be using.
            django = connections[using]
            connection: Connection = django.get_new_connection(django.get_connection_params())
            return connection

        return cls(
            connect,
            module=connections[using].Database,
            agency=agency,
            transaction=lambda: _DjangoTransaction(using),
            timeout=timeout,
        )

    @classmethod
    def sqlalchemy(cls, engine: Any, *, agency: str = "main", timeout: float = 5.0) -> Log:
        """A log in the database of a SQLAlchemy engine, whose turns are transactions of that engine.

        `with_rows` gives the SQLAlchemy `Connection` of the turn: `Session(connection)` writes through the ORM, and
        must be flushed, not committed.

        Args:
            engine: The `sqlalchemy.Engine`; its pool lends the connections, two for each thread that writes.
            agency: The agency's name in the tables.
            timeout: How long to wait for another writer in PostgreSQL, in seconds.
        """
        return cls(
            engine.raw_connection,
            module=engine.dialect.dbapi,
            agency=agency,
            transaction=engine.begin,
            timeout=timeout,
            idle=0,
        )

    def with_rows(self, desk: Desk, write: Write) -> Desk:
        """The same desk, whose next command is stored together with rows of the host's, or not at all.

        `write` is called in the turn, after the rules accepted the command and just before the commit. What it
        raises rolls back both and comes out unchanged. It is not called where nothing is stored: for a refusal,
        a review, and a request that has its answer already.

        It may run on another thread of this process, which stores several commands at once, and again after a
        transaction that was rolled back. It must not commit, roll back, or give commands, and should be short:
        nobody else writes meanwhile.

        Args:
            desk: A desk of an agency that was opened with this log; with `Desk.request` it can be repeated.
            write: Called with the connection of the turn's transaction.

        Example:
            >>> import tempfile
            >>> from caseload import dbapi
            >>> log = dbapi.Log.sqlite(tempfile.mkdtemp() + "/host.db")
            >>> desk = caseload.open(log).acting_as("root", on=date(2024, 6, 15))
            >>> def note(connection):
            ...     connection.execute("CREATE TABLE note (text TEXT)")
            ...     connection.execute("INSERT INTO note VALUES ('welcome')")
            >>> log.with_rows(desk.request("form-4711"), note).register_staff(id="maria").ids
            ('maria',)
        """
        return _DeskWithRows(
            desk.agency, desk.actor, desk.on, desk.request_id, desk.entered, _log=self, _write=write
        )

    def close(self) -> None:
        """Closes the connections that are kept open; a later call opens others."""
        self._lender.drop_idle()

    def __repr__(self) -> str:
        return f"<log in {self._place}>"

    def head(self) -> Head:
        """Where the log ends now."""
        return self._ask(self._head)

    def read(self, after: Head, limit: Limit) -> Page:
        """The entries after a head, in order, at most a page.

        Raises:
            Diverged: The log has another hash at that position, or ends before it.
        """
        return self._ask(lambda connection: self._page(connection, after, limit))

    def find(self, request: str) -> Entry | None:
        """The entry that a request id was stored with, if any."""
        return self._ask(lambda connection: self._found(connection, request))

    def turn(self) -> _Turn:
        """Takes the lock that one writer at a time holds, waiting for it.

        Raises:
            Locked: The timeout passed.
        """
        transaction = self._transaction()
        try:
            return _Turn(self, transaction, self._lock(transaction.connection))
        except BaseException as error:
            transaction.roll_back()
            self._raise(error, "locked")

    def erase(self, items: Sequence[Erasure]) -> None:
        """Overwrites private items for good, in every file and table; again is harmless.

        Read tables and a checkpoint beside a SQLite file are emptied: the next `caseload.open` builds them anew.

        Raises:
            Diverged: It does not hold one of the entries; then nothing is erased.
        """
        turn = self.turn()
        try:
            for item in items:
                self._erase_one(turn, item)
            self._database.erase_beside(turn.transaction.connection, turn.agency)
        except BaseException as error:
            turn.release()
            self._raise(error, "erased from")
        turn.transaction.commit()
        self._ask(lambda connection: self._database.forget_former_pages(connection, self._place))

    def _erase_one(self, turn: _Turn, item: Erasure) -> None:
        known, connection = item.entry, turn.transaction.connection
        row = self._row(
            connection,
            "SELECT private FROM entry WHERE agency = ? AND position = ? AND hash = ?",
            (turn.agency, min(known.position, _BIGGEST), known.hash),
        )
        if row is None:
            raise _diverged(known)
        try:
            private = without_items(bytes(row[0]), item.items)
        except ValueError as damaged:
            raise _damaged(self._place, known.position) from damaged
        where = "WHERE agency = ? AND position = ?"
        place = (turn.agency, known.position)
        self._do(connection, f"UPDATE entry SET private = ? {where}", (private, *place))
        if item.request:
            self._do(connection, f"UPDATE entry SET request = NULL {where}", place)

    # Statements, on whichever connection.

    def _head(self, connection: Connection) -> Head:
        row = self._row(
            connection,
            f"SELECT position, hash FROM entry WHERE agency = {_NUMBER} ORDER BY position DESC LIMIT 1",
            (self._agency,),
        )
        if row is None:
            return START
        return Head(row[0], bytes(row[1]))

    def _page(self, connection: Connection, after: Head, limit: Limit) -> Page:
        if after.position > _BIGGEST or (after.position == 0 and after.hash != START.hash):
            raise _diverged(after)
        most = max(limit.entries, 1)
        rows = self._rows(
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
            raise _diverged(after)
        entries: list[Entry] = []
        size = 0
        for row in rows[1 if after.position > 0 else 0 :]:
            entry = self._entry(row)
            size += entry.size
            if entries and (len(entries) == most or size > limit.bytes):
                return Page(entries, more=True)
            if entry.position != after.position + len(entries) + 1:
                raise _damaged(self._place, after.position + len(entries) + 1)
            entries.append(entry)
        return Page(entries, more=False)

    def _found(self, connection: Connection, request: str) -> Entry | None:
        row = self._row(
            connection,
            f"SELECT {_COLUMNS} FROM entry WHERE agency = {_NUMBER} AND request = ?",
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
        except (TypeError, ValueError, OverflowError) as damaged:
            raise _damaged(self._place, position) from damaged

    def _insert(self, connection: Connection, agency: int, entry: Entry) -> None:
        # Only the index of requests is named: a row that another constraint refuses is an error.
        stored = self._do(
            connection,
            f"INSERT INTO entry (agency, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?) "
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

    def _lock(self, connection: Connection) -> int:
        """Locks the agency for one writer, and gives its number."""
        self._database.lock(connection, self._timeout)
        row = self._row(connection, self._database.number_for_writing, (self._agency,))
        if row is None:
            self._do(
                connection,
                "INSERT INTO agency (name) VALUES (?) ON CONFLICT (name) DO NOTHING",
                (self._agency,),
            )
            row = self._row(connection, self._database.number_for_writing, (self._agency,))
        if row is None:
            raise Unavailable(f"{self._place} does not keep the agency's row; check its triggers and rights")
        if not self._database.is_in_transaction(connection):
            raise Unavailable(
                f"a turn in {self._place} has no transaction: `transaction` must begin one, not autocommit"
            )
        number: int = row[0]
        return number

    def _row(self, connection: Connection, sql: str, values: Sequence[Any]) -> Sequence[Any] | None:
        rows = self._rows(connection, sql, values)
        return rows[0] if rows else None

    def _rows(self, connection: Connection, sql: str, values: Sequence[Any]) -> list[Sequence[Any]]:
        return self._database.rows(connection, sql, values)

    def _do(self, connection: Connection, sql: str, values: Sequence[Any]) -> int:
        return self._database.do(connection, sql, values)

    # Connections and transactions.

    def _ask(self, read: Callable[[Connection], Answer]) -> Answer:
        """Reads on a connection that no turn runs on."""
        while True:
            lent = self._lend()
            try:
                answer = read(lent.connection)
                # Otherwise the statement would leave its transaction open in PostgreSQL.
                lent.connection.rollback()
            except StoreError:
                self._lender.drop(lent)
                raise
            except Exception as error:
                self._lender.drop(lent)
                failure = self._database.failure(error, "read", self._place)
                if lent.was_idle and isinstance(failure, Unavailable):
                    # It broke while nobody used it, and so may the others have.
                    self._lender.drop_idle()
                    continue
                raise failure from error
            self._lender.take_back(lent)
            return answer

    def _lend(self) -> _Lent:
        try:
            return self._lender.lend(self._database.identity(self._place))
        except StoreError:
            raise
        except Exception as error:
            raise self._database.failure(error, "opened", self._place) from error

    @contextmanager
    def _own_transaction(self) -> Iterator[Connection]:
        while True:
            lent = self._lend()
            try:
                begun_by_sql = self._database.begin(lent.connection)
                break
            except Exception as error:
                self._lender.drop(lent)
                failure = self._database.failure(error, "locked", self._place)
                if not (lent.was_idle and isinstance(failure, Unavailable)):
                    raise
                self._lender.drop_idle()
        try:
            yield lent.connection
            self._database.end(lent.connection, "COMMIT", begun_by_sql)
        except _GivenBack:
            try:
                self._database.end(lent.connection, "ROLLBACK", begun_by_sql)
            except Exception:
                self._lender.drop(lent)
            else:
                self._lender.take_back(lent)
            raise
        except BaseException:
            # Closing it rolls back.
            self._lender.drop(lent)
            raise
        self._lender.take_back(lent)

    def _transaction(self) -> _Transaction:
        self._lender.same_process()
        try:
            context = self._begin()
            return _Transaction(self, context, context.__enter__())
        except Exception as error:
            self._raise(error, "locked")

    def _raise(self, error: BaseException, doing: str) -> NoReturn:
        """Raises what an exception of the database means, and any other unchanged."""
        if isinstance(error, StoreError) or not self._database.is_of_database(error):
            raise error
        raise self._database.failure(error, doing, self._place) from error

    def _make_tables(self, *, mark: bool) -> None:
        """Makes the tables where there are none; another process may be at it, too."""
        if self._ask(lambda connection: self._database.have_tables(connection, self._place)) and not mark:
            return
        transaction = self._transaction()
        try:
            self._database.make_tables(transaction.connection, self._place, mark=mark)
            transaction.commit()
        except BaseException as error:
            transaction.roll_back()
            if not self._ask(lambda connection: self._database.have_tables(connection, self._place)):
                self._raise(error, "written")

    # Rows of the host's.

    def _record_with(self, request: str, write: Write, give: Callable[[], Receipt]) -> Receipt:
        """Gives a command, and keeps its rows until its entry is appended."""
        rows = _Rows(write, threading.get_ident())
        with self._pending_changed:
            # A form that was sent twice: the second one waits, and gets the answer of the first.
            while (other := self._pending.get(request)) is not None:
                if other.thread == rows.thread:
                    raise RuntimeError("`write` of `with_rows` must not give commands")
                self._pending_changed.wait()
            self._pending[request] = rows
        try:
            return give()
        except StoreError:
            if rows.raised is not None:
                raise rows.raised from None
            raise
        finally:
            with self._pending_changed:
                del self._pending[request]
                self._pending_changed.notify_all()

    def _write_rows(self, transaction: _Transaction, entries: Sequence[Entry]) -> None:
        """Lets the host write the rows that go along with these entries."""
        due = [
            rows
            for entry in entries
            if entry.request is not None and (rows := self._pending.get(entry.request)) is not None
        ]
        for rows in due:
            rows.raised = None
            try:
                rows.write(transaction.given)
                self._still_there(transaction, entries[-1])
            except BaseException as raised:
                rows.raised = raised
                # The core tells the commands of this turn apart only by an error that is none of its own.
                raise _RowsRaised from raised

    def _still_there(self, transaction: _Transaction, last: Entry) -> None:
        connection = transaction.connection
        if (
            not self._database.is_in_transaction(connection)
            or not transaction.will_commit()
            or self._head(connection) != (last.position, last.hash)
        ):
            raise RuntimeError(
                "`write` of `with_rows` ended the transaction of the turn, or went on after an error that breaks it"
            )


#: The number of an agency: asked each time, because a restored database may have another for its name.
_NUMBER = "(SELECT agency FROM agency WHERE name = ?)"
_COLUMNS = "position, recorded, level, hash, request, body, private"
# One statement, so that the check of the head and the entries are of one state. It gives one row more than
# fits, and always two: the first entry fits whatever its size.
_PAGE = f"""SELECT {_COLUMNS} FROM (
    SELECT position, recorded, level, hash, request,
        CASE WHEN position > ? THEN body END AS body, CASE WHEN position > ? THEN private END AS private,
        sum(CASE WHEN position > ? THEN length(body) + length(private) ELSE 0 END)
            OVER (ORDER BY position ROWS UNBOUNDED PRECEDING) - length(body) - length(private) AS bytes_before
    FROM (
        SELECT {_COLUMNS} FROM entry WHERE agency = {_NUMBER} AND position >= ? ORDER BY position LIMIT ?
    ) AS near
) AS page WHERE bytes_before <= ? OR position <= ? ORDER BY position"""


class _Turn:
    """One writer's turn: a transaction that holds the agency's lock."""

    def __init__(self, log: Log, transaction: _Transaction, agency: int) -> None:
        self.transaction = transaction
        self.agency = agency
        self._log = log

    def head(self) -> Head:
        """Where the log ends, under the lock."""
        return self._asked(self._log._head)

    def tail(self, after: Head, limit: Limit) -> Page:
        """As `Log.read`, under the lock."""
        return self._asked(lambda connection: self._log._page(connection, after, limit))

    def clock(self) -> int:
        """The database's clock: microseconds since 1970-01-01T00:00:00Z."""
        return self._asked(self._log._database.clock)

    def append(self, after: Head, entries: Sequence[Entry]) -> None:
        """Appends exactly after this head, all or none, with the host's rows, and ends the turn."""
        log, connection = self._log, self.transaction.connection
        try:
            if log._head(connection) != after or not _follow(after, entries):
                raise Conflict("the log does not end where the append said; nothing was stored")
            for entry in entries:
                log._insert(connection, self.agency, entry)
            log._write_rows(self.transaction, entries)
        except BaseException as error:
            self.transaction.roll_back()
            log._raise(error, "written")
        self.transaction.commit()

    def release(self) -> None:
        """Gives the turn back; nothing was appended."""
        self.transaction.roll_back()

    def _asked(self, read: Callable[[Connection], Answer]) -> Answer:
        try:
            return read(self.transaction.connection)
        except Exception as error:
            self._log._raise(error, "read")


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


class _GivenBack(Exception):
    """Rolls a transaction back: nothing is wrong."""


class _RowsRaised(Exception):
    """What writes the host's rows raised."""


class _Transaction:
    """A transaction that was begun, and ends once."""

    def __init__(self, log: Log, context: AbstractContextManager[Any], given: Any) -> None:
        #: What the host's code is given: its own kind of connection.
        self.given = given
        #: The DB-API connection of it.
        self.connection: Connection = given if hasattr(given, "cursor") else given.connection
        self._log = log
        self._context: AbstractContextManager[Any] | None = context

    def will_commit(self) -> bool:
        """Whether the host's framework has not decided to roll back."""
        decided = getattr(self._context, "will_commit", None)
        return decided is None or bool(decided())

    def commit(self) -> None:
        context, self._context = self._context, None
        if context is None:
            return
        try:
            context.__exit__(None, None, None)
        except Exception as error:
            raise self._log._database.commit_failure(error, self._log._place) from error

    def roll_back(self) -> None:
        context, self._context = self._context, None
        if context is None:
            return
        given_back = _GivenBack()
        # A connection that cannot even roll back is closed, which does.
        with suppress(Exception):
            context.__exit__(_GivenBack, given_back, given_back.__traceback__)


class _DjangoTransaction:
    """A transaction of Django's, which must be the outermost one."""

    def __init__(self, using: str) -> None:
        from django.db import transaction

        self._using = using
        self._atomic = transaction.atomic(using=using, durable=True)

    def __enter__(self) -> Any:
        from django.db import connections

        self._atomic.__enter__()
        return connections[self._using].connection

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._atomic.__exit__(kind, error, trace)

    def will_commit(self) -> bool:
        from django.db import transaction

        return not transaction.get_rollback(using=self._using)


@dataclass
class _Rows:
    """Rows that wait for the entry of their request."""

    write: Write
    thread: int
    raised: BaseException | None = None


def _no_write(connection: Any) -> None:
    """Writes nothing."""


@dataclass(frozen=True, slots=True)
class _DeskWithRows(Desk):
    """A desk whose command is stored together with rows of the host's."""

    _log: Log | None = None
    _write: Write = _no_write

    def _give(self, op: str, fields: Mapping[str, Any], *, keep: Any = ()) -> Receipt:
        request = self.request_id if self.request_id is not None else str(uuid.uuid4())
        desk = Desk(self.agency, self.actor, self.on, request, self.entered)
        if self._log is None:
            return desk._give(op, fields, keep=keep)
        return self._log._record_with(request, self._write, lambda: desk._give(op, fields, keep=keep))


class _Lent(NamedTuple):
    """A connection that was lent to one call."""

    connection: Connection
    identity: object
    was_idle: bool


class _Lender:
    """Lends connections, each to one call at a time, and keeps some open in between."""

    def __init__(self, connect: Callable[[], Connection], idle: int) -> None:
        self._connect = connect
        self._most = idle
        self._idle: list[_Lent] = []
        self._lock = threading.Lock()
        self._process = os.getpid()

    def lend(self, identity: object) -> _Lent:
        """A connection to the file that has this identity now."""
        self.same_process()
        with self._lock:
            while self._idle:
                lent = self._idle.pop()
                if lent.identity == identity:
                    return lent._replace(was_idle=True)
                self.drop(lent)
        return _Lent(self._connect(), identity, was_idle=False)

    def take_back(self, lent: _Lent) -> None:
        with self._lock:
            if len(self._idle) < self._most:
                self._idle.append(lent)
                return
        self.drop(lent)

    def drop(self, lent: _Lent) -> None:
        # A broken connection need not close well.
        with suppress(Exception):
            lent.connection.close()

    def drop_idle(self) -> None:
        with self._lock:
            idle, self._idle = self._idle, []
        for lent in idle:
            self.drop(lent)

    def same_process(self) -> None:
        if os.getpid() != self._process:
            raise Closed(
                "the log was made in the process this one was forked from; make it anew after a fork"
            )


class _Database:
    """What differs between databases."""

    place: str
    tables: tuple[str, ...]
    number_for_writing: str

    def __init__(self, module: ModuleType) -> None:
        self._module = module
        self._paramstyle: str = module.paramstyle
        self._spelled: dict[str, str] = {}

    def rows(self, connection: Connection, sql: str, values: Sequence[Any] = ()) -> list[Sequence[Any]]:
        cursor = connection.cursor()
        try:
            self._execute(cursor, sql, values)
            found: list[Sequence[Any]] = cursor.fetchall()
            return found
        finally:
            cursor.close()

    def do(self, connection: Connection, sql: str, values: Sequence[Any] = ()) -> int:
        """Executes a statement, and gives the number of rows that it changed."""
        cursor = connection.cursor()
        try:
            self._execute(cursor, sql, values)
            changed: int = cursor.rowcount
            return changed
        finally:
            cursor.close()

    def _execute(self, cursor: Any, sql: str, values: Sequence[Any]) -> None:
        if not values:
            cursor.execute(sql)
        elif self._paramstyle in ("named", "pyformat"):
            cursor.execute(self._spell(sql), {f"p{n}": value for n, value in enumerate(values, 1)})
        else:
            cursor.execute(self._spell(sql), tuple(values))

    def _spell(self, sql: str) -> str:
        """A statement with a `?` for each value, with the placeholders of the module."""
        spelled = self._spelled.get(sql)
        if spelled is None:
            first, *rest = sql.split("?")
            mark = _MARKS[self._paramstyle]
            spelled = first + "".join(mark.format(n) + part for n, part in enumerate(rest, 1))
            self._spelled[sql] = spelled
        return spelled

    def is_of_database(self, error: BaseException) -> bool:
        return self._cause(error) is not None

    def _cause(self, error: BaseException | None) -> BaseException | None:
        """The exception of the module, below those that a framework puts around it."""
        while error is not None and not isinstance(error, self._module.Error):
            error = error.__cause__
        return error

    def failure(self, error: BaseException, doing: str, place: str) -> StoreError:
        kind = self._kind(self._cause(error))
        match kind:
            case "locked":
                return Locked(
                    f"{place} is locked by another writer for longer than the timeout; try again, or raise the "
                    "timeout; nothing was stored"
                )
            case "full":
                return Full(f"no room left for {place}; free some and try again; nothing was stored")
            case "read-only":
                return ReadOnly(f"{place} may not be written; connect with the right to write")
            case "corrupt":
                return Corrupt(f"{place} is damaged; keep a copy of it and restore a backup")
            case "permission":
                return Unavailable(f"{place} may not be {doing}; check the permissions")
            case "unavailable":
                return Unavailable(f"{place} cannot be {doing}; check that it is there and can be reached")
            case _:
                return Backend(f"{place} cannot be {doing}; see the cause")

    def commit_failure(self, error: BaseException, place: str) -> StoreError:
        if isinstance(error, StoreError):
            return error
        cause = self._cause(error)
        if cause is not None and self._did_roll_back(cause):
            return self.failure(error, "written", place)
        return UnknownOutcome(f"{place} did not say whether it stored; ask `agency.outcome(request)`")

    def identity(self, place: str) -> object:
        """What changes when the database is replaced by another at its place."""

    def begin(self, connection: Connection) -> bool:
        """Begins a transaction; whether by a statement, which must then end it."""
        raise NotImplementedError

    def end(self, connection: Connection, how: str, begun_by_sql: bool) -> None:
        if begun_by_sql:
            self.do(connection, how)
        elif how == "COMMIT":
            connection.commit()
        else:
            connection.rollback()

    def place_of(self, connection: Connection) -> str:
        raise NotImplementedError

    def lock(self, connection: Connection, timeout: float) -> None:
        raise NotImplementedError

    def is_in_transaction(self, connection: Connection) -> bool:
        raise NotImplementedError

    def clock(self, connection: Connection) -> int:
        raise NotImplementedError

    def have_tables(self, connection: Connection, place: str) -> bool:
        raise NotImplementedError

    def make_tables(self, connection: Connection, place: str, *, mark: bool) -> None:
        raise NotImplementedError

    def erase_beside(self, connection: Connection, agency: int) -> None:
        """Takes out what else holds the text of entries."""

    def forget_former_pages(self, connection: Connection, place: str) -> None:
        """Lets go of old bytes after erasing."""

    def _kind(self, cause: BaseException | None) -> str:
        raise NotImplementedError

    def _did_roll_back(self, cause: BaseException) -> bool:
        raise NotImplementedError

    def _are_ours(self, connection: Connection, place: str) -> None:
        """Whether tables of these names are those of a log."""
        try:
            self.rows(connection, "SELECT agency, name FROM agency WHERE 1 = 0")
            self.rows(connection, f"SELECT agency, {_COLUMNS} FROM entry WHERE 1 = 0")
        except self._module.Error as error:
            if self._kind(error) != "":
                raise
            raise Incompatible(
                f"{place} has tables `agency` or `entry` of another application; name another file or schema"
            ) from error


_MARKS = {"qmark": "?", "format": "%s", "numeric": ":{}", "named": ":p{}", "pyformat": "%(p{})s"}


class _Sqlite(_Database):
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

    def identity(self, place: str) -> object:
        try:
            found = os.stat(place.strip("`"))
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

    def have_tables(self, connection: Connection, place: str) -> bool:
        found = self._tables(connection)
        if not found & {"agency", "entry"}:
            return False
        self._are_ours(connection, place)
        if self._number(connection, "application_id") == _APPLICATION_ID:
            schema = self._number(connection, "user_version")
            if schema > _SCHEMA:
                raise Incompatible(
                    f"{place} has schema {schema}, written by a newer version than this one, which knows up to "
                    f"{_SCHEMA}; update the library"
                )
        return True

    def make_tables(self, connection: Connection, place: str, *, mark: bool) -> None:
        if not self.have_tables(connection, place):
            for statement in self.tables:
                self.do(connection, statement)
        if mark and self._is_of_nobody(connection):
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

    def forget_former_pages(self, connection: Connection, place: str) -> None:
        file = Path(place.strip("`"))
        for rest in file.parent.glob(f"{file.name}.caseload-checkpoint-*"):
            rest.unlink(missing_ok=True)
        file.with_name(file.name + "-wal-replaced").unlink(missing_ok=True)
        waited = 0.0
        while self.rows(connection, "PRAGMA wal_checkpoint(TRUNCATE)")[0][0] != 0:
            if waited > _LONGEST_CHECKPOINT:
                raise Locked(
                    f"it was erased in {place}, but a reader holds on to the write-ahead log, which still has it; end "
                    "long reads and erase again"
                )
            time.sleep(_PAUSE)
            waited += _PAUSE

    def _tables(self, connection: Connection) -> set[str]:
        found = self.rows(connection, "SELECT name FROM sqlite_schema WHERE type = 'table'")
        return {name for (name,) in found if not name.startswith("sqlite_")}

    def _number(self, connection: Connection, pragma: str) -> int:
        number: int = self.rows(connection, f"PRAGMA {pragma}")[0][0]
        return number

    def _kind(self, cause: BaseException | None) -> str:
        return _SQLITE_KINDS.get(getattr(cause, "sqlite_errorcode", 0) & 0xFF, "")

    def _did_roll_back(self, cause: BaseException) -> bool:
        # After an error of the disk it is unknown which pages reached it.
        return getattr(cause, "sqlite_errorcode", _SQLITE_IOERR) & 0xFF != _SQLITE_IOERR


_LONGEST_CHECKPOINT = 5.0
_SQLITE_IOERR = 10
_SQLITE_KINDS = {
    3: "permission",
    5: "locked",
    6: "locked",
    8: "read-only",
    _SQLITE_IOERR: "unavailable",
    11: "corrupt",
    13: "full",
    14: "unavailable",
    23: "permission",
    26: "corrupt",
}


class _Postgres(_Database):
    """PostgreSQL, by psycopg and its like."""

    place = "the PostgreSQL database"
    number_for_writing = "SELECT agency FROM agency WHERE name = ? FOR UPDATE"
    # Ids are equal if their bytes are: that is the collation "C".
    tables = (
        """CREATE TABLE agency (
    agency BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL UNIQUE
)""",
        """CREATE TABLE entry (
    agency BIGINT NOT NULL REFERENCES agency,
    position BIGINT NOT NULL CHECK (position > 0),
    recorded BIGINT NOT NULL,
    level BIGINT NOT NULL,
    hash BYTEA NOT NULL CHECK (length(hash) = 32),
    request TEXT COLLATE "C",
    body BYTEA NOT NULL,
    private BYTEA NOT NULL
)""",
        "CREATE UNIQUE INDEX entry_position ON entry (agency, position)",
        "CREATE UNIQUE INDEX entry_request ON entry (agency, request) WHERE request IS NOT NULL",
    )

    def place_of(self, connection: Connection) -> str:
        ((name,),) = self.rows(connection, "SELECT current_database()")
        return f"the PostgreSQL database `{name}`"

    def begin(self, connection: Connection) -> bool:
        # Otherwise the module itself begins one with the first statement.
        if not getattr(connection, "autocommit", False):
            return False
        self.do(connection, "BEGIN")
        return True

    def lock(self, connection: Connection, timeout: float) -> None:
        # What was committed while this one waited must be seen.
        self.do(connection, "SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
        self.do(connection, f"SET LOCAL lock_timeout = {max(int(timeout * 1_000), 1)}")

    def is_in_transaction(self, connection: Connection) -> bool:
        info = getattr(connection, "info", None)
        status = getattr(info, "transaction_status", None)
        return status is None or int(status) == _POSTGRES_IN_TRANSACTION

    def clock(self, connection: Connection) -> int:
        ((micros,),) = self.rows(
            connection, "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
        )
        return int(micros)

    def have_tables(self, connection: Connection, place: str) -> bool:
        ((agency, entry),) = self.rows(
            connection, "SELECT to_regclass('agency') IS NOT NULL, to_regclass('entry') IS NOT NULL"
        )
        if not agency and not entry:
            return False
        self._are_ours(connection, place)
        return True

    def make_tables(self, connection: Connection, place: str, *, mark: bool) -> None:
        if not self.have_tables(connection, place):
            for statement in self.tables:
                self.do(connection, statement)

    def _kind(self, cause: BaseException | None) -> str:
        state = _sqlstate(cause)
        if state is None:
            # The module's own words about the connection, which reached no server.
            is_lost = isinstance(cause, (self._module.OperationalError, self._module.InterfaceError))
            return "unavailable" if is_lost else ""
        return _POSTGRES_KINDS.get(state) or _POSTGRES_KINDS.get(state[:2], "")

    def _did_roll_back(self, cause: BaseException) -> bool:
        return _sqlstate(cause) is not None and self._kind(cause) != "unavailable"


def _sqlstate(error: BaseException | None) -> str | None:
    state = getattr(error, "sqlstate", None) or getattr(error, "pgcode", None)
    return state if isinstance(state, str) else None


_POSTGRES_IN_TRANSACTION = 2
_POSTGRES_KINDS = {
    "08": "unavailable",  # connection
    "25006": "read-only",
    "28": "permission",
    "3D": "unavailable",  # no such database
    "40": "locked",  # a deadlock or a serialization failure: rolled back
    "42501": "permission",
    "53": "unavailable",  # too many connections, out of memory
    "53100": "full",
    "55P03": "locked",
    "57": "unavailable",  # shutting down, or cancelled
    "58": "unavailable",  # its file system
    "XX001": "corrupt",
    "XX002": "corrupt",
}


def _database(module: ModuleType) -> _Database:
    return _Sqlite(module) if "sqlite" in module.__name__ else _Postgres(module)


def _diverged(known: Head) -> Diverged:
    head = f"{known.position}:{known.hash.hex()}"
    return Diverged(f"the log has another past than `{head}`", known=head)


def _damaged(place: str, position: int) -> Corrupt:
    return Corrupt(f"entry {position} is missing or damaged in {place}; restore a backup", position=position)
