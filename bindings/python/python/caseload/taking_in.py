"""What comes of tables, exports and batch files that were taken in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from caseload import _caseload
from caseload.errors import InputError
from caseload.report import Report

__all__ = ["HmisImport", "TableImport", "Upload"]


class TableImport(Report):
    """What an import of tables did, or would do.

    `tables["counts"]` has the rows of each table, which all end in one place: accepted, already there or
    refused. `tables["refused"]` has every refused row, with its number from 1, codes, fields and texts.

    Attributes:
        stored: Whether the accepted rows are stored: not after a review, nor where rows were refused and it
            was all or nothing.
    """

    __slots__ = ("stored",)

    stored: bool

    def __init__(self, tables: Sequence[_caseload.Table], stored: bool) -> None:
        super().__init__("import_tables", tables)
        self.stored = stored

    @property
    def refused(self) -> int:
        """How many rows were refused."""
        return sum(row["refused"] for row in self.tables["counts"])


class HmisImport(Report):
    """What an import of an HMIS CSV export did, or would do.

    `tables["counts"]` has the rows of each file, which all end in one place: stored, unchanged, left out or
    refused; `tables["refused"]` every refused row with its file, line, code and text, without a value of the
    row but its days. `tables["left_out"]` and `tables["warnings"]` tell why, and how often. `about` says which
    export it was.

    Attributes:
        voided: Enrollments that this export takes back, or does not list although it should.
        stubs: Staff registered without a name, because only rows of others name them.
    """

    __slots__ = ("stubs", "voided")

    stubs: int
    voided: int

    def __init__(self, tables: Sequence[_caseload.Table], voided: int, stubs: int) -> None:
        super().__init__("import_hmis", tables)
        self.voided = voided
        self.stubs = stubs

    @property
    def refused(self) -> int:
        """How many rows were refused, and assignments made from their users."""
        return len(self.tables["refused"])


@dataclass(frozen=True, slots=True)
class Upload:
    """What the rows of a batch file came to; the four ways add up to the rows.

    Attributes:
        rows: Rows below the header, up to the last one that is not blank.
        stored: Rows that are stored.
        would_pass: Rows that would pass where nothing was stored.
        refused: Rows that were refused.
        skipped: Rows that ask for nothing: blank ones, the template's instructions and sample.
        problems: How many refused rows have a problem of each code.
    """

    rows: int
    stored: int
    would_pass: int
    refused: int
    skipped: int
    problems: Mapping[str, int]


def _tabular(name: str, table: Any) -> Any:
    """What gives rows to Arrow.

    Raises:
        InputError: It does not; the text says what would.
    """
    if type(table).__module__.lstrip("_").startswith("duckdb"):
        # One connection of DuckDB has one answer open at a time, and there are up to four tables.
        return _caseload.gathered(table)
    if table is None or hasattr(table, "__arrow_c_stream__") or hasattr(table, "__arrow_c_array__"):
        return table
    if hasattr(table, "collect"):
        raise InputError._about(name, "is a lazy frame: call `.collect()` first")
    kind = type(table).__name__
    raise InputError._about(
        name,
        f"is a {kind}: give a frame of polars, pandas, pyarrow or DuckDB, such as `polars.DataFrame(...)`",
    )
