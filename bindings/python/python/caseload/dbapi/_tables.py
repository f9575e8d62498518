"""The two tables, and which database they are made in."""

from __future__ import annotations

from types import ModuleType

from caseload.dbapi._database import Database
from caseload.dbapi._postgres import Postgres
from caseload.dbapi._sqlite import Sqlite


def tables(module: ModuleType) -> tuple[str, ...]:
    """The statements that make the tables, for a host whose migrations make every table.

    Args:
        module: The DB-API module, such as `sqlite3` or `psycopg`.

    Example:
        >>> import sqlite3
        >>> [statement.split("(")[0].strip() for statement in tables(sqlite3)][:2]
        ['CREATE TABLE agency', 'CREATE TABLE entry']
    """
    return database_of(module).tables


def database_of(module: ModuleType) -> Database:
    """The database that a module connects to."""
    return Sqlite(module) if "sqlite" in module.__name__ else Postgres(module)
