"""The native half of the package `caseload`: use the package itself."""

from collections.abc import Callable
from os import PathLike
from typing import Any, SupportsFloat, SupportsIndex, final

from _typeshed import SupportsGetItem

from caseload.conformance import Store
from caseload.log import Log

__all__ = [
    "Agency",
    "Auditor",
    "CoreReplay",
    "Entry",
    "Generator",
    "Snapshot",
    "Table",
    "conformance_cases",
    "differences",
    "gathered",
    "open_log",
    "open_memory",
    "open_sqlite",
    "restore",
    "run_conformance",
    "today",
    "without_items",
]

@final
class Agency:
    """An agency that is open, until it is closed."""
    def close(self, /) -> None:
        """Closes the agency; again is harmless."""
    @property
    def closed(self, /) -> bool:
        """Whether it was closed."""
    def events(self, /, after: SupportsIndex, limit: SupportsIndex) -> list[tuple[int, str, list[str]]]:
        """What happened after a position: position, type and ids of each event."""
    def export(self, /, path: str | PathLike[str]) -> None:
        """Copies the file while others go on writing."""
    def head(self, /) -> str:
        """Where the folded log ends, as `position:hash`."""
    def import_hmis(
        self,
        /,
        folder: str | PathLike[str],
        context: str,
        *,
        review: bool,
        complete: bool,
        assign_by_user: bool,
        on_outside: str,
        progress: Callable[[int, int], object] | None = None,
    ) -> tuple[list[Table], int, int]:
        """
        Takes an HMIS CSV export in; the tables of what became of its rows, and the numbers of enrollments
        taken back and of staff registered without a name.
        """
    def import_tables(
        self,
        /,
        programs: Any | None,
        staff: Any | None,
        enrollments: Any | None,
        assignments: Any | None,
        context: str,
        *,
        mode: str,
        order: str,
        progress: Callable[[int, int], object] | None = None,
    ) -> tuple[bool, list[Table]]:
        """Takes tables in; whether the accepted rows are stored, and the tables of what became of them."""
    def keep_checkpoint(self, /) -> None:
        """Keeps the folded state beside the file, so that opening is fast next time."""
    def memory(self, /) -> int:
        """Bytes of memory that the folded state takes, about."""
    def outcome(self, /, request: str) -> str | None:
        """The receipt of a request, if it was stored."""
    def rebuild_read_tables(self, /) -> None:
        """Writes the read tables anew from the log."""
    def record(self, /, command: str) -> str:
        """Records a command in the JSON-lines form; one with `"review": true` is refused."""
    def review(self, /, command: str) -> str:
        """What the rules say of a command in the JSON-lines form."""
    def snapshot(self, /, *, at_least: SupportsIndex | None = None, cached: bool = False) -> Snapshot:
        """Everything as it is now, at a position at least, or without asking the store."""
    def sql(
        self, /, text: str, values: SupportsGetItem[int, SupportsIndex | SupportsFloat | str | bytes | None]
    ) -> Table:
        """Asks one question in SQL of the read tables."""
    def template(self, /, path: str | PathLike[str], program: str, staff: str, end: str) -> None:
        """Writes the template of a batch file."""
    def upload(
        self,
        /,
        path: str | PathLike[str],
        result: str | PathLike[str] | None,
        context: str,
        *,
        mode: str,
        sheet: str | None = None,
        progress: Callable[[int, int], object] | None = None,
    ) -> tuple[list[tuple[str, int]], list[tuple[str, int]]]:
        """Uploads a batch file; how many rows became what, and how many problems of each code there are."""
    def verify(
        self, /, expected: str | None = None, *, progress: Callable[[int, int], object] | None = None
    ) -> tuple[str, int]:
        """Walks the chain and folds anew; the head, and how many private items were forgotten."""

@final
class Auditor:
    """An engine of its own that keeps days one by one, and knows nothing of the library's."""
    def __new__(cls, /) -> Auditor: ...
    def line(self, /, text: str) -> str | None:
        """The answer to the next line, as JSON; none to an empty one."""

@final
class CoreReplay:
    """The library's own replay over an agency in memory, which bindings must answer like."""
    def __new__(cls, /) -> CoreReplay: ...
    def line(self, /, text: str) -> str | None:
        """The answer to the next line; none to an empty one."""

