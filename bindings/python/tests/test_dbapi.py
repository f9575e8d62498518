"""A log in the host's own database: rows beside entries, other openers of the file, crashes, damage."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import caseload
import pytest
from caseload import dbapi
from caseload.conformance import Auditor, Generator, differences
from caseload.dbapi._with_rows import Rows
from caseload.log import START, Entry, Head, Limit
from caseload.replay import Replay
from conftest import TODAY, begin
from sqlalchemy import create_engine, text
from sqlalchemy.engine import Connection as SqlalchemyConnection

MARCH = date(2024, 3, 1)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A database of the host's, with a table of its own."""
    path = tmp_path / "host.db"
    with closing(sqlite3.connect(path)) as host:
        host.execute("CREATE TABLE note (text TEXT NOT NULL UNIQUE)")
        host.commit()
    return path


def notes(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as host:
        return [note for (note,) in host.execute("SELECT text FROM note ORDER BY rowid")]


def noting(note: str) -> Callable[[Any], None]:
    def write(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO note VALUES (?)", (note,))

    return write


def test_rows_and_an_entry_are_stored_together_or_not_at_all(file: Path) -> None:
    log = dbapi.Log.sqlite(file)
    agency = caseload.open(log)
    desk = agency.acting_as("root", on=TODAY)
    begin(desk)
    before = agency.position

    form = log.with_rows(desk.request("form-1"), noting("moved in"))
    line: dict[str, Any] = {"staff": "sam", "participant": "P-1023", "program": "housing"}
    receipt = form.assign(**line, start=MARCH)
    assert (notes(file), agency.position) == (["moved in"], before + 1)
    # Sent again: the first answer, and no second note.
    assert form.assign(**line, start=MARCH) == receipt
    assert notes(file) == ["moved in"]

    # Refused by the rules.
    with pytest.raises(caseload.Refused):
        log.with_rows(desk, noting("refused")).assign(**line, start=MARCH)
    assert not log.with_rows(desk, noting("reviewed")).review.assign(**line, start=MARCH).ok
    # Refused by the host, whose exception comes out unchanged.
    with pytest.raises(sqlite3.IntegrityError):
        log.with_rows(desk, noting("moved in")).register_staff(id="ada")
    with pytest.raises(KeyboardInterrupt):
        log.with_rows(desk, _interrupted).register_staff(id="ada")
    assert (notes(file), agency.snapshot().position) == (["moved in"], before + 1)
    agency.verify()


def _interrupted(connection: Any) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("how", ["commit", "rollback", "begin anew"])
def test_rows_that_end_the_transaction_are_told(file: Path, how: str) -> None:
    log = dbapi.Log.sqlite(file)
    agency = caseload.open(log)

    def write(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO note VALUES ('lost')")
        if how == "commit":
            connection.commit()
        else:
            connection.rollback()
        if how == "begin anew":
            connection.execute("BEGIN IMMEDIATE")

    with pytest.raises(RuntimeError, match="ended the transaction"):
        log.with_rows(agency.acting_as("root", on=TODAY), write).register_staff(id="maria")
    # What the host committed by itself is stored, and read.
    assert agency.snapshot().position == (1 if how == "commit" else 0)
    agency.acting_as("root", on=TODAY).register_staff(id="sam")
    agency.verify()


def test_rows_that_give_commands_are_told(file: Path) -> None:
    log = dbapi.Log.sqlite(file)
    desk = caseload.open(log).acting_as("root", on=TODAY).request("form-1")
    nested = log.with_rows(desk, noting("inner"))
    log._waiting._rows["form-1"] = Rows(noting("outer"), threading.get_ident())
    with pytest.raises(RuntimeError, match="must not give commands"):
        nested.register_staff(id="maria")


def test_eight_threads_store_their_rows_and_no_others(file: Path) -> None:
    log = dbapi.Log.sqlite(file, timeout=60)
    agency = caseload.open(log)
    desk = agency.acting_as("root", on=TODAY)

    def work(worker: int) -> None:
        for number in range(8):
            name = f"{worker}-{number}"
            # Every third note is there already, and refuses its own command alone.
            note = "twice" if number % 3 == 2 else name
            try:
                log.with_rows(desk.request(name), noting(note)).register_staff(id=name)
            except sqlite3.IntegrityError:
                assert note == "twice"

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(work, range(8)))
    stored = {event.ids[0] for event in agency.events()}
    plain = {f"{worker}-{number}" for worker in range(8) for number in range(8) if number % 3 != 2}
    assert set(notes(file)) == plain | {"twice"}
    assert len(stored - plain) == 1 and plain <= stored
    agency.verify()


def test_a_form_sent_twice_at_once_is_stored_once(file: Path) -> None:
    log = dbapi.Log.sqlite(file, timeout=60)
    agency = caseload.open(log)
    form = log.with_rows(agency.acting_as("root", on=TODAY).request("form-1"), noting("once"))
    with ThreadPoolExecutor(8) as threads:
        receipts = list(threads.map(lambda _: form.register_staff(id="maria"), range(8)))
    assert len({receipt.head for receipt in receipts}) == 1
    assert (notes(file), agency.position) == (["once"], 1)


def test_sqlalchemy_writes_in_the_transaction_of_the_turn(file: Path) -> None:
    engine = create_engine(f"sqlite:///{file}")
    log = dbapi.Log.sqlalchemy(engine)
    desk = caseload.open(log).acting_as("root", on=TODAY)

    def write(connection: SqlalchemyConnection, note: str = "welcome") -> None:
        connection.execute(text("INSERT INTO note VALUES (:note)"), {"note": note})

    def fail(connection: SqlalchemyConnection) -> None:
        write(connection, "lost")
        raise ZeroDivisionError

    log.with_rows(desk, write).register_staff(id="maria")
    with pytest.raises(ZeroDivisionError):
        log.with_rows(desk, fail).register_staff(id="sam")
    assert (notes(file), log.head().position) == (["welcome"], 1)
    engine.dispose()


def test_a_transaction_that_is_none_is_told(file: Path) -> None:
    engine = create_engine(f"sqlite:///{file}", isolation_level="AUTOCOMMIT")
    dbapi.Log.sqlite(file).close()
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


def test_a_database_of_the_hosts_is_not_marked_as_a_log(file: Path) -> None:
    dbapi.Log.sqlite(file).close()
    with pytest.raises(caseload.Incompatible, match="another application"):
        caseload.open(file)


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


@pytest.mark.parametrize("seed", range(int(os.environ.get("CASELOAD_SEEDS", "3"))))
def test_random_commands_are_answered_as_by_the_naive_auditor(seed: int, tmp_path: Path) -> None:
    generator, auditor = Generator(seed), Auditor()
    log = dbapi.Log.sqlite(tmp_path / "agency.db")
    ours = Replay(caseload.open(log))
    for _ in range(150):
        line = generator.next_line()
        assert differences(ours.line(line), auditor.line(line)) is None, line
    log.close()


_WRITER = """
import sys, caseload
from datetime import date
from caseload import dbapi
log = dbapi.Log.sqlite(sys.argv[1])
desk = caseload.open(log).acting_as("root", on=date(2024, 6, 15))
def write(connection):
    connection.execute("INSERT INTO note VALUES (?)", (name,))
number = desk.agency.position
while True:
    name = f"s{number}"
    log.with_rows(desk.request(name), write).register_staff(id=name)
    print(name, flush=True)
    number += 1
"""


def test_killed_while_it_writes_nothing_acknowledged_is_lost_and_nothing_torn(file: Path) -> None:
    acknowledged: list[str] = []
    for life in range(4):
        writer = subprocess.Popen(
            [sys.executable, "-c", _WRITER, str(file)], stdout=subprocess.PIPE, text=True
        )
        assert writer.stdout is not None
        for _ in range(5 + 3 * life):
            acknowledged.append(writer.stdout.readline().strip())
        writer.send_signal(signal.SIGKILL)
        # What it said before it died counts, too.
        acknowledged += writer.stdout.read().split()
        writer.wait()
        writer.stdout.close()
        log = dbapi.Log.sqlite(file)
        agency = caseload.open(log)
        stored = [event.ids[0] for event in agency.events()]
        assert stored[: len(acknowledged)] == acknowledged
        assert len(stored) <= len(acknowledged) + 1
        assert notes(file) == stored
        agency.verify()
        acknowledged = stored
        log.close()


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
