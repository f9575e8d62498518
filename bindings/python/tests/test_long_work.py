"""Progress, interrupts, threads, and what is left behind."""

from __future__ import annotations

import _thread
import gc
import resource
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import caseload
import pytest
from caseload import Agency, Desk

TODAY = date(2024, 6, 15)


def test_progress_is_told_and_can_stop_the_work(tmp_path: Path) -> None:
    path = tmp_path / "agency.db"
    with caseload.open(path) as agency:
        desk = agency.acting_as("root", on=TODAY)
        for number in range(50):
            desk.register_staff(id=f"s{number}")
    told: list[tuple[int, int]] = []
    with caseload.open(path, progress=lambda done, total: told.append((done, total))) as agency:
        assert told[-1] == (50, 50)
        told.clear()
        agency.verify(progress=lambda done, total: told.append((done, total)))
        assert told[-1] == (50, 50)

        def stop(done: int, total: int) -> None:
            raise TimeoutError("enough")

        with pytest.raises(TimeoutError, match="enough"):
            agency.verify(progress=stop)
    with pytest.raises(TimeoutError, match="enough"):
        caseload.open(path, progress=stop)


def test_ctrl_c_stops_long_work(agency: Agency) -> None:
    def interrupt(done: int, total: int) -> None:
        _thread.interrupt_main()

    def verify() -> None:
        # The signal is seen at the next look.
        for _ in range(3):
            agency.verify(progress=interrupt)

    with pytest.raises(KeyboardInterrupt):
        verify()


def test_eight_threads_on_one_agency(tmp_path: Path) -> None:
    with caseload.open(tmp_path / "agency.db", durability="normal") as agency:
        desk = agency.acting_as("root", on=TODAY)

        def work(worker: int) -> None:
            for number in range(25):
                desk.register_staff(id=f"s{worker}-{number}")
                agency.counts(as_of=TODAY)

        with ThreadPoolExecutor(8) as threads:
            list(threads.map(work, range(8)))
        assert agency.position == 200
        assert len({event.ids for event in agency.events()}) == 200
        assert agency.verify().head == agency.head


def test_other_threads_go_on_while_the_library_works(agency: Agency, desk: Desk) -> None:
    ticks = 0
    done = threading.Event()

    def tick() -> None:
        nonlocal ticks
        while not done.is_set():
            ticks += 1

    other = threading.Thread(target=tick)
    other.start()
    for number in range(50):
        desk.register_staff(id=f"s{number}")
    done.set()
    other.join()
    assert ticks > 0


def test_nothing_is_left_behind_by_opening_and_closing() -> None:
    def cycles(count: int) -> int:
        for _ in range(count):
            with caseload.open(":memory:") as agency:
                agency.acting_as("root", on=TODAY).register_staff(id="maria")
                agency.counts(as_of=TODAY).to_dicts()
        gc.collect()
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    cycles(100)
    before = cycles(100)
    after = cycles(300)
    # Kilobytes: a leaked agency would be some tens of thousands of them.
    assert after - before < 8_000
