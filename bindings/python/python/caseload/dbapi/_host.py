"""What the host gives: connections, and what writes rows of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

Write = Callable[[Any], object]
"""Writes rows of the host's in the transaction that it is given the connection of."""


class Connection(Protocol):
    """What the log needs of a DB-API connection (PEP 249)."""

    def cursor(self) -> Any:
        """A new cursor."""

    def commit(self) -> None:
        """Commits."""

    def rollback(self) -> None:
        """Rolls back."""

    def close(self) -> None:
        """Closes it, or gives it back to its pool."""
