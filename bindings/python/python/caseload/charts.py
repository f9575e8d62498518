"""Reports as pictures, with altair (extra `plot`).

A chart holds its rows, so what is drawn is what the report says: nothing is computed here but the choice of
rows, and long reports are cut to the staff with the most cases, which the title then says. Every scale of
cases begins at zero, and a worker or a program has the same name as in the report.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import altair

    from caseload.report import Report

    Picture: TypeAlias = altair.Chart | altair.LayerChart | altair.FacetChart | altair.VConcatChart

__all__ = ["chart_of"]

#: More panels or bars than this are not read any more.
_MOST = 30
#: More lines than this cannot be told apart in one picture: each gets a panel of its own.
_LINES = 6
_WIDTH = 600
_HEIGHT = 280
_INK, _GREY = "#333333", "#888888"


def chart_of(report: Report) -> Picture:
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
    chart: Picture = draw(altair, report)
    return chart


# Bars: one for each staff member.


def _counts(alt: Any, report: Report) -> altair.LayerChart:
    rows, more = _most(report.to_dicts(), "assignments")
    title = _title(alt, "Cases of each worker", report, more)
    chart: altair.LayerChart = _bars(alt, rows, "assignments", "cases", "d").properties(title=title)
    return chart


def _average(alt: Any, report: Report) -> altair.LayerChart:
    rows = [row for row in report.to_dicts() if row["staff"] is not None and row["program"] is None]
    kept, more = _most(rows, "average_daily_caseload")
    title = _title(alt, "Average daily caseload of each worker", report, more)
    bars = _bars(alt, kept, "average_daily_caseload", "cases on an average day of the whole range", ".1f")
    chart: altair.LayerChart = bars.properties(title=title)
    return chart


def _loads(alt: Any, report: Report) -> altair.LayerChart:
    """A bar for each staff member, a part of it for each program."""
    each = [row for row in report.to_dicts() if row["staff"] is not None]
    kept, more = _most([row for row in each if row["program"] is None], "cases")
    order = [row["staff"] for row in kept]
    parts = [row for row in each if row["program"] is not None and row["staff"] in set(order)]
    bars = (
        alt.Chart(_data(alt, parts))
        .mark_bar()
        .encode(
            x=_of_cases(alt, alt.X, "sum(cases):Q", "cases"),
            y=_workers(alt, order),
            # The legend keeps clear of the figure at the longest bar.
            color=alt.Color("program:N", title="program", legend=alt.Legend(offset=40)),
            order=alt.Order("program:N"),
            tooltip=["staff:N", "program:N", "cases:Q", "participants:Q", "primaries:Q"],
        )
    )
    title = _title(alt, "Current caseload of each worker", report, more)
    chart: altair.LayerChart = alt.layer(
        bars, _figures(alt, kept, "cases", "d"), title=title, width=_WIDTH, height=alt.Step(20)
    )
    return chart


def _bars(alt: Any, rows: list[dict[str, Any]], of: str, unit: str, spelled: str) -> altair.LayerChart:
    bars = (
        alt.Chart(_data(alt, rows))
        .mark_bar()
        .encode(
            x=_of_cases(alt, alt.X, f"{of}:Q", unit),
            y=_workers(alt, [row["staff"] for row in rows]),
            tooltip=[f"{name}:N" for name, value in rows[0].items() if value is not None] if rows else [],
        )
    )
    figures = _figures(alt, rows, of, spelled)
    chart: altair.LayerChart = alt.layer(bars, figures, width=_WIDTH, height=alt.Step(20))
    return chart


def _figures(alt: Any, rows: list[dict[str, Any]], of: str, spelled: str) -> altair.Chart:
    """The number at the end of each bar."""
    chart: altair.Chart = (
        alt.Chart(_data(alt, rows))
        .mark_text(align="left", dx=4, color=_INK)
        .encode(
            x=f"{of}:Q",
            y=_workers(alt, [row["staff"] for row in rows]),
            text=alt.Text(f"{of}:Q", format=spelled),
        )
    )
    return chart


def _workers(alt: Any, order: list[str]) -> Any:
    return alt.Y("staff:N", sort=order, title=None)


# Lines over days.


def _series(alt: Any, report: Report) -> altair.Chart | altair.FacetChart:
    """A line for each staff member or program, drawn as steps: a caseload changes between days."""
    by = report.about.get("by", "staff")
    lines: dict[str, list[dict[str, Any]]] = {}
    for row in report:
        names = [row[name] for name in ("staff", "program") if row.get(name) is not None]
        of = " in ".join(names) or "all"
        lines.setdefault(of, []).append({"of": of, "day": row["day"], "cases": row["cases"]})
    largest = {of: max(row["cases"] for row in rows) for of, rows in lines.items()}
    order = sorted(largest, key=lambda of: (-largest[of], of))[:_MOST]
    more = _left_out(len(lines))
    subject = {
        "staff": "Caseload of each worker, day by day",
        "program": "Cases of each program, day by day",
        "staff_and_program": "Caseload of each worker in each program, day by day",
    }.get(by, "Cases, day by day")
    chart: altair.Chart | altair.FacetChart = (
        alt.Chart(_data(alt, [row for of in order for row in _steps(lines[of])]))
        .mark_line(interpolate="step-after")
        .encode(
            x=alt.X("day:T", title=None, axis=_days(alt, report)),
            y=_of_cases(alt, alt.Y, "cases:Q", "cases"),
            tooltip=["of:N", alt.Tooltip("day:T", format=_DAY, title="from"), "cases:Q"],
        )
    )
    if len(order) > _LINES:
        panels = alt.Facet("of:N", title=None, sort=order, columns=4)
        # Panels of a last row that is not full would leave axes of nothing behind.
        chart = chart.properties(width=165, height=90).encode(facet=panels).resolve_axis(x="independent")
    else:
        if by != "all":
            # A program has the same colour in every picture: that of its place in the alphabet.
            names = sorted(order) if by == "program" else order
            color = alt.Color("of:N", title=by.replace("_and_", " in "), sort=names)
            chart = chart.encode(color=color)
        chart = chart.properties(width=_WIDTH, height=_HEIGHT)
    return chart.properties(title=_title(alt, subject, report, more))


def _steps(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The days on which a line moves, and the last one: the others lie on it."""
    first_of_each = [next(same) for _, same in groupby(rows, key=lambda row: row["cases"])]
    return first_of_each if first_of_each[-1] is rows[-1] else [*first_of_each, rows[-1]]


