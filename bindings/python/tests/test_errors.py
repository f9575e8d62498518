"""Errors: their kinds, their texts, and that they can be pickled."""

from __future__ import annotations

import inspect
import os
import pickle
import sys
from datetime import date
from pathlib import Path

import caseload
import pytest
from caseload import CaseloadError, Closed, Desk, InputError, Refused, errors


def _kinds() -> list[type[CaseloadError]]:
    classes = (value for _, value in inspect.getmembers(errors, inspect.isclass))
    public = [kind for kind in classes if issubclass(kind, CaseloadError)]
    return [kind for kind in public if not kind.__name__.startswith("_")]


@pytest.mark.parametrize("kind", _kinds())
def test_every_error_comes_through_pickle_whole(kind: type[CaseloadError]) -> None:
    error = kind("something is wrong")
    error.code = "a-code"
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is kind
    assert (str(again), again.code, again.__dict__) == (str(error), "a-code", error.__dict__)
    assert kind.__name__ in errors.__all__


def test_a_refusal_comes_through_pickle_whole(desk: Desk) -> None:
    with pytest.raises(Refused) as caught:
        desk.batch(rows=[caseload.EndRow(id="nobody's", end=date(2024, 7, 1))], mode="all_or_nothing")
    again = pickle.loads(pickle.dumps(caught.value))
    assert (again.violations, again.rows, again.code) == (
        caught.value.violations,
        caught.value.rows,
        "row-refused",
    )


def test_texts_read_well(desk: Desk) -> None:
    with pytest.raises(Refused) as caught:
        desk.assign(staff="sam", participant="P-1023", program="housing", start=date(2024, 2, 1))
    assert str(caught.value).startswith("refused: outside-enrollment (start): ")
    with pytest.raises(Refused) as caught:
        desk.assign(staff="x", participant="P-1023", program="y", start=date(2024, 2, 1))
    assert str(caught.value).splitlines()[0] == "refused:"
    assert len(str(caught.value).splitlines()) == 3


def test_an_input_error_is_a_value_error(desk: Desk) -> None:
    with pytest.raises(ValueError, match="input-id"):
        desk.register_staff(id=" maria ")


def test_errors_of_the_store_name_the_file(tmp_path: Path) -> None:
    with pytest.raises(caseload.Unavailable, match="missing"):
        caseload.open(tmp_path / "missing" / "agency.db")
    no_database = tmp_path / "no.db"
    no_database.write_text("this is no database, and long enough to be seen as none" * 40)
    with pytest.raises(caseload.Corrupt, match=r"no\.db") as caught:
        caseload.open(no_database)
    assert caught.value.code == "store-corrupt"


def test_a_closed_agency_says_so(tmp_path: Path) -> None:
    with caseload.open(tmp_path / "agency.db") as agency:
        desk = agency.acting_as("root", on=date(2024, 6, 15))
        desk.register_staff(id="maria")
    assert agency.closed and repr(agency) == "<closed agency>"
    agency.close()
    for ask in (
        lambda: desk.register_staff(id="sam"),
        lambda: agency.counts(as_of=date(2024, 6, 15)),
        lambda: agency.head,
        lambda: agency.sql("select 1"),
    ):
        with pytest.raises(Closed):
            ask()


@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")
def test_after_a_fork_a_handle_answers_closed(tmp_path: Path) -> None:
    with caseload.open(tmp_path / "agency.db") as agency:
        snapshot = agency.snapshot()
        child = os.fork()
        if child == 0:
            code = 1
            try:
                agency.snapshot()
            except Closed:
                try:
                    snapshot.counts(as_of=date(2024, 6, 15))
                except Closed:
                    code = 0
            finally:
                os._exit(code)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        agency.acting_as("root", on=date(2024, 6, 15)).register_staff(id="maria")


def test_a_zone_that_is_none_is_told_at_once() -> None:
    with pytest.raises(InputError, match="IANA"):
        caseload.open(":memory:", zone="Chicago")
    with caseload.open(":memory:", zone="Pacific/Kiritimati") as agency:
        assert isinstance(agency.today(), date)
