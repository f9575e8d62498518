"""What can go wrong: one class a kind, each with a stable code.

Text is for people; `code` and the parameters of violations are for programs and translators. No text holds
personal data. Every error can be pickled, so that it comes through worker pools and task queues whole.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from caseload.days import _parsed

__all__ = [
    "Backend",
    "Bug",
    "Cancelled",
    "CaseloadError",
    "Closed",
    "Conflict",
    "Corrupt",
    "Diverged",
    "Full",
    "Incompatible",
    "InputError",
    "Locked",
    "Nearest",
    "ReadOnly",
    "Refused",
    "RequestIdReused",
    "RowVerdict",
    "StoreError",
    "Unavailable",
    "UnknownOutcome",
    "Violation",
]

#: The parameters of violations that are days; every other one is a text, a number or a list.
_DAYS = frozenset({"start", "end", "on", "day", "earliest_start", "latest_end"})
_NOT_PARAMETERS = frozenset({"code", "fields", "nearest", "row", "text"})


@dataclass(frozen=True, slots=True)
class Nearest:
    """The nearest value that would pass.

    Attributes:
        field: The command's field that it is a value of.
        day: The day.
    """

    field: str
    day: date


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken rule, or (as a notice) something worth saying about an accepted command.

    Attributes:
        code: The stable name of the rule, such as `outside-enrollment`.
        text: One line for people, in English, without ids.
        parameters: What the rule found: ids as `str`, days as `datetime.date`, counts as `int`.
        fields: The names of the command's fields that it concerns.
        nearest: The nearest value that would pass, where there is one.
        row: The row, from 1, of a batch or of mirrored rows.
    """

    code: str
    text: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    fields: tuple[str, ...] = ()
    nearest: Nearest | None = None
    row: int | None = None

    @classmethod
    def _told(cls, told: Mapping[str, Any]) -> Violation:
        parameters = {key: value for key, value in told.items() if key not in _NOT_PARAMETERS}
        for name in _DAYS & parameters.keys():
            parameters[name] = _parsed(parameters[name])
        nearest = told.get("nearest")
        return cls(
            code=told["code"],
            text=told["text"],
            parameters=parameters,
            fields=tuple(told.get("fields", ())),
            nearest=nearest and Nearest(nearest["field"], _parsed(nearest["day"])),
            row=told.get("row"),
        )

    def __str__(self) -> str:
        about = f" ({', '.join(self.fields)})" if self.fields else ""
        row = f"row {self.row}: " if self.row is not None else ""
        passes = f"; {self.nearest.day} would pass" if self.nearest else ""
        return f"{row}{self.code}{about}: {self.text}{passes}"


