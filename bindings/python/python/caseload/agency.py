"""Opening an agency, and what it is asked."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from types import TracebackType
from typing import Any, Literal, NamedTuple, Self

from caseload import _caseload
from caseload._asking import Questions
from caseload._writing import written
from caseload.days import _wrong_day
from caseload.desk import Desk
from caseload.errors import InputError
from caseload.log import Log
from caseload.progress import Progress
from caseload.receipt import Event, Receipt, Verdict
from caseload.report import Table
from caseload.taking_in import HmisImport, TableImport, Upload, _tabular

__all__ = ["Agency", "Snapshot", "Verified", "open", "restore"]

_EVENTS_AT_ONCE = 1_000


class Verified(NamedTuple):
    """What `Agency.verify` found whole.

    Attributes:
        head: Where the log ends, as `position:hash`.
        erased: How many private items were forgotten: erased, not tampered with.
    """

    head: str
    erased: int


def open(
    path: str | os.PathLike[str] | Log,
    *,
    agency: str = "main",
    zone: str | None = None,
    clock: Callable[[], date] | None = None,
    access: Literal["create", "existing", "read_only", "immutable"] = "create",
    durability: Literal["full", "normal"] = "full",
    read_tables: bool = True,
    busy_timeout: float = 5.0,
    progress: Progress | None = None,
) -> Agency:
    """Opens an agency: a SQLite file, memory, or a log of the host's own.

    Nobody else's SQLite may open the same file in this process: two SQLite libraries lose each other's locks.
    Ask through `Agency.sql`, copy through `Agency.export`.

    Args:
        path: A file; `":memory:"`, gone when it is closed; or an object with the methods of `caseload.log.Log`.
        agency: Its name in the file: several can share one.
        zone: The agency's time zone, such as `"America/Chicago"`: desks without a day ask it for today.
        clock: Tells today instead, for tests and for hosts with a calendar of their own.
        access: Whether a missing file is made, is an error, or the file is only read; `immutable` is for
            a medium that nobody writes to.
        durability: Whether a power failure may take nothing that was acknowledged (`full`), or the last
            commands (`normal`).
        read_tables: Whether tables for SQL are written with each command.
        busy_timeout: How long to wait for another writer, in seconds.
        progress: Told of (entries read, entries in all).

    Raises:
        StoreError: Its kinds name the file and what to do.
        InputError: The zone is none.

    Example:
        >>> import caseload
        >>> with caseload.open(":memory:", zone="America/Chicago") as agency:
        ...     agency.acting_as("root").register_staff(id="maria").ids
        ('maria',)
    """
    if zone is not None:
        _caseload.today(zone)
    native: _caseload.Agency
    if not isinstance(path, (str, os.PathLike)):
        native = _caseload.open_log(path, progress=progress)
    elif path == ":memory:":
        native = _caseload.open_memory(agency)
    else:
        native = _caseload.open_sqlite(
            os.fspath(path),
            agency,
            access=access,
            durability=durability,
            read_tables=read_tables,
            busy_timeout=busy_timeout,
            progress=progress,
        )
    return Agency(native, zone, clock)


def restore(backup: str | os.PathLike[str], path: str | os.PathLike[str]) -> None:
    """Makes a file from a backup that `Agency.export` wrote, after checking it.

    Args:
        backup: The backup.
        path: Where no file is: move the one it replaces away first, with its `-wal` and `-shm`.

    Raises:
        StoreError: A path is taken or leads nowhere, or the backup cannot be used.
    """
    _caseload.restore(os.fspath(backup), os.fspath(path))


class Agency(Questions):
    """An open agency; safe to use from several threads. Made by `caseload.open`.

    Questions and reports asked of it are each asked of what is stored then; ask a `snapshot` where several
    must agree. After a fork it answers `Closed`: open it anew in the child.
    """

    __slots__ = ("_clock", "_native", "_zone")

    def __init__(self, native: _caseload.Agency, zone: str | None, clock: Callable[[], date] | None) -> None:
        self._native = native
        self._zone = zone
        self._clock = clock

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return "<closed agency>" if self.closed else f"<agency at {self.position}>"

    def close(self) -> None:
        """Closes the agency; again is harmless. Everything then answers `Closed`.

        Example:
            >>> agency.close()
            >>> agency.closed
            True
        """
        self._native.close()

    @property
    def closed(self) -> bool:
        """Whether it was closed."""
        return self._native.closed

    @property
    def head(self) -> str:
        """Where the log ends, as far as it was read, as `position:hash`: keep one elsewhere for `verify`."""
        return self._native.head()

    @property
    def position(self) -> int:
        """The position of the log's end, as far as it was read."""
        return int(self.head.split(":", 1)[0])

    @property
    def memory(self) -> int:
        """Bytes of memory that the folded state takes, about."""
        return self._native.memory()

    def today(self) -> date:
        """Today, in the agency's zone or by its clock.

        Raises:
            InputError: It was opened with neither.

        Example:
            >>> agency.today()
            datetime.date(2024, 6, 15)
        """
        if self._clock is not None:
            day = self._clock()
            wrong = _wrong_day(day)
            if wrong:
                raise InputError._about("clock", wrong, "input-date")
            return day
        if self._zone is None:
            problem = "say the day: the agency was opened without `zone` and `clock`"
            raise InputError._about("on", problem)
        return date(*_caseload.today(self._zone))

    def acting_as(self, actor: str, *, on: date | None = None) -> Desk:
        """The desk of an actor.

        Args:
            actor: A staff id, or `root`, the host application itself, which may do everything.
            on: Today; without it each command asks the agency's zone.

        Example:
            >>> desk = agency.acting_as("root", on=date(2024, 6, 15))
            >>> desk.register_staff(id="ada").ids
            ('ada',)
        """
        return Desk(self, actor, on)

    def record_json(self, command: str) -> Receipt:
        """Records a command in the JSON-lines form: from an outbox, a device, a queue.

        Args:
            command: One JSON object with `op`, `actor`, `on` and the fields of the command.

        Raises:
            Refused: The rules refused it.
            InputError: It cannot be read; every bad field is told.

        Example:
            >>> agency.record_json('{"op":"register_staff","id":"ada","actor":"root","on":"2024-06-15"}').ids
            ('ada',)
        """
        return Receipt._read(self._native.record(command))

    def review_json(self, command: str) -> Verdict:
        """What the rules say of a command in the JSON-lines form.

        Args:
            command: As `record_json`.

        Example:
            >>> command = '{"op":"register_staff","id":"maria","actor":"root","on":"2024-06-15"}'
            >>> agency.review_json(command).violations[0].code
            'id-taken'
        """
        return Verdict._read(self._native.review(command))

    def outcome(self, request: str) -> Receipt | None:
        """The receipt of a request, if it was stored: what to ask after `UnknownOutcome`.

        Example:
            >>> _ = desk.request("form-4711").register_staff(id="ada")
            >>> agency.outcome("form-4711").ids, agency.outcome("form-4712")
            (('ada',), None)
        """
        told = self._native.outcome(request)
        return None if told is None else Receipt._read(told)

    def events(self, *, after: int = 0) -> Iterator[Event]:
        """What happened after a position, in order, up to now: a feed that a crash neither loses nor repeats.

        Args:
            after: The position of the last event that was dealt with; 0 is before everything.

        Example:
            >>> [event.type for event in agency.events(after=2)][:2]
            ['staff_registered', 'enrolled']
        """
        end = self.snapshot().position
        while after < end:
            count = min(_EVENTS_AT_ONCE, end - after)
            for position, type, ids in self._native.events(after, count):
                yield Event(position, type, tuple(ids))
            after += count

    def snapshot(self, *, at_least: int | None = None, cached: bool = False) -> Snapshot:
        """Everything as known at one head, so that answers agree with each other.

        Args:
            at_least: With this position at least: read your own writes.
            cached: With what was read already, without asking the store.

        Raises:
            Unavailable: The log ends before that position.

        Example:
            >>> snapshot = agency.snapshot()
            >>> _ = desk.void(id="a1", reason="wrong participant")
            >>> len(snapshot.held(as_of=date(2024, 6, 15))), len(agency.held(as_of=date(2024, 6, 15)))
            (1, 0)
        """
        return Snapshot(self._native.snapshot(at_least=at_least, cached=cached))

    def verify(self, expected: str | None = None, *, progress: Progress | None = None) -> Verified:
        """Walks the chain and folds anew: finds any damage, and tampering against a head kept elsewhere.

        Args:
            expected: A head that was kept elsewhere, as `position:hash`.
            progress: Told of (entries walked, entries in all).

        Raises:
            Corrupt: Names the first damaged entry.
            Diverged: The log does not hold the expected head.

        Example:
            >>> agency.verify(agency.head).erased
            0
        """
        return Verified(*self._native.verify(expected, progress=progress))

    def sql(self, text: str, values: Sequence[int | float | str | bytes | None] = ()) -> Table:
        """Asks one question in SQL of the read tables; nothing can be written.

        Args:
            text: A `select`.
            values: For `?1`, `?2` and so on: never put one into the text.

        Raises:
            ReadOnly: It would write.
            Backend: It is wrong; the text has SQLite's words.
            Unavailable: The agency has a log of the host's own.

        Example:
            >>> agency.sql("select staff, count(*) as n from current_assignment group by 1").to_dicts()
            [{'staff': 'maria', 'n': 1}]
        """
        return Table(self._native.sql(text, list(values)))

    def export(self, path: str | os.PathLike[str]) -> None:
        """Copies the whole file while others go on writing: a backup that `caseload.restore` takes.

        Raises:
            Unavailable: The path is taken or leads nowhere.
            Full: There is no room left.
        """
        self._native.export(os.fspath(path))

    def rebuild_read_tables(self) -> None:
        """Writes the read tables anew from the log, after work with `read_tables=False`."""
        self._native.rebuild_read_tables()

    def keep_checkpoint(self) -> None:
        """Keeps the folded state beside the file, so that opening is fast next time."""
        self._native.keep_checkpoint()

    # What comes in many rows at a time.

    def import_tables(
        self,
        *,
        programs: Any = None,
        staff: Any = None,
        enrollments: Any = None,
        assignments: Any = None,
        mode: Literal["review", "partial", "all_or_nothing"] = "partial",
        order: Literal["by_start", "as_given"] = "by_start",
        actor: str = "root",
        on: date | None = None,
        progress: Progress | None = None,
    ) -> TableImport:
        """Takes tables in with all their history, row by row through every rule.

        Anything that gives itself to Arrow will do: frames of polars, pandas and pyarrow, DuckDB relations.
        Columns are named as in the contract. The same tables again store nothing, so an import that was
        stopped is gone on with by running it again. A program that takes history in says so in its policy:
        `{"batch_history": "allow", "entry_order": "any"}`; it can be revised afterwards.

        Args:
            programs: `id`, `name?`, `policy?` (a text with one JSON object).
            staff: `id`, `name?`, `rights?` (lists of words, or words between commas or spaces).
            enrollments: `id?`, `participant`, `program`, `start`, `end?`.
            assignments: `id?`, `staff`, `participant`, `program`, `start`, `end?`, `role?`.
            mode: Judge every row and store nothing (`review`), store what breaks no rule (`partial`), or
                store everything if no row is refused (`all_or_nothing`).
            order: Assignments are judged `by_start`, or `as_given`, which takes less memory.
            actor: Who enters it.
            on: Today; without it the agency's zone is asked.
            progress: Told of (rows done, rows read so far).

        Raises:
            InputError: `import-columns`: columns are missing, unknown or of another type; before anything
                is stored.
            StoreError: The store failed; what was stored before stays.

        Example:
            >>> import polars
            >>> staff = polars.DataFrame({"id": ["ada", "maria"], "rights": ["own others", None]})
            >>> done = agency.import_tables(staff=staff)
            >>> row = next(row for row in done if row["table"] == "staff")
            >>> row["accepted"], row["already_there"], row["refused"]
            (1, 1, 0)
        """
        context = self._context(actor, on, None)
        stored, tables = self._native.import_tables(
            _tabular("programs", programs),
            _tabular("staff", staff),
            _tabular("enrollments", enrollments),
            _tabular("assignments", assignments),
            context,
            mode=mode,
            order=order,
            progress=progress,
        )
        return TableImport(tables, stored)

    def import_hmis(
        self,
        folder: str | os.PathLike[str],
        *,
        mode: Literal["review", "partial"] = "partial",
        assign_by_user: bool = False,
        complete: bool = False,
        on_outside: Literal["clip", "report"] = "clip",
        actor: str = "root",
        on: date | None = None,
        progress: Progress | None = None,
    ) -> HmisImport:
        r"""Takes an HMIS CSV export in: projects, users, enrollments and exits, row by row through every rule.

        The same export again stores nothing, and a newer one only what changed, so an import that was stopped
        is gone on with by running it again.

        Args:
            folder: The folder that the export was unpacked to, with `Export.csv`, `Project.csv`, `User.csv`,
                `Enrollment.csv` and `Exit.csv`; other files are not looked at.
            mode: Judge every row and store nothing (`review`), or store what breaks no rule (`partial`).
            assign_by_user: Makes assignments from the users of entry and exit rows, in roles of their own. A
                proxy: HMIS says who entered a row, not who was responsible. Programs that it defines then take
                history in.
            complete: The export lists every enrollment that counts: others in its programs are voided. An
                export holds those of its period only, so this is seldom right.
            on_outside: Whether assignments outside enrollments that changed are ended (`clip`), or left as
                they are (`report`).
            actor: Who enters it.
            on: Today; without it the agency's zone is asked.
            progress: Told of (rows done, rows in all) of programs, staff, enrollments and assignments in turn.

        Raises:
            InputError: A file or a column of the export is missing or cannot be read; nothing is stored.
            StoreError: The store failed; what was stored before stays.

        Example:
            >>> from pathlib import Path
            >>> export = Path("export")
            >>> export.mkdir()
            >>> files = {
            ...     "Export": "ExportID,ExportStartDate,ExportEndDate,CSVVersion\n1,2024-01-01,2024-12-31,2026",
            ...     "Project": "ProjectID,ProjectName,DateDeleted\n7,Night shelter,",
            ...     "User": "UserID,UserFirstName,UserLastName,DateDeleted\n11,Ada,Birch,",
            ...     "Enrollment": "EnrollmentID,PersonalID,ProjectID,EntryDate,UserID,DateDeleted\n"
            ...     "E1,P1,7,2024-03-01,11,\nE2,P2,8,2024-03-01,11,",
            ...     "Exit": "EnrollmentID,PersonalID,ExitDate,UserID,DateDeleted\nE1,P1,2024-06-01,11,",
            ... }
            >>> for name, text in files.items():
            ...     _ = (export / f"{name}.csv").write_text(text)
            >>> done = agency.import_hmis(export)
            >>> [(row["file"], row["line"], row["code"]) for row in done.tables["refused"]]
            [('Enrollment.csv', 3, 'unknown-program')]
        """
        tables, voided, stubs = self._native.import_hmis(
            os.fspath(folder),
            self._context(actor, on, None),
            review=mode == "review",
            complete=complete,
            assign_by_user=assign_by_user,
            on_outside=on_outside,
            progress=progress,
        )
        return HmisImport(tables, voided, stubs)

    def upload(
        self,
        path: str | os.PathLike[str],
        *,
        mode: Literal["dry_run", "all_or_nothing", "partial"] = "dry_run",
        result: str | os.PathLike[str] | None = None,
        sheet: str | None = None,
        actor: str = "root",
        on: date | None = None,
        request: str | None = None,
        progress: Progress | None = None,
    ) -> Upload:
        r"""Uploads a batch file: assignments that begin and end, a row each, as CSV or Excel workbook.

        Args:
            path: The file; `write_template` makes one to fill in.
            mode: Judge every row and store nothing (`dry_run`), store everything or nothing (at most 10,000
                rows), or what passes (`partial`).
            result: Where a file with one verdict a row is written: a workbook where it ends in `.xlsx`,
                otherwise CSV. It holds nothing about anybody.
            sheet: The worksheet; without it the first with a known column.
            actor: Who uploads it.
            on: Today; without it the agency's zone is asked.
            request: With it, the same file again is answered as the first time and stores nothing twice.
            progress: Told of (rows done, rows read so far).

        Raises:
            InputError: The file cannot be read as a batch file; the text names column, row and what was
                expected.
            OSError: The result file cannot be written.

        Example:
            >>> from pathlib import Path
            >>> file = Path("june.csv")
            >>> _ = file.write_text(
            ...     "Participant ID,Program ID,Staff ID,Start date\n"
            ...     "P-1023,housing,sam,2024-06-01\n"
            ...     "P-7,housing,sam,2024-06-01\n"
            ... )
            >>> done = agency.upload(file, mode="partial")
            >>> done.stored, done.refused, done.problems
            (1, 1, {'not-enrolled': 1})
            >>> file.unlink()
        """
        counts, problems = self._native.upload(
            os.fspath(path),
            None if result is None else os.fspath(result),
            self._context(actor, on, request),
            mode=mode,
            sheet=sheet,
            progress=progress,
        )
        return Upload(**dict(counts), problems=dict(problems))

    def write_template(
        self,
        path: str | os.PathLike[str],
        *,
        program: Literal["name", "id"] = "name",
        staff: Literal["name", "id", "first_and_last_name"] = "name",
        end: Literal["last_day", "first_day_not_covered"] = "last_day",
    ) -> None:
        """Writes a batch file to fill in, with a row of instructions and a sample, which uploads skip.

        Args:
            path: A workbook with lists to choose from where it ends in `.xlsx`, otherwise CSV.
            program: How it names programs.
            staff: How it names staff.
            end: Which day it writes for an end.

        Raises:
            OSError: It cannot be written.
        """
        self._native.template(os.fspath(path), program, staff, end)

    def _context(self, actor: str, on: date | None, request: str | None) -> str:
        day = on if on is not None else self.today()
        return written({"actor": actor, "on": day, "request": request})

    def _asked(self) -> _caseload.Snapshot:
        return self._native.snapshot()


class Snapshot(Questions):
    """An agency as known at one head: a plain value that keeps no lock. Made by `Agency.snapshot`."""

    __slots__ = ("_native",)

    def __init__(self, native: _caseload.Snapshot) -> None:
        self._native = native

    def __repr__(self) -> str:
        return f"<snapshot at {self.position}>"

    @property
    def head(self) -> str:
        """What it knows, as `position:hash`."""
        return self._native.head

    @property
    def position(self) -> int:
        """The position of its head."""
        return int(self.head.split(":", 1)[0])

    def _asked(self) -> _caseload.Snapshot:
        return self._native
