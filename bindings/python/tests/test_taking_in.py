"""Tables with history, and batch files, as an analyst and an office bring them."""

from __future__ import annotations

import csv
import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import caseload
import pytest
from caseload import Agency, InputError

polars = pytest.importorskip("polars")
pyarrow = pytest.importorskip("pyarrow")
pandas = pytest.importorskip("pandas")
duckdb = pytest.importorskip("duckdb")

HISTORY = '{"batch_history":"allow","entry_order":"any"}'
FRAMES: dict[str, Callable[[dict[str, list[Any]]], Any]] = {
    "polars": polars.DataFrame,
    "pyarrow": pyarrow.table,
    "pandas": pandas.DataFrame,
    "duckdb": lambda columns: duckdb.from_arrow(pyarrow.table(columns)),
}
LINES: dict[str, list[Any]] = {
    "staff": ["pat", "kim", "nobody"],
    "participant": ["P-1", "P-1", "P-1"],
    "program": ["shelter"] * 3,
    "start": [date(2019, 3, 1), date(2020, 1, 1), date(2020, 2, 1)],
    "end": [date(2020, 1, 1), None, None],
}


def tables(frame: Callable[[dict[str, list[Any]]], Any]) -> dict[str, Any]:
    """A small migration."""
    return {
        "programs": frame({"id": ["shelter"], "name": ["Night shelter"], "policy": [HISTORY]}),
        "staff": frame({"id": ["pat", "kim"], "rights": ["own others", "own"]}),
        "enrollments": frame(
            {
                "id": ["E-1"],
                "participant": ["P-1"],
                "program": ["shelter"],
                "start": [date(2019, 3, 1)],
            }
        ),
        "assignments": frame(LINES),
    }


def counts(done: caseload.TableImport) -> dict[str, tuple[int, int, int]]:
    """Accepted, already there and refused, by table."""
    return {
        row["table"]: (row["accepted"], row["already_there"], row["refused"]) for row in done.tables["counts"]
    }


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)
def test_tables_of_any_frame_come_in_once(frame: Callable[..., Any], agency: Agency) -> None:
    review = agency.import_tables(**tables(frame), mode="review")
    assert not review.stored and len(agency.held(as_of=date(2019, 6, 1))) == 0
    done = agency.import_tables(**tables(frame))
    assert done.stored and done.refused == 1
    assert counts(done) == counts(review)
    assert counts(done) == {
        "programs": (1, 0, 0),
        "staff": (2, 0, 0),
        "enrollments": (1, 0, 0),
        "assignments": (2, 0, 1),
    }
    (refused,) = done.tables["refused"].to_dicts()
    assert (refused["table"], refused["row"], refused["code"]) == ("assignments", 3, "unknown-staff")
    assert agency.caseworkers("P-1", program="shelter", as_of=date(2019, 6, 1)) == ["pat"]
    head = agency.head
    again = agency.import_tables(**tables(frame))
    assert counts(again)["assignments"] == (0, 2, 1)
    assert agency.head == head


def test_all_or_nothing_stores_nothing_where_a_row_is_refused(agency: Agency) -> None:
    head = agency.head
    done = agency.import_tables(**tables(polars.DataFrame), mode="all_or_nothing")
    assert not done.stored and agency.head == head


def test_progress_can_stop_an_import(agency: Agency) -> None:
    def stop(done: int, total: int) -> None:
        raise TimeoutError("enough")

    with pytest.raises(TimeoutError, match="enough"):
        agency.import_tables(**tables(polars.DataFrame), progress=stop)


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"id": ["x"], "title": ["Shelter"]}, r"column `title` of programs is unknown"),
        ({"name": ["x"]}, r"column `id` of programs is missing"),
        ({"id": [1.5]}, r"column `id` of programs is Float64"),
    ],
)
def test_columns_that_do_not_fit_are_told_before_anything_is_stored(
    agency: Agency, columns: dict[str, list[Any]], words: str
) -> None:
    head = agency.head
    with pytest.raises(InputError, match=words) as caught:
        agency.import_tables(programs=polars.DataFrame(columns))
    assert caught.value.code == "import-columns"
    assert agency.head == head


