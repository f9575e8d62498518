"""A made-up agency for the notebooks: a year of work entered week by week, and ten years in old tables.

Everybody in it is invented. The same seed makes the same agency, day for day.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import NamedTuple

import caseload
import polars as pl
from caseload import Agency, AssignRow, Desk, EnrollmentRow
from caseload.log import START, Entry, Erasure, Head, Limit, Page, Turn, without_items

__all__ = ["TODAY", "LegacyTables", "StoryLog", "a_year", "ten_years"]

#: The day on which the notebook about a month is read: the Monday after the year.
TODAY = date(2026, 11, 2)

_FIRST_MONDAY = date(2025, 11, 3)
_WEEKS = 52
_OPEN_AT_FIRST = 130

#: For each program who works in it, and how many weeks people stay, about.
_PROGRAMS = {
    "housing": (("amara", "ben", "carla", "dora", "goran"), 60),
    "jobs": (("emil", "farah", "goran", "hana"), 26),
    "families": (("ivo", "jana", "kofi", "lena", "carla"), 40),
}
#: These work half of the week, and are given half as many.
_HALF_TIME = {"farah", "goran", "carla"}
_SUPERVISOR = "ines"
_EXITS = ("goals met", "moved away", "no contact", "asked to leave")
_REASONS = ("closer to home", "asked for a change", "speaks their language", "workload evened out")


def a_year(seed: int = 7) -> Agency:
    """An agency after a year of work, up to `TODAY`.

    Three programs, thirteen staff, some 250 participants. People wait, move between workers and leave;
    wrong entries are corrected. kofi moves to another program in March, yusuf begins in May, and dora leaves
    in October.
    """
    log = StoryLog()
    agency = caseload.open(log, clock=lambda: TODAY)
    year = _Year(agency, log, Random(seed))
    year.begins()
    for week in range(_WEEKS):
        year.goes_on(_FIRST_MONDAY + timedelta(weeks=week))
    log.today = TODAY
    return agency


@dataclass
class _Case:
    """An assignment that is open."""

    id: str
    staff: str
    participant: str
    program: str
    start: date
    role: str
    handed_over: bool = False


class _Year:
    """What the made-up supervisor enters, week by week."""

    def __init__(self, agency: Agency, log: StoryLog, chance: Random) -> None:
        self.agency = agency
        self.log = log
        self.chance = chance
        self.teams = {program: list(team) for program, (team, _) in _PROGRAMS.items()}
        self.stays: dict[tuple[str, str], EnrollmentRow] = {}
        self.cases: dict[str, _Case] = {}
        self.ids = 0

    def begins(self) -> None:
        root = self.desk(_FIRST_MONDAY, "root")
        for program in _PROGRAMS:
            root.define_program(id=program)
        root.register_staff(id=_SUPERVISOR, rights=["others", "correct", "enroll", "administer", "view_all"])
        for staff in sorted({staff for team in self.teams.values() for staff in team}):
            root.register_staff(id=staff, rights=["own"])
        arrivals = [
            self.arrival(_FIRST_MONDAY - timedelta(days=self.chance.randint(1, 500)))
            for _ in range(_OPEN_AT_FIRST)
        ]
        self.mirrors(root, arrivals)
        self.assigns(root, [(stay, program, stay.start) for program, stay in arrivals])

    def goes_on(self, monday: date) -> None:
        friday = monday + timedelta(days=4)
        self.hands_over(monday + timedelta(days=1))
        self.corrects(monday + timedelta(days=3))
        supervisor = self.desk(friday)
        leaving = self.departures(monday)
        waited = self.waiting()
        new = [
            self.arrival(monday + timedelta(days=self.chance.randint(0, 4)))
            for _ in range(self.chance.randint(1, 5))
        ]
        for stay in leaving:
            supervisor.end_enrollment(id=stay.id, end=stay.end, reason=self.chance.choice(_EXITS))
        self.mirrors(supervisor, new)
        self.assigns(
            supervisor,
            [(stay, program, friday) for program, stay in waited if self.chance.random() < 0.35]
            + [(stay, program, stay.start) for program, stay in new if self.chance.random() < 0.8],
        )
        self.changes_of_staff(friday)

    # What happens to participants.

    def arrival(self, start: date) -> tuple[str, EnrollmentRow]:
        program = self.chance.choices(list(_PROGRAMS), weights=[5, 6, 4])[0]
        known = sorted({participant for participant, _ in self.stays})
        again = [p for p in known if (p, program) not in self.stays]
        # One in ten comes from another program of the agency.
        someone = self.chance.choice(again) if again and self.chance.random() < 0.1 else self.new_id("P")
        stay = EnrollmentRow(id=self.new_id("e"), participant=someone, start=start)
        self.stays[someone, program] = stay
        return program, stay

    def departures(self, monday: date) -> list[EnrollmentRow]:
        gone = []
        for (participant, program), stay in sorted(self.stays.items()):
            if stay.end is None and stay.start < monday and self.chance.random() < 1 / _PROGRAMS[program][1]:
                end = monday + timedelta(days=self.chance.randint(2, 4))
                left = EnrollmentRow(id=stay.id, participant=participant, start=stay.start, end=end)
                self.stays[participant, program] = left
                gone.append(left)
                for case in self.held(participant, program):
                    del self.cases[case.id]
        return gone

    def mirrors(self, desk: Desk, rows: Sequence[tuple[str, EnrollmentRow]]) -> None:
        """The agency's own table has the enrollments; what changed in it is recorded."""
        for program in _PROGRAMS:
            changed = [row for of, row in rows if of == program]
            if changed:
                desk.mirror_enrollments(program=program, rows=changed)

    def waiting(self) -> list[tuple[str, EnrollmentRow]]:
        return [
            (program, stay)
            for (participant, program), stay in sorted(self.stays.items())
            if stay.end is None and not self.held(participant, program)
        ]

    # What happens to assignments.

    def assigns(self, desk: Desk, begun: Sequence[tuple[EnrollmentRow, str, date]]) -> None:
        rows = []
        for stay, program, start in sorted(begun, key=lambda each: each[2]):
            roles = ["primary"]
            if program == "families" and self.chance.random() < 0.15:
                roles.append("support")
            for role in roles:
                staff = self.chosen(program, stay.participant)
                case = _Case(self.new_id("a"), staff, stay.participant, program, start, role)
                self.cases[case.id] = case
                rows.append(
                    AssignRow(
                        id=case.id,
                        staff=staff,
                        participant=case.participant,
                        program=program,
                        start=start,
                        role=role,
                    )
                )
        if rows:
            desk.batch(rows=rows, mode="all_or_nothing")

    def hands_over(self, day: date) -> None:
        for _ in range(self.chance.choice((0, 1, 1, 2))):
            case = self.chance.choice(sorted(self.cases.values(), key=lambda case: case.id))
            if case.role == "primary" and case.start < day:
                to = self.chosen(case.program, case.participant)
                reason = self.chance.choice(_REASONS)
                new = self.new_id("a")
                self.desk(day).transfer(id=case.id, to_staff=to, date=day, reason=reason, new_id=new)
                self.moves(case, to, day, new)

    def corrects(self, day: date) -> None:
        """Mistakes are found weeks later: a wrong first day, the wrong worker, the wrong person."""
        month = [
            case
            for case in sorted(self.cases.values(), key=lambda case: case.id)
            if not case.handed_over and timedelta(days=14) < day - case.start < timedelta(days=45)
        ]
        # In October somebody went through the files.
        found = 3 if day.month == 10 else self.chance.choice((0, 0, 0, 1))
        desk = self.desk(day)
        for case in self.chance.sample(month, min(found, len(month))):
            new = self.new_id("a")
            kind = self.chance.choice(("day", "day", "worker", "person"))
            if kind == "person":
                desk.void(id=case.id, reason="entered for the wrong participant")
                del self.cases[case.id]
                continue
            if kind == "day":
                case.start += timedelta(days=7)
                desk.correct(id=case.id, new_id=new, start=case.start, reason="first visit was a week later")
            else:
                case.staff = self.chosen(case.program, case.participant)
                desk.correct(
                    id=case.id,
                    new_id=new,
                    staff=case.staff,
                    start=case.start,
                    reason="entered for the wrong worker",
                )
            del self.cases[case.id]
            case.id = new
            self.cases[new] = case

    def changes_of_staff(self, friday: date) -> None:
        if friday == date(2026, 3, 6):
            desk = self.desk(friday)
            desk.transfer_all(
                staff="kofi",
                to_staff="jana",
                program="families",
                date=friday,
                prefix="from-kofi",
                on_held="end_source",
                reason="kofi now works in jobs",
            )
            for case in [case for case in self.cases.values() if case.staff == "kofi"]:
                if any(other.staff == "jana" for other in self.held(case.participant, case.program)):
                    del self.cases[case.id]
                else:
                    self.moves(case, "jana", friday, f"from-kofi.{case.id}")
            self.teams["families"].remove("kofi")
            self.teams["jobs"].append("kofi")
        if friday == date(2026, 5, 8):
            self.desk(friday, "root").register_staff(id="yusuf", rights=["own"])
            self.teams["jobs"].append("yusuf")
        if friday == date(2026, 10, 16):
            hers = sorted((case for case in self.cases.values() if case.staff == "dora"), key=lambda c: c.id)
            desk = self.desk(friday)
            for number, case in enumerate(hers):
                if number % 2 == 0:
                    new = self.new_id("a")
                    desk.transfer(id=case.id, to_staff="ben", date=friday, reason="dora leaves", new_id=new)
                    self.moves(case, "ben", friday, new)
                else:
                    del self.cases[case.id]
            self.teams["housing"].remove("dora")
            # Nobody has room for the others: they wait.
            desk.deactivate_staff(id="dora", end_open=friday)

    # Who, and what they are called.

    def chosen(self, program: str, participant: str) -> str:
        """Somebody of the team who has not many, by chance, and does not have them already."""
        having = {case.staff for case in self.held(participant, program)}
        team = [staff for staff in self.teams[program] if staff not in having]
        full = dict.fromkeys(team, 0)
        for case in self.cases.values():
            if case.staff in full:
                full[case.staff] += 2 if case.staff in _HALF_TIME else 1
        return min(team, key=lambda staff: (full[staff] + 1) * self.chance.uniform(0.5, 1.5))

    def held(self, participant: str, program: str) -> list[_Case]:
        return [
            case
            for case in self.cases.values()
            if case.participant == participant and case.program == program
        ]

    def moves(self, case: _Case, to: str, day: date, new: str) -> None:
        del self.cases[case.id]
        self.cases[new] = _Case(new, to, case.participant, case.program, day, case.role, handed_over=True)

    def desk(self, day: date, actor: str = _SUPERVISOR) -> Desk:
        self.log.today = day
        return self.agency.acting_as(actor, on=day)

    def new_id(self, kind: str) -> str:
        self.ids += 1
        return f"{kind}-{1000 + self.ids}"


