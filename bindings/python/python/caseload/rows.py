"""Rows of a batch, and of a list of enrollments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

__all__ = ["AssignRow", "EndRow", "EnrollmentRow"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignRow:
    """An assignment to be begun by a batch; the fields of `Desk.assign`."""

    staff: str
    participant: str
    program: str
    start: date
    end: date | None = None
    role: str | None = None
    id: str | None = None

    def _fields(self) -> dict[str, Any]:
        return {
            "op": "assign",
            "id": self.id,
            "staff": self.staff,
            "participant": self.participant,
            "program": self.program,
            "start": self.start,
            "end": self.end,
            "role": self.role,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class EndRow:
    """An assignment to be ended by a batch; the fields of `Desk.end_assignment`."""

    id: str
    end: date
    reason: str | None = None

    def _fields(self) -> dict[str, Any]:
        return {"op": "end_assignment", "id": self.id, "end": self.end, "reason": self.reason}


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrollmentRow:
    """An enrollment as the host's own table has it, for `Desk.mirror_enrollments`."""

    id: str
    participant: str
    start: date
    end: date | None = None

    def _fields(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "participant": self.participant,
            "start": self.start,
            "end": self.end,
        }
