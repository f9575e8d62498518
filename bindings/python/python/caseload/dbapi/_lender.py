"""Lends connections, each to one call at a time."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from caseload.dbapi._host import Connection
from caseload.errors import Closed


class Lent(NamedTuple):
    """A connection that was lent to one call."""

    connection: Connection
    identity: object
    was_idle: bool


class Lender:
    """Lends connections, and keeps some open in between."""

    def __init__(self, connect: Callable[[], Connection], idle: int) -> None:
        self._connect = connect
        self._most = idle
        self._idle: list[Lent] = []
        self._lock = threading.Lock()
        self._process = os.getpid()

    def lend(self, identity: object) -> Lent:
        """A connection to the file that has this identity now."""
        self.same_process()
        with self._lock:
            while self._idle:
                lent = self._idle.pop()
                if lent.identity == identity:
                    return lent._replace(was_idle=True)
                self.drop(lent)
        return Lent(self._connect(), identity, was_idle=False)

    def take_back(self, lent: Lent) -> None:
        """Keeps a connection for the next call, or closes it."""
        with self._lock:
            if len(self._idle) < self._most:
                self._idle.append(lent)
                return
        self.drop(lent)

    def drop(self, lent: Lent) -> None:
        """Closes a connection."""
        # A broken connection need not close well.
        with suppress(Exception):
            lent.connection.close()

    def drop_idle(self) -> None:
        """Closes those that nobody uses."""
        with self._lock:
            idle, self._idle = self._idle, []
        for lent in idle:
            self.drop(lent)

    def same_process(self) -> None:
        """Sees to it that nobody uses a connection of the process that this one was forked from.

        Raises:
            Closed: There was a fork.
        """
        if os.getpid() != self._process:
            raise Closed(
                "the log was made in the process this one was forked from; make it anew after a fork"
            )
