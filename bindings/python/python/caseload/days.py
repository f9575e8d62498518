"""Civil days. Every day is a `datetime.date`, and nothing that carries a time passes for one.

A `datetime` (and so a pandas `Timestamp`) is refused rather than cut, because whose midnight is meant cannot
be seen from it: an evening visit in Chicago is tomorrow in UTC.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _instant(micros: int) -> datetime:
    """The instant so many microseconds after 1970-01-01T00:00:00Z."""
    return _EPOCH + timedelta(microseconds=micros)


def _parsed(text: str) -> date:
    return date.fromisoformat(text)


def _wrong_day(value: Any) -> str | None:
    """Why a value is no day, or `None` if it is one."""
    if isinstance(value, datetime):
        kind = type(value).__name__
        return (
            f"is a {kind}, not a day: say which day is meant with `.date()`, "
            "after `.astimezone(...)` to the agency's zone if it has another"
        )
    if isinstance(value, date):
        return None
    if isinstance(value, str):
        return "is a text, not a day: convert it with `datetime.date.fromisoformat(...)`"
    if type(value).__module__ == "numpy":
        return "is a numpy value, not a day: convert it with `.astype('datetime64[D]').item()`"
    return f"is a {type(value).__name__}, not a `datetime.date`"


def _wrong_instant(value: Any) -> str | None:
    """Why a value is neither a position of the log nor an instant, or `None` if it is."""
    if isinstance(value, bool):
        return "is a bool, not a position of the log or an instant"
    if isinstance(value, int):
        return None if value >= 0 else "is below 0; 0 is before everything"
    if isinstance(value, datetime):
        if value.tzinfo is None:
            return "is a datetime without a zone: say which with `.replace(tzinfo=...)`"
        return None
    if isinstance(value, date):
        return "is a day: known at which instant of it? Give a `datetime` with a zone"
    return f"is a {type(value).__name__}, not a position of the log or a `datetime` with a zone"


def _instant_text(value: datetime) -> str:
    """An instant as RFC 3339 in UTC."""
    return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
