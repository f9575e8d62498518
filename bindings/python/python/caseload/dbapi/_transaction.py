"""A transaction of a turn: the log's own, SQLAlchemy's, or Django's."""

from __future__ import annotations

from contextlib import AbstractContextManager, suppress
from types import TracebackType
from typing import Any

from caseload.dbapi._database import Database
from caseload.dbapi._host import Connection


class GivenBack(Exception):
    """Rolls a transaction back: nothing is wrong."""


class Transaction:
    """A transaction that was begun, and ends once."""

    def __init__(self, database: Database, context: AbstractContextManager[Any]) -> None:
        #: What the host's code is given: its own kind of connection.
        self.given = context.__enter__()
        #: The DB-API connection of it.
        self.connection: Connection = self.given if hasattr(self.given, "cursor") else self.given.connection
        self._database = database
        self._context: AbstractContextManager[Any] | None = context

    def will_commit(self) -> bool:
        """Whether the host's framework has not decided to roll back."""
        decided = getattr(self._context, "will_commit", None)
        return decided is None or bool(decided())

    def commit(self) -> None:
        """Commits.

        Raises:
            UnknownOutcome: The database did not say whether it did.
            StoreError: It did not.
        """
        context, self._context = self._context, None
        if context is None:
            return
        try:
            context.__exit__(None, None, None)
        except Exception as error:
            raise self._database.commit_failure(error) from error

    def roll_back(self) -> None:
        """Rolls back, if it has not ended yet."""
        context, self._context = self._context, None
        if context is None:
            return
        given_back = GivenBack()
        # A connection that cannot even roll back is closed, which does.
        with suppress(Exception):
            context.__exit__(GivenBack, given_back, given_back.__traceback__)


class DjangoTransaction:
    """A transaction of Django's, which must be the outermost one."""

    def __init__(self, using: str) -> None:
        from django.db import transaction

        self._using = using
        self._atomic = transaction.atomic(using=using, durable=True)

    def __enter__(self) -> Any:
        from django.db import connections

        self._atomic.__enter__()
        return connections[self._using].connection

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._atomic.__exit__(kind, error, trace)

    def will_commit(self) -> bool:
        """Whether no error inside it has made Django roll it back."""
        from django.db import transaction

        return not transaction.get_rollback(using=self._using)