class StoryLog:
    """A log in memory with the clock of the story, so that entries carry the days on which they were made.

    An agency of your own needs none of this: a file keeps the instants at which things were entered.
    """

    def __init__(self) -> None:
        self.today = date.min
        self._entries: list[Entry] = []
        self._lock = threading.Lock()

    def head(self) -> Head:
        return self._at(len(self._entries))

    def read(self, after: Head, limit: Limit) -> Page:
        if after.position > len(self._entries) or after != self._at(after.position):
            raise caseload.Diverged(f"another entry is at {after.position}")
        entries: list[Entry] = []
        size = 0
        for entry in self._entries[after.position : after.position + limit.entries]:
            size += entry.size
            if entries and size > limit.bytes:
                break
            entries.append(entry)
        return Page(entries, after.position + len(entries) < len(self._entries))

    def find(self, request: str) -> Entry | None:
        return next((entry for entry in self._entries if entry.request == request), None)

    def turn(self) -> Turn:
        self._lock.acquire()
        return _Turn(self)

    def erase(self, items: Sequence[Erasure]) -> None:
        for erasure in items:
            kept = self._entries[erasure.entry.position - 1]
            self._entries[erasure.entry.position - 1] = Entry(
                position=kept.position,
                recorded=kept.recorded,
                level=kept.level,
                request=None if erasure.request else kept.request,
                body=kept.body,
                private=without_items(kept.private, erasure.items),
                hash=kept.hash,
            )

    def _at(self, position: int) -> Head:
        return Head(position, self._entries[position - 1].hash) if position else START


