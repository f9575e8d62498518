"""What goes wrong in a database, in the words of `caseload.errors`."""

from __future__ import annotations

from typing import Literal

from caseload.errors import (
    Backend,
    Corrupt,
    Diverged,
    Full,
    Locked,
    ReadOnly,
    StoreError,
    Unavailable,
)
from caseload.log import Head

Kind = Literal["locked", "full", "read-only", "corrupt", "permission", "unavailable", "other"]
"""What an exception of a database is about."""


def failure(kind: Kind, doing: str, place: str) -> StoreError:
    """The error of a kind, while something was done to the database of this name."""
    match kind:
        case "locked":
            return Locked(
                f"{place} is locked by another writer for longer than the timeout; try again, or raise the "
                "timeout; nothing was stored"
            )
        case "full":
            return Full(f"no room left for {place}; free some and try again; nothing was stored")
        case "read-only":
            return ReadOnly(f"{place} may not be written; connect with the right to write")
        case "corrupt":
            return Corrupt(f"{place} is damaged; keep a copy of it and restore a backup")
        case "permission":
            return Unavailable(f"{place} may not be {doing}; check the permissions")
        case "unavailable":
            return Unavailable(f"{place} cannot be {doing}; check that it is there and can be reached")
        case "other":
            return Backend(f"{place} cannot be {doing}; see the cause")


def diverged(known: Head) -> Diverged:
    """The log does not hold a head that somebody knows."""
    head = f"{known.position}:{known.hash.hex()}"
    return Diverged(f"the log has another past than `{head}`", known=head)


def damaged(place: str, position: int) -> Corrupt:
    """An entry is not as it was written."""
    return Corrupt(f"entry {position} is missing or damaged in {place}; restore a backup", position=position)
