"""The suite that every log must pass, and random commands beside a naive auditor: for whoever writes a log.

    >>> import caseload.conformance as suite
    >>> len(suite.CASES) > 30
    True

A store is made by a function without arguments; it has `open()`, a further handle as another process would
open one, which waits for its turn for at least ten seconds, and `backup()`, which copies the store and returns
a function that puts the copy back under the handles that are open.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from caseload._caseload import (
    Auditor,
    CoreReplay,
    Generator,
    conformance_cases,
    differences,
    run_conformance,
)
from caseload.log import Log

__all__ = ["CASES", "Auditor", "Broken", "CoreReplay", "Generator", "Store", "differences", "run"]

#: The names of the cases, which begin with the number of the rule of the storage contract.
CASES: tuple[str, ...] = tuple(conformance_cases())


class Store(Protocol):
    """One store under test."""

    def open(self) -> Log:
        """A further handle, independent of the others."""

    def backup(self) -> Callable[[], None]:
        """Copies the store; what it returns puts the copy back."""


class Broken(AssertionError):
    """A case of the suite found a broken rule; the text tells which, and what was seen."""


def run(case: str, fresh: Callable[[], Store]) -> None:
    """Runs one case on an empty store.

    Args:
        case: One of `CASES`; with pytest, `@pytest.mark.parametrize("case", CASES)`.
        fresh: Makes an empty store that shares nothing with any other.

    Raises:
        Broken: The store breaks the rule.
    """
    found = run_conformance(case, fresh)
    if found is not None:
        raise Broken(found)
