"""A log in a file of SQLite that the host opens itself: other openers of the file, misbehaviour, damage."""

from __future__ import annotations

import os
import sqlite3
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import caseload
import pytest
from caseload import dbapi
from caseload.dbapi._with_rows import Rows
from caseload.log import START, Entry, Head, Limit
from conftest import TODAY, begin
from hosts import SqliteHost

MARCH = date(2024, 3, 1)


@pytest.fixture
def host(tmp_path: Path) -> SqliteHost:
    return SqliteHost(tmp_path / "host.db")


def test_rows_that_begin_a_transaction_anew_are_told(host: SqliteHost) -> None:
    log = host.log()
    agency = caseload.open(log)

    def write(connection: sqlite3.Connection) -> None:
        host.noting("lost")(connection)
        connection.rollback()
        connection.execute("BEGIN IMMEDIATE")

    with pytest.raises(RuntimeError, match="ended the transaction"):
        log.with_rows(agency.acting_as("root", on=TODAY), write).register_staff(id="maria")
    assert (host.notes(), agency.snapshot().position) == ([], 0)
    agency.acting_as("root", on=TODAY).register_staff(id="sam")
    agency.verify()


def test_rows_that_give_commands_are_told(host: SqliteHost) -> None:
    log = host.log()
    desk = caseload.open(log).acting_as("root", on=TODAY).request("form-1")
    nested = log.with_rows(desk, host.noting("inner"))
    log._waiting._rows["form-1"] = Rows(host.noting("outer"), threading.get_ident())
    with pytest.raises(RuntimeError, match="must not give commands"):
        nested.register_staff(id="maria")


def test_a_transaction_that_is_none_is_told(host: SqliteHost) -> None:
    engine = host.engine().execution_options(isolation_level="AUTOCOMMIT")
    host.log().close()
    log = dbapi.Log.sqlalchemy(engine)
    with pytest.raises(caseload.Unavailable, match="autocommit"):
        log.turn()
    engine.dispose()


def test_the_rust_adapter_opens_what_was_written_here_and_the_other_way_round(tmp_path: Path) -> None:
    path = tmp_path / "agency.db"
    log = dbapi.Log.sqlite(path)
    begin(caseload.open(log).acting_as("root", on=TODAY))
    head = log.head()
    log.close()
    with caseload.open(path) as agency:
        assert agency.head == f"{head.position}:{head.hash.hex()}"
        assert agency.sql("SELECT staff FROM current_assignment").to_dicts() == [{"staff": "maria"}]
        agency.acting_as("root", on=TODAY).register_staff(id="ada")
        agency.keep_checkpoint()
    log = dbapi.Log.sqlite(path)
    ours = caseload.open(log)
    desk = ours.acting_as("root", on=TODAY)
    desk.end_assignment(id="a1", end=date(2024, 6, 30))
    # What is forgotten leaves the read tables and the checkpoint, too.
    desk.forget(participant="P-1023", reason="asked for")
    log.close()
    assert not [name for name in os.listdir(tmp_path) if b"P-1023" in (tmp_path / name).read_bytes()]
    with caseload.open(path) as agency:
        assert agency.position == head.position + 3
        rows = agency.sql('SELECT participant, "end" FROM assignment_line').to_dicts()
        assert [row["participant"] for row in rows] == ["erased-1"]
        agency.verify()


def test_a_database_of_the_hosts_is_not_marked_as_a_log(host: SqliteHost) -> None:
    host.log().close()
    with pytest.raises(caseload.Incompatible, match="another application"):
        caseload.open(host.path)


def test_tables_of_the_same_name_are_told(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "host.db")) as host:
        host.execute("CREATE TABLE agency (id INTEGER PRIMARY KEY, address TEXT)")
    with pytest.raises(caseload.Incompatible, match="another application"):
        dbapi.Log.sqlite(tmp_path / "host.db")


def test_errors_of_the_database_have_their_kinds(tmp_path: Path) -> None:
    path = tmp_path / "agency.db"
    with pytest.raises(caseload.Unavailable, match="cannot be opened"):
        dbapi.Log.sqlite(tmp_path / "missing" / "agency.db")
    log = dbapi.Log.sqlite(path, timeout=0.05)
    agency = caseload.open(log)
    desk = agency.acting_as("root", on=TODAY)
    other = dbapi.Log.sqlite(path).turn()
    with pytest.raises(caseload.Locked, match=r"agency\.db"):
        desk.register_staff(id="maria")
    other.release()
    desk.register_staff(id="maria")

    limited = dbapi.Log(lambda: _small(path), module=sqlite3)
    with pytest.raises(caseload.Full, match="no room left"):
        caseload.open(limited).acting_as("root", on=TODAY).register_staff(id="sam", name="x" * 100_000)
    only_read = dbapi.Log(
        lambda: sqlite3.connect(f"file:{path}?mode=ro", uri=True, check_same_thread=False), module=sqlite3
    )
    with pytest.raises(caseload.ReadOnly):
        caseload.open(only_read).acting_as("root", on=TODAY).register_staff(id="sam")
    assert agency.snapshot().position == 1
    desk.register_staff(id="sam")
    for each in (log, limited, only_read):
        each.close()
    with closing(sqlite3.connect(path, isolation_level=None)) as host:
        host.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    path.write_bytes(b"no database at all, and long enough to be seen as none" * 100)
    with pytest.raises(caseload.Corrupt):
        dbapi.Log.sqlite(path)


