"""Questions and reports, as an agency and a snapshot of it both answer them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, Literal

from caseload import _caseload
from caseload._writing import written
from caseload.days import _instant_text, _wrong_instant
from caseload.errors import InputError
from caseload.progress import Progress
from caseload.report import Report

Instant = int | datetime
"""As known when: a position of the log, or a `datetime` with a zone."""

Ids = Iterable[str]


class Questions(ABC):
    """Every question and report.

    Arguments that come again and again:

    - `as_of`: the day asked about. Reports over `start` and `end` use it only as the day on which an actor's
      sight is judged; without it that is the last day of the range.
    - `start`, `end`: the first day, and the first one that is not covered.
    - `programs`, `staff`, `participants`: only these; without them all. A list without ids names nobody.
    - `known_at`: as known at this position of the log, or at this instant; without it as known now.
    - `actor`: as this staff member sees it; without it everything.
    - `progress`: told of (done, total) of what a report looks at, and asked whether to go on; see
      `caseload.Progress`.
    """

    @abstractmethod
    def _asked(self) -> _caseload.Snapshot:
        """What is asked."""

    # The questions.

    def caseload(
        self,
        staff: str,
        *,
        as_of: date,
        program: str | None = None,
        known_at: Instant | None = None,
        actor: str | None = None,
    ) -> Report:
        """Whom a staff member is responsible for on a day.

        Returns:
            Program, participant and staff of each assignment, sorted.

        Example:
            >>> agency.caseload("maria", as_of=date(2024, 6, 15)).to_dicts()
            [{'program': 'housing', 'participant': 'P-1023', 'staff': 'maria'}]
        """
        given = {"staff": staff, "program": program}
        return self._report("caseload", given, as_of, known_at, actor)

    def caseworkers(
        self,
        participant: str,
        *,
        program: str,
        as_of: date,
        known_at: Instant | None = None,
        actor: str | None = None,
    ) -> list[str]:
        """Who is responsible for a participant in a program on a day, sorted.

        Example:
            >>> agency.caseworkers("P-1023", program="housing", as_of=date(2024, 6, 15))
            ['maria']
        """
        given = {"participant": participant, "program": program}
        return self._asked().caseworkers(_arguments(given, as_of, known_at, actor))

    def held(
        self,
        *,
        as_of: date,
        program: str | None = None,
        known_at: Instant | None = None,
        actor: str | None = None,
    ) -> Report:
        """Every assignment that covers a day: program, participant and staff, sorted.

        Example:
            >>> len(agency.held(as_of=date(2024, 6, 15)))
            1
        """
        return self._report("held", {"program": program}, as_of, known_at, actor)

    def counts(
        self,
        *,
        as_of: date,
        program: str | None = None,
        known_at: Instant | None = None,
        actor: str | None = None,
    ) -> Report:
        """How many assignments of each staff member cover a day; staff with none are left out.

        Example:
            >>> agency.counts(as_of=date(2024, 6, 15)).to_dicts()
            [{'staff': 'maria', 'assignments': 1}]
        """
        return self._report("counts", {"program": program}, as_of, known_at, actor)

    def unassigned(
        self,
        program: str,
        *,
        as_of: date,
        known_at: Instant | None = None,
        actor: str | None = None,
    ) -> list[str]:
        """Who is enrolled on a day without a caseworker, sorted.

        Example:
            >>> agency.unassigned("housing", as_of=date(2024, 6, 15))
            []
        """
        return self._asked().unassigned(_arguments({"program": program}, as_of, known_at, actor))

    def visible(
        self,
        actor: str,
        participants: Ids,
        *,
        as_of: date,
        known_at: Instant | None = None,
    ) -> list[str]:
        """Which of these participants an actor sees on a day, in at least one program.

        Example:
            >>> agency.visible("sam", ["P-1023", "nobody"], as_of=date(2024, 6, 15))
            ['P-1023']
        """
        given = {"participants": _filter(None, None, participants)["participants"]}
        return self._asked().visible(_arguments(given, as_of, known_at, actor))

    def history(
        self,
        participant: str,
        *,
        program: str,
        as_of: date = date.min,
        known_at: Instant | None = None,
        actor: str | None = None,
    ) -> Report:
        """All enrollments and assignments of a participant in a program, whatever their status.

        Returns:
            The tables `assignments` and `enrollments`.

        Example:
            >>> agency.history("P-1023", program="housing").to_dicts()[0]["status"]
            'current'
        """
        given = {"participant": participant, "program": program}
        return self._report("history", given, as_of, known_at, actor)

    def everything(
        self,
        *,
        as_of: date = date.min,
        known_at: Instant | None = None,
        actor: str | None = None,
    ) -> Report:
        """All enrollments and assignments, whatever their status.

        Returns:
            The tables `assignments` and `enrollments`.

        Example:
            >>> list(agency.everything().tables)
            ['assignments', 'enrollments']
        """
        return self._report("everything", {}, as_of, known_at, actor)

    # Reports of one day.

    def current_caseload(
        self,
        *,
        as_of: date,
        programs: Ids | None = None,
        staff: Ids | None = None,
        participants: Ids | None = None,
        known_at: Instant | None = None,
        actor: str | None = None,
        progress: Progress | None = None,
    ) -> Report:
        """Cases, participants and primaries per staff member and program on a day.

        Returns:
            `loads`, with sums where staff or program is null, and `cases`, the list behind every number.

        Example:
            >>> agency.current_caseload(as_of=date(2024, 6, 15)).to_dicts()[-1]["cases"]
            1
        """
        given = _filter(programs, staff, participants)
        return self._report("current_caseload", given, as_of, known_at, actor, progress)

    def caseload_distribution(
        self,
        *,
        as_of: date,
        programs: Ids | None = None,
        staff: Ids | None = None,
        participants: Ids | None = None,
        known_at: Instant | None = None,
        actor: str | None = None,
        progress: Progress | None = None,
    ) -> Report:
        """How evenly caseloads are spread on a day: mean, median, largest over mean, variation, Gini.

        Returns:
            `spreads`, per program and over all (program null), and `cases`, the caseloads themselves.

        Example:
            >>> len(agency.caseload_distribution(as_of=date(2024, 6, 15)))
            2
        """
        given = _filter(programs, staff, participants)
        return self._report("caseload_distribution", given, as_of, known_at, actor, progress)

    def without_caseworker(
        self,
        *,
        as_of: date,
        programs: Ids | None = None,
        staff: Ids | None = None,
        participants: Ids | None = None,
        known_at: Instant | None = None,
        actor: str | None = None,
        progress: Progress | None = None,
    ) -> Report:
        """Who waits for a caseworker on a day, and since when.

        Example:
            >>> len(agency.without_caseworker(as_of=date(2024, 6, 15)))
            0
        """
        given = _filter(programs, staff, participants)
        return self._report("without_caseworker", given, as_of, known_at, actor, progress)

    def misplaced(
        self,
        *,
        as_of: date = date.min,
        programs: Ids | None = None,
        staff: Ids | None = None,
        participants: Ids | None = None,
        known_at: Instant | None = None,
        actor: str | None = None,
        progress: Progress | None = None,
    ) -> Report:
        """Assignments that lie outside their enrollment, after the host's table was mirrored.

        Example:
            >>> len(agency.misplaced())
            0
        """
        given = _filter(programs, staff, participants)
        return self._report("misplaced", given, as_of, known_at, actor, progress)

    # Reports over a range of days.

    def daily_series(
        self,
        *,
        start: date,
        end: date,
        by: Literal["staff", "program", "staff_and_program", "all"] = "staff",
        programs: Ids | None = None,
        staff: Ids | None = None,
        participants: Ids | None = None,
        as_of: date | None = None,
        known_at: Instant | None = None,
        actor: str | None = None,
        progress: Progress | None = None,
    ) -> Report:
        """The caseload on every day of a range, each staff member credited with exactly their own days.

        Args:
            start: The first day.
            end: The first day that is not covered.
            by: For whom there is a row on each day.
            programs: Only these.
            staff: Only these.
            participants: Only these.
            as_of: The day on which the actor's sight is judged.
            known_at: As known then.
            actor: As they see it.
            progress: Told of (done, total).

        Example:
            >>> june = agency.daily_series(start=date(2024, 6, 1), end=date(2024, 7, 1))
            >>> len(june)
            30
        """
        given = {"by": by, **_filter(programs, staff, participants)}
        return self._over("daily_series", given, start, end, as_of, known_at, actor, progress)

    def average_daily_caseload(
        self,
        *,
        start: date,
        end: date,
        programs: Ids | None = None,
        staff: Ids | None = None,
        participants: Ids | None = None,
        as_of: date | None = None,
        known_at: Instant | None = None,
        actor: str | None = None,
        progress: Progress | None = None,
    ) -> Report:
        """Covered days over days of the range, by staff and program.

        Example:
            >>> average = agency.average_daily_caseload(start=date(2024, 2, 1), end=date(2024, 4, 1))
            >>> row = average.to_dicts()[0]
            >>> row["covered_days"], row["range_days"]
            (31, 60)
        """
        given = _filter(programs, staff, participants)
        return self._over("average_daily_caseload", given, start, end, as_of, known_at, actor, progress)

    def flow(
        self,
        *,
        start: date,
        end: date,
        programs: Ids | None = None,
        staff: Ids | None = None,
        participants: Ids | None = None,
        as_of: date | None = None,
        known_at: Instant | None = None,
        actor: str | None = None,
        progress: Progress | None = None,
    ) -> Report:
        """Per program and month: carried in, opened, closed, transferred, carried out, served, median length.

        Example:
            >>> flow = agency.flow(start=date(2024, 3, 1), end=date(2024, 5, 1))
            >>> [row["program"] for row in flow]
            ['housing', 'housing']
        """
        given = _filter(programs, staff, participants)
        return self._over("flow", given, start, end, as_of, known_at, actor, progress)

    def coverage_gaps(
        self,
        *,
        start: date,
        end: date,
        programs: Ids | None = None,
        staff: Ids | None = None,
        participants: Ids | None = None,
        as_of: date | None = None,
        known_at: Instant | None = None,
        actor: str | None = None,
        progress: Progress | None = None,
    ) -> Report:
        """Days of a range on which somebody was enrolled and had no caseworker.

        Example:
            >>> len(agency.coverage_gaps(start=date(2024, 3, 1), end=date(2024, 5, 1)))
            0
        """
        given = _filter(programs, staff, participants)
        return self._over("coverage_gaps", given, start, end, as_of, known_at, actor, progress)

    def transfers(
        self,
        *,
        start: date,
        end: date,
        programs: Ids | None = None,
        staff: Ids | None = None,
        participants: Ids | None = None,
        as_of: date | None = None,
        known_at: Instant | None = None,
        actor: str | None = None,
        progress: Progress | None = None,
    ) -> Report:
        """Who handed over to whom, when, how many, why, and by whom.

        Example:
            >>> _ = desk.transfer(id="a1", to_staff="sam", date=date(2024, 6, 1))
            >>> len(agency.transfers(start=date(2024, 6, 1), end=date(2024, 7, 1)))
            1
        """
        given = _filter(programs, staff, participants)
        return self._over("transfers", given, start, end, as_of, known_at, actor, progress)

    def length_of_stay(
        self,
        *,
        start: date,
        end: date,
        stay: Literal["enrollment", "assignment"] = "enrollment",
        programs: Ids | None = None,
        staff: Ids | None = None,
        participants: Ids | None = None,
        as_of: date | None = None,
        known_at: Instant | None = None,
        actor: str | None = None,
        progress: Progress | None = None,
    ) -> Report:
        """How long people stay, by Kaplan and Meier: open cases censored, earlier starts entered late.

        Example:
            >>> stays = agency.length_of_stay(start=date(2024, 3, 1), end=date(2024, 6, 1))
            >>> len(stays.tables) > 1
            True
        """
        given = {"stay": stay, **_filter(programs, staff, participants)}
        return self._over("length_of_stay", given, start, end, as_of, known_at, actor, progress)

    def worker_continuity(
        self,
        *,
        start: date,
        end: date,
        role: str | None = None,
        programs: Ids | None = None,
        staff: Ids | None = None,
        participants: Ids | None = None,
        as_of: date | None = None,
        known_at: Instant | None = None,
        actor: str | None = None,
        progress: Progress | None = None,
    ) -> Report:
        """Changes of worker, and how concentrated and steady care was.

        Args:
            start: The first day.
            end: The first day that is not covered.
            role: Only assignments in this role; an empty text is those in none.
            programs: Only these.
            staff: Only these.
            participants: Only these.
            as_of: The day on which the actor's sight is judged.
            known_at: As known then.
            actor: As they see it.
            progress: Told of (done, total).

        Example:
            >>> len(agency.worker_continuity(start=date(2024, 3, 1), end=date(2024, 6, 1))) > 0
            True
        """
        given = {"role": role, **_filter(programs, staff, participants)}
        return self._over("worker_continuity", given, start, end, as_of, known_at, actor, progress)

    # Reports about what was entered.

    def participant_history(
        self,
        participant: str,
        *,
        as_of: date = date.min,
        programs: Ids | None = None,
        staff: Ids | None = None,
        known_at: Instant | None = None,
        actor: str | None = None,
    ) -> Report:
        """All lines of a participant: who entered them when, why they ended, what superseded what.

        Example:
            >>> agency.participant_history("P-1023").to_dicts()[0]["staff"]
            'maria'
        """
        given = {"participant": participant, **_filter(programs, staff, None)}
        return self._report("participant_history", given, as_of, known_at, actor)

    def corrections(
        self,
        *,
        since: Instant | None = None,
        as_of: date = date.min,
        programs: Ids | None = None,
        staff: Ids | None = None,
        participants: Ids | None = None,
        known_at: Instant | None = None,
        actor: str | None = None,
        progress: Progress | None = None,
    ) -> Report:
        """What was corrected or voided, by whom, when, why, before and after.

        Args:
            since: Entered after this position of the log, or instant; without it ever.
            as_of: The day on which the actor's sight is judged.
            programs: Only these.
            staff: Only these.
            participants: Only these.
            known_at: Up to then.
            actor: As they see it.
            progress: Told of (done, total).

        Example:
            >>> _ = desk.void(id="a1", reason="wrong participant")
            >>> len(agency.corrections())
            1
        """
        given = {"since": _known("since", since), **_filter(programs, staff, participants)}
        return self._report("corrections", given, as_of, known_at, actor, progress)

    def caseload_then_and_now(
        self,
        *,
        as_of: date,
        then: Instant,
        programs: Ids | None = None,
        staff: Ids | None = None,
        participants: Ids | None = None,
        known_at: Instant | None = None,
        actor: str | None = None,
        progress: Progress | None = None,
    ) -> Report:
        """What the current caseload of a day said as known then, and what it says now.

        Example:
            >>> before = agency.position
            >>> _ = desk.void(id="a1", reason="wrong participant")
            >>> report = agency.caseload_then_and_now(as_of=date(2024, 6, 15), then=before)
            >>> len(report.tables) > 1
            True
        """
        given = {"then": _known("then", then), **_filter(programs, staff, participants)}
        return self._report("caseload_then_and_now", given, as_of, known_at, actor, progress)

    # The filter for a host's own rows.

    def filter_participants(
        self,
        participants: Any,
        *,
        as_of: date | None = None,
        start: date | None = None,
        end: date | None = None,
        active_in: Literal[
            "at_least_one_day", "touched", "strict_dates", "open_or_ended_within"
        ] = "at_least_one_day",
        staff: str | Ids | None = None,
        program: str | Ids | None = None,
        role: str | None = None,
        column: str = "participant",
        known_at: Instant | None = None,
        actor: str | None = None,
        progress: Progress | None = None,
    ) -> Report:
        """Which of a host's own rows are about somebody on a caseload.

        Args:
            participants: A column of ids, or a table with one: anything that gives itself to Arrow (polars,
                pyarrow, pandas, DuckDB), or a list of texts.
            as_of: On this day; or
            start: at any time from this day
            end: to before this one.
            active_in: What "at any time in the range" means.
            staff: On the caseload of this one, or one of these; without it on anybody's.
            program: In this program, or one of these.
            role: In this role; an empty text is in none.
            column: The column of a table.
            known_at: As known then.
            actor: As they see it.
            progress: Told of (done, total).

        Returns:
            A row for each row given, in its order, with the mask `on_caseload`; `tables["ids"]` has the
            matching participants, each once.

        Example:
            >>> rows = agency.filter_participants(["P-1023", "P-7"], staff="maria", as_of=date(2024, 6, 15))
            >>> [row["on_caseload"] for row in rows]
            [True, False]
        """
        if (as_of is None) == (start is None) or (start is None) != (end is None):
            raise InputError._about("as_of", "give either `as_of`, or `start` and `end`")
        last = as_of if as_of is not None else _last_day(end)
        given = {
            "start": start,
            "end": end,
            "active_in": active_in,
            "role": role,
            **_filter(_several(program), _several(staff), None),
        }
        asked = _arguments(given, last, known_at, actor)
        mask = self._asked().filter_participants(_column(participants), column, asked, progress=progress)
        return Report("on_caseload", mask)

    def position_of(self, known_at: Instant | None) -> int:
        """The position of the log that a `known_at` means, at most the end.

        Example:
            >>> agency.position_of(None) == agency.position
            True
        """
        return self._asked().position_of(written({"known_at": _known("known_at", known_at)}))

    def _report(
        self,
        what: str,
        given: dict[str, Any],
        as_of: date | None,
        known_at: Instant | None,
        actor: str | None,
        progress: Progress | None = None,
    ) -> Report:
        asked = _arguments(given, as_of, known_at, actor)
        return Report(what, self._asked().ask(what, asked, progress=progress))

    def _over(
        self,
        what: str,
        given: dict[str, Any],
        start: date,
        end: date,
        as_of: date | None,
        known_at: Instant | None,
        actor: str | None,
        progress: Progress | None,
    ) -> Report:
        given = {"start": start, "end": end, **given}
        return self._report(what, given, as_of or _last_day(end), known_at, actor, progress)


def _last_day(end: date | None) -> date | None:
    """The last day of a range; what is no day is told when it is written down."""
    if isinstance(end, date) and end > date.min:
        return end - timedelta(days=1)
    return end


def _several(ids: str | Ids | None) -> Ids | None:
    return [ids] if isinstance(ids, str) else ids


def _filter(programs: Ids | None, staff: Ids | None, participants: Ids | None) -> dict[str, Any]:
    given = {"programs": programs, "staff": staff, "participants": participants}
    for name, ids in given.items():
        if isinstance(ids, str):
            raise InputError._about(name, "is one text: give a list of ids")
    return {name: None if ids is None else list(ids) for name, ids in given.items()}


def _known(name: str, known_at: Instant | None) -> int | str | None:
    if known_at is None:
        return None
    wrong = _wrong_instant(known_at)
    if wrong:
        raise InputError._about(name, wrong)
    return _instant_text(known_at) if isinstance(known_at, datetime) else known_at


def _arguments(given: dict[str, Any], as_of: date | None, known_at: Instant | None, actor: str | None) -> str:
    known = _known("known_at", known_at)
    return written({**given, "as_of": as_of, "known_at": known, "actor": actor})


def _column(participants: Any) -> Any:
    """What gives a column of ids to Arrow, or a list of them."""
    if isinstance(participants, (str, bytes)):
        raise InputError._about("participants", "is one text: give a column or a list of ids")
    if hasattr(participants, "collect") and not hasattr(participants, "__arrow_c_stream__"):
        raise InputError._about("participants", "is a lazy frame: call `.collect()` first")
    is_arrow = hasattr(participants, "__arrow_c_stream__") or hasattr(participants, "__arrow_c_array__")
    if is_arrow:
        return participants
    try:
        return list(participants)
    except TypeError as not_iterable:
        problem = f"is a {type(participants).__name__}: give a column, a table or a list of ids"
        raise InputError._about("participants", problem) from not_iterable


__all__ = ["Ids", "Instant", "Questions"]
