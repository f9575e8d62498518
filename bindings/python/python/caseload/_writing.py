"""Commands and arguments as the JSON that the native half reads."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from caseload.days import _wrong_day
from caseload.errors import InputError, Violation

#: Fields that are days.
_DAYS = frozenset({"start", "end", "on", "date", "end_open", "as_of"})
_PLAIN = (str, int, float, bool, type(None))


def written(fields: Mapping[str, Any], *, keep: Iterable[str] = ()) -> str:
    """The fields as JSON, those that are `None` left out unless they are to be kept.

    Raises:
        InputError: Something is of a type that cannot be meant; every such field is told at once.
    """
    wrong: list[Violation] = []
    kept = frozenset(keep)
    given = {
        name: _plain(name, value, wrong)
        for name, value in fields.items()
        if value is not None or name in kept
    }
    if wrong:
        raise InputError("unreadable input", wrong)
    return json.dumps(given, separators=(",", ":"))


def _plain(name: str, value: Any, wrong: list[Violation], row: int | None = None) -> Any:
    if value is None:
        return None
    if name in _DAYS:
        problem = _wrong_day(value)
        if problem is None:
            return value.isoformat()
        wrong.append(Violation("input-date", problem, fields=(name,), row=row))
        return None
    if isinstance(value, str):
        if value.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in value):
            return value
        problem = "holds half of a surrogate pair, which is no character"
        wrong.append(Violation("input-command", problem, fields=(name,), row=row))
        return None
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, Mapping):
        return {str(key): _plain(str(key), inner, wrong, row) for key, inner in value.items()}
    if name == "rows":
        return [_row(place, inner, wrong) for place, inner in enumerate(value, 1)]
    if isinstance(value, Iterable) and not isinstance(value, (bytes, date, datetime)):
        return [_plain(name, inner, wrong, row) for inner in value]
    kind = type(value).__name__
    problem = f"is a {kind}: ids and other texts are given as `str`"
    wrong.append(Violation("input-command", problem, fields=(name,), row=row))
    return None


def _row(place: int, row: Any, wrong: list[Violation]) -> dict[str, Any]:
    fields = row._fields() if hasattr(row, "_fields") else row
    if not isinstance(fields, Mapping):
        problem = f"is a {type(row).__name__}: give `AssignRow`, `EndRow` or `EnrollmentRow`"
        wrong.append(Violation("input-command", problem, fields=("rows",), row=place))
        return {}
    return {name: _plain(name, value, wrong, place) for name, value in fields.items() if value is not None}
