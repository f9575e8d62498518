"""Commands, receipts and verdicts."""

from __future__ import annotations

import inspect
import uuid
from collections import OrderedDict
from datetime import UTC, date, datetime

import caseload
import pytest
from caseload import Agency, AssignRow, Desk, EndRow, EnrollmentRow, InputError, Refused
from words import RULES

APRIL = date(2024, 4, 1)


def test_every_command_of_the_contract_is_a_method_of_both_desks() -> None:
    methods = {name for name, _ in inspect.getmembers(Desk, inspect.isfunction) if name[0] != "_"}
    assert methods - {"request", "entered_at"} == set(RULES.commands)
    assert set(RULES.commands) <= {name for name, _ in inspect.getmembers(caseload.ReviewDesk)}


def test_a_receipt_tells_what_was_stored(desk: Desk) -> None:
    receipt = desk.request("form-1").transfer(id="a1", to_staff="sam", date=date(2024, 6, 1), new_id="a2")
    assert (receipt.ids, receipt.ended, receipt.id) == (("a2",), ("a1",), "a2")
    assert (receipt.request, receipt.position) == ("form-1", 6)
    assert receipt.head.startswith("6:")
    assert [(event.type, event.ids) for event in receipt.events] == [("transferred", ("a1", "a2"))]


def test_a_refusal_tells_all_that_is_wrong(desk: Desk) -> None:
    with pytest.raises(Refused) as caught:
        desk.assign(staff="nobody", participant="P-1023", program="nowhere", start=APRIL)
    assert [violation.code for violation in caught.value.violations] == [
        "unknown-program",
        "unknown-staff",
    ]
    assert caught.value.code == "unknown-program"
    assert caught.value.violations[1].parameters == {"id": "nobody"}
    assert caught.value.violations[1].fields == ("staff",)


def test_days_in_violations_are_days(desk: Desk) -> None:
    verdict = desk.review.assign(staff="sam", participant="P-1023", program="housing", start=date(2024, 2, 1))
    (violation,) = verdict.violations
    assert violation.parameters["earliest_start"] == date(2024, 3, 1)
    assert violation.nearest == caseload.Nearest("start", date(2024, 3, 1))
    assert str(violation).endswith("2024-03-01 would pass")


def test_a_review_stores_nothing_and_raises_nothing(agency: Agency, desk: Desk) -> None:
    before = agency.head
    accepted = desk.review.end_assignment(id="a1", end=APRIL)
    assert accepted.ok and accepted.outcome is not None
    assert (accepted.outcome.ended, accepted.outcome.position) == (("a1",), 6)
    refused = desk.review.end_assignment(id="nobody's", end=APRIL)
    assert not refused.ok and refused.outcome is None
    assert agency.head == before


def test_a_review_of_a_known_request_is_answered_with_its_receipt(desk: Desk) -> None:
    form = desk.request("form-1")
    receipt = form.end_assignment(id="a1", end=APRIL)
    assert form.review.end_assignment(id="a1", end=APRIL).outcome == receipt


def test_the_same_request_is_stored_once_and_another_command_refused(desk: Desk) -> None:
    form = desk.request("form-1")
    first = form.end_assignment(id="a1", end=APRIL)
    assert form.end_assignment(id="a1", end=APRIL) == first
    with pytest.raises(InputError) as caught:
        form.end_assignment(id="a1", end=date(2024, 5, 1))
    assert caught.value.code == "request-reused"


def test_a_batch_tells_a_verdict_for_each_row(desk: Desk) -> None:
    rows: list[AssignRow | EndRow] = [
        AssignRow(staff="sam", participant="P-1023", program="housing", start=date(2024, 6, 1)),
        EndRow(id="nobody's", end=date(2024, 7, 1)),
    ]
    receipt = desk.batch(rows=rows, mode="partial")
    assert [(row.row, row.ok) for row in receipt.rows] == [(1, True), (2, False)]
    assert receipt.rows[1].violations[0].code == "unknown-assignment"
    with pytest.raises(Refused) as caught:
        desk.batch(rows=rows[1:], mode="all_or_nothing")
    assert caught.value.code == "row-refused"
    assert caught.value.rows[0].violations[0].code == "unknown-assignment"


