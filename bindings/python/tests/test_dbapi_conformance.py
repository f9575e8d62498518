"""`caseload.dbapi.Log` under the suite that every log must pass, in SQLite files and in PostgreSQL."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from caseload import conformance
from caseload.dbapi import Connection, Log
from caseload.log import START, Head
from postgres import Cluster


class SqliteStore:
    """A file; a backup is put back through SQLite, under the handles that are open."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._file = folder / "host.db"
        self._logs: list[Log] = []

    def open(self) -> Log:
        self._logs.append(Log.sqlite(self._file, timeout=60))
        return self._logs[-1]

    def backup(self) -> Callable[[], None]:
        copy = sqlite3.connect(":memory:", check_same_thread=False)
        with closing(sqlite3.connect(self._file, timeout=60)) as live:
            live.backup(copy)

        def restore() -> None:
            with closing(sqlite3.connect(self._file, timeout=60)) as live:
                copy.backup(live)

        return restore

    def close(self) -> None:
        for log in self._logs:
            log.close()


class PostgresStore:
    """A schema; a backup is put back in one transaction."""

    def __init__(self, cluster: Cluster) -> None:
        self._connect = cluster.schema()
        self._logs: list[Log] = []

    def open(self) -> Log:
        import psycopg

        self._logs.append(Log(self._connect, module=psycopg, timeout=60, idle=2))
        return self._logs[-1]

    def backup(self) -> Callable[[], None]:
        with self._connect() as connection:
            rows = connection.execute("SELECT * FROM entry").fetchall()

        def restore() -> None:
            with self._connect() as connection:
                connection.execute("DELETE FROM entry")
                marks = "%s, %s, %s, %s, %s, %s, %s, %s"
                connection.cursor().executemany(f"INSERT INTO entry VALUES ({marks})", rows)

        return restore

    def close(self) -> None:
        for log in self._logs:
            log.close()


@pytest.mark.parametrize("case", conformance.CASES)
def test_sqlite_passes(case: str, tmp_path: Path) -> None:
    stores: list[SqliteStore] = []

    def fresh() -> SqliteStore:
        stores.append(SqliteStore(tmp_path / f"{len(stores)}"))
        return stores[-1]

    conformance.run(case, fresh)
    for store in stores:
        store.close()


@pytest.mark.parametrize("case", conformance.CASES)
def test_postgresql_passes(case: str, server: Cluster) -> None:
    stores: list[PostgresStore] = []

    def fresh() -> PostgresStore:
        stores.append(PostgresStore(server))
        return stores[-1]

    try:
        conformance.run(case, fresh)
    finally:
        for store in stores:
            store.close()


def test_a_log_that_breaks_a_rule_is_caught(tmp_path: Path) -> None:
    class Forgetful(Log):
        def head(self) -> Head:
            return START

    class Store(SqliteStore):
        def open(self) -> Log:
            return Forgetful.sqlite(self._file)

    with pytest.raises(conformance.Broken):
        conformance.run("s01_the_head_is_the_last_entry", lambda: Store(tmp_path / "store"))


def test_a_connection_that_was_cut_is_opened_anew(server: Cluster) -> None:
    import psycopg

    connect = server.schema()
    log = Log(connect, module=psycopg)
    assert log.head().position == 0
    with connect() as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
            "AND backend_type = 'client backend'"
        )
    assert log.head().position == 0
    turn = log.turn()
    assert turn.clock() > 0
    turn.release()
    log.close()


def test_every_paramstyle_is_spelled(tmp_path: Path) -> None:
    def log(style: str) -> Log:
        module = type(sqlite3)("sqlite3")
        module.__dict__.update(vars(sqlite3), paramstyle=style)
        file = tmp_path / f"{style}.db"

        def connect() -> Connection:
            return sqlite3.connect(file, isolation_level=None, check_same_thread=False)

        return Log(connect, module=module)

    for style in ("qmark", "named", "numeric"):
        assert log(style).find("form-4711") is None
