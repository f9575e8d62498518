"""Reads one JSON command or question a line, and prints one answer a line: `python -m caseload.replay`.

It goes through the same methods as any host: a line becomes a call of the desk or a question, and its result is
written down again. Only a line that no call could be (an unknown field, a text that is no day) is handed over as
it is, so that what is wrong with it is told in the library's own words.
"""

from __future__ import annotations

import argparse
import inspect
import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from types import UnionType
from typing import Any, Literal, Union, cast, get_args, get_origin, get_type_hints

import caseload
from caseload import (
    Agency,
    AssignRow,
    CaseloadError,
    Desk,
    EndRow,
    EnrollmentRow,
    InputError,
    Outcome,
    Policy,
    Receipt,
    Refused,
    RowVerdict,
    Violation,
)
from caseload.errors import _unreadable

__all__ = ["Replay", "main"]

_CONTEXT = frozenset({"op", "actor", "on", "request", "review", "entered"})
_DAYS = frozenset({"start", "end", "date", "end_open"})
_ROWS: dict[str | None, type[AssignRow | EndRow | EnrollmentRow]] = {
    "assign": AssignRow,
    "end_assignment": EndRow,
    None: EnrollmentRow,
}


class _Unlike(Exception):
    """A line that no call could be."""


class Replay:
    """Answers lines over an agency, in order.

    Example:
        >>> replay = Replay(caseload.open(":memory:"))
        >>> replay.line('{"op":"define_program","id":"p1","actor":"root","on":"2024-06-15"}')
        '{"line":1,"ok":true,"receipt":{"position":1,"ids":["p1"],"ended":[],"left":[],"notices":[]}}'
    """

    def __init__(self, agency: Agency) -> None:
        self._agency = agency
        # The head's position after each line; the first element is before every line.
        self._positions = [agency.snapshot().position]

    def line(self, text: str) -> str | None:
        """The answer to the next line; none to an empty one, which counts all the same."""
        number = len(self._positions)
        answer = None
        if text.strip():
            answer = _written({"line": number, **self._answer(text)})
        self._positions.append(self._agency.position)
        return answer

    def _answer(self, text: str) -> dict[str, Any]:
        try:
            given = json.loads(text)
        except ValueError:
            given = None
        try:
            if not isinstance(given, dict):
                return _accepted(self._agency.record_json(text))
            if "ask" in given:
                return {"answer": _question(self._agency, given, self._positions)}
            return self._command(given, text)
        except Refused as refused:
            return _refused(refused.violations, refused.rows)
        except InputError as wrong:
            return _refused(wrong.violations, ())
        except CaseloadError as error:
            return {"ok": False, "error": {"code": error.code, "text": str(error)}}

    def _command(self, given: dict[str, Any], text: str) -> dict[str, Any]:
        is_batch = given.get("op") == "batch"
        review = given.get("review") is True
        try:
            call = _call(self._agency, given)
        except _Unlike:
            if review:
                return _verdict(self._agency.review_json(text), is_batch)
            return _accepted(self._agency.record_json(text), is_batch)
        done = call()
        if isinstance(done, Receipt):
            return _accepted(done, is_batch)
        return _verdict(done, is_batch)


def _call(agency: Agency, given: Mapping[str, Any]) -> Callable[[], Any]:
    """The call that a line stands for."""
    op, actor, on = given.get("op"), given.get("actor"), given.get("on")
    if not isinstance(op, str) or op.startswith("_") or not isinstance(actor, str):
        raise _Unlike
    if given.get("review") not in (None, True, False):
        raise _Unlike
    desk: Any = agency.acting_as(actor, on=_day(on))
    if given.get("request") is not None:
        desk = desk.request(_text(given["request"]))
    if given.get("entered") is not None:
        desk = desk.entered_at(_instant(given["entered"]))
    if op not in _commands():
        raise _Unlike
    method = getattr(desk.review if given.get("review") else desk, op)
    fields = {name: value for name, value in given.items() if name not in _CONTEXT}
    known = _commands()[op]
    if not fields.keys() <= known.keys():
        raise _Unlike
    arguments = {name: _argument(name, value) for name, value in fields.items() if _is_given(op, name, value)}
    for name, value in arguments.items():
        _must_fit(known[name], value)
    if any(name not in arguments for name in _required(op)):
        raise _Unlike
    return lambda: method(**arguments)


