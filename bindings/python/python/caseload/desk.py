"""The desk: an actor at work on a day, with every command as a method.

In the examples `agency` has a program `housing`, the staff `maria` and `sam`, and the participant `P-1023`,
enrolled there (as `e1`) since 2024-03-01 and assigned (as `a1`) to maria; `desk` is
`agency.acting_as("root", on=date(2024, 6, 15))`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from caseload._writing import written
from caseload.days import _instant_text, _wrong_instant
from caseload.errors import InputError
from caseload.policy import Kind, Policy, Right
from caseload.receipt import Receipt, Verdict
from caseload.rows import AssignRow, EndRow, EnrollmentRow

if TYPE_CHECKING:
    from caseload.agency import Agency

__all__ = ["Desk", "ReviewDesk"]

Answer = TypeVar("Answer")


class _Commands(ABC, Generic[Answer]):
    """Every command as a method; what becomes of it is the subclass's."""

    @abstractmethod
    def _give(self, op: str, fields: Mapping[str, Any], *, keep: Iterable[str] = ()) -> Answer:
        """Hands a command over."""

    def define_program(self, *, id: str, name: str | None = None, policy: Policy | None = None) -> Answer:
        """Defines a program.

        Args:
            id: Its id, the host's own.
            name: What it is called; not part of the hash chain, so it can be changed.
            policy: What it allows; keys that are left out take their default.

        Raises:
            Refused: `id-taken`, `administer-right-missing`.

        Example:
            >>> desk.define_program(id="jobs", policy={"one_primary": True}).ids
            ('jobs',)
        """
        return self._give("define_program", {"id": id, "name": name, "policy": policy})

    def revise_program(self, *, id: str, policy: Policy) -> Answer:
        """Gives a program another policy, which later commands obey; nothing stored is judged again.

        Args:
            id: The program.
            policy: The whole policy: keys that are left out take their default.

        Raises:
            Refused: `unknown-program`, `administer-right-missing`.

        Example:
            >>> desk.revise_program(id="housing", policy={"max_staff": 2}).events[0].type
            'program_revised'
        """
        return self._give("revise_program", {"id": id, "policy": policy})

    def rename_program(self, *, id: str, name: str) -> Answer:
        """Gives a program another name.

        Args:
            id: The program.
            name: Its name from now on.

        Raises:
            Refused: `unknown-program`, `administer-right-missing`.

        Example:
            >>> desk.rename_program(id="housing", name="Housing First").events[0].type
            'program_renamed'
        """
        return self._give("rename_program", {"id": id, "name": name})

    def rename_staff(self, *, id: str, name: str) -> Answer:
        """Gives a staff member another name.

        Args:
            id: The staff member.
            name: Their name from now on.

        Raises:
            Refused: `unknown-staff`, `administer-right-missing`.

        Example:
            >>> desk.rename_staff(id="sam", name="Sam Ortiz").events[0].ids
            ('sam',)
        """
        return self._give("rename_staff", {"id": id, "name": name})

    def close_program(self, *, id: str) -> Answer:
        """Closes a program: no new enrollment, assignment or hand-over into it; the rest goes on.

        Args:
            id: The program. Closing it again is accepted and changes nothing.

        Raises:
            Refused: `unknown-program`, `administer-right-missing`.

        Example:
            >>> desk.close_program(id="housing").events[0].type
            'program_closed'
        """
        return self._give("close_program", {"id": id})

    def reopen_program(self, *, id: str) -> Answer:
        """Opens a closed program again.

        Args:
            id: The program. One that is open stays so.

        Raises:
            Refused: `unknown-program`, `administer-right-missing`.

        Example:
            >>> _ = desk.close_program(id="housing")
            >>> desk.reopen_program(id="housing").events[0].type
            'program_reopened'
        """
        return self._give("reopen_program", {"id": id})

    def register_staff(
        self, *, id: str, name: str | None = None, rights: Iterable[Right] | None = None
    ) -> Answer:
        """Registers a staff member.

        Args:
            id: Their id, the host's own; `root` is taken.
            name: What they are called.
            rights: What they may do in every program, those defined later too.

        Raises:
            Refused: `id-taken`, `administer-right-missing`.

        Example:
            >>> desk.register_staff(id="ada", rights=["own", "others"]).ids
            ('ada',)
        """
        rights = None if rights is None else list(rights)
        return self._give("register_staff", {"id": id, "name": name, "rights": rights})

    def grant(self, *, staff: str, rights: Iterable[Right], program: str | None = None) -> Answer:
        """Gives a staff member rights.

        Args:
            staff: To whom.
            rights: Which.
            program: Where; without it in every program.

        Raises:
            Refused: `unknown-staff`, `unknown-program`, `administer-right-missing`.

        Example:
            >>> desk.grant(staff="sam", rights=["correct"], program="housing").events[0].ids
            ('sam', 'housing')
        """
        return self._give("grant", {"staff": staff, "rights": list(rights), "program": program})

    def revoke(self, *, staff: str, rights: Iterable[Right], program: str | None = None) -> Answer:
        """Takes rights from a staff member.

        Args:
            staff: From whom.
            rights: Which.
            program: Where; without it in every program.

        Raises:
            Refused: `unknown-staff`, `unknown-program`, `administer-right-missing`.

        Example:
            >>> desk.revoke(staff="sam", rights=["own"]).events[0].type
            'rights_changed'
        """
        return self._give("revoke", {"staff": staff, "rights": list(rights), "program": program})

    def deactivate_staff(self, *, id: str, end_open: date | None = None) -> Answer:
        """Deactivates a staff member, who gets nothing new from then on.

        Args:
            id: Who.
            end_open: Ends their open assignments on this day, in the same entry; without it the
                command is refused while assignments cover today or later.

        Raises:
            Refused: `unknown-staff`, `administer-right-missing`, `open-assignments-remain`,
                `end-before-start`.

        Example:
            >>> desk.deactivate_staff(id="maria", end_open=date(2024, 6, 30)).ended
            ('a1',)
        """
        return self._give("deactivate_staff", {"id": id, "end_open": end_open})

    def reactivate_staff(self, *, id: str) -> Answer:
        """Lets a deactivated staff member work again.

        Args:
            id: Who.

        Raises:
            Refused: `unknown-staff`, `administer-right-missing`.

        Example:
            >>> _ = desk.deactivate_staff(id="sam")
            >>> desk.reactivate_staff(id="sam").events[0].type
            'staff_reactivated'
        """
        return self._give("reactivate_staff", {"id": id})

    def enroll(
        self,
        *,
        participant: str,
        program: str,
        start: date,
        end: date | None = None,
        id: str | None = None,
    ) -> Answer:
        """Enrolls a participant in a program.

        Args:
            participant: Who, by the host's own id: never a name.
            program: Where.
            start: The first day.
            end: The first day that is not covered; without it the enrollment is open.
            id: The enrollment's id; without it a UUIDv7 is made.

        Raises:
            Refused: `unknown-program`, `program-closed`, `id-taken`, `enroll-right-missing`,
                `end-before-start`, `enrollment-overlaps`.

        Example:
            >>> desk.enroll(participant="P-7", program="housing", start=date(2024, 6, 1), id="e7").id
            'e7'
        """
        return self._give(
            "enroll",
            {"id": id, "participant": participant, "program": program, "start": start, "end": end},
        )

    def end_enrollment(self, *, id: str, end: date, reason: str | None = None) -> Answer:
        """Dismisses a participant; what becomes of assignments is the program's policy.

        Args:
            id: The enrollment.
            end: The first day that is not covered.
            reason: Why.

        Raises:
            Refused: `unknown-enrollment`, `enroll-right-missing`, `enrollment-ended`,
                `enrollment-not-current`, `end-before-start`, `assignment-outside`.

        Example:
            >>> desk.end_enrollment(id="e1", end=date(2024, 6, 15), reason="moved away").ended
            ('a1',)
        """
        return self._give("end_enrollment", {"id": id, "end": end, "reason": reason})

    def reinstate_enrollment(self, *, id: str, reason: str) -> Answer:
        """Undoes a dismissal: opens the enrollment again, and the assignments that it ended.

        Args:
            id: The enrollment.
            reason: Why; never blank.

        Raises:
            Refused: `reason-required`, `unknown-enrollment`, `nothing-to-reinstate`,
                `enrollment-overlaps`, `enroll-right-missing`.

        Example:
            >>> _ = desk.end_enrollment(id="e1", end=date(2024, 6, 15))
            >>> [e.type for e in desk.reinstate_enrollment(id="e1", reason="wrong person").events]
            ['enrollment_reinstated', 'assignment_reopened']
        """
        return self._give("reinstate_enrollment", {"id": id, "reason": reason})

    def correct_enrollment(
        self,
        *,
        id: str,
        start: date,
        reason: str,
        end: date | None = None,
        new_id: str | None = None,
    ) -> Answer:
        """Supersedes an enrollment by one with other days; assignments are never changed by it.

        Args:
            id: The enrollment that was wrong.
            start: Its first day.
            reason: Why; never blank.
            end: The first day that is not covered; without it the enrollment is open.
            new_id: The id of the line that takes its place; without it a UUIDv7 is made.

        Raises:
            Refused: `reason-required`, `unknown-enrollment`, `correct-right-missing`,
                `enrollment-not-current`, `enrollment-overlaps`, `assignment-outside`.

        Example:
            >>> desk.correct_enrollment(
            ...     id="e1", start=date(2024, 2, 1), reason="came earlier", new_id="e2"
            ... ).ids
            ('e2',)
        """
        return self._give(
            "correct_enrollment",
            {"id": id, "new_id": new_id, "start": start, "end": end, "reason": reason},
        )

    def void_enrollment(self, *, id: str, reason: str) -> Answer:
        """Makes an enrollment count for nothing; refused while an assignment would stick out.

        Args:
            id: The enrollment.
            reason: Why; never blank.

        Raises:
            Refused: `reason-required`, `unknown-enrollment`, `correct-right-missing`,
                `enrollment-not-current`, `assignment-outside`.

        Example:
            >>> _ = desk.void(id="a1", reason="wrong person")
            >>> desk.void_enrollment(id="e1", reason="wrong person").events[0].type
            'enrollment_voided'
        """
        return self._give("void_enrollment", {"id": id, "reason": reason})

    def mirror_enrollments(
        self,
        *,
        program: str,
        rows: Sequence[EnrollmentRow],
        complete: bool = False,
        on_outside: Literal["clip", "report"] = "clip",
    ) -> Answer:
        """Records what changed in the host's own table of enrollments, as one entry.

        The same rows again store nothing. One bad row refuses all.

        Args:
            program: Whose enrollments.
            rows: At most 10,000 of them, each known by its id.
            complete: Whether enrollments of the program that are not listed are voided.
            on_outside: Assignments that stick out are ended or voided (`clip`), or left and listed in
                the receipt (`report`).

        Raises:
            Refused: `unknown-program`, `enroll-right-missing`, `enrollment-overlaps`, `id-taken`, with
                the row.

        Example:
            >>> rows = [caseload.EnrollmentRow(id="e9", participant="P-9", start=date(2024, 5, 1))]
            >>> desk.mirror_enrollments(program="housing", rows=rows).ids
            ('e9',)
        """
        fields = {
            "program": program,
            "rows": rows,
            "complete": complete,
            "on_outside": on_outside,
        }
        return self._give("mirror_enrollments", fields)

    def assign(
        self,
        *,
        staff: str,
        participant: str,
        program: str,
        start: date,
        end: date | None = None,
        role: str | None = None,
        id: str | None = None,
    ) -> Answer:
        """Makes a staff member responsible for a participant in a program.

        Args:
            staff: Who is responsible.
            participant: For whom.
            program: Where; they must be enrolled there.
            start: The first day.
            end: The first day that is not covered; without it the assignment is open.
            role: In which role, such as `primary`.
            id: The assignment's id; without it a UUIDv7 is made.

        Raises:
            Refused: `not-enrolled`, `outside-enrollment`, `out-of-order`, `already-assigned`,
                `caseload-full` and the others of the rule table.

        Example:
            >>> desk.assign(
            ...     staff="sam", participant="P-1023", program="housing", start=date(2024, 6, 1), id="a2"
            ... ).id
            'a2'
        """
        fields = {
            "id": id,
            "staff": staff,
            "participant": participant,
            "program": program,
            "start": start,
            "end": end,
            "role": role,
        }
        return self._give("assign", fields)

    def end_assignment(self, *, id: str, end: date, reason: str | None = None) -> Answer:
        """Ends an assignment; an end once entered is final, and may lie ahead.

        Args:
            id: The assignment.
            end: The first day that is not covered.
            reason: Why.

        Raises:
            Refused: `unknown-assignment`, `assignment-ended`, `assignment-not-current`,
                `end-before-start`, `own-right-missing`, `others-right-missing`.

        Example:
            >>> desk.end_assignment(id="a1", end=date(2024, 6, 30)).ended
            ('a1',)
        """
        return self._give("end_assignment", {"id": id, "end": end, "reason": reason})

    def transfer(
        self,
        *,
        id: str,
        to_staff: str,
        date: date,
        role: str | None = None,
        reason: str | None = None,
        new_id: str | None = None,
    ) -> Answer:
        """Hands one assignment over: ends it on a day and starts another there, as one entry.

        Args:
            id: The assignment.
            to_staff: Who receives it.
            date: The first day of the receiver.
            role: Their role; without it the giver's.
            reason: Why.
            new_id: The id of the receiver's assignment; without it a UUIDv7 is made.

        Raises:
            Refused: What ending and assigning are refused for, and `same-staff`.

        Example:
            >>> desk.transfer(id="a1", to_staff="sam", date=date(2024, 6, 15), new_id="a2").ids
            ('a2',)
        """
        fields = {
            "id": id,
            "new_id": new_id,
            "to_staff": to_staff,
            "date": date,
            "role": role,
            "reason": reason,
        }
        return self._give("transfer", fields)

    def transfer_all(
        self,
        *,
        staff: str,
        to_staff: str,
        program: str | None,
        date: date,
        prefix: str | None = None,
        only: Iterable[str] | None = None,
        on_held: Literal["refuse", "end_source"] = "refuse",
        skip_ineligible: bool = False,
        reason: str | None = None,
    ) -> Answer:
        """Hands a whole caseload over, as one entry.

        Args:
            staff: Who gives.
            to_staff: Who receives.
            program: In which program; `None` is every program, and must be said.
            date: The first day of the receiver.
            prefix: New ids are `prefix.old-id`; without it UUIDv7.
            only: Only these participants.
            on_held: What happens where the receiver has the participant already: `refuse`, or only end
                the giver's (`end_source`).
            skip_ineligible: Leaves behind what cannot be transferred instead of refusing all.
            reason: Why.

        Raises:
            Refused: `nothing-to-transfer`, and what each transfer is refused for.

        Example:
            >>> desk.transfer_all(
            ...     staff="maria", to_staff="sam", program=None, date=date(2024, 7, 1), prefix="july"
            ... ).ids
            ('july.a1',)
        """
        fields = {
            "staff": staff,
            "to_staff": to_staff,
            "program": program,
            "date": date,
            "prefix": prefix,
            "only": None if only is None else list(only),
            "on_held": on_held,
            "skip_ineligible": skip_ineligible,
            "reason": reason,
        }
        return self._give("transfer_all", fields, keep=("program",))

    def correct(
        self,
        *,
        id: str,
        start: date,
        reason: str,
        end: date | None = None,
        staff: str | None = None,
        role: str | None = None,
        new_id: str | None = None,
    ) -> Answer:
        """Supersedes an assignment that was entered wrong; the earlier line is kept.

        Named `correct_assignment` in other languages, where `void` is a keyword.

        Args:
            id: The assignment that was wrong.
            start: Its first day.
            reason: Why; never blank.
            end: The first day that is not covered; without it the assignment is **open**.
            staff: Who was responsible; without it as it was.
            role: In which role; without it as it was.
            new_id: The id of the line that takes its place; without it a UUIDv7 is made.

        Raises:
            Refused: `reason-required`, `unknown-assignment`, `correct-right-missing`,
                `assignment-not-current`, and what assigning is refused for.

        Example:
            >>> desk.correct(
            ...     id="a1", start=date(2024, 3, 8), reason="typed the wrong week", new_id="a1b"
            ... ).ids
            ('a1b',)
        """
        fields = {
            "id": id,
            "new_id": new_id,
            "staff": staff,
            "role": role,
            "start": start,
            "end": end,
            "reason": reason,
        }
        return self._give("correct", fields)

    def void(self, *, id: str, reason: str) -> Answer:
        """Makes an assignment count for nothing; it stays in history and in what was known then.

        Args:
            id: The assignment.
            reason: Why; never blank.

        Raises:
            Refused: `reason-required`, `unknown-assignment`, `correct-right-missing`,
                `assignment-not-current`.

        Example:
            >>> desk.void(id="a1", reason="wrong participant").events[0].type
            'assignment_voided'
        """
        return self._give("void", {"id": id, "reason": reason})

    def batch(
        self,
        *,
        rows: Sequence[AssignRow | EndRow],
        mode: Literal["all_or_nothing", "partial"],
    ) -> Answer:
        """Begins and ends assignments, row by row, each seeing those before, as one entry.

        Args:
            rows: At most 10,000 of them.
            mode: Whether one bad row refuses all (`all_or_nothing`), or only itself (`partial`).

        Raises:
            Refused: `row-refused` in the mode `all_or_nothing`; `.rows` tells why, row by row.

        Example:
            >>> rows = [
            ...     caseload.EndRow(id="a1", end=date(2024, 7, 1)),
            ...     caseload.EndRow(id="nobody's", end=date(2024, 7, 1)),
            ... ]
            >>> [row.ok for row in desk.batch(rows=rows, mode="partial").rows]
            [True, False]
        """
        return self._give("batch", {"mode": mode, "rows": rows})

    def replace_id(self, *, kind: Kind, id: str, new_id: str, reason: str) -> Answer:
        """Records that the host's key of something has changed; history keeps its lines.

        Args:
            kind: What it is an id of.
            id: The key so far; it stays taken.
            new_id: The key from now on.
            reason: Why; never blank.

        Raises:
            Refused: `unknown-...` of the kind, `id-taken`, `reason-required`,
                `administer-right-missing`.

        Example:
            >>> desk.replace_id(kind="staff", id="sam", new_id="s-57", reason="new HR system").ids
            ('s-57',)
        """
        return self._give("replace_id", {"kind": kind, "id": id, "new_id": new_id, "reason": reason})

    def forget(self, *, participant: str, reason: str) -> Answer:
        """Removes what could identify a participant from everything stored, for good.

        Counts, periods and verdicts stay; the id reads `erased-N` everywhere.

        Args:
            participant: Who.
            reason: Why; never blank, and forgotten with them if it tells who they are.

        Raises:
            Refused: `unknown-participant`, `reason-required`, `administer-right-missing`.

        Example:
            >>> _ = desk.forget(participant="P-1023", reason="asked for by the participant")
            >>> agency.held(as_of=date(2024, 6, 15)).to_dicts()[0]["participant"]
            'erased-1'
        """
        return self._give("forget", {"participant": participant, "reason": reason})


