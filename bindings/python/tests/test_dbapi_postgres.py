"""A log in the host's own PostgreSQL database: rows beside entries, crashes, and connections that are cut."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import caseload
import psycopg
import pytest
from caseload import dbapi
from caseload.conformance import Auditor, Generator, differences
from caseload.replay import Replay
from conftest import TODAY, begin
from postgres import Cluster, Schema, Wire
from sqlalchemy import create_engine, text
from sqlalchemy.engine import Connection as SqlalchemyConnection


@pytest.fixture
def host(server: Cluster) -> Schema:
    """A database of the host's, with a table of its own."""
    schema = server.schema()
    with schema() as connection:
        connection.execute("CREATE TABLE note (text TEXT NOT NULL UNIQUE)")
    return schema


def notes(host: Schema) -> list[str]:
    with host() as connection:
        return [note for (note,) in connection.execute("SELECT text FROM note ORDER BY ctid")]


def noting(note: str) -> Callable[[Any], None]:
    def write(connection: psycopg.Connection[Any]) -> None:
        connection.execute("INSERT INTO note VALUES (%s)", (note,))

    return write


def log_in(host: Schema, **options: Any) -> dbapi.Log:
    return dbapi.Log(host, module=psycopg, **options)


def test_rows_and_an_entry_are_stored_together_or_not_at_all(host: Schema) -> None:
    log = log_in(host)
    agency = caseload.open(log)
    desk = agency.acting_as("root", on=TODAY)
    begin(desk)
    before = agency.position
    form = log.with_rows(desk.request("form-1"), noting("moved in"))
    receipt = form.register_staff(id="ada")
    assert (notes(host), agency.position) == (["moved in"], before + 1)
    # Sent again: the first answer, and no second note.
    assert form.register_staff(id="ada") == receipt
    # Refused by the rules; only reviewed; refused by the host, whose exception comes out unchanged.
    with pytest.raises(caseload.Refused):
        log.with_rows(desk, noting("refused")).register_staff(id="ada")
    assert log.with_rows(desk, noting("reviewed")).review.register_staff(id="ben").ok
    with pytest.raises(psycopg.errors.UniqueViolation):
        log.with_rows(desk, noting("moved in")).register_staff(id="ben")
    assert (notes(host), agency.snapshot().position) == (["moved in"], before + 1)
    agency.verify()
    log.close()


@pytest.mark.parametrize("how", ["commit", "rollback", "go on after an error"])
def test_rows_that_end_or_break_the_transaction_are_told(host: Schema, how: str) -> None:
    log = log_in(host)
    agency = caseload.open(log)

    def write(connection: psycopg.Connection[Any]) -> None:
        noting("lost")(connection)
        if how == "commit":
            connection.commit()
        elif how == "rollback":
            connection.rollback()
        else:
            # PostgreSQL would answer the commit with a rollback, and say so only in a word.
            with pytest.raises(psycopg.errors.UniqueViolation):
                noting("lost")(connection)

    with pytest.raises(RuntimeError, match="ended the transaction"):
        log.with_rows(agency.acting_as("root", on=TODAY), write).register_staff(id="maria")
    # What the host committed by itself is stored, and read.
    assert agency.snapshot().position == len(notes(host)) == (1 if how == "commit" else 0)
    agency.acting_as("root", on=TODAY).register_staff(id="sam")
    agency.verify()
    log.close()


def test_eight_threads_store_their_rows_and_no_others(host: Schema) -> None:
    log = log_in(host, timeout=60)
    agency = caseload.open(log)
    desk = agency.acting_as("root", on=TODAY)

    def work(worker: int) -> None:
        for number in range(8):
            name = f"{worker}-{number}"
            # Every third note is there already, and refuses its own command alone.
            note = "twice" if number % 3 == 2 else name
            try:
                log.with_rows(desk.request(name), noting(note)).register_staff(id=name)
            except psycopg.errors.UniqueViolation:
                assert note == "twice"

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(work, range(8)))
    stored = {event.ids[0] for event in agency.events()}
    plain = {f"{worker}-{number}" for worker in range(8) for number in range(8) if number % 3 != 2}
    assert set(notes(host)) == plain | {"twice"}
    assert len(stored - plain) == 1 and plain <= stored
    agency.verify()
    log.close()


def test_sqlalchemy_writes_in_the_transaction_of_the_turn(host: Schema) -> None:
    engine = create_engine("postgresql+psycopg://", creator=host)
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
    assert (notes(host), log.head().position) == (["welcome"], 1)
    engine.dispose()


@pytest.mark.parametrize("seed", range(int(os.environ.get("CASELOAD_SEEDS", "3"))))
def test_random_commands_are_answered_as_by_the_naive_auditor(seed: int, server: Cluster) -> None:
    generator, auditor = Generator(seed), Auditor()
    log = log_in(server.schema())
    agency = caseload.open(log)
    ours = Replay(agency)
    for _ in range(150):
        line = generator.next_line()
        assert differences(ours.line(line), auditor.line(line)) is None, line
    agency.verify()
    log.close()


