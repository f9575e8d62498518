"""The policy of a program, and the rights of staff, as types that editors and mypy know."""

from __future__ import annotations

from typing import Literal, TypedDict

__all__ = ["CaseloadLimit", "Kind", "Policy", "Right"]

#: What a staff member may do: change their own caseload, other people's, correct and void, enroll,
#: administer, and see every participant.
Right = Literal["own", "others", "correct", "enroll", "administer", "view_all"]

#: What an id is of.
Kind = Literal["participant", "staff", "program", "enrollment", "assignment"]


class _Max(TypedDict):
    max: int


class CaseloadLimit(_Max, total=False):
    """How many assignments a staff member may have in the program on the day one starts."""

    enforcement: Literal["notice", "refuse"]


class Policy(TypedDict, total=False):
    """What a program allows; keys that are left out take the first value named.

    Attributes:
        entry_order: Starts are entered in order per participant and `program`; per `staff`, too; or `any`.
        planned_starts: Assignments may start after today: `allow` or `refuse`.
        zero_day: Periods may end on their first day: `allow` or `refuse`.
        on_enrollment_end: A dismissal ends the assignments (`end_assignments`), or is refused while one
            would stick out (`refuse`).
        batch_history: A batch refuses rows that are over already (`refuse_closed`), rows that start in the
            past (`refuse_past_start`), or none (`allow`): say so for a program whose history is brought in.
        hand_off: A transfer needs rights on both caseloads (`both_rights`), or on the giver's (`own_right`).
        roles: The roles there are; without them any text, or none.
        one_primary: At most one assignment in the role `primary` per participant and day.
        max_staff: How many staff a participant may have on one day.
        caseload_limit: How many assignments a staff member may have.
        visibility: Staff without `view_all` see everybody (`all`), or only whom they have or had
            (`own_caseload`).
        former_access_days: For how many days after the last covered one they still see somebody.
    """

    entry_order: Literal["program", "staff", "any"]
    planned_starts: Literal["allow", "refuse"]
    zero_day: Literal["allow", "refuse"]
    on_enrollment_end: Literal["end_assignments", "refuse"]
    batch_history: Literal["refuse_closed", "refuse_past_start", "allow"]
    hand_off: Literal["both_rights", "own_right"]
    roles: list[str] | None
    one_primary: bool
    max_staff: int | None
    caseload_limit: CaseloadLimit | None
    visibility: Literal["all", "own_caseload"]
    former_access_days: int
