"""A log in the host's own database, of whichever kind: rows beside entries, threads, crashes, random commands."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import caseload
import pytest
from caseload import dbapi
from caseload.conformance import Auditor, Generator, differences
from caseload.replay import Replay
from conftest import TODAY, begin
from hosts import Host, PostgresHost, SqliteHost
from sqlalchemy import text
from sqlalchemy.engine import Connection as SqlalchemyConnection


@pytest.fixture(params=["sqlite", "postgresql"])
def host(request: pytest.FixtureRequest, tmp_path: Path) -> Host:
    if request.param == "sqlite":
        return SqliteHost(tmp_path / "host.db")
    return PostgresHost(request.getfixturevalue("server").schema())


def test_rows_and_an_entry_are_stored_together_or_not_at_all(host: Host) -> None:
    log = host.log()
    agency = caseload.open(log)
    desk = agency.acting_as("root", on=TODAY)
    begin(desk)
    before = agency.position
    form = log.with_rows(desk.request("form-1"), host.noting("moved in"))
    receipt = form.register_staff(id="ada")
    assert (host.notes(), agency.position) == (["moved in"], before + 1)
    # Sent again: the first answer, and no second note.
    assert form.register_staff(id="ada") == receipt
    # Refused by the rules; only reviewed; refused by the host, whose exception comes out unchanged.
    with pytest.raises(caseload.Refused):
        log.with_rows(desk, host.noting("refused")).register_staff(id="ada")
    assert not log.with_rows(desk, host.noting("reviewed")).review.register_staff(id="ada").ok
    assert log.with_rows(desk, host.noting("reviewed")).review.register_staff(id="ben").ok
    with pytest.raises(host.same_note):
        log.with_rows(desk, host.noting("moved in")).register_staff(id="ben")
    with pytest.raises(KeyboardInterrupt):
        log.with_rows(desk, _interrupted).register_staff(id="ben")
    assert (host.notes(), agency.snapshot().position) == (["moved in"], before + 1)
    agency.verify()
    log.close()


def _interrupted(connection: Any) -> None:
    raise KeyboardInterrupt


def test_rows_that_end_the_transaction_are_told(host: Host) -> None:
    for how in ("commit", "rollback"):
        log = host.log()
        agency = caseload.open(log)

        def write(connection: Any, how: str = how) -> None:
            host.noting(how)(connection)
            getattr(connection, how)()

        with pytest.raises(RuntimeError, match="ended the transaction"):
            log.with_rows(agency.acting_as("root", on=TODAY), write).register_staff(id=how)
        # What the host committed by itself is stored, and read.
        assert agency.snapshot().position == 1
        assert host.notes() == ["commit"]
        agency.verify()
        log.close()


def test_eight_threads_store_their_rows_and_no_others(host: Host) -> None:
    log = host.log(timeout=60)
    agency = caseload.open(log)
    desk = agency.acting_as("root", on=TODAY)

    def work(worker: int) -> None:
        for number in range(8):
            name = f"{worker}-{number}"
            # Every third note is there already, and refuses its own command alone.
            note = "twice" if number % 3 == 2 else name
            try:
                log.with_rows(desk.request(name), host.noting(note)).register_staff(id=name)
            except host.same_note:
                assert note == "twice"

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(work, range(8)))
    stored = {event.ids[0] for event in agency.events()}
    plain = {f"{worker}-{number}" for worker in range(8) for number in range(8) if number % 3 != 2}
    assert set(host.notes()) == plain | {"twice"}
    assert len(stored - plain) == 1 and plain <= stored
    agency.verify()
    log.close()


def test_a_form_sent_twice_at_once_is_stored_once(host: Host) -> None:
    log = host.log(timeout=60)
    agency = caseload.open(log)
    form = log.with_rows(agency.acting_as("root", on=TODAY).request("form-1"), host.noting("once"))
    with ThreadPoolExecutor(8) as threads:
        receipts = list(threads.map(lambda _: form.register_staff(id="maria"), range(8)))
    assert len({receipt.head for receipt in receipts}) == 1
    assert (host.notes(), agency.position) == (["once"], 1)
    log.close()


def test_sqlalchemy_writes_in_the_transaction_of_the_turn(host: Host) -> None:
    engine = host.engine()
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
    assert (host.notes(), log.head().position) == (["welcome"], 1)
    engine.dispose()


@pytest.mark.parametrize("seed", range(int(os.environ.get("CASELOAD_SEEDS", "3"))))
def test_random_commands_are_answered_as_by_the_naive_auditor(seed: int, host: Host) -> None:
    generator, auditor = Generator(seed), Auditor()
    log = host.log()
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
from hosts import {kind}
log = {opening}
desk = caseload.open(log).acting_as("root", on=date(2024, 6, 15))
number = desk.agency.position
while True:
    name = f"s{{number}}"
    log.with_rows(desk.request(name), {kind}.noting(name)).register_staff(id=name)
    print(name, flush=True)
    number += 1
"""


def test_killed_while_it_writes_nothing_acknowledged_is_lost_and_nothing_torn(host: Host) -> None:
    acknowledged: list[str] = []
    for life in range(4):
        program = _WRITER.format(kind=type(host).__name__, opening=host.opening)
        command = [sys.executable, "-c", program, host.address]
        folder = Path(__file__).parent
        writer = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=folder)
        assert writer.stdout is not None
        for _ in range(5 + 3 * life):
            acknowledged.append(writer.stdout.readline().strip())
        writer.send_signal(signal.SIGKILL)
        # What it said before it died counts, too.
        acknowledged += writer.stdout.read().split()
        writer.wait()
        writer.stdout.close()
        log = host.log(timeout=30)
        # A server may still be at what the dead one sent last: whoever has the turn sees it settled.
        log.turn().release()
        agency = caseload.open(log)
        stored = [event.ids[0] for event in agency.events()]
        assert stored[: len(acknowledged)] == acknowledged
        assert len(stored) <= len(acknowledged) + 1
        assert host.notes() == stored
        agency.verify()
        acknowledged = stored
        log.close()
