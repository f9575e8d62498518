"""The words of the contract, as the core's own page of rules and its scenario files have them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[3]
SCENARIOS = ROOT / "tests" / "scenarios"


class Words(NamedTuple):
    """Words of the contract."""

    commands: frozenset[str]


def _commands() -> frozenset[str]:
    """Every command that a scenario gives: the scenarios know them all."""
    found = set()
    for path in SCENARIOS.glob("*.jsonl"):
        for text in path.read_text(encoding="utf-8").splitlines():
            try:
                line = json.loads(text)
            except ValueError:
                continue
            if isinstance(line, dict) and isinstance(line.get("op"), str):
                found.add(line["op"])
    return frozenset(found)


#: What no scenario gives for a command, only to show that it is none.
_NONE = {"assing"}
RULES = Words(_commands() - _NONE)
