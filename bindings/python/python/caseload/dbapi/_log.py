"""The log: what a host makes, and `caseload.open` takes."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from types import ModuleType
from typing import Any

from caseload.dbapi._connections import Connections
from caseload.dbapi._entries import Entries
from caseload.dbapi._host import Connection, Write
from caseload.dbapi._tables import database_of
from caseload.dbapi._transaction import DjangoTransaction, Transaction
from caseload.dbapi._turn import Turn
from caseload.dbapi._with_rows import DeskWithRows, WaitingRows
from caseload.desk import Desk
from caseload.log import Entry, Erasure, Head, Limit, Page


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
        self._database = database_of(module)
        self._entries = Entries(self._database, agency)
        self._connections = Connections(self._database, connect, idle)
        self._waiting = WaitingRows()
        self._begin = transaction if transaction is not None else self._connections.transaction
        self._timeout = timeout
        self._database.place = self._connections.ask(self._database.place_of)
        if not self._connections.ask(self._database.have_tables):
            self._make_tables()

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
            transaction=lambda: DjangoTransaction(using),
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
        return DeskWithRows(
            desk.agency,
            desk.actor,
            desk.on,
            desk.request_id,
            desk.entered,
            _waiting=self._waiting,
            _write=write,
        )

    def close(self) -> None:
        """Closes the connections that are kept open; a later call opens others."""
        self._connections.close()

    def __repr__(self) -> str:
        return f"<log in {self._database.place}>"

    def head(self) -> Head:
        """Where the log ends now."""
        return self._connections.ask(self._entries.head)

    def read(self, after: Head, limit: Limit) -> Page:
        """The entries after a head, in order, at most a page.

        Raises:
            Diverged: The log has another hash at that position, or ends before it.
        """
        return self._connections.ask(lambda connection: self._entries.page(connection, after, limit))

    def find(self, request: str) -> Entry | None:
        """The entry that a request id was stored with, if any."""
        return self._connections.ask(lambda connection: self._entries.found(connection, request))

    def turn(self) -> Turn:
        """Takes the lock that one writer at a time holds, waiting for it.

        Raises:
            Locked: The timeout passed.
        """
        transaction = self._transaction()
        try:
            return Turn(self._database, self._entries, self._waiting, transaction, self._timeout)
        except BaseException as error:
            transaction.roll_back()
            self._database.raise_as(error, "locked")

    def erase(self, items: Sequence[Erasure]) -> None:
        """Overwrites private items in every table; again is harmless.

        Of a SQLite file nothing is left over; read tables and a checkpoint beside it are emptied, and the next
        `caseload.open` builds them anew. PostgreSQL keeps the former row in the pages of the table until it is
        vacuumed (`VACUUM entry`; autovacuum gets there by itself), and in its write-ahead log until that is recycled.

        Raises:
            Diverged: It does not hold one of the entries; then nothing is erased.
        """
        self.turn().erase(items)
        self._connections.ask(self._database.forget_former_pages)

    def _transaction(self) -> Transaction:
        self._connections.same_process()
        try:
            return Transaction(self._database, self._begin())
        except Exception as error:
            self._database.raise_as(error, "locked")

    def _make_tables(self, *, mark: bool = False) -> None:
        """Makes the tables where there are none; another process may be at it, too."""
        transaction = self._transaction()
        try:
            self._database.make_tables(transaction.connection)
            if mark:
                self._database.mark_as_ours(transaction.connection)
            transaction.commit()
        except BaseException as error:
            transaction.roll_back()
            if not self._connections.ask(self._database.have_tables):
                self._database.raise_as(error, "written")