@dataclass(frozen=True, slots=True)
class ReviewDesk(_Commands[Verdict]):
    """A desk whose commands are judged and not recorded; a refusal is a verdict, not an error.

    Example:
        >>> verdict = desk.review.assign(
        ...     staff="sam", participant="P-1023", program="housing", start=date(2024, 2, 1)
        ... )
        >>> verdict.ok, verdict.violations[0].code
        (False, 'outside-enrollment')
    """

    _desk: Desk

    def _give(self, op: str, fields: Mapping[str, Any], *, keep: Iterable[str] = ()) -> Verdict:
        return Verdict._read(self._desk.agency._native.review(self._desk._command(op, fields, keep)))


@dataclass(frozen=True, slots=True)
class Desk(_Commands[Receipt]):
    """An actor at work on a day: a plain value, made by `Agency.acting_as`.

    Attributes:
        agency: Where.
        actor: Who gives the commands: a staff id, or `root`, the host application itself.
        on: Today; without it each command asks the agency's clock.
        request_id: An idempotency key for the next command.
        entered: When a device or an older system took the command; kept as information only.
    """

    agency: Agency
    actor: str = "root"
    on: date | None = None
    request_id: str | None = None
    entered: datetime | None = None

    @property
    def review(self) -> ReviewDesk:
        """The same desk, recording nothing."""
        return ReviewDesk(self)

    def request(self, request_id: str) -> Desk:
        """The same desk with an idempotency key: the same command again stores nothing.

        Args:
            request_id: The key. With another command it is an `InputError`, `request-reused`.

        Example:
            >>> form = desk.request("form-4711")
            >>> first = form.end_assignment(id="a1", end=date(2024, 6, 30))
            >>> form.end_assignment(id="a1", end=date(2024, 6, 30)) == first
            True
        """
        return replace(self, request_id=request_id)

    def entered_at(self, instant: datetime) -> Desk:
        """The same desk, for a command that a device or an older system took at this instant.

        Args:
            instant: When, with a zone.

        Example:
            >>> from datetime import datetime, UTC
            >>> paper = desk.entered_at(datetime(2024, 6, 14, 16, 30, tzinfo=UTC))
            >>> paper.end_assignment(id="a1", end=date(2024, 6, 30)).ended
            ('a1',)
        """
        return replace(self, entered=instant)

    def _give(self, op: str, fields: Mapping[str, Any], *, keep: Iterable[str] = ()) -> Receipt:
        return Receipt._read(self.agency._native.record(self._command(op, fields, keep)))

    def _command(self, op: str, fields: Mapping[str, Any], keep: Iterable[str]) -> str:
        entered = None
        if self.entered is not None:
            wrong = _wrong_instant(self.entered)
            if wrong:
                raise InputError._about("entered", wrong)
            entered = _instant_text(self.entered)
        context = {
            "op": op,
            "actor": self.actor,
            "on": self.on if self.on is not None else self.agency.today(),
            "request": self.request_id,
            "entered": entered,
        }
        return written({**context, **fields}, keep=keep)
