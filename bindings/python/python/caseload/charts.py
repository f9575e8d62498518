"""Reports as pictures, with altair (extra `plot`).

A chart holds its rows, so what is drawn is what the report says: nothing is computed here but the choice of
rows, and long reports are cut to the staff with the most cases, which the title then says.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import altair

    from caseload.report import Report

__all__ = ["chart_of"]

#: More lines or bars than this cannot be told apart.
_MOST = 30


def chart_of(report: Report) -> altair.Chart | altair.LayerChart:
    """The picture of a report.

    Raises:
        TypeError: There is none.
        ModuleNotFoundError: altair is missing.
    """
    draw = _CHARTS.get(report.name)
    if draw is None:
        known = ", ".join(sorted(_CHARTS))
        raise TypeError(f"there is no chart of {report.name}, only of: {known}")
    try:
        import altair
    except ModuleNotFoundError as missing:
        text = "this needs altair: pip install 'caseload[plot]'"
        raise ModuleNotFoundError(text, name="altair") from missing
    chart: altair.Chart | altair.LayerChart = draw(altair, report)
    return chart


def _rows(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows as JSON has them."""
    return [
        {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in row.items()}
        for row in rows
    ]


def _most(rows: list[dict[str, Any]], of: str) -> tuple[list[dict[str, Any]], str]:
    """The rows with the most of something, and what to say where others were left out."""
    kept = sorted(rows, key=lambda row: (-row[of], str(row.get("staff"))))[:_MOST]
    left_out = len(rows) - len(kept)
    return kept, f", the {_MOST} largest of {len(rows):,}" if left_out else ""


def _titled(report: Report, more: str = "") -> str:
    text = report._titled() + more
    return text[:1].upper() + text[1:]


def _counts(alt: Any, report: Report) -> altair.Chart:
    rows, more = _most(report.to_dicts(), "assignments")
    return _bars(alt, rows, "assignments", "assignments", _titled(report, more))


def _loads(alt: Any, report: Report) -> altair.Chart:
    """A bar for each staff member, a part of it for each program."""
    each = [row for row in report.to_dicts() if row["staff"] is not None]
    of_all = [row for row in each if row["program"] is None]
    kept, more = _most(of_all, "cases")
    order = [row["staff"] for row in kept]
    parts = [row for row in each if row["program"] is not None and row["staff"] in set(order)]
    chart: altair.Chart = (
        alt.Chart(alt.Data(values=_rows(parts)), title=_titled(report, more))
        .mark_bar()
        .encode(
            x=alt.X("sum(cases):Q", title="cases", axis=alt.Axis(tickMinStep=1)),
            y=alt.Y("staff:N", sort=order, title=None),
            color=alt.Color("program:N", title="program"),
            tooltip=["staff:N", "program:N", "cases:Q", "participants:Q", "primaries:Q"],
        )
    )
    return chart


def _average(alt: Any, report: Report) -> altair.Chart:
    rows = [row for row in report.to_dicts() if row["staff"] is not None and row["program"] is None]
    kept, more = _most(rows, "average_daily_caseload")
    return _bars(alt, kept, "average_daily_caseload", "cases on an average day", _titled(report, more))


def _bars(alt: Any, rows: list[dict[str, Any]], of: str, unit: str, title: str) -> altair.Chart:
    chart: altair.Chart = (
        alt.Chart(alt.Data(values=_rows(rows)), title=title)
        .mark_bar()
        .encode(
            x=alt.X(f"{of}:Q", title=unit),
            y=alt.Y("staff:N", sort=[row["staff"] for row in rows], title=None),
            tooltip=["staff:N", f"{of}:Q"],
        )
    )
    return chart