@final
class Entry:
    """One entry of a log, to be kept field by field as it is."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __new__(
        cls,
        /,
        *,
        position: SupportsIndex,
        recorded: SupportsIndex,
        level: SupportsIndex,
        request: str | None,
        body: SupportsGetItem[int, SupportsIndex],
        private: SupportsGetItem[int, SupportsIndex],
        hash: bytes,
    ) -> Entry: ...
    def __repr__(self, /) -> str: ...
    @property
    def body(self, /) -> bytes:
        """Canonical JSON of numbers and days: keep these very bytes."""
    @property
    def hash(self, /) -> bytes:
        """SHA-256 over the previous hash, position, instant, level and body: 32 bytes."""
    @property
    def level(self, /) -> int:
        """The level its body is written in."""
    @property
    def position(self, /) -> int:
        """The place in the log, from 1."""
    @property
    def private(self, /) -> bytes:
        """The private items, packed."""
    @property
    def recorded(self, /) -> int:
        """When it was recorded: microseconds since 1970-01-01T00:00:00Z."""
    @property
    def request(self, /) -> str | None:
        """The host's request id, to be found by; `None` too once it was erased."""
    @property
    def size(self, /) -> int:
        """Bytes that count towards the limit of a page."""

@final
class Generator:
    """Random commands and questions as JSON lines, the same ones for the same seed."""
    def __new__(cls, /, seed: SupportsIndex) -> Generator: ...
    def next_line(self, /) -> str:
        """The next line; every id that could be left out is given."""

@final
class Snapshot:
    """An agency as known at one head."""
    def ask(
        self, /, what: str, arguments: str, *, progress: Callable[[int, int], object] | None = None
    ) -> list[Table]:
        """The tables that answer a question or a report."""
    def caseworkers(self, /, arguments: str) -> list[str]:
        """The caseworkers of one participant in one program."""
    def filter_participants(
        self,
        /,
        participants: Any,
        column: str,
        arguments: str,
        *,
        progress: Callable[[int, int], object] | None = None,
    ) -> list[Table]:
        """Which participants of a column are on a caseload: the mask, and the ids."""
    @property
    def head(self, /) -> str:
        """What it knows, as `position:hash`."""
    def position_of(self, /, arguments: str) -> int:
        """The position that a `known_at` means."""
    def unassigned(self, /, arguments: str) -> list[str]:
        """Those enrolled on a day without a caseworker."""
    def visible(self, /, arguments: str) -> list[str]:
        """Which of these participants an actor sees."""

@final
class Table:
    """A table of an answer, as Arrow record batches."""
    def __arrow_c_schema__(self, /) -> object: ...
    def __arrow_c_stream__(self, /, requested_schema: object | None = None) -> object: ...
    def __len__(self, /) -> int: ...
    @property
    def columns(self, /) -> list[str]:
        """The names of the columns, in order."""
    @property
    def metadata(self, /) -> dict[str, str]:
        """What the table is about."""
    @property
    def name(self, /) -> str:
        """The name of the table: no two have the same."""
    def rows(self, /, offset: SupportsIndex = 0, limit: SupportsIndex | None = None) -> list[dict[str, Any]]:
        """At most `limit` rows from `offset` on, each as a dict."""

def conformance_cases() -> list[str]:
    """The names of the cases of the suite, in order."""

def differences(answer: str | None, auditors: str | None) -> str | None:
    """The first thing in which an answer differs from the auditor's, if any."""

def gathered(table: Any) -> Table:
    """Reads a stream to its end, so that whoever gives it can give another."""

def open_log(log: Log, *, progress: Callable[[int, int], object] | None = None) -> Agency:
    """Opens an agency over a log written in Python."""

def open_memory(agency: str) -> Agency:
    """Opens an agency in memory, gone when it is closed."""

def open_sqlite(
    path: str | PathLike[str],
    agency: str,
    *,
    access: str,
    durability: str,
    read_tables: bool,
    busy_timeout: SupportsFloat | SupportsIndex,
    progress: Callable[[int, int], object] | None = None,
) -> Agency:
    """Opens an agency in a SQLite file."""

def restore(backup: str | PathLike[str], path: str | PathLike[str]) -> None:
    """Makes a file from a backup that `export` wrote."""

def run_conformance(case: str, fresh: Callable[[], Store]) -> str | None:
    """Runs one case over stores that Python makes; `None`, or what was seen."""

def today(zone: str) -> tuple[int, int, int]:
    """Today's date in a time zone, as year, month and day."""

def without_items(private: bytes, items: SupportsGetItem[int, SupportsIndex]) -> bytes:
    """The private items of an entry without some of them, which can never be read again."""
