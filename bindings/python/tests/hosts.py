"""Databases of the host's own, with a table of its own, in which a log is kept: SQLite and PostgreSQL."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol

import psycopg
from caseload import dbapi
from postgres import Schema
from sqlalchemy import Engine, create_engine

Write = Callable[[Any], None]


class Host(Protocol):
    """A database with a table of notes, no two of them alike.

    Attributes:
        same_note: What the database raises for a note that is there already.
        address: Where a program of its own finds it.
        opening: How that program opens the log, in Python, from `sys.argv[1]`.
    """

    same_note: type[Exception]
    address: str
    opening: str

    def log(self, timeout: float = 5) -> dbapi.Log:
        """The log in it."""

    def engine(self) -> Engine:
        """The same database, as SQLAlchemy knows it."""

    def notes(self) -> list[str]:
        """What is noted, in the order in which it was."""

    @staticmethod
    def noting(note: str) -> Write:
        """Writes a note in the transaction of a connection."""


class SqliteHost:
    """A file."""

    same_note: type[Exception] = sqlite3.IntegrityError
    opening = "dbapi.Log.sqlite(sys.argv[1])"

    def __init__(self, path: Path) -> None:
        self.path = path
        self.address = str(path)
        with closing(sqlite3.connect(path)) as host:
            host.execute("CREATE TABLE note (text TEXT NOT NULL UNIQUE)")
            host.commit()

    def log(self, timeout: float = 5) -> dbapi.Log:
        return dbapi.Log.sqlite(self.path, timeout=timeout)

    def engine(self) -> Engine:
        return create_engine(f"sqlite:///{self.path}")

    def notes(self) -> list[str]:
        with closing(sqlite3.connect(self.path)) as host:
            return [note for (note,) in host.execute("SELECT text FROM note ORDER BY rowid")]

    @staticmethod
    def noting(note: str) -> Write:
        def write(connection: sqlite3.Connection) -> None:
            connection.execute("INSERT INTO note VALUES (?)", (note,))

        return write


class PostgresHost:
    """A schema in a server."""

    same_note: type[Exception] = psycopg.errors.UniqueViolation
    opening = "dbapi.Log(lambda: psycopg.connect(sys.argv[1]), module=psycopg, timeout=30)"

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.address = schema.conninfo
        with schema() as connection:
            connection.execute("CREATE TABLE note (text TEXT NOT NULL UNIQUE)")

    def log(self, timeout: float = 5) -> dbapi.Log:
        return self.log_through(self.schema, timeout)

    def log_through(self, schema: Schema, timeout: float = 30) -> dbapi.Log:
        """The log, reached in another way."""
        return dbapi.Log(schema, module=psycopg, timeout=timeout)

    def engine(self) -> Engine:
        return create_engine("postgresql+psycopg://", creator=self.schema)

    def notes(self) -> list[str]:
        with self.schema() as connection:
            return [note for (note,) in connection.execute("SELECT text FROM note ORDER BY ctid")]

    @staticmethod
    def noting(note: str) -> Write:
        def write(connection: psycopg.Connection[Any]) -> None:
            connection.execute("INSERT INTO note VALUES (%s)", (note,))

        return write