def _series(alt: Any, report: Report) -> altair.Chart:
    """A line for each staff member or program, drawn as steps: a caseload changes between days."""
    rows = report.to_dicts()
    by = report.about.get("by", "staff")
    for row in rows:
        names = [row[name] for name in ("staff", "program") if row.get(name) is not None]
        row["of"] = " in ".join(names) or "all"
    largest: dict[str, int] = {}
    for row in rows:
        largest[row["of"]] = max(largest.get(row["of"], 0), row["cases"])
    kept = sorted(largest, key=lambda name: (-largest[name], name))[:_MOST]
    more = f", the {_MOST} largest of {len(largest):,}" if len(largest) > _MOST else ""
    shown = [row for row in rows if row["of"] in set(kept)]
    encoding: dict[str, Any] = {
        "x": alt.X("day:T", title=None),
        "y": alt.Y("cases:Q", title="cases", axis=alt.Axis(tickMinStep=1)),
        "tooltip": ["of:N", "day:T", "cases:Q"],
    }
    if by != "all":
        encoding["color"] = alt.Color("of:N", title=by.replace("_", " "), sort=kept)
    chart: altair.Chart = (
        alt.Chart(alt.Data(values=_rows(shown)), title=_titled(report, more))
        .mark_line(interpolate="step-after")
        .encode(**encoding)
    )
    return chart


def _flow(alt: Any, report: Report) -> altair.LayerChart:
    """What came and went in each month, above and below the line, and what was carried out of it."""
    totals: dict[Any, dict[str, int]] = {}
    for row in report.to_dicts():
        month = totals.setdefault(row["start"], dict.fromkeys(_FLOW_SIGNS, 0) | {"carried_out": 0})
        for name in (*_FLOW_SIGNS, "carried_out"):
            month[name] += row[name]
    moved = [
        {"month": month.isoformat(), "what": name.replace("_", " "), "cases": sign * counts[name]}
        for month, counts in totals.items()
        for name, sign in _FLOW_SIGNS.items()
    ]
    left = [{"month": month.isoformat(), "cases": counts["carried_out"]} for month, counts in totals.items()]
    when = alt.X("yearmonth(month):T", title=None)
    bars = (
        alt.Chart(alt.Data(values=moved))
        .mark_bar()
        .encode(
            x=when,
            y=alt.Y("cases:Q", title="cases in (above) and out (below)"),
            color=alt.Color("what:N", title=None, sort=[n.replace("_", " ") for n in _FLOW_SIGNS]),
            tooltip=["what:N", "month:T", "cases:Q"],
        )
    )
    line = (
        alt.Chart(alt.Data(values=left))
        .mark_line(point=True, color="black")
        .encode(x=when, y=alt.Y("cases:Q", title="carried out (line)"), tooltip=["month:T", "cases:Q"])
    )
    chart: altair.LayerChart = alt.layer(bars, line, title=_titled(report)).resolve_scale(y="independent")
    return chart


#: What comes into a month, and what goes out of it.
_FLOW_SIGNS = {"opened": 1, "transferred_in": 1, "closed": -1, "transferred_out": -1}


def _distribution(alt: Any, report: Report) -> altair.Chart:
    """How many staff have how many cases."""
    rows = [
        row
        for row in report.tables["cases"].to_dicts()
        if row["staff"] is not None and row.get("program") is None
    ]
    chart: altair.Chart = (
        alt.Chart(alt.Data(values=_rows(rows)), title=_titled(report))
        .mark_bar()
        .encode(
            x=alt.X("cases:Q", bin=alt.Bin(maxbins=_MOST, minstep=1), title="cases of a staff member"),
            y=alt.Y("count():Q", title="staff", axis=alt.Axis(tickMinStep=1)),
            tooltip=["count():Q"],
        )
    )
    return chart


def _survival(alt: Any, report: Report) -> altair.Chart:
    """The share of stays that last longer than so many days, for each program."""
    rows = [row for row in report.tables["curves"].to_dicts() if row["staff"] is None]
    for row in rows:
        row["of"] = row["program"] or "all programs"
    # Every curve begins with everybody.
    rows += [{"of": of, "length": 0, "survival": 1.0} for of in sorted({row["of"] for row in rows})]
    chart: altair.Chart = (
        alt.Chart(alt.Data(values=_rows(rows)), title=_titled(report))
        .mark_line(interpolate="step-after")
        .encode(
            x=alt.X("length:Q", title="days"),
            y=alt.Y("survival:Q", title="still there", scale=alt.Scale(domain=[0, 1])),
            color=alt.Color("of:N", title="program"),
            tooltip=["of:N", "length:Q", "survival:Q"],
        )
    )
    return chart


_CHARTS: dict[str, Callable[[Any, Report], Any]] = {
    "counts": _counts,
    "current_caseload_loads": _loads,
    "average_daily_caseload": _average,
    "daily_series": _series,
    "flow": _flow,
    "caseload_distribution_spreads": _distribution,
    "length_of_stay": _survival,
}