@dataclass(frozen=True, slots=True)
class RowVerdict:
    """What became of one row of a batch.

    Attributes:
        row: The row, from 1.
        violations: Why it would not pass; empty if it would.
    """

    row: int
    violations: tuple[Violation, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the row passes."""
        return not self.violations

    @classmethod
    def _told(cls, told: Mapping[str, Any]) -> RowVerdict:
        return cls(told["row"], tuple(map(Violation._told, told["violations"])))


class CaseloadError(Exception):
    """Anything that went wrong in caseload.

    Attributes:
        code: The stable code: that of the first violation, of the store error, `cancelled` or `bug`.
    """

    code: str = "bug"

    def __init__(self, text: str, *, code: str | None = None) -> None:
        super().__init__(text)
        if code is not None:
            self.code = code

    def __reduce__(self) -> tuple[Any, ...]:
        # Keyword arguments do not come through `Exception.__reduce__`.
        return (_again, (type(self), self.args, dict(self.__dict__)))


def _again(kind: type[CaseloadError], arguments: tuple[Any, ...], said: dict[str, Any]) -> CaseloadError:
    error = kind.__new__(kind, *arguments)
    error.__dict__.update(said)
    return error


class _Broken(CaseloadError):
    """An error that lists violations."""

    violations: tuple[Violation, ...]

    def __init__(self, text: str, violations: Iterable[Violation] = ()) -> None:
        self.violations = tuple(violations)
        code = self.violations[0].code if self.violations else "input-command"
        super().__init__(text, code=code)

    def __str__(self) -> str:
        lines = [str(violation) for violation in self.violations]
        head = super().__str__().split(":", 1)[0]
        if len(lines) == 1:
            return f"{head}: {lines[0]}"
        return "\n".join([f"{head}:", *(f"- {line}" for line in lines)]) if lines else head


class Refused(_Broken):
    """The rules refused a command; nothing was stored.

    Attributes:
        violations: Every violation of the first broken phase; never empty.
        rows: The verdicts of a batch's rows; empty for every other command.

    Example:
        >>> import caseload
        >>> from datetime import date
        >>> agency = caseload.open(":memory:")
        >>> desk = agency.acting_as("root", on=date(2024, 6, 15))
        >>> try:
        ...     desk.close_program(id="housing")
        ... except caseload.Refused as refused:
        ...     print(refused.violations[0].code, refused.violations[0].parameters)
        unknown-program {'id': 'housing'}
    """

    rows: tuple[RowVerdict, ...]

    def __init__(
        self,
        text: str,
        violations: Iterable[Violation] = (),
        rows: Iterable[RowVerdict] = (),
    ) -> None:
        super().__init__(text, violations)
        self.rows = tuple(rows)


class InputError(_Broken, ValueError):
    """A value could not be read; all bad fields at once.

    Attributes:
        violations: What was unreadable, field by field; never empty.
    """

    @classmethod
    def _about(cls, field: str, text: str, code: str = "input-command") -> InputError:
        return cls("unreadable input", [_unreadable(field, text, code)])


def _unreadable(field: str, text: str, code: str = "input-command") -> Violation:
    parameters = {"what": text} if code == "input-command" else {}
    return Violation(code, text, parameters, (field,))


class StoreError(CaseloadError):
    """The store failed. The text names the file or host and says what to do."""

    code = "store-backend"


class Conflict(StoreError):
    """The log does not end where the append said; nothing was stored."""

    code = "store-conflict"


class Diverged(StoreError):
    """The log has another past than the one known here: it was restored or replaced.

    Attributes:
        known: The head that was known, as `position:hash`.
    """

    code = "store-diverged"
    known: str

    def __init__(self, text: str, *, known: str = "") -> None:
        super().__init__(text)
        self.known = known


class RequestIdReused(StoreError):
    """A stored entry has this request id already; nothing was stored."""

    code = "store-request-id-reused"


class UnknownOutcome(StoreError):
    """It cannot be said whether a command was stored: ask `agency.outcome(request)`."""

    code = "store-unknown-outcome"


class Unavailable(StoreError):
    """The store cannot be reached now."""

    code = "store-unavailable"


class ReadOnly(StoreError):
    """The store may only be read."""

    code = "store-read-only"


class Full(StoreError):
    """There is no room left."""

    code = "store-full"


class Locked(StoreError):
    """Another writer held the lock for longer than the timeout."""

    code = "store-locked"


class Corrupt(StoreError):
    """What is stored is damaged.

    Attributes:
        position: The damaged entry, where one is known.
    """

    code = "store-corrupt"
    position: int | None

    def __init__(self, text: str, *, position: int | None = None) -> None:
        super().__init__(text)
        self.position = position


class Incompatible(StoreError):
    """What is stored needs another version of the library."""

    code = "store-incompatible"


class Closed(StoreError):
    """The agency was closed, or opened before a fork."""

    code = "store-closed"


class Backend(StoreError):
    """Anything else from below; `__cause__` is what a log of the host's own raised."""

    code = "store-backend"


class Cancelled(CaseloadError):
    """Long work was stopped."""

    code = "cancelled"


class Bug(CaseloadError):
    """A promise inside the library was broken: please report it."""

    code = "bug"


_STORE_ERRORS: dict[str, type[StoreError]] = {
    kind.code: kind
    for kind in (
        Conflict,
        Diverged,
        RequestIdReused,
        UnknownOutcome,
        Unavailable,
        ReadOnly,
        Full,
        Locked,
        Corrupt,
        Incompatible,
        Closed,
        Backend,
    )
}


def _from_native(text: str) -> CaseloadError:
    """The error that the native half told of."""
    told: dict[str, Any] = json.loads(text)
    said: str = told["text"]
    violations = [Violation._told(violation) for violation in told.get("violations", ())]
    match told["kind"]:
        case "refused":
            return Refused(said, violations, map(RowVerdict._told, told["rows"]))
        case "input":
            return InputError(said, violations)
        case "cancelled":
            return Cancelled(said)
        case "store" if told["code"] in _STORE_ERRORS:
            kind = _STORE_ERRORS[told["code"]]
            if kind is Diverged:
                return Diverged(said, known=told["known"])
            if kind is Corrupt:
                return Corrupt(said, position=told["position"])
            return kind(f"{said}: {told['cause']}" if told.get("cause") else said)
        case _:
            return Bug(said)