def _is_given(op: str, name: str, value: Any) -> bool:
    return value is not None or (op, name) == ("transfer_all", "program")


def _argument(name: str, value: Any) -> Any:
    if name in _DAYS:
        return _day(value)
    if name == "rows":
        if not isinstance(value, list):
            raise _Unlike
        return [_row(row) for row in value]
    return value


def _row(row: Any) -> AssignRow | EndRow | EnrollmentRow:
    if not isinstance(row, dict):
        raise _Unlike
    fields = {name: value for name, value in row.items() if name != "op" and value is not None}
    kind = _ROWS.get(row.get("op"))
    if kind is None:
        raise _Unlike
    try:
        made = kind(**{name: _argument(name, value) for name, value in fields.items()})
    except TypeError as unlike:
        raise _Unlike from unlike
    for name, value in fields.items():
        if name not in _DAYS:
            _text(value)
    return made


def _must_fit(hint: Any, value: Any) -> None:
    """Whether a type checker would let a value pass for a parameter, as far as lines go."""
    if not _fits_one_of(hint, value):
        raise _Unlike


def _fits(option: Any, value: Any) -> bool:
    origin = get_origin(option)
    if origin is Literal:
        return value in get_args(option)
    if origin in (Iterable, Sequence):
        (of,) = get_args(option)
        return isinstance(value, list) and all(_fits_one_of(of, each) for each in value)
    if option is Policy:
        # Its keys are judged by the library: a mapping says what is wrong with which.
        return isinstance(value, dict)
    return isinstance(option, type) and isinstance(value, option)


def _fits_one_of(of: Any, value: Any) -> bool:
    options = get_args(of) if get_origin(of) in (Union, UnionType) else (of,)
    return any(_fits(option, value) for option in options)


def _commands() -> dict[str, dict[str, Any]]:
    """Every command of the desk, with the types of its parameters."""
    if not _COMMANDS:
        for name, method in inspect.getmembers(Desk, inspect.isfunction):
            parameters = inspect.signature(method).parameters
            if name.startswith("_") or name in ("request", "entered_at"):
                continue
            hints = get_type_hints(method, vars(caseload.desk))
            _COMMANDS[name] = {known: hints[known] for known in parameters if known != "self"}
    return _COMMANDS


_COMMANDS: dict[str, dict[str, Any]] = {}


def _required(op: str) -> list[str]:
    parameters = inspect.signature(getattr(Desk, op)).parameters.values()
    return [p.name for p in parameters if p.default is p.empty and p.name != "self"]


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise _Unlike
    return value


def _day(value: Any) -> date:
    try:
        text = _text(value)
        day = date.fromisoformat(text)
    except ValueError as unlike:
        raise _Unlike from unlike
    # Python reads more than the library does.
    if day.isoformat() != text:
        raise _Unlike
    return day


def _instant(value: Any) -> datetime:
    text = _text(value)
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as unlike:
        raise _Unlike from unlike
    if instant.tzinfo is None or not text.endswith(("Z", "z")) or "T" not in text:
        raise _Unlike
    return instant.astimezone(UTC)


_QUESTIONS: dict[str, tuple[str, ...]] = {
    "caseload": ("staff", "as_of", "program"),
    "caseworkers": ("participant", "program", "as_of"),
    "snapshot": ("as_of", "program"),
    "counts": ("as_of", "program"),
    "unassigned": ("program", "as_of"),
    "visible": ("actor", "participants", "as_of"),
    "state": ("as_of",),
    "history": ("participant", "program", "as_of"),
    "events": ("after",),
}