_WRITER = """
import sys, caseload, psycopg
from datetime import date
from caseload import dbapi
log = dbapi.Log(lambda: psycopg.connect(sys.argv[1]), module=psycopg, timeout=30)
desk = caseload.open(log).acting_as("root", on=date(2024, 6, 15))
def write(connection):
    connection.execute("INSERT INTO note VALUES (%s)", (name,))
number = desk.agency.position
while True:
    name = f"s{number}"
    log.with_rows(desk.request(name), write).register_staff(id=name)
    print(name, flush=True)
    number += 1
"""


def test_killed_while_it_writes_nothing_acknowledged_is_lost_and_nothing_torn(host: Schema) -> None:
    acknowledged: list[str] = []
    for life in range(4):
        writer = subprocess.Popen(
            [sys.executable, "-c", _WRITER, host.conninfo], stdout=subprocess.PIPE, text=True
        )
        assert writer.stdout is not None
        for _ in range(5 + 3 * life):
            acknowledged.append(writer.stdout.readline().strip())
        writer.send_signal(signal.SIGKILL)
        # What it said before it died counts, too.
        acknowledged += writer.stdout.read().split()
        writer.wait()
        writer.stdout.close()
        log = log_in(host, timeout=30)
        # The server may still be at what the dead one sent last: whoever has the turn sees it settled.
        log.turn().release()
        agency = caseload.open(log)
        stored = [event.ids[0] for event in agency.events()]
        assert stored[: len(acknowledged)] == acknowledged
        assert len(stored) <= len(acknowledged) + 1
        assert sorted(notes(host)) == sorted(stored)
        agency.verify()
        acknowledged = stored
        log.close()


@pytest.fixture
def wire(server: Cluster) -> Iterator[Wire]:
    """A way to the server that can be cut; the path of a socket must be short."""
    with tempfile.TemporaryDirectory(prefix="wire-") as folder:
        wire = Wire(server, Path(folder))
        yield wire
        wire.close()


@pytest.mark.parametrize("lost", ["question lost", "answer lost"])
def test_a_commit_that_was_cut_is_looked_up_and_stored_once(lost: Any, host: Schema, wire: Wire) -> None:
    log = log_in(host.through(wire), timeout=30)
    agency = caseload.open(log)
    desk = agency.acting_as("root", on=TODAY)
    begin(desk)
    before = agency.position
    form = log.with_rows(desk.request("form-1"), noting("moved in"))
    wire.cut = lost
    receipt = form.register_staff(id="ada")
    assert wire.cut == "no"
    assert (notes(host), agency.position) == (["moved in"], before + 1)
    assert form.register_staff(id="ada") == receipt == agency.outcome("form-1")
    agency.verify()
    log.close()


@pytest.mark.parametrize("lost", ["question lost", "answer lost"])
def test_what_nobody_could_look_up_is_settled_once_the_server_is_back(
    lost: Any, host: Schema, wire: Wire
) -> None:
    log = log_in(host.through(wire), timeout=30)
    agency = caseload.open(log)
    desk = agency.acting_as("root", on=TODAY)
    begin(desk)
    before = agency.position
    form = log.with_rows(desk.request("form-1"), noting("moved in"))
    wire.cut, wire.stays_cut = lost, True
    with pytest.raises(caseload.UnknownOutcome):
        form.register_staff(id="ada")
    with pytest.raises(caseload.Unavailable):
        agency.outcome("form-1")
    wire.mend()
    # A turn waits until the server has settled what was cut.
    log.turn().release()
    found = agency.outcome("form-1")
    is_stored = lost == "answer lost"
    assert (found is not None) == is_stored
    assert (notes(host), agency.position) == ((["moved in"], before + 1) if is_stored else ([], before))
    # Sent again it is stored once, whichever way the first time went.
    receipt = form.register_staff(id="ada")
    assert found in (None, receipt)
    assert (notes(host), agency.position) == (["moved in"], before + 1)
    agency.verify()
    log.close()


def test_a_connection_that_is_cut_before_the_commit_stored_nothing(host: Schema, wire: Wire) -> None:
    log = log_in(host.through(wire), timeout=30)
    agency = caseload.open(log)
    desk = agency.acting_as("root", on=TODAY)

    def cut(connection: psycopg.Connection[Any]) -> None:
        with host() as other:
            other.execute("SELECT pg_terminate_backend(%s)", (connection.info.backend_pid,))
        noting("lost")(connection)

    with pytest.raises(psycopg.OperationalError):
        log.with_rows(desk.request("form-1"), cut).register_staff(id="ada")
    assert (notes(host), agency.outcome("form-1")) == ([], None)
    log.with_rows(desk.request("form-1"), noting("moved in")).register_staff(id="ada")
    assert (notes(host), agency.position) == (["moved in"], 1)
    agency.verify()
    log.close()