class _Turn:
    def __init__(self, log: StoryLog) -> None:
        self._log = log

    def head(self) -> Head:
        return self._log.head()

    def tail(self, after: Head, limit: Limit) -> Page:
        return self._log.read(after, limit)

    def clock(self) -> int:
        """Four in the afternoon of the story's day, by UTC."""
        afternoon = datetime.combine(self._log.today, time(16), UTC)
        return int(afternoon.timestamp()) * 1_000_000

    def append(self, after: Head, entries: Sequence[Entry]) -> None:
        try:
            if after != self._log.head():
                raise caseload.Conflict(f"the log does not end at {after.position}")
            self._log._entries.extend(entries)
        finally:
            self._log._lock.release()

    def release(self) -> None:
        self._log._lock.release()


class LegacyTables(NamedTuple):
    """What an older system exported: dates are inclusive there, so `exit` and `finished` are last days.

    Attributes:
        staff: `worker`, `hired`, `left` (the last day; null while they are there).
        enrollments: `enrollment`, `participant`, `program`, `entry`, `exit`.
        assignments: `case`, `worker`, `participant`, `program`, `begun`, `finished`.
    """

    staff: pl.DataFrame
    enrollments: pl.DataFrame
    assignments: pl.DataFrame


_TEN_YEARS = (date(2016, 1, 1), date(2026, 1, 1))
_DAY = timedelta(days=1)
#: The mean length of a stay in days, and its spread, as the logarithm of a length is spread.
_STAYS = {"housing": (420, 0.8), "jobs": (150, 0.6)}


