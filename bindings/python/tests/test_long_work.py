"""Progress, interrupts, threads, and what is left behind."""

from __future__ import annotations

import _thread
import gc
import inspect
import itertools
import os
import resource
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import caseload
import polars
import pytest
from caseload import Agency, Desk, dbapi

TODAY = date(2024, 6, 15)


@pytest.fixture(autouse=True)
def _hears_ctrl_c() -> Iterator[None]:
    # A program that a shell starts in the background ignores it.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


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


#: What every report that looks at one after the other is asked with.
SPRING: dict[str, Any] = {"start": date(2024, 3, 1), "end": date(2024, 6, 1)}
TELLING: dict[str, dict[str, Any]] = {
    "current_caseload": {"as_of": TODAY},
    "caseload_distribution": {"as_of": TODAY},
    "without_caseworker": {"as_of": TODAY},
    "misplaced": {},
    "daily_series": SPRING,
    "average_daily_caseload": SPRING,
    "flow": SPRING,
    "coverage_gaps": SPRING,
    "transfers": SPRING,
    "length_of_stay": SPRING,
    "worker_continuity": SPRING,
    "corrections": {},
    "caseload_then_and_now": {"as_of": TODAY, "then": 4},
    "filter_participants": {"participants": ["P-1023", "P-7"], "as_of": TODAY},
}


@pytest.mark.parametrize("name", TELLING)
@pytest.mark.parametrize("of", ["agency", "snapshot"])
def test_a_report_tells_how_far_it_is_and_can_be_stopped(of: str, name: str, agency: Agency) -> None:
    report = getattr(agency if of == "agency" else agency.snapshot(), name)
    arguments = TELLING[name]
    told: list[tuple[int, int]] = []
    # A bar answers with nothing, or with what it shows: neither stops anything.
    answers = itertools.cycle([None, 0, "", True])

    def tell(done: int, total: int) -> object:
        told.append((done, total))
        return next(answers)

    whole = report(**arguments).to_dicts()
    assert report(**arguments, progress=tell).to_dicts() == whole
    assert told and all(0 <= done <= total for done, total in told)

    with pytest.raises(caseload.Cancelled):
        report(**arguments, progress=lambda done, total: False)

    def stop(done: int, total: int) -> None:
        raise TimeoutError("enough")

    with pytest.raises(TimeoutError, match="enough"):
        report(**arguments, progress=stop)
    with pytest.raises(KeyboardInterrupt):
        _interrupted_by(lambda progress: report(**arguments, progress=progress))
    assert report(**arguments).to_dicts() == whole


def _interrupted_by(work: Callable[[caseload.Progress], object]) -> None:
    def interrupt(done: int, total: int) -> None:
        _thread.interrupt_main()

    # The signal is seen at the next look.
    for _ in range(3):
        work(interrupt)


def test_every_report_takes_progress_but_those_that_are_answered_at_once() -> None:
    at_once = {"caseload", "held", "counts", "history", "everything", "participant_history"}
    for name, method in inspect.getmembers(caseload.Snapshot, inspect.isfunction):
        signature = inspect.signature(method)
        if name.startswith("_") or signature.return_annotation != "Report":
            continue
        assert ("progress" in signature.parameters) == (name not in at_once), name
        assert name in at_once or name in TELLING, name


def test_ctrl_c_stops_long_work(agency: Agency) -> None:
    with pytest.raises(KeyboardInterrupt):
        _interrupted_by(lambda progress: agency.verify(progress=progress))


@pytest.mark.skipif(sys.platform == "win32", reason="there are no timers that interrupt")
def test_ctrl_c_stops_long_work_that_tells_nobody() -> None:
    def interrupt(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    staff = polars.DataFrame({"id": [f"s{number}" for number in range(100_000)]})
    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        with caseload.open(":memory:") as agency:
            # The timer must not go off outside.
            with pytest.raises(KeyboardInterrupt):  # noqa: PT012
                signal.setitimer(signal.ITIMER_REAL, 0.02)
                agency.import_tables(staff=staff, on=TODAY)
            # Had it not been heard before the end, all would be there.
            assert agency.position < len(staff)
            agency.verify()
    finally:
        signal.signal(signal.SIGALRM, before)


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


#: How often is tried whether something is left behind: 100,000 in a run of its own.
CYCLES = int(os.environ.get("CASELOAD_CYCLES", "300"))


@pytest.mark.parametrize("kind", ["memory", "file", "dbapi"])
def test_nothing_is_left_behind_by_opening_and_closing(kind: str, tmp_path: Path) -> None:
    def opened() -> tuple[Agency, Callable[[], None]]:
        if kind == "memory":
            return caseload.open(":memory:"), lambda: None
        if kind == "file":
            return caseload.open(tmp_path / "agency.db", durability="normal"), lambda: None
        log = dbapi.Log.sqlite(tmp_path / "host.db")
        return caseload.open(log), log.close

    def cycles(count: int) -> tuple[int, int]:
        for _ in range(count):
            agency, close = opened()
            with agency:
                # Answered as the first time, so that a file stays as small as it is.
                agency.acting_as("root", on=TODAY).request("form-1").register_staff(id="maria")
                agency.current_caseload(as_of=TODAY, progress=lambda done, total: None).to_dicts()
                with pytest.raises(caseload.InputError):
                    agency.counts(as_of=TODAY, known_at=-1)
            close()
        gc.collect()
        descriptors = len(list(Path("/proc/self/fd").iterdir())) if sys.platform == "linux" else 0
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, descriptors

    cycles(100)
    before = cycles(100)
    after = cycles(CYCLES)
    # Kilobytes: a leaked agency would be some tens of thousands of them.
    assert after[0] - before[0] < 8_000, (before, after)
    assert after[1] == before[1]
