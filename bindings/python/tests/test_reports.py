"""Reports as tables, for every reader of Arrow that users pick."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import caseload
import pytest
from caseload import Agency, Desk, InputError, Report, Table

JUNE = date(2024, 6, 15)
SPRING: dict[str, Any] = {"start": date(2024, 3, 1), "end": date(2024, 6, 1)}

REPORTS: dict[str, dict[str, Any]] = {
    "caseload": {"staff": "maria", "as_of": JUNE},
    "held": {"as_of": JUNE},
    "counts": {"as_of": JUNE},
    "history": {"participant": "P-1023", "program": "housing"},
    "everything": {},
    "current_caseload": {"as_of": JUNE},
    "caseload_distribution": {"as_of": JUNE},
    "without_caseworker": {"as_of": JUNE},
    "misplaced": {},
    "daily_series": SPRING,
    "average_daily_caseload": SPRING,
    "flow": SPRING,
    "coverage_gaps": SPRING,
    "transfers": SPRING,
    "length_of_stay": SPRING,
    "worker_continuity": SPRING,
    "participant_history": {"participant": "P-1023"},
    "corrections": {},
    "caseload_then_and_now": {"as_of": JUNE, "then": 4},
    "filter_participants": {"participants": ["P-1023", "P-7"], "as_of": JUNE},
}


@pytest.fixture(params=REPORTS)
def report(request: pytest.FixtureRequest, agency: Agency) -> Report:
    """Each report in turn."""
    made: Report = getattr(agency, request.param)(**REPORTS[request.param])
    return made


def found_by_name(duckdb: Any, counted: Table) -> Any:
    """DuckDB finds what gives itself to Arrow by the name of the variable."""
    return duckdb.sql("select * from counted")


def test_polars_pyarrow_and_duckdb_read_every_table_alike(report: Report) -> None:
    duckdb = pytest.importorskip("duckdb")
    polars = pytest.importorskip("polars")
    pyarrow = pytest.importorskip("pyarrow")
    for name, table in report.tables.items():
        rows = table.to_dicts()
        assert len(rows) == len(table) == len(list(table)), name
        assert polars.DataFrame(table).to_dicts() == rows
        assert pyarrow.table(table).to_pylist() == rows
        relation = found_by_name(duckdb, table)
        assert relation.columns == table.columns
        assert len(relation.fetchall()) == len(rows)
        assert table.to_arrow().num_rows == table.to_polars().height == len(table.to_pandas())


def test_a_count_less_another_goes_below_0(report: Report, agency: Agency) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    for table in report.tables.values():
        kinds = pyarrow.table(table).schema.types
        assert not [kind for kind in kinds if pyarrow.types.is_unsigned_integer(kind)], table.name
    average = agency.average_daily_caseload(start=date(2024, 2, 1), end=date(2024, 4, 1))
    for frame in (average.to_polars(), average.to_pandas()):
        assert (frame["covered_days"] - frame["range_days"]).min() == 31 - 60


def test_a_report_shows_itself_escaped_and_with_what_it_is_about(report: Report) -> None:
    text = report._repr_html_()
    assert "<caption>" in text and "<script" not in text
    assert report.about["schema"].startswith(report.name)
    assert repr(report).startswith("<") and report.columns[0] in repr(report)


def test_ids_are_escaped_and_long_tables_capped(desk: Desk, agency: Agency) -> None:
    for number in range(60):
        desk.enroll(participant=f"<script>{number}", program="housing", start=date(2024, 3, 1))
    waiting = agency.without_caseworker(as_of=JUNE)
    text = waiting._repr_html_()
    assert "<script>" not in text and "&lt;script&gt;" in text
    assert "60 rows; 40 more rows" in text and "as of 2024-06-15" in text
    assert agency.unassigned("housing", as_of=JUNE) == [row["participant"] for row in waiting]


def test_one_text_is_no_list_of_ids(agency: Agency) -> None:
    with pytest.raises(InputError, match="is one text: give a list of ids"):
        agency.visible("sam", "P-1023", as_of=JUNE)


def test_as_of_and_as_known(agency: Agency, desk: Desk) -> None:
    before = agency.position
    instant = datetime.now(UTC)
    desk.correct(id="a1", start=date(2024, 3, 8), reason="typed the wrong week", new_id="a1b")
    first = date(2024, 3, 1)
    assert len(agency.held(as_of=first)) == 0
    assert len(agency.held(as_of=first, known_at=before)) == 1
    assert len(agency.held(as_of=first, known_at=instant)) == 1
    assert agency.position_of(instant) == before
    assert agency.caseworkers("P-1023", program="housing", as_of=first, known_at=before) == ["maria"]
    with pytest.raises(InputError, match="zone"):
        agency.held(as_of=first, known_at=datetime(2024, 6, 15))
    with pytest.raises(InputError, match="which instant"):
        agency.held(as_of=first, known_at=JUNE)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="below 0"):
        agency.held(as_of=first, known_at=-1)


def test_a_table_says_what_it_takes_to_ask_the_same_again(agency: Agency) -> None:
    counts = agency.counts(as_of=JUNE, known_at=4, actor="maria")
    assert counts.about == {
        "actor": "maria",
        "as_of": "2024-06-15",
        "head": agency.head,
        "known_at": "4",
        "schema": "counts/1",
    }
    assert "as of 2024-06-15, as known at entry 4" in counts._repr_html_()
    assert "as known" not in agency.counts(as_of=JUNE)._repr_html_()
    assert agency.flow(**SPRING).about["from"] == "2024-03-01"
    assert "as_of" not in agency.flow(**SPRING).about
    assert "as_of" not in agency.everything().about
    assert "<i>all</i>" in agency.current_caseload(as_of=JUNE)._repr_html_()


def test_numbers(agency: Agency, desk: Desk) -> None:
    desk.assign(
        id="a2", staff="sam", participant="P-1023", program="housing", start=date(2024, 4, 1), role="primary"
    )
    loads = agency.current_caseload(as_of=JUNE)
    assert {
        (row["staff"], row["program"]): (row["cases"], row["participants"], row["primaries"]) for row in loads
    } == {
        ("maria", "housing"): (1, 1, 0),
        ("maria", None): (1, 1, 0),
        ("sam", "housing"): (1, 1, 1),
        ("sam", None): (1, 1, 1),
        (None, "housing"): (2, 1, 1),
        (None, None): (2, 1, 1),
    }
    only = agency.current_caseload(as_of=JUNE, staff=["sam"])
    assert [row["participant"] for row in only.tables["cases"]] == ["P-1023"]
    assert len(agency.current_caseload(as_of=JUNE, staff=[])) == 0
    series = agency.daily_series(**SPRING, by="all").to_dicts()
    assert [row["cases"] for row in series] == [1] * 31 + [2] * 61
    snapshot = agency.snapshot()
    desk.void(id="a2", reason="wrong person")
    assert len(snapshot.held(as_of=JUNE)) == 2 and len(agency.held(as_of=JUNE)) == 1


def test_an_actor_sees_what_the_rules_let_them_see(agency: Agency, desk: Desk) -> None:
    desk.revise_program(id="housing", policy={"visibility": "own_caseload"})
    assert len(agency.held(as_of=JUNE, actor="maria")) == 1
    assert len(agency.held(as_of=JUNE, actor="sam")) == 0
    assert agency.visible("sam", ["P-1023"], as_of=JUNE) == []
    assert len(agency.daily_series(**SPRING, actor="sam")) == 0


def test_arguments_that_cannot_be_meant(agency: Agency) -> None:
    with pytest.raises(InputError, match="one text"):
        agency.current_caseload(as_of=JUNE, staff="maria")
    with pytest.raises(InputError, match="none of: staff, program"):
        agency.daily_series(**SPRING, by="week")  # type: ignore[arg-type]
    with pytest.raises(InputError) as caught:
        agency.flow(start=date(2024, 6, 1), end=date(2024, 6, 1))
    assert caught.value.violations[0].fields == ("end",)
    with pytest.raises(InputError, match="datetime, not a day"):
        agency.counts(as_of=datetime(2024, 6, 15))


def test_filter_of_a_hosts_own_frame(agency: Agency) -> None:
    polars = pytest.importorskip("polars")
    pandas = pytest.importorskip("pandas")
    pyarrow = pytest.importorskip("pyarrow")
    ids = ["P-7", "P-1023", "P-1023"]
    given = [
        ids,
        polars.Series(ids),
        polars.Series(ids, dtype=polars.Categorical),
        polars.DataFrame({"participant": ids}),
        pyarrow.array(ids, pyarrow.large_string()),
        pyarrow.table({"participant": ids}),
        pandas.Series(ids),
        pandas.DataFrame({"participant": ids}),
    ]
    for participants in given:
        found = agency.filter_participants(participants, staff="maria", as_of=JUNE)
        assert [row["on_caseload"] for row in found] == [False, True, True], type(participants)
        assert found.tables["ids"].to_dicts() == [{"participant": "P-1023"}]
    frame = polars.DataFrame({"client": ids, "amount": [1, 2, 3]})
    mask = agency.filter_participants(frame, column="client", staff="maria", as_of=JUNE)
    assert frame.filter(mask.to_polars()["on_caseload"])["amount"].to_list() == [2, 3]


def test_filter_over_a_range_by_role_and_program(agency: Agency) -> None:
    asked: dict[str, Any] = {"start": date(2024, 2, 1), "end": date(2024, 3, 2)}
    on = agency.filter_participants(["P-1023"], **asked, program="housing", role="")
    assert on.to_dicts()[0]["on_caseload"] is True
    on = agency.filter_participants(["P-1023"], **asked, role="primary")
    assert on.to_dicts()[0]["on_caseload"] is False
    with pytest.raises(InputError, match="either"):
        agency.filter_participants(["P-1023"])


def test_filter_of_what_holds_no_ids(agency: Agency) -> None:
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame({"participant": ["P-1023", None], "amount": [1.5, 2.5]})
    with pytest.raises(InputError, match="row 1 is null"):
        agency.filter_participants(frame, as_of=JUNE)
    with pytest.raises(InputError, match="holds Float64"):
        agency.filter_participants(frame["amount"], as_of=JUNE)
    with pytest.raises(InputError, match=r"no column `client`, but participant, amount"):
        agency.filter_participants(frame, column="client", as_of=JUNE)
    with pytest.raises(InputError, match=r"collect\(\)"):
        agency.filter_participants(frame.lazy(), as_of=JUNE)
    with pytest.raises(InputError, match="row 0 is no id"):
        agency.filter_participants([" P-1023"], as_of=JUNE)
    with pytest.raises(InputError, match="is a int"):
        agency.filter_participants(5, as_of=JUNE)


def test_sql_reads_the_read_tables_and_nothing_else(agency: Agency) -> None:
    table = agency.sql(
        "select staff, count(*) as n, 1.5 as r, x'00ff' as b, null as u from assignment_line"
        " where staff = ?1",
        ["maria"],
    )
    assert table.to_dicts() == [{"staff": "maria", "n": 1, "r": 1.5, "b": b"\x00\xff", "u": None}]
    assert agency.sql("select 1 as x union all select 'a'").to_dicts() == [{"x": "1"}, {"x": "a"}]
    with pytest.raises(caseload.ReadOnly):
        agency.sql("delete from entry")
    with pytest.raises(caseload.Backend, match="no such table"):
        agency.sql("select * from nowhere")


CHARTS = ["counts", "current_caseload", "average_daily_caseload", "daily_series", "flow",
          "caseload_distribution", "length_of_stay"]  # fmt: skip


@pytest.mark.parametrize("name", CHARTS)
def test_charts_hold_the_reports_rows(name: str, agency: Agency, desk: Desk) -> None:
    pytest.importorskip("altair")
    desk.end_assignment(id="a1", end=date(2024, 5, 20))
    desk.end_enrollment(id="e1", end=date(2024, 5, 25))
    arguments = REPORTS[name] | ({"as_of": date(2024, 5, 1)} if "as_of" in REPORTS[name] else {})
    report: Report = getattr(agency, name)(**arguments)
    drawn = report.chart().to_dict()
    data = [part["data"]["values"] for part in drawn.get("layer", [drawn]) if "data" in part]
    assert any(data), drawn
    assert "Chart" in type(report.chart()).__name__


def test_days_of_a_chart_are_the_calendars_in_every_zone(agency: Agency) -> None:
    pytest.importorskip("altair")
    drawn = agency.daily_series(**SPRING).chart().to_dict()
    # `2024-03-01` alone is midnight in UTC to a browser: February in America.
    assert drawn["data"]["values"][0]["day"] == "2024-03-01T00:00:00"
    assert drawn["title"]["subtitle"] == "1 March 2024 to 31 May 2024"


def test_a_series_holds_the_days_on_which_it_moves(agency: Agency, desk: Desk) -> None:
    pytest.importorskip("altair")
    desk.end_assignment(id="a1", end=date(2024, 5, 1))
    rows = agency.daily_series(**SPRING, by="all").chart().to_dict()["data"]["values"]
    assert [(row["day"][:10], row["cases"]) for row in rows] == [
        ("2024-03-01", 1),
        ("2024-05-01", 0),
        ("2024-05-31", 0),
    ]


def test_many_workers_have_a_panel_each(agency: Agency, desk: Desk) -> None:
    pytest.importorskip("altair")
    desk.revise_program(id="housing", policy={"entry_order": "any"})
    for number in range(40):
        desk.register_staff(id=f"s{number:02}")
        desk.assign(staff=f"s{number:02}", participant="P-1023", program="housing", start=date(2024, 3, 1))
    few = agency.daily_series(**SPRING, staff=["maria", "s01"]).chart().to_dict()
    assert few["encoding"]["color"]["sort"] == ["maria", "s01"]
    many = agency.daily_series(**SPRING).chart().to_dict()
    assert len({row["of"] for row in many["data"]["values"]}) == 30 == len(many["encoding"]["facet"]["sort"])
    assert many["title"]["subtitle"].endswith("; the 30 largest of 41")


def test_what_flowed_out_is_drawn_below_the_line_and_told_as_it_is(agency: Agency, desk: Desk) -> None:
    pytest.importorskip("altair")
    desk.end_assignment(id="a1", end=date(2024, 4, 20))
    drawn = agency.flow(**SPRING).chart().to_dict()["data"]["values"]
    closed = [row for row in drawn if row["what"] == "closed" and row["cases"]]
    assert [(row["month"][:7], row["cases"], row["drawn"]) for row in closed] == [("2024-04", 1, -1)]


@pytest.mark.parametrize(("most", "bands"), [(5, ["0", "1", "2", "3", "4", "5"]), (31, 16), (299, 30)])
def test_a_distribution_has_bands_that_can_be_read(
    most: int, bands: int | list[str], agency: Agency, desk: Desk
) -> None:
    pytest.importorskip("altair")
    people = [f"P-{number}" for number in range(most)]
    rows = [caseload.EnrollmentRow(id=f"e-{who}", participant=who, start=SPRING["start"]) for who in people]
    desk.mirror_enrollments(program="housing", rows=rows)
    given = [
        caseload.AssignRow(staff="sam", participant=who, program="housing", start=SPRING["start"])
        for who in people
    ]
    desk.batch(rows=given, mode="all_or_nothing")
    drawn = agency.caseload_distribution(as_of=JUNE).chart().to_dict()
    shown = drawn["encoding"]["x"]["scale"]["domain"]
    assert shown == bands or len(shown) == bands
    assert {row["band"] for row in drawn["data"]["values"]} <= set(shown)


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_of_nothing_is_empty(name: str, agency: Agency) -> None:
    pytest.importorskip("altair")
    report: Report = getattr(agency, name)(**REPORTS[name] | {"known_at": 0})
    assert report.chart().to_dict()


def test_what_has_no_chart_says_what_has_one(agency: Agency) -> None:
    with pytest.raises(TypeError, match="there is no chart of held, only of"):
        agency.held(as_of=JUNE).chart()
