"""Loads one engine with the made-up agency, asks it every question, and prints a line of JSON for each.

    python run.py ENGINE FOLDER

The Rust side wrote the folder, and starts this once for each engine, so that one engine's memory is gone
before the next one's is taken.
"""

import os

# One thread each; read when the engines are imported.
for name in ("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = "1"

import importlib
import json
import signal
import sys
import time
from statistics import median

from questions import questions
from world import World

# A measurement of less than this says more about the clock.
SHORTEST = 0.02
# Whatever takes long is asked in fewer runs, so that they take no longer than this together.
LONGEST = 60.0


def main():
    engine, folder = sys.argv[1:]
    # Whoever ends this early gets a server stopped and its folder removed.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended early"))
    world = World(folder)
    Peer = importlib.import_module(f"{engine}_peer").Peer
    note(f"loading {engine} ...")
    with Peer(world) as peer:
        for question in questions(peer, world):
            measured = measure(peer, question, world.runs)
            print(json.dumps(measured), flush=True)
            note(f"{engine}: {question.name} {median(measured['cpu']) * 1e3:.4f} ms (cpu)")


def measure(peer, question, runs):
    # The first time is slower: caches are cold, and statements not prepared.
    checksum = question.checksum(question.ask())
    began = time.perf_counter()
    question.ask()
    took = time.perf_counter() - began
    calls = max(1, round(SHORTEST / took))
    runs = max(1, min(runs, int(LONGEST / took)))
    wall, cpu = [], []
    for _ in range(runs):
        wall_began, cpu_began = time.perf_counter(), processor_time(peer)
        for _ in range(calls):
            answer = question.ask()
        cpu_ended, wall_ended = processor_time(peer), time.perf_counter()
        del answer
        units = calls * question.units
        wall.append((wall_ended - wall_began) / units)
        cpu.append((cpu_ended - cpu_began) / units)
    return {"question": question.name, "wall": wall, "cpu": cpu, "checksum": checksum}


def processor_time(peer):
    """Of this process, and of the server's if there is one."""
    return time.process_time() + peer.server_time()


def note(text):
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
