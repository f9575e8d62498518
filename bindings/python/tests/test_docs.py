"""Every example of the docs runs, and everything public has one."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil
from datetime import date
from pathlib import Path

import caseload
import pytest
from caseload import Agency, Desk

MODULES = ["caseload"] + [
    module.name
    for module in pkgutil.walk_packages(caseload.__path__, "caseload.")
    if module.name != "caseload._caseload"
]
EXAMPLES = [
    example
    for name in MODULES
    for example in doctest.DocTestFinder(exclude_empty=True).find(importlib.import_module(name))
    if example.examples
]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_the_example_runs(
    example: doctest.DocTest, agency: Agency, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    example.globs |= {"agency": agency, "desk": desk, "caseload": caseload, "date": date}
    said: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    assert runner.run(example, out=said.append, clear_globs=False).failed == 0, "".join(said)


def test_every_public_method_is_told_of_with_an_example() -> None:
    shown = {example.name for example in EXAMPLES}
    for kind in (Agency, Desk):
        for name, method in inspect.getmembers(kind, inspect.isfunction):
            if name.startswith("_") or name in _WITHOUT_EXAMPLE:
                continue
            assert f"{method.__module__}.{method.__qualname__}" in shown, method.__qualname__


#: They write files, or do nothing that could be seen.
_WITHOUT_EXAMPLE = {"export", "rebuild_read_tables", "keep_checkpoint", "write_template"}