def _days(alt: Any, report: Report) -> Any:
    """A short range is told in days, a long one in months and years."""
    first, last = _range(report)
    short = last is not None and last - first < timedelta(days=100)
    return alt.Axis(format="%-d %b" if short else "%b %Y", labelOverlap=True, tickCount=8)


# Months.


def _flow(alt: Any, report: Report) -> altair.VConcatChart:
    """What came and went in each month, above and below the line, and under it what was open at its end."""
    months: dict[date, dict[str, int]] = {}
    for row in report:
        month = months.setdefault(row["start"].replace(day=1), dict.fromkeys((*_FLOW, _CARRIED), 0))
        for name in month:
            month[name] += row[name]
    rows = [
        {"month": month, "what": _plain(name), "cases": counted, "drawn": _FLOW.get(name, (1,))[0] * counted}
        for month, counts in months.items()
        for name, counted in counts.items()
    ]
    # A month begins at its mark.
    axis = alt.Axis(format="%b %Y", labelAlign="left", labelOverlap=True, labelSeparation=10, labelBound=True)
    month = alt.X("yearmonth(month):T", title=None, axis=axis)
    told = ["what:N", alt.Tooltip("yearmonth(month):T", format="%B %Y", title="month"), "cases:Q"]
    kinds = [_plain(name) for name in _FLOW]
    colors = alt.Scale(domain=kinds, range=[color for _, color in _FLOW.values()])
    moved = (
        alt.Chart(height=_HEIGHT, width=_WIDTH)
        .mark_bar()
        .transform_filter(f"datum.what != '{_plain(_CARRIED)}'")
        .encode(
            x=month,
            # Below the line stand cases that went, not fewer than none.
            y=alt.Y("drawn:Q", title="cases out, cases in", axis=alt.Axis(labelExpr="abs(datum.value)")),
            color=alt.Color("what:N", title="in the month", scale=colors),
            tooltip=told,
        )
    )
    carried = (
        alt.Chart(height=_HEIGHT // 2, width=_WIDTH)
        .mark_bar(color=_GREY)
        .transform_filter(f"datum.what == '{_plain(_CARRIED)}'")
        .encode(x=month, y=_of_cases(alt, alt.Y, "cases:Q", "open at its end"), tooltip=told)
    )
    title = _title(alt, "Cases that came and went in each month", report)
    both = alt.vconcat(moved, carried, data=_data(alt, rows), title=title)
    chart: altair.VConcatChart = both.resolve_scale(x="shared")
    return chart


#: What comes into a month, and what goes out of it: above or below the line, and in which colour.
_FLOW = {
    "opened": (1, "#1f5a92"),
    "transferred_in": (1, "#9ecae1"),
    "closed": (-1, "#c2571a"),
    "transferred_out": (-1, "#fdbe85"),
}
_CARRIED = "carried_out"


def _plain(name: str) -> str:
    return name.replace("_", " ")


# How caseloads and stays are spread.


def _distribution(alt: Any, report: Report) -> altair.Chart:
    """A block for each staff member, over the size of their caseload."""
    rows = [
        {"staff": row["staff"], "cases": row["cases"]}
        for row in report.tables["cases"]
        if row["staff"] is not None and row["program"] is None
    ]
    most = max((row["cases"] for row in rows), default=0)
    width = next(width for width in _BAND_WIDTHS if most < width * _MOST)
    for row in rows:
        row |= {"band": _band(row["cases"], width), "member": 1}
    bands = [_band(low, width) for low in range(0, most + 1, width)]
    where = alt.X(
        "band:O",
        title="cases of a worker",
        sort=bands,
        scale=alt.Scale(domain=bands),
        axis=alt.Axis(labelAngle=0, labelOverlap=True),
    )
    of_all = next((row for row in report if row["program"] is None), None)
    more = ""
    if of_all is not None and of_all["mean"] is not None:
        more = f"; mean {of_all['mean']:.1f}, median {of_all['median']:g}"
    title = _title(alt, "How many workers have how many cases", report, more)
    chart: altair.Chart = (
        alt.Chart(_data(alt, rows), title=title, width=_WIDTH, height=_HEIGHT)
        .mark_bar(stroke="white", strokeWidth=1)
        .encode(
            x=where,
            y=alt.Y("member:Q", stack="zero", title="workers", axis=alt.Axis(tickMinStep=1, format="d")),
            order=alt.Order("staff:N"),
            tooltip=["staff:N", "cases:Q"],
        )
    )
    return chart


#: Of one case each, or of as few as leave no more bands than can be read.
_BAND_WIDTHS = [lead * 10**zeros for zeros in range(18) for lead in (1, 2, 5)]


def _band(cases: int, width: int) -> str:
    low = cases // width * width
    return f"{low:,}" if width == 1 else f"{low:,}\u2013{low + width - 1:,}"


def _survival(alt: Any, report: Report) -> altair.LayerChart:
    """The share of stays that last longer than so many days, for each program."""
    rows = [row for row in report.tables["curves"].to_dicts() if row["staff"] is None]
    programs = sorted({row["program"] for row in rows if row["program"] is not None})
    if len(programs) == 1:
        # The sum over all is the same line.
        rows = [row for row in rows if row["program"] is not None]
    for row in rows:
        row["of"] = row["program"] or _ALL
    # Every curve begins with everybody.
    rows += [{"of": of, "length": 0, "survival": 1.0} for of in sorted({row["of"] for row in rows})]
    stay = report.about.get("stay", "enrollment")
    order = [*programs, *([_ALL] if len(programs) != 1 else [])]
    lines = (
        alt.Chart(_data(alt, rows))
        .mark_line(interpolate="step-after")
        .encode(
            x=alt.X("length:Q", title=f"days since the {stay} began"),
            y=alt.Y(
                "survival:Q",
                title="share that lasts longer",
                scale=alt.Scale(domain=[0, 1]),
                axis=alt.Axis(format="%"),
            ),
            color=alt.Color("of:N", title="program", sort=order),
            strokeDash=alt.condition(f"datum.of == '{_ALL}'", alt.value([5, 3]), alt.value([1, 0])),
            tooltip=[
                "of:N",
                "length:Q",
                alt.Tooltip("survival:Q", format=".1%"),
                alt.Tooltip("at_risk:Q", title="could have ended then"),
            ],
        )
    )
    half = alt.Chart(_data(alt, [{"half": 0.5}])).mark_rule(color=_GREY, strokeDash=[2, 4]).encode(y="half:Q")
    title = _title(alt, f"How long {stay}s last", report, "; half have ended where a line meets the dots")
    chart: altair.LayerChart = alt.layer(lines, half, title=title, width=_WIDTH, height=_HEIGHT)
    return chart


_ALL = "all programs"


# What every picture has.


def _data(alt: Any, rows: list[dict[str, Any]]) -> Any:
    return alt.Data(values=[{name: _written(value) for name, value in row.items()} for row in rows])


def _written(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, date):
        # A bare day is midnight in UTC to a browser, and the evening before it in America.
        return f"{value.isoformat()}T00:00:00"
    return value


def _most(rows: list[dict[str, Any]], of: str) -> tuple[list[dict[str, Any]], str]:
    """The rows with the most of something, and what to say where others were left out."""
    kept = sorted(rows, key=lambda row: (-row[of], str(row.get("staff"))))[:_MOST]
    return kept, _left_out(len(rows))


def _left_out(count: int) -> str:
    return f"; the {_MOST} largest of {count:,}" if count > _MOST else ""


def _of_cases(alt: Any, channel: Any, field: str, unit: str) -> Any:
    """A scale that begins at zero, without marks between whole cases."""
    return channel(field, title=unit, scale=alt.Scale(zero=True), axis=alt.Axis(tickMinStep=1))


def _title(alt: Any, subject: str, report: Report, more: str = "") -> Any:
    told = (_when(report) + more).removeprefix("; ")
    return alt.Title(subject, subtitle=told, anchor="start", offset=12, subtitleColor=_GREY)


def _when(report: Report) -> str:
    """The day or the days that a report is about, as people say them: the last one is told."""
    about = report.about
    if "as_of" in about:
        return f"on {_said(date.fromisoformat(about['as_of']))}"
    if "from" not in about:
        return ""
    first, last = _range(report)
    return f"{_said(first)} to {_said(last)}" if last is not None else f"from {_said(first)} on"


def _range(report: Report) -> tuple[date, date | None]:
    about: Mapping[str, str] = report.about
    end = about.get("to")
    last = None if end is None else date.fromisoformat(end) - timedelta(days=1)
    return date.fromisoformat(about["from"]), last


def _said(day: date) -> str:
    return f"{day.day} {day:%B} {day.year}"


_DAY = "%-d %B %Y"
_CHARTS: dict[str, Callable[[Any, Report], Any]] = {
    "counts": _counts,
    "current_caseload_loads": _loads,
    "average_daily_caseload": _average,
    "daily_series": _series,
    "flow": _flow,
    "caseload_distribution_spreads": _distribution,
    "length_of_stay": _survival,
}
