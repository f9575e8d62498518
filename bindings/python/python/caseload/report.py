"""Answers as tables: read by any Arrow library without copying, turned into Python objects only when asked.

A `Report` has one or more tables, the first of which it stands for; `report.tables` has all of them by name.
What the columns mean, in which unit, and what null means is on the page of schemas of `caseload-arrow`.
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

from caseload import _caseload
from caseload.charts import chart_of

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

    from caseload.charts import Picture

__all__ = ["Report", "Table"]

#: Of some reports: how the names of their tables begin, and which of them the report stands for.
_TABLES = {
    "caseload_distribution": ("caseload_distribution", "spreads"),
    "caseload_then_and_now": ("then_and_now", "changes"),
    "coverage_gaps": ("coverage_gaps", "coverage_gaps"),
    "current_caseload": ("current_caseload", "loads"),
    "everything": ("everything", "assignments"),
    "history": ("history", "assignments"),
    "import_hmis": ("hmis", "counts"),
    "import_tables": ("import", "counts"),
    "participant_history": ("participant_history", "assignments"),
    "without_caseworker": ("unassigned", "waiting"),
    "worker_continuity": ("worker_continuity", "sums"),
}
#: Tables in which a row without staff or program is a sum over all of them.
_WITH_SUMS = frozenset(
    {
        "average_daily_caseload",
        "caseload_distribution_cases",
        "caseload_distribution_spreads",
        "current_caseload_loads",
        "daily_series",
        "length_of_stay",
        "length_of_stay_curves",
        "length_of_stay_lengths",
        "misplaced_counts",
        "worker_continuity_sums",
    }
)
#: How many rows are shown of a long table.
_SHOWN = 20


class Table:
    """A table of an answer.

    It gives itself to pyarrow, polars, DuckDB and pandas through the Arrow PyCapsule interface:
    `polars.DataFrame(table)`, `pyarrow.table(table)`, `duckdb.sql("select * from report")`.

    Example:
        >>> table = agency.counts(as_of=date(2024, 6, 15))
        >>> len(table), table.columns
        (1, ['staff', 'assignments'])
        >>> table.to_dicts()
        [{'staff': 'maria', 'assignments': 1}]
    """

    __slots__ = ("_table",)

    def __init__(self, table: _caseload.Table) -> None:
        self._table = table

    @property
    def name(self) -> str:
        """The name of the table, as on the page of schemas."""
        return self._table.name

    @property
    def columns(self) -> list[str]:
        """The names of the columns, in order."""
        return self._table.columns

    @property
    def about(self) -> Mapping[str, str]:
        """What it takes to ask the same again.

        `as_of`, or `from` and `to`; `known_at`, the position it knows up to, and `head`, the log's end then;
        `actor`, if one asked; and `schema`, the name and version of the table. All of it is in the metadata
        of the Arrow schema, so that it stays with a file.
        """
        told = self._table.metadata
        return {key.removeprefix("caseload."): value for key, value in sorted(told.items())}

    def __len__(self) -> int:
        return len(self._table)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """The rows as dicts, a thousand made at a time."""
        for offset in range(0, len(self), 1_000):
            yield from self._table.rows(offset, 1_000)

    def __arrow_c_schema__(self) -> object:
        """The schema for Arrow libraries."""
        return self._table.__arrow_c_schema__()

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """The batches for Arrow libraries."""
        return self._table.__arrow_c_stream__(requested_schema)

    def to_dicts(self) -> list[dict[str, Any]]:
        """Every row as a dict: days as `datetime.date`, instants as `datetime` in UTC, null as `None`."""
        return self._table.rows()

    def to_arrow(self) -> pyarrow.Table:
        """As a pyarrow table (extra `arrow`)."""
        return _needed("pyarrow", "arrow").table(self)

    def to_polars(self) -> polars.DataFrame:
        """As a polars frame (extra `polars`)."""
        frame: polars.DataFrame = _needed("polars", "polars").DataFrame(self)
        return frame

    def to_pandas(self) -> pandas.DataFrame:
        """As a pandas frame (extra `pandas`); days are `datetime64`, so that they compare and plot."""
        _needed("pandas", "pandas")
        frame: pandas.DataFrame = self.to_arrow().to_pandas(date_as_object=False)
        return frame

    def __repr__(self) -> str:
        return f"<{self._titled()}, {len(self)} rows: {', '.join(self.columns)}>"

    def _titled(self) -> str:
        about = self.about
        title = self.name.replace("_", " ")
        if "from" in about:
            title += f" from {about['from']} to before {about.get('to', 'the end')}"
        elif "as_of" in about:
            title += f" as of {about['as_of']}"
        known_at = about.get("known_at")
        if known_at is not None and known_at != about["head"].split(":", 1)[0]:
            title += f", as known at entry {known_at}"
        return title

    def _repr_html_(self) -> str:
        """The first rows, escaped, with what they are about: for notebooks."""
        head = "".join(f"<th>{html.escape(column)}</th>" for column in self.columns)
        rows = self._table.rows(0, _SHOWN)
        body = "".join(
            "<tr>" + "".join(f"<td>{self._cell(*cell)}</td>" for cell in row.items()) + "</tr>"
            for row in rows
        )
        more = len(self) - len(rows)
        left = f"; {more:,} more rows" if more > 0 else ""
        caption = html.escape(f"{self._titled()}: {len(self):,} rows{left}")
        return (
            f'<table class="caseload"><caption>{caption}</caption>'
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        )

    def _cell(self, column: str, value: object) -> str:
        if value is None:
            return "<i>all</i>" if column in ("staff", "program") and self.name in _WITH_SUMS else ""
        if isinstance(value, float):
            return f"{value:.3f}"
        return html.escape(str(value))


class Report(Table):
    """An answer with one or more tables; it stands for the first.

    Example:
        >>> report = agency.current_caseload(as_of=date(2024, 6, 15))
        >>> list(report.tables)
        ['loads', 'cases']
        >>> report.tables["cases"].to_dicts()[0]["participant"]
        'P-1023'
    """

    __slots__ = ("tables",)

    tables: Mapping[str, Table]

    def __init__(self, name: str, tables: Sequence[_caseload.Table]) -> None:
        family, first = _TABLES.get(name, (name, None))
        short = {table.name.removeprefix(f"{family}_"): Table(table) for table in tables}
        if first is not None:
            short = {first: short.pop(first), **short}
        self.tables = short
        super().__init__(next(iter(short.values()))._table)

    def chart(self) -> Picture:
        """The report as a picture (extra `plot`).

        Raises:
            TypeError: There is no picture of this report; `to_polars()` and the like are for your own.
        """
        return chart_of(self)

    def _repr_html_(self) -> str:
        others = [table for table in list(self.tables.values())[1:] if len(table)]
        return "".join([super()._repr_html_(), *(table._repr_html_() for table in others)])


def _needed(module: str, extra: str) -> Any:
    try:
        return import_module(module)
    except ModuleNotFoundError as missing:
        text = f"this needs {module}: pip install 'caseload[{extra}]'"
        raise ModuleNotFoundError(text, name=module) from missing