def _question(agency: Agency, given: Mapping[str, Any], positions: Sequence[int]) -> Any:
    ask = given["ask"]
    if not isinstance(ask, str) or ask not in _QUESTIONS:
        raise InputError._about("ask", "is no question")
    fields = {name: value for name, value in given.items() if value is not None}
    wrong: list[Violation] = []
    asked: dict[str, Any] = {"known_at": _known_at(fields.pop("known_at", None), positions, wrong)}
    # What happened is the host's to read: nobody asks for it as an actor.
    known = {"ask", *_QUESTIONS[ask]} | ({"actor"} if ask != "events" else set())
    unknown = sorted(fields.keys() - known)
    missing = [name for name in _needed(ask, "actor" in fields) if name not in fields]
    if "as_of" in fields.keys() & known:
        asked["as_of"] = _as_of(fields["as_of"], wrong)
    if ask != "visible":
        asked["actor"] = fields.get("actor")
    wrong += [_unreadable(name, "missing field") for name in missing]
    wrong += [_unreadable(name, "unknown field") for name in unknown]
    # Asked all the same, so that what else is unreadable is told, too.
    for name in missing:
        (asked if name == "as_of" else fields)[name] = _STAND_INS[name]
    try:
        answer = _answers(agency, ask, fields, asked)
    except InputError as more:
        wrong += more.violations
    if wrong:
        raise InputError("unreadable input", wrong)
    return answer


#: What can be read, for a field that is missing.
_STAND_INS: dict[str, Any] = {
    "staff": "-",
    "participant": "-",
    "program": "-",
    "actor": "-",
    "participants": [],
    "after": 0,
    "as_of": date.min,
}


def _needed(ask: str, by_an_actor: bool) -> list[str]:
    """The fields that a question must have."""
    optional = {"program"} if ask in ("caseload", "snapshot", "counts") else set()
    if ask in ("state", "history") and not by_an_actor:
        # Without an actor the day makes no difference to these.
        optional.add("as_of")
    return [name for name in _QUESTIONS[ask] if name not in optional]


def _as_of(given: Any, wrong: list[Violation]) -> date:
    try:
        return _day(given)
    except _Unlike:
        if isinstance(given, str):
            text = "is not a day; write it as YYYY-MM-DD"
            wrong.append(_unreadable("as_of", text, "input-date"))
        else:
            wrong.append(_unreadable("as_of", "is not a text"))
        return date.min


def _answers(agency: Agency, ask: str, fields: dict[str, Any], asked: dict[str, Any]) -> Any:
    program = cast(str, fields.get("program"))
    match ask:
        case "caseload":
            held = agency.caseload(fields["staff"], program=program, **asked)
            return [[row["program"], row["participant"]] for row in held]
        case "caseworkers":
            return agency.caseworkers(fields["participant"], program=program, **asked)
        case "snapshot":
            held = agency.held(program=program, **asked)
            return [[row["program"], row["participant"], row["staff"]] for row in held]
        case "counts":
            counts = agency.counts(program=program, **asked)
            return [[row["staff"], row["assignments"]] for row in counts]
        case "unassigned":
            return agency.unassigned(program, **asked)
        case "visible":
            participants = fields["participants"]
            if not isinstance(participants, list):
                raise InputError._about("participants", "is not a list")
            return agency.visible(fields["actor"], participants, **asked)
        case "state":
            return _lines(agency.everything(**asked))
        case "history":
            return _lines(agency.history(fields["participant"], program=program, **asked))
        case _:
            return _events(agency, fields["after"], asked["known_at"])


def _events(agency: Agency, after: Any, known_at: int | datetime | None) -> list[Any]:
    if isinstance(after, bool) or not isinstance(after, int) or not 0 <= after < 2**32:
        raise InputError._about("after", "is not a whole number of the allowed size")
    last = agency.position_of(known_at)
    events = (event for event in agency.events(after=after) if event.position <= last)
    return [[event.position, event.type, list(event.ids)] for event in events]