def test_what_is_no_table_is_told(agency: Agency) -> None:
    frame = polars.DataFrame({"id": ["ada"]})
    with pytest.raises(InputError, match=r"collect\(\)"):
        agency.import_tables(staff=frame.lazy())
    with pytest.raises(InputError, match="is a list: give a frame"):
        agency.import_tables(staff=[{"id": "ada"}])


def test_an_instant_is_no_day_and_a_null_refuses_its_row(agency: Agency) -> None:
    instants = polars.DataFrame(LINES | {"start": [datetime(2019, 3, 1)] * 3})
    with pytest.raises(InputError, match="column `start` of assignments is Timestamp"):
        agency.import_tables(assignments=instants)
    nulls = polars.DataFrame(LINES | {"participant": ["P-1", None, "P-1"]})
    done = agency.import_tables(**tables(polars.DataFrame) | {"assignments": nulls})
    refused = done.tables["refused"].to_dicts()
    told = [(row["row"], row["code"], row["fields"]) for row in refused if row["table"] == "assignments"]
    assert told == [(2, "input-command", "participant"), (3, "unknown-staff", "staff")]


def test_a_template_is_filled_in_and_uploaded(agency: Agency, tmp_path: Path) -> None:
    for name in ("template.csv", "template.xlsx"):
        agency.write_template(tmp_path / name, program="id", staff="id")
        untouched = agency.upload(tmp_path / name)
        assert (untouched.rows, untouched.skipped, untouched.refused) == (2, 2, 0)
    sheet = zipfile.ZipFile(tmp_path / "template.xlsx").read("xl/worksheets/sheet1.xml").decode()
    # The instructions wrap, and not every reader makes room for them by itself.
    assert re.search(r'<row r="2"[^>]* ht="75"[^>]* customHeight="1"', sheet)
    template = tmp_path / "template.csv"
    header = template.read_text(encoding="utf-8-sig").splitlines()[0].split(",")
    rows = [
        {"Participant ID": "P-1023", "Program ID": "housing", "Staff ID": "sam"},
        {"Participant ID": "P-7", "Program ID": "housing", "Staff ID": "sam"},
    ]
    with template.open("a", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header)
        for row in rows:
            writer.writerow(row | {"Action": "begin", "Start date": "2024-06-01"})
    dry = agency.upload(template)
    assert (dry.would_pass, dry.refused, dry.skipped, dry.rows) == (1, 1, 2, 4)
    result = tmp_path / "result.csv"
    done = agency.upload(template, mode="partial", result=result, request="june")
    assert (done.stored, done.refused, done.problems) == (1, 1, {"not-enrolled": 1})
    told = result.read_text(encoding="utf-8-sig")
    assert "not-enrolled" in told and "P-7" not in told and "housing" not in told
    head = agency.head
    assert agency.upload(template, mode="partial", request="june") == done
    assert agency.head == head
    workbook = tmp_path / "result.xlsx"
    agency.upload(template, result=workbook)
    assert workbook.read_bytes().startswith(b"PK")


def test_files_that_are_no_batch_files_are_told(agency: Agency, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.xlsx"
    damaged.write_bytes(b"PK\x03\x04 and nothing that follows")
    with pytest.raises(InputError, match=r"damaged\.xlsx"):
        agency.upload(damaged)
    mixed = tmp_path / "mixed.csv"
    mixed.write_text("Participant ID,Program ID,Program name,Staff ID,Start date\n")
    with pytest.raises(InputError, match="Program name"):
        agency.upload(mixed)
    with pytest.raises(InputError, match=r"missing\.csv"):
        agency.upload(tmp_path / "missing.csv")
    long = tmp_path / "long.csv"
    long.write_text(
        "Participant ID,Program ID,Staff ID,Start date\n" + "x" * 50_000_000 + ",housing,sam,2024-06-01\n"
    )
    done = agency.upload(long, mode="partial")
    assert (done.rows, done.refused) == (1, 1)
    good = tmp_path / "good.csv"
    agency.write_template(good)
    with pytest.raises(OSError, match="No such file"):
        agency.upload(good, result=tmp_path / "nowhere" / "result.csv")
