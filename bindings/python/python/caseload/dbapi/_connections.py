"""Reads and transactions on connections that are lent, and what is done when one of them is broken."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from caseload.dbapi._database import Database
from caseload.dbapi._host import Connection
from caseload.dbapi._lender import Lender, Lent
from caseload.dbapi._transaction import GivenBack
from caseload.errors import StoreError, Unavailable

Answer = TypeVar("Answer")


class Connections:
    """The connections of a log."""

    def __init__(self, database: Database, connect: Callable[[], Connection], idle: int) -> None:
        self._database = database
        self._lender = Lender(connect, idle)

    def ask(self, read: Callable[[Connection], Answer]) -> Answer:
        """Reads on a connection that no turn runs on."""
        while True:
            lent = self._lend()
            try:
                answer = read(lent.connection)
                # Otherwise the statement would leave its transaction open in PostgreSQL.
                lent.connection.rollback()
            except StoreError:
                self._lender.drop(lent)
                raise
            except Exception as error:
                self._lender.drop(lent)
                failure = self._database.failure(error, "read")
                if self._was_broken(lent, failure):
                    continue
                raise failure from error
            self._lender.take_back(lent)
            return answer

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A transaction on a connection of the log's own."""
        lent, begun_by_sql = self._begun()
        try:
            yield lent.connection
            self._database.end(lent.connection, "COMMIT", begun_by_sql)
        except GivenBack:
            try:
                self._database.end(lent.connection, "ROLLBACK", begun_by_sql)
            except Exception:
                self._lender.drop(lent)
            else:
                self._lender.take_back(lent)
            raise
        except BaseException:
            # Closing it rolls back.
            self._lender.drop(lent)
            raise
        self._lender.take_back(lent)

    def same_process(self) -> None:
        """As `Lender.same_process`."""
        self._lender.same_process()

    def close(self) -> None:
        """Closes those that are kept open; a later call opens others."""
        self._lender.drop_idle()

    def _begun(self) -> tuple[Lent, bool]:
        while True:
            lent = self._lend()
            try:
                return lent, self._database.begin(lent.connection)
            except Exception as error:
                self._lender.drop(lent)
                if not self._was_broken(lent, self._database.failure(error, "locked")):
                    raise

    def _lend(self) -> Lent:
        try:
            return self._lender.lend(self._database.identity())
        except StoreError:
            raise
        except Exception as error:
            raise self._database.failure(error, "opened") from error

    def _was_broken(self, lent: Lent, failure: StoreError) -> bool:
        """Whether it broke while nobody used it; so may the others have."""
        if not lent.was_idle or not isinstance(failure, Unavailable):
            return False
        self._lender.drop_idle()
        return True
