"""What every peer is asked, and a checksum of what it answers.

A checksum adds up the value of every cell times a number made of its key, so it does not depend on the order
of an answer, and empty cells need not be told. It is taken outside the time measured.
"""

from dataclasses import dataclass
from typing import Callable

import numpy as np

from world import of_rows


@dataclass
class Question:
    name: str
    ask: Callable
    checksum: Callable
    # How many questions one asking is.
    units: int = 1


def questions(peer, world):
    """Those that the peer has an answer to."""
    day, horizon = world.day, world.horizon

    def covered(days):
        ask = lambda: peer.covered(horizon - days, horizon)
        return Question(f"covered_{days}", ask, by_staff)

    def caseloads():
        return [peer.caseload(staff, day) for staff in world.caseloads_of]

    def caseworkers():
        return [peer.caseworkers(who, program, day) for who, program in world.workers_of]

    def filter_names():
        return world.among_names(peer.held(world.filter_staff, day))

    asked = {
        "counts": [Question("counts", lambda: peer.counts(day), by_staff)],
        "covered": [covered(30), covered(365), covered(3650)],
        "series": [Question("series", lambda: peer.series(horizon - 365, horizon), series)],
        "flow": [Question("flow", lambda: peer.flow(), flow)],
        "caseload": [Question("caseload", caseloads, lists_of_pairs, len(world.caseloads_of))],
        "caseworkers": [
            Question("caseworkers", caseworkers, lists_of_staff, len(world.workers_of))
        ],
        "filter": [Question("filter", lambda: peer.filter(world.filter_staff, day), mask)],
    }
    if hasattr(peer, "held"):
        asked["filter"].append(Question("filter_names", filter_names, mask))
    return [one for method, ones in asked.items() if hasattr(peer, method) for one in ones]


def by_staff(answer):
    staff, values = columns(answer, 2)
    return total(staff, values)


def series(answer):
    """Of an array of staff by day, or of columns of staff, day and cases."""
    if isinstance(answer, np.ndarray):
        staff, day = np.indices(answer.shape, dtype=np.int32)
        return total(staff * 4096 + day, answer)
    staff, day, cases = columns(answer, 3)
    return total(staff * 4096 + day, cases)


def flow(answer):
    checksum = 0
    for number, cells in enumerate(answer):
        program, month = np.indices(cells.shape)
        checksum += total((program * 128 + month) * 8 + number, cells)
    return checksum % 2**64


def lists_of_pairs(answers):
    """Of participant and program, for each staff member asked about."""
    lists = (columns(answer, 2) for answer in answers)
    return several(participant * 1024 + program for participant, program in lists)


def lists_of_staff(answers):
    lists = (columns(answer, 1) for answer in answers)
    return several(staff for (staff,) in lists)


def several(lists):
    checksum = 0
    for number, keys in enumerate(lists):
        checksum += total(keys + (number << 40), np.ones(len(keys)))
    return checksum % 2**64


def mask(answer):
    return total(np.arange(len(answer)), answer)


def columns(answer, count):
    """Columns of numbers: of a tuple of them, or of a list of rows."""
    if isinstance(answer, list):
        return of_rows(answer, count)
    return [np.asarray(column).astype(np.int64) for column in answer]


def total(keys, values):
    """The sum of the values, each times a number made of its key; modulo 2^64."""
    weights = (np.asarray(keys).astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    weights = (weights ^ (weights >> np.uint64(32))) * np.uint64(0xD6E8FEB86659FD93)
    weights ^= weights >> np.uint64(32)
    return int(np.sum(weights * np.asarray(values).astype(np.uint64), dtype=np.uint64))
