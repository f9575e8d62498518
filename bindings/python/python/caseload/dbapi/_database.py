"""What differs between databases, and how a statement is spelled for each module."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from types import ModuleType
from typing import Any, NoReturn

from caseload.dbapi._failures import Kind, failure
from caseload.dbapi._host import Connection
from caseload.errors import Incompatible, StoreError, UnknownOutcome

#: The columns of an entry, but for its agency.
COLUMNS = "position, recorded, level, hash, request, body, private"
_MARKS = {"qmark": "?", "format": "%s", "numeric": ":{}", "named": ":p{}", "pyformat": "%(p{})s"}


class Database(ABC):
    """A database, reached by a DB-API module."""

    #: What errors call it.
    place: str
    #: The statements that make the tables.
    tables: tuple[str, ...]
    #: Finds the number of an agency by its name, for a turn.
    number_for_writing: str

    def __init__(self, module: ModuleType) -> None:
        self._module = module
        self._paramstyle: str = module.paramstyle
        self._spelled: dict[str, str] = {}

    # Statements.

    def rows(self, connection: Connection, sql: str, values: Sequence[Any] = ()) -> list[Sequence[Any]]:
        """All rows of an answer."""
        cursor = connection.cursor()
        try:
            self._execute(cursor, sql, values)
            found: list[Sequence[Any]] = cursor.fetchall()
            return found
        finally:
            cursor.close()

    def row(self, connection: Connection, sql: str, values: Sequence[Any]) -> Sequence[Any] | None:
        """The first row of an answer, if there is one."""
        found = self.rows(connection, sql, values)
        return found[0] if found else None

    def do(self, connection: Connection, sql: str, values: Sequence[Any] = ()) -> int:
        """Executes a statement, and gives the number of rows that it changed."""
        cursor = connection.cursor()
        try:
            self._execute(cursor, sql, values)
            changed: int = cursor.rowcount
            return changed
        finally:
            cursor.close()

    def _execute(self, cursor: Any, sql: str, values: Sequence[Any]) -> None:
        if not values:
            cursor.execute(sql)
        elif self._paramstyle in ("named", "pyformat"):
            cursor.execute(self._spell(sql), {f"p{n}": value for n, value in enumerate(values, 1)})
        else:
            cursor.execute(self._spell(sql), tuple(values))

    def _spell(self, sql: str) -> str:
        """A statement with a `?` for each value, with the placeholders of the module."""
        spelled = self._spelled.get(sql)
        if spelled is None:
            first, *rest = sql.split("?")
            mark = _MARKS[self._paramstyle]
            spelled = first + "".join(mark.format(n) + part for n, part in enumerate(rest, 1))
            self._spelled[sql] = spelled
        return spelled

    # What goes wrong.

    def raise_as(self, error: BaseException, doing: str) -> NoReturn:
        """Raises what an exception of the database means, and any other unchanged."""
        if isinstance(error, StoreError) or self._cause(error) is None:
            raise error
        raise self.failure(error, doing) from error

    def failure(self, error: BaseException, doing: str) -> StoreError:
        """What an exception means, while something was done to the database."""
        return failure(self._kind(self._cause(error)), doing, self.place)

    def commit_failure(self, error: BaseException) -> StoreError:
        """What an exception of a commit means: nothing was stored, or nobody knows."""
        if isinstance(error, StoreError):
            return error
        cause = self._cause(error)
        if cause is not None and self._did_roll_back(cause):
            return self.failure(error, "written")
        return UnknownOutcome(f"{self.place} did not say whether it stored; ask `agency.outcome(request)`")

    def _cause(self, error: BaseException | None) -> BaseException | None:
        """The exception of the module, below those that a framework puts around it."""
        while error is not None and not isinstance(error, self._module.Error):
            error = error.__cause__
        return error

    @abstractmethod
    def _kind(self, cause: BaseException | None) -> Kind:
        """What an exception of the module is about."""

    @abstractmethod
    def _did_roll_back(self, cause: BaseException) -> bool:
        """Whether a commit that raised this stored nothing for certain."""

    # Where it is.

    @abstractmethod
    def place_of(self, connection: Connection) -> str:
        """What errors call the database of this connection."""

    @abstractmethod
    def identity(self) -> object:
        """What changes when the database is replaced by another at its place."""

    # Transactions.

    @abstractmethod
    def begin(self, connection: Connection) -> bool:
        """Begins a transaction; whether by a statement, which must then end it."""

    def end(self, connection: Connection, how: str, begun_by_sql: bool) -> None:
        """Commits or rolls back."""
        if begun_by_sql:
            self.do(connection, how)
        elif how == "COMMIT":
            connection.commit()
        else:
            connection.rollback()

    @abstractmethod
    def lock(self, connection: Connection, timeout: float) -> None:
        """Makes the transaction one that writes and sees what others stored before."""

    @abstractmethod
    def is_in_transaction(self, connection: Connection) -> bool:
        """Whether a transaction was begun and has not ended or broken."""

    @abstractmethod
    def clock(self, connection: Connection) -> int:
        """Microseconds since 1970-01-01T00:00:00Z."""

    # The tables.

    @abstractmethod
    def have_tables(self, connection: Connection) -> bool:
        """Whether the tables are there.

        Raises:
            Incompatible: They are, but are those of something else.
        """

    def make_tables(self, connection: Connection) -> None:
        """Makes the tables where there are none."""
        if not self.have_tables(connection):
            for statement in self.tables:
                self.do(connection, statement)

    @abstractmethod
    def mark_as_ours(self, connection: Connection) -> None:
        """Writes down that the database holds a log, and nothing else."""

    def _are_ours(self, connection: Connection) -> None:
        """Whether tables of these names are those of a log."""
        try:
            self.rows(connection, "SELECT agency, name FROM agency WHERE 1 = 0")
            self.rows(connection, f"SELECT agency, {COLUMNS} FROM entry WHERE 1 = 0")
        except self._module.Error as error:
            if self._kind(error) != "other":
                raise
            raise Incompatible(
                f"{self.place} has tables `agency` or `entry` of another application; name another file or schema"
            ) from error

    # Erasing.

    @abstractmethod
    def erase_beside(self, connection: Connection, agency: int) -> None:
        """Takes out what else holds the text of entries."""

    @abstractmethod
    def forget_former_pages(self, connection: Connection) -> None:
        """Lets go of old bytes after erasing."""