def _small(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, check_same_thread=False)
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {pages}")
    return connection


@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")
def test_after_a_fork_a_log_answers_closed(tmp_path: Path) -> None:
    log = dbapi.Log.sqlite(tmp_path / "agency.db")
    child = os.fork()
    if child == 0:
        code = 1
        try:
            log.head()
        except caseload.Closed:
            code = 0
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


class _Misbehaving:
    """A log that does as it should until it is told how to misbehave in one method."""

    def __init__(self, log: dbapi.Log) -> None:
        self._log = log
        self.method = ""
        self.how: Callable[[Any], Any] = lambda answer: answer

    def _answer(self, method: str, give: Callable[[], Any]) -> Any:
        answer = give() if method != "turn.append" or self.method != method else None
        return self.how(answer) if self.method == method else answer

    def head(self) -> Any:
        return self._answer("head", self._log.head)

    def read(self, after: Head, limit: Limit) -> Any:
        return self._answer("read", lambda: self._log.read(after, limit))

    def find(self, request: str) -> Any:
        return self._answer("find", lambda: self._log.find(request))

    def erase(self, items: Any) -> Any:
        return self._answer("erase", lambda: self._log.erase(items))

    def turn(self) -> Any:
        turn = self._log.turn()
        try:
            return self._answer("turn", lambda: _MisbehavingTurn(self, turn))
        except BaseException:
            turn.release()
            raise


class _MisbehavingTurn:
    def __init__(self, log: _Misbehaving, turn: Any) -> None:
        self._log, self._turn = log, turn

    def __del__(self) -> None:
        self._turn.release()

    def head(self) -> Any:
        return self._log._answer("turn.head", self._turn.head)

    def tail(self, after: Head, limit: Limit) -> Any:
        return self._log._answer("turn.tail", lambda: self._turn.tail(after, limit))

    def clock(self) -> Any:
        return self._log._answer("turn.clock", self._turn.clock)

    def append(self, after: Head, entries: Any) -> Any:
        if self._log.method == "turn.append":
            self._turn.release()
            return self._log.how(None)
        return self._turn.append(after, entries)

    def release(self) -> Any:
        self._turn.release()
        return self._log._answer("turn.release", lambda: None)


def _raising(error: Callable[[], BaseException]) -> Callable[[Any], Any]:
    def how(answer: Any) -> Any:
        raise error()

    return how


class _Odd:
    """Something without anything that is asked of it."""

    def __getattr__(self, name: str) -> Any:
        raise MemoryError("nothing is here")


_FOREIGN = Entry(position=1, recorded=1, level=1, request=None, body=b"{}", private=b"", hash=b"x" * 32)
_RAISING: dict[str, Callable[[Any], Any]] = {
    f"raises {kind.__name__}": _raising(lambda kind=kind: kind("P-1023"))  # type: ignore[misc]
    for kind in (
        ValueError, KeyError, OSError, MemoryError, RecursionError, StopIteration, AssertionError, UnicodeError,
        sqlite3.OperationalError, caseload.Conflict, caseload.Diverged, caseload.RequestIdReused,
        caseload.Unavailable, caseload.Locked, caseload.Full, caseload.Corrupt, caseload.Refused, caseload.Bug,
    )
}  # fmt: skip
_RETURNING: dict[str, Callable[[Any], Any]] = {
    "gives an odd thing": lambda answer: _Odd(),
    "gives a text": lambda answer: "P-1023",
    "gives a wrong head": lambda answer: Head(7, b"short"),
    "gives a negative head": lambda answer: Head(-1, bytes(32)),
    "gives a foreign entry": lambda answer: _FOREIGN,
    "gives a page of nothing": lambda answer: type("Page", (), {"entries": [None], "more": True})(),
}
_METHODS = ("read", "find", "turn", "turn.tail", "turn.clock", "turn.append")


@pytest.mark.parametrize("method", _METHODS)
def test_a_log_that_misbehaves_is_a_typed_error_and_changes_nothing(method: str, tmp_path: Path) -> None:
    log = _Misbehaving(dbapi.Log.sqlite(tmp_path / "agency.db"))
    agency = caseload.open(log)
    desk = agency.acting_as("root", on=TODAY)
    begin(desk)
    head = agency.head
    known = agency.snapshot(cached=True).counts(as_of=TODAY).to_dicts()

    def asked() -> object:
        if method == "read":
            return agency.snapshot()
        return desk.request("form-1").register_staff(id="ada")

    # What `append` returns is not looked at.
    ways = _RAISING if method == "turn.append" else {**_RAISING, **_RETURNING}
    for way, how in ways.items():
        log.method, log.how = method, how
        with pytest.raises(caseload.CaseloadError) as caught:
            asked()
        assert type(caught.value) in vars(caseload).values(), way
        log.method = ""
        assert (agency.snapshot().head, agency.head) == (head, head), way
        assert agency.counts(as_of=TODAY).to_dicts() == known, way
    desk.request("form-1").register_staff(id="ada")
    agency.verify()
    log._log.close()


def test_pages_of_a_log_follow_its_limit(tmp_path: Path) -> None:
    log = dbapi.Log.sqlite(tmp_path / "agency.db")
    begin(caseload.open(log).acting_as("root", on=TODAY))
    page = log.read(START, Limit(2, 2**63))
    assert ([entry.position for entry in page.entries], page.more) == ([1, 2], True)
    log.close()