def _known_at(given: Any, positions: Sequence[int], wrong: list[Violation]) -> int | datetime | None:
    if given is None:
        return None
    if isinstance(given, str):
        try:
            return _instant(given)
        except _Unlike:
            wrong.append(_unreadable("known_at", "is not an RFC 3339 instant in UTC"))
            return None
    if not isinstance(given, dict) or len(given) != 1:
        wrong.append(_unreadable("known_at", "is neither an instant nor a line"))
        return None
    line = given.get("line")
    if isinstance(line, bool) or not isinstance(line, int) or not 0 <= line < len(positions):
        wrong.append(_unreadable("known_at", "names no line before this one"))
        return None
    return positions[line]


def _lines(report: caseload.Report) -> dict[str, Any]:
    enrollments = ("enrollment", "participant", "program", "start", "end", "status", "supersedes")
    assignments = ("assignment", "staff", *enrollments[1:])
    return {
        "assignments": [[row[name] for name in assignments] for row in report.tables["assignments"]],
        "enrollments": [[row[name] for name in enrollments] for row in report.tables["enrollments"]],
    }


def _accepted(outcome: Outcome, is_batch: bool = False) -> dict[str, Any]:
    receipt = {
        "position": outcome.position,
        "ids": list(outcome.ids),
        "ended": list(outcome.ended),
        "left": [list(left) for left in outcome.left],
        "notices": [{"code": notice.code, **notice.parameters} for notice in outcome.notices],
    }
    answer: dict[str, Any] = {"ok": True, "receipt": receipt}
    if outcome.rows or is_batch:
        answer["rows"] = [_row_verdict(row) for row in outcome.rows]
    return answer


def _verdict(verdict: caseload.Verdict, is_batch: bool) -> dict[str, Any]:
    if verdict.outcome is not None:
        return _accepted(verdict.outcome, is_batch)
    return _refused(verdict.violations, verdict.rows)


def _refused(violations: Sequence[Violation], rows: Sequence[RowVerdict]) -> dict[str, Any]:
    answer: dict[str, Any] = {"ok": False, "violations": [_violation(v) for v in violations]}
    if rows:
        answer["rows"] = [_row_verdict(row) for row in rows]
    return answer


def _row_verdict(row: RowVerdict) -> dict[str, Any]:
    told: dict[str, Any] = {"row": row.row, "ok": row.ok}
    if row.violations:
        told["violations"] = [_violation(violation) for violation in row.violations]
    return told


def _violation(violation: Violation) -> dict[str, Any]:
    told: dict[str, Any] = {
        "code": violation.code,
        **violation.parameters,
        "fields": list(violation.fields),
    }
    if violation.nearest is not None:
        told["nearest"] = {"field": violation.nearest.field, "day": violation.nearest.day}
    if violation.row is not None:
        told["row"] = violation.row
    told["text"] = violation.text
    return told


def _written(answer: dict[str, Any]) -> str:
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":"), default=date.isoformat)


def main(arguments: Sequence[str] | None = None) -> int:
    """Answers the lines of standard input.

    Returns:
        0, whatever the answers are.
    """
    parser = argparse.ArgumentParser("python -m caseload.replay", description="JSON lines, answered")
    parser.add_argument("--store", default="memory", help="memory, or sqlite:FILE")
    store: str = parser.parse_args(arguments).store
    kind, _, file = store.partition(":")
    if store != "memory" and (kind != "sqlite" or not file):
        parser.error(f"no store is called {store}: memory, or sqlite:FILE")
    path = ":memory:" if store == "memory" else file
    with caseload.open(path, agency="replay") as agency:
        replay = Replay(agency)
        for line in sys.stdin.buffer:
            # A line that is no text is answered as unreadable, like any other.
            answer = replay.line(line.decode(errors="replace"))
            if answer is not None:
                print(answer, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
