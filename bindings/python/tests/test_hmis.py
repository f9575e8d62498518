"""HMIS CSV exports, as a data office brings them: the project's own made-up ones."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import caseload
import pytest
from caseload import Agency, HmisImport, InputError

FIXTURES = Path(__file__).resolve().parents[3] / "crates" / "caseload-io" / "fixtures" / "hmis"
FIRST, NEWER = FIXTURES / "2024", FIXTURES / "2025"
DAY = date(2025, 1, 15)


def counts(done: HmisImport) -> dict[str, tuple[int, int, int, int]]:
    """Stored, unchanged, left out and refused, by file; they add up to the rows."""
    told = {}
    for row in done:
        four = (row["stored"], row["unchanged"], row["left_out"], row["refused"])
        assert sum(four) == row["rows"], row
        told[row["file"]] = four
    return told


def test_every_row_of_an_export_is_accounted_for(agency: Agency) -> None:
    done = agency.import_hmis(FIRST, on=DAY)
    assert counts(done) == {
        "Export.csv": (0, 0, 1, 0),
        "Project.csv": (4, 0, 1, 0),
        "User.csv": (6, 0, 1, 0),
        "Enrollment.csv": (58, 0, 2, 9),
        "Exit.csv": (18, 0, 3, 5),
    }
    refused = done.tables["refused"].to_dicts()
    assert (done.refused, len(refused), done.stubs, done.voided) == (14, 14, 1, 0)
    assert {row["what"] for row in refused} == {"row"}
    assert (refused[-1]["file"], refused[-1]["line"], refused[-1]["code"]) == (
        "Exit.csv",
        28,
        "unknown-enrollment",
    )
    left_out = {(row["file"], row["reason"]): row["rows"] for row in done.tables["left_out"]}
    assert left_out["Exit.csv", "enrollment-deleted"] == 1
    assert [(row["code"], row["times"]) for row in done.tables["warnings"]] == [("user-not-listed", 1)]
    assert done.about == {
        "schema": "hmis_counts/1",
        "export": "XP1",
        "export_start": "2023-10-01",
        "export_end": "2024-09-30",
        "csv_version": "2026 v1.0",
    }
    assert len(agency.without_caseworker(as_of=date(2024, 9, 1), programs=["103"])) > 0
    # Nobody is named in what is told.
    told = "".join(table._repr_html_() for table in done.tables.values())
    assert "P20" not in told and "E10" not in told and "Birch" not in told


def test_the_same_export_again_stores_nothing_and_a_newer_one_what_changed(agency: Agency) -> None:
    agency.import_hmis(FIRST, on=DAY)
    head = agency.head
    again = agency.import_hmis(FIRST, on=DAY)
    assert agency.head == head
    assert counts(again)["Enrollment.csv"] == (0, 58, 2, 9)
    newer = counts(agency.import_hmis(NEWER, on=DAY))
    assert agency.head != head
    stored, unchanged, _, _ = newer["Enrollment.csv"]
    assert stored > 0 and unchanged > 0


def test_a_review_says_the_same_and_stores_nothing(agency: Agency) -> None:
    head = agency.head
    review = agency.import_hmis(FIRST, on=DAY, mode="review", assign_by_user=True)
    assert agency.head == head
    done = agency.import_hmis(FIRST, on=DAY, assign_by_user=True)
    assert done.to_dicts() == review.to_dicts()
    assert done.tables["refused"].to_dicts() == review.tables["refused"].to_dicts()


def test_assignments_come_from_users_only_on_request(agency: Agency) -> None:
    plain = agency.import_hmis(FIRST, on=DAY, mode="review")
    assert "assignments by user" not in counts(plain)
    done = agency.import_hmis(FIRST, on=DAY, assign_by_user=True)
    stored, _, _, _ = counts(done)["assignments by user"]
    lines = [row for row in agency.everything() if row["program"] != "housing"]
    assert len(lines) == stored > 0
    assert {row["role"] for row in lines} == {"hmis-entry-user", "hmis-exit-user"}


def test_a_program_that_takes_no_history_refuses_assignments_and_no_rows(agency: Agency) -> None:
    agency.import_hmis(FIRST, on=DAY)
    done = agency.import_hmis(FIRST, on=DAY, assign_by_user=True)
    refused = done.tables["refused"].to_dicts()
    assert {row["what"] for row in refused} == {"row", "assignment"}
    assert "history-row" in {row["code"] for row in refused}
    assert counts(done)["Enrollment.csv"] == (0, 58, 2, 9)


def test_an_import_tells_how_far_it_is_and_goes_on_where_it_was_stopped(agency: Agency) -> None:
    told: list[tuple[int, int]] = []

    def stop(done: int, total: int) -> bool:
        told.append((done, total))
        return len(told) < 2

    with caseload.open(":memory:") as whole:
        expected = counts(whole.import_hmis(FIRST, on=DAY))
        with pytest.raises(caseload.Cancelled):
            agency.import_hmis(FIRST, on=DAY, progress=stop)
        assert told and all(done <= total for done, total in told)
        again = counts(agency.import_hmis(FIRST, on=DAY))
        kept = {file: (stored + unchanged, out, bad) for file, (stored, unchanged, out, bad) in again.items()}
        assert kept == {file: (new + old, out, bad) for file, (new, old, out, bad) in expected.items()}
        lines = [
            {row["enrollment"] for row in one.everything().tables["enrollments"]} for one in (agency, whole)
        ]
        assert lines[0] == lines[1] | {"e1"}


@pytest.mark.parametrize(
    ("broken", "code", "words"),
    [
        ("no folder", "hmis-no-folder", "is not a folder"),
        ("no file", "hmis-file-missing", r"`Exit\.csv` is missing"),
        ("no column", "hmis-column-missing", r"`User\.csv` has no column `UserID`"),
        ("utf-16", "hmis-encoding", "save it as UTF-8"),
    ],
)
def test_what_is_no_export_is_told_before_anything_is_stored(
    agency: Agency, tmp_path: Path, broken: str, code: str, words: str
) -> None:
    folder = tmp_path / "export"
    if broken != "no folder":
        shutil.copytree(FIRST, folder)
    if broken == "no file":
        (folder / "Exit.csv").unlink()
    elif broken == "no column":
        (folder / "User.csv").write_text("Id,UserFirstName,UserLastName,DateDeleted\n")
    elif broken == "utf-16":
        (folder / "Project.csv").write_text("ProjectID,ProjectName,DateDeleted\n", encoding="utf-16")
    head = agency.head
    with pytest.raises(InputError, match=words) as caught:
        agency.import_hmis(folder, on=DAY)
    assert caught.value.code == code
    assert agency.head == head
