"""Rows of the host's that are stored together with an entry, or not at all."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from caseload.dbapi._host import Write
from caseload.desk import Desk
from caseload.errors import StoreError
from caseload.log import Entry
from caseload.receipt import Receipt


class RowsRaised(Exception):
    """What writes the host's rows raised."""


@dataclass
class Rows:
    """Rows that wait for the entry of their request."""

    write: Write
    thread: int
    raised: BaseException | None = None

    def write_with(self, connection: Any, check: Callable[[], None]) -> None:
        """Lets the host write them, and checks what it left behind."""
        self.raised = None
        try:
            self.write(connection)
            check()
        except BaseException as raised:
            self.raised = raised
            # The core tells the commands of this turn apart only by an error that is none of its own.
            raise RowsRaised from raised


class WaitingRows:
    """The rows of every command that is under way, by its request."""

    def __init__(self) -> None:
        self._rows: dict[str, Rows] = {}
        self._changed = threading.Condition()

    def record(self, request: str, write: Write, give: Callable[[], Receipt]) -> Receipt:
        """Gives a command, and keeps its rows until its entry is appended."""
        rows = Rows(write, threading.get_ident())
        with self._changed:
            # A form that was sent twice: the second one waits, and gets the answer of the first.
            while (other := self._rows.get(request)) is not None:
                if other.thread == rows.thread:
                    raise RuntimeError("`write` of `with_rows` must not give commands")
                self._changed.wait()
            self._rows[request] = rows
        try:
            return give()
        except StoreError:
            if rows.raised is not None:
                raise rows.raised from None
            raise
        finally:
            with self._changed:
                del self._rows[request]
                self._changed.notify_all()

    def of(self, entries: Sequence[Entry]) -> list[Rows]:
        """The rows that go along with these entries."""
        requests = [entry.request for entry in entries if entry.request is not None]
        return [rows for request in requests if (rows := self._rows.get(request)) is not None]


def _no_write(connection: Any) -> None:
    """Writes nothing."""


@dataclass(frozen=True, slots=True)
class DeskWithRows(Desk):
    """A desk whose command is stored together with rows of the host's."""

    _waiting: WaitingRows | None = None
    _write: Write = _no_write

    def _give(self, op: str, fields: Mapping[str, Any], *, keep: Any = ()) -> Receipt:
        request = self.request_id if self.request_id is not None else str(uuid.uuid4())
        desk = Desk(self.agency, self.actor, self.on, request, self.entered)
        if self._waiting is None:
            return desk._give(op, fields, keep=keep)
        return self._waiting.record(request, self._write, lambda: desk._give(op, fields, keep=keep))
