"""What a command is answered with: a receipt where it was recorded, a verdict where it was reviewed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from caseload.errors import RowVerdict, Violation

__all__ = ["Event", "Outcome", "Receipt", "Verdict"]


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened.

    Attributes:
        position: The entry of the log that it belongs to.
        type: What happened: `assigned`, `transferred`, `assignment_corrected` and so on.
        ids: The ids that it is about. Never anything else about anybody.
    """

    position: int
    type: str
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command did, or would do.

    Attributes:
        position: The log's end after it.
        ids: The ids that it made, in order.
        ended: The assignments that were given an end, in order.
        left: Assignments that stayed as they were, each with the code that kept it so.
        notices: What is worth saying, though it was accepted.
        rows: The verdicts of a batch's rows; empty for every other command.
        events: What happened, in order.
    """

    position: int
    ids: tuple[str, ...] = ()
    ended: tuple[str, ...] = ()
    left: tuple[tuple[str, str], ...] = ()
    notices: tuple[Violation, ...] = ()
    rows: tuple[RowVerdict, ...] = ()
    events: tuple[Event, ...] = ()

    @property
    def id(self) -> str:
        """The first id that it made.

        Raises:
            LookupError: It made none.
        """
        if not self.ids:
            raise LookupError("this command made no id")
        return self.ids[0]


@dataclass(frozen=True, slots=True)
class Receipt(Outcome):
    """What an accepted command stored.

    Attributes:
        head: The log after it, as `position:hash`; kept elsewhere, `agency.verify` can be held to it.
        request: The request that it was stored as.
    """

    head: str = ""
    request: str | None = None

    @classmethod
    def _read(cls, text: str) -> Receipt:
        return cls._told(json.loads(text))

    @classmethod
    def _told(cls, told: Mapping[str, Any]) -> Receipt:
        position = int(told["head"].split(":", 1)[0])
        return cls(head=told["head"], request=told["request"], **_outcome(told, position))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules say of a command that was reviewed instead of recorded.

    Attributes:
        outcome: What it would do; `None` if it would be refused. A `Receipt` where the request is known.
        violations: Every violation of the first broken phase; empty if it would be accepted.
        rows: The verdicts of a batch's rows.
    """

    outcome: Outcome | None
    violations: tuple[Violation, ...] = ()
    rows: tuple[RowVerdict, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether it would be accepted."""
        return self.outcome is not None

    @property
    def notices(self) -> tuple[Violation, ...]:
        """What is worth saying, though it would be accepted."""
        return self.outcome.notices if self.outcome else ()

    @classmethod
    def _read(cls, text: str) -> Verdict:
        told = json.loads(text)
        match told["verdict"]:
            case "accepted":
                outcome = Outcome(**_outcome(told, told["position"]))
                return cls(outcome, rows=outcome.rows)
            case "known":
                receipt = Receipt._told(told["receipt"])
                return cls(receipt, rows=receipt.rows)
            case _:
                violations = tuple(map(Violation._told, told["violations"]))
                return cls(None, violations, tuple(map(RowVerdict._told, told["rows"])))


def _outcome(told: Mapping[str, Any], position: int) -> dict[str, Any]:
    return {
        "position": position,
        "ids": tuple(told["ids"]),
        "ended": tuple(told["ended"]),
        "left": tuple((id, code) for id, code in told["left"]),
        "notices": tuple(map(Violation._told, told["notices"])),
        "rows": tuple(map(RowVerdict._told, told["rows"])),
        "events": tuple(Event(position, type, tuple(ids)) for type, ids in told["events"]),
    }