def test_mirrored_rows(desk: Desk) -> None:
    rows = [EnrollmentRow(id="e9", participant="P-9", start=APRIL)]
    assert desk.mirror_enrollments(program="housing", rows=rows).ids == ("e9",)
    again = desk.mirror_enrollments(program="housing", rows=rows)
    assert (again.ids, again.events) == ((), ())


def test_transfer_all_in_every_program_is_said(desk: Desk) -> None:
    receipt = desk.transfer_all(staff="maria", to_staff="sam", program=None, date=date(2024, 7, 1))
    assert receipt.ended == ("a1",)


def test_without_a_day_the_desk_asks_the_agencys_clock(agency: Agency) -> None:
    # A start after the clock's 15 June is planned.
    agency.acting_as("root").revise_program(id="housing", policy={"planned_starts": "refuse"})
    verdict = agency.acting_as("root").review.assign(
        staff="sam", participant="P-1023", program="housing", start=date(2024, 6, 16)
    )
    assert verdict.violations[0].parameters == {
        "start": date(2024, 6, 16),
        "on": date(2024, 6, 15),
    }


def test_an_agency_without_zone_and_clock_asks_for_the_day() -> None:
    with caseload.open(":memory:") as agency, pytest.raises(InputError, match="zone"):
        agency.acting_as("root").register_staff(id="maria")


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (datetime(2024, 4, 1), r"is a datetime, not a day.*\.date\(\)"),
        (datetime(2024, 4, 1, tzinfo=UTC), r"astimezone"),
        ("2024-04-01", "date.fromisoformat"),
        (20240401, "is a int"),
    ],
)
def test_what_is_no_day_is_refused_with_its_conversion(desk: Desk, day: object, words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        desk.end_assignment(id="a1", end=day)  # type: ignore[arg-type]
    assert caught.value.code == "input-date"
    assert caught.value.violations[0].fields == ("end",)


def test_what_is_no_text_is_refused_by_field(desk: Desk) -> None:
    with pytest.raises(InputError) as caught:
        desk.assign(
            staff=uuid.UUID(int=7),  # type: ignore[arg-type]
            participant="P-1023",
            program=57,  # type: ignore[arg-type]
            start=APRIL,
        )
    assert [violation.fields for violation in caught.value.violations] == [("staff",)]
    with pytest.raises(InputError) as caught:
        desk.assign(staff="sam", participant="P-1023", program=57, start=APRIL)  # type: ignore[arg-type]
    assert [violation.fields for violation in caught.value.violations] == [("program",)]


def test_half_a_surrogate_pair_is_no_text(desk: Desk) -> None:
    with pytest.raises(InputError, match="surrogate"):
        desk.register_staff(id="\ud800")


def test_a_command_kept_as_json_is_the_same_command(agency: Agency, desk: Desk) -> None:
    command = (
        '{"op":"end_assignment","id":"a1","end":"2024-07-01","actor":"root","on":"2024-06-15","request":"r"}'
    )
    assert agency.review_json(command).ok
    assert agency.record_json(command) == desk.request("r").end_assignment(id="a1", end=date(2024, 7, 1))
    assert agency.outcome("r") == agency.record_json(command)
    assert agency.outcome("another") is None


def test_events_are_read_by_position(agency: Agency, desk: Desk) -> None:
    after = agency.position
    desk.transfer_all(staff="maria", to_staff="sam", program=None, date=date(2024, 7, 1), prefix="x")
    events = list(agency.events(after=after))
    assert [event.type for event in events] == ["transferred", "caseload_transferred"]
    assert all(event.position == after + 1 for event in events)
    assert len(list(agency.events())) == 5 + len(events)


def test_mappings_of_any_kind_are_policies(desk: Desk) -> None:
    policy = OrderedDict(caseload_limit=OrderedDict(max=1, enforcement="refuse"))
    desk.define_program(id="jobs", policy=policy)  # type: ignore[arg-type]