def ten_years(seed: int = 11) -> LegacyTables:
    """Ten years of an older system, up to the end of 2025, with the mistakes that such systems let through."""
    chance = Random(seed)
    staff = _legacy_staff(chance)
    stays = list(_legacy_stays(chance))
    cases = [case for stay in stays for case in _legacy_cases(chance, staff, stay)]
    cases.sort(key=lambda case: (case["begun"], case["participant"]))
    for number, case in enumerate(cases, 1):
        case["case"] = f"c{number:04}"
    _mistakes(chance, stays, cases)
    days = dict.fromkeys(("hired", "left", "entry", "exit", "begun", "finished"), pl.Date)
    return LegacyTables(
        *(
            pl.DataFrame(rows, schema_overrides={k: v for k, v in days.items() if k in rows[0]})
            for rows in (staff, stays, cases)
        )
    )


def _legacy_staff(chance: Random) -> list[dict]:
    """Six are there at first; whoever leaves is followed by the next."""
    names = iter(
        ["adele", "boris", "chen", "diego", "elif", "fatou", "georg", "heidi", "ivan", "june", "karim", "luz"]
    )
    staff = []
    for _ in range(6):
        hired = date(2015, 6, 1)
        while hired < _TEN_YEARS[1]:
            name = next(names, None)
            if name is None:
                break
            left = hired + timedelta(days=chance.randint(900, 3000))
            staff.append({"worker": name, "hired": hired, "left": left if left < _TEN_YEARS[1] else None})
            hired = left + _DAY
    # A team has somebody at any time.
    for row in staff[:2]:
        row["left"] = None
    return staff


