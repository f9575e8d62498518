"""A log in the host's own PostgreSQL database: what a server does that a file does not."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import caseload
import psycopg
import pytest
from conftest import TODAY, begin
from hosts import PostgresHost
from postgres import Cluster, Wire


@pytest.fixture
def host(server: Cluster) -> PostgresHost:
    return PostgresHost(server.schema())


def test_rows_that_go_on_after_an_error_are_told(host: PostgresHost) -> None:
    log = host.log()
    agency = caseload.open(log)

    def write(connection: psycopg.Connection[Any]) -> None:
        host.noting("lost")(connection)
        # PostgreSQL would answer the commit with a rollback, and say so only in a word.
        with pytest.raises(host.same_note):
            host.noting("lost")(connection)

    with pytest.raises(RuntimeError, match="ended the transaction"):
        log.with_rows(agency.acting_as("root", on=TODAY), write).register_staff(id="maria")
    assert (host.notes(), agency.snapshot().position) == ([], 0)
    agency.acting_as("root", on=TODAY).register_staff(id="sam")
    agency.verify()
    log.close()


@pytest.fixture
def wire(server: Cluster) -> Iterator[Wire]:
    """A way to the server that can be cut; the path of a socket must be short."""
    with tempfile.TemporaryDirectory(prefix="wire-") as folder:
        wire = Wire(server, Path(folder))
        yield wire
        wire.close()


@pytest.mark.parametrize("lost", ["question lost", "answer lost"])
def test_a_commit_that_was_cut_is_looked_up_and_stored_once(
    lost: Any, host: PostgresHost, wire: Wire
) -> None:
    log = host.log_through(host.schema.through(wire))
    agency = caseload.open(log)
    desk = agency.acting_as("root", on=TODAY)
    begin(desk)
    before = agency.position
    form = log.with_rows(desk.request("form-1"), host.noting("moved in"))
    wire.cut = lost
    receipt = form.register_staff(id="ada")
    assert wire.cut == "no"
    assert (host.notes(), agency.position) == (["moved in"], before + 1)
    assert form.register_staff(id="ada") == receipt == agency.outcome("form-1")
    agency.verify()
    log.close()


@pytest.mark.parametrize("lost", ["question lost", "answer lost"])
def test_what_nobody_could_look_up_is_settled_once_the_server_is_back(
    lost: Any, host: PostgresHost, wire: Wire
) -> None:
    log = host.log_through(host.schema.through(wire))
    agency = caseload.open(log)
    desk = agency.acting_as("root", on=TODAY)
    begin(desk)
    before = agency.position
    form = log.with_rows(desk.request("form-1"), host.noting("moved in"))
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
    assert (host.notes(), agency.position) == ((["moved in"], before + 1) if is_stored else ([], before))
    # Sent again it is stored once, whichever way the first time went.
    receipt = form.register_staff(id="ada")
    assert found in (None, receipt)
    assert (host.notes(), agency.position) == (["moved in"], before + 1)
    agency.verify()
    log.close()


def test_a_connection_that_is_cut_before_the_commit_stored_nothing(host: PostgresHost, wire: Wire) -> None:
    log = host.log_through(host.schema.through(wire))
    agency = caseload.open(log)
    desk = agency.acting_as("root", on=TODAY)

    def cut(connection: psycopg.Connection[Any]) -> None:
        with host.schema() as other:
            other.execute("SELECT pg_terminate_backend(%s)", (connection.info.backend_pid,))
        host.noting("lost")(connection)

    with pytest.raises(psycopg.OperationalError):
        log.with_rows(desk.request("form-1"), cut).register_staff(id="ada")
    assert (host.notes(), agency.outcome("form-1")) == ([], None)
    log.with_rows(desk.request("form-1"), host.noting("moved in")).register_staff(id="ada")
    assert (host.notes(), agency.position) == (["moved in"], 1)
    agency.verify()
    log.close()
