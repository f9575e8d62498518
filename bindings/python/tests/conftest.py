"""What tests begin with: an agency, and a server of PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import caseload
import pytest
from caseload import Agency, Desk
from postgres import Cluster, cluster

TODAY = date(2024, 6, 15)


@pytest.fixture
def agency() -> Iterator[Agency]:
    """Housing, where P-1023 has been enrolled since March and is maria's; sam has nobody yet."""
    with caseload.open(":memory:", clock=lambda: TODAY) as agency:
        begin(agency.acting_as("root"))
        yield agency


@pytest.fixture
def desk(agency: Agency) -> Desk:
    """The host at work on 15 June 2024."""
    return agency.acting_as("root", on=TODAY)


@pytest.fixture(scope="session")
def server() -> Iterator[Cluster]:
    """A PostgreSQL server, where there is one on the machine."""
    with cluster() as server:
        yield server


def begin(desk: Desk) -> None:
    """Tells an empty agency what every example begins with."""
    desk.define_program(id="housing", policy={"entry_order": "any"})
    desk.register_staff(id="maria", rights=["own"])
    desk.register_staff(id="sam", rights=["own"])
    desk.enroll(id="e1", participant="P-1023", program="housing", start=date(2024, 3, 1))
    desk.assign(id="a1", staff="maria", participant="P-1023", program="housing", start=date(2024, 3, 1))