def _legacy_stays(chance: Random) -> Iterator[dict]:
    """Some three hundred people, a few of whom come back or are in both programs."""
    first, last = _TEN_YEARS
    number = 0
    for person in range(1, 301):
        entry = first + timedelta(days=chance.randint(0, (last - first).days - 60))
        for program in chance.sample(list(_STAYS), chance.choices((1, 2), weights=(4, 1))[0]):
            mean, spread = _STAYS[program]
            begun = entry + timedelta(days=chance.randint(0, 90))
            while begun < last:
                number += 1
                end = begun + timedelta(days=int(mean * chance.lognormvariate(-(spread**2) / 2, spread)))
                yield {
                    "enrollment": f"n{number:03}",
                    "participant": f"L-{person:03}",
                    "program": program,
                    "entry": begun,
                    "exit": end if end < last else None,
                }
                if end >= last or chance.random() > 0.2:
                    break
                begun = end + timedelta(days=chance.randint(60, 700))


def _legacy_cases(chance: Random, staff: list[dict], stay: dict) -> Iterator[dict]:
    """One worker after the other for a stay: until the worker leaves, the case moves or the stay is over."""
    day, last = stay["entry"], stay["exit"]
    # Sometimes the first worker comes later.
    day += timedelta(days=chance.choice((0, 0, 0, 0, 7, 21)))
    worker = None
    while last is None or day <= last:
        there = [w for w in staff if w["hired"] <= day and (w["left"] is None or day <= w["left"])]
        worker = chance.choice([w for w in there if w is not worker] or there)
        ends = [end for end in (worker["left"], last) if end is not None]
        if chance.random() < 0.3:
            ends.append(day + timedelta(days=chance.randint(60, 400)))
        end = min(ends, default=None)
        if end is not None and end >= _TEN_YEARS[1]:
            end = None
        yield {
            "case": "",
            "worker": worker["worker"],
            "participant": stay["participant"],
            "program": stay["program"],
            "begun": day,
            "finished": end,
        }
        if end is None:
            return
        day = end + _DAY


def _mistakes(chance: Random, stays: list[dict], cases: list[dict]) -> None:
    """Plants every kind of mistake a few times, each in rows of its own."""
    ended = chance.sample([case for case in cases if case["finished"]], 30)
    for case in ended[:6]:
        # The worker was never entered as staff.
        case["worker"] = "mgarcia"
    for case in ended[6:11]:
        # The two days were swapped, so that it ends before it begins.
        case["begun"], case["finished"] = case["finished"], case["begun"]
    for case in ended[11:17]:
        # The worker's own date of hire was typed: years before the participant came.
        case["begun"] -= timedelta(days=2500)
    for case in ended[17:24]:
        # Saved twice by an impatient click.
        cases.append({**case, "case": f"{case['case']}-copy"})
    touched = {case["participant"] for case in ended}
    stayed = Counter((stay["participant"], stay["program"]) for stay in stays)
    once = {participant for (participant, _), times in stayed.items() if times == 1} - touched
    odd = chance.sample([stay for stay in stays if stay["exit"] and stay["participant"] in once], 9)
    for stay in odd[:4]:
        # Day and month were swapped, or the year was.
        stay["exit"] = stay["entry"] - timedelta(days=30)
    for stay in odd[4:]:
        # Entered anew when somebody moved, while the first stay still ran.
        middle = stay["entry"] + (stay["exit"] - stay["entry"]) / 2
        stays.append({**stay, "enrollment": f"{stay['enrollment']}-again", "entry": middle})
