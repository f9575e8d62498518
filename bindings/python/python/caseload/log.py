"""What a log must do: write a class with these methods, and `caseload.open` takes it.

A log keeps sealed entries in one order. It needs to understand none of their fields: it keeps every one as it
was given, and gives every one back so. `caseload.conformance` tests all that is said here;
`caseload.dbapi.Log` is a finished one over any DB-API connection.

Raise the classes of `caseload.errors` for what they name (`Conflict`, `Locked`, `Full`, ...). Any other
exception becomes a `Backend` error with yours as its `__cause__`; nothing is stored then, and the agency goes
on once the cause is gone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from caseload._caseload import Entry, without_items

__all__ = ["START", "Entry", "Erasure", "Head", "Limit", "Log", "Page", "Turn", "without_items"]


class Head(NamedTuple):
    """Where a log ends, or ended.

    Attributes:
        position: How many entries there are.
        hash: The hash of the last one, 32 bytes; all zero when there is none.
    """

    position: int
    hash: bytes


#: Before the first entry.
START = Head(0, bytes(32))


class Limit(NamedTuple):
    """How much one page may hold: whichever is reached first, and always at least one entry.

    Attributes:
        entries: Entries.
        bytes: Bytes, as `Entry.size` counts them.
    """

    entries: int
    bytes: int


class Page(NamedTuple):
    """One page of a log.

    Attributes:
        entries: The entries, in order.
        more: Whether the log had more after the last one of them when it was read.
    """

    entries: Sequence[Entry]
    more: bool


class Erasure(NamedTuple):
    """Private items to be removed from one entry for good.

    Attributes:
        entry: The entry, by position and hash: after a backup was restored, another may have its position.
        items: Which ones: `without_items(entry.private, items)` is what must be kept instead.
        request: Whether its request id goes as well: it is `None` from then on, and not found any more.
    """

    entry: Head
    items: list[int]
    request: bool


class Turn(Protocol):
    """One writer's turn at the log: nobody else appends until it is over."""

    def head(self) -> Head:
        """Where the log ends, under the lock."""

    def tail(self, after: Head, limit: Limit) -> Page:
        """As `Log.read`, under the lock."""

    def clock(self) -> int:
        """The store's clock: microseconds since 1970-01-01T00:00:00Z."""

    def append(self, after: Head, entries: Sequence[Entry]) -> None:
        """Appends exactly after this head, all or none, durably, and ends the turn.

        Raises:
            Conflict: The log does not end at `after`, or the entries do not follow it; asked first.
            RequestIdReused: An entry carries a request id that is stored already.
            UnknownOutcome: It cannot be said whether they were stored.
        """

    def release(self) -> None:
        """Gives the turn back; nothing was appended."""


class Log(Protocol):
    """A log of one agency. Every method may be called from several threads at once.

    `head`, `read` and `find` never wait for a turn, not even for one of the same thread.
    """

    def head(self) -> Head:
        """Where the log ends now."""

    def read(self, after: Head, limit: Limit) -> Page:
        """The entries after a head, in order, at most a page.

        Raises:
            Diverged: The log has another hash at that position, or ends before it.
        """

    def find(self, request: str) -> Entry | None:
        """The entry that a request id was stored with, if any."""

    def turn(self) -> Turn:
        """Takes the lock that one writer at a time holds, waiting for it.

        Raises:
            Locked: The store's timeout passed.
        """

    def erase(self, items: Sequence[Erasure]) -> None:
        """Overwrites private items for good, in every file and table; again is harmless.

        Raises:
            Diverged: It does not hold one of the entries; then nothing is erased.
        """
