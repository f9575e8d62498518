"""A PostgreSQL cluster of the tests' own, reached over a Unix socket only."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

PROGRAMS = Path("/usr/lib/postgresql/15/bin")
# The server refuses to run as root.
USER = "postgres" if os.geteuid() == 0 else None
SETTINGS = "-c listen_addresses='' -c fsync=off -c shared_buffers=32MB -c max_connections=60"
_NUMBERS = count(1)


class Cluster:
    """A running server."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def schema(self) -> Callable[[], psycopg.Connection[Any]]:
        """What connects to an empty schema of its own."""
        name = f"s{next(_NUMBERS)}"

        def connect() -> psycopg.Connection[Any]:
            return psycopg.connect(
                host=str(self._folder), dbname="postgres", user="postgres", options=f"-c search_path={name}"
            )

        with connect() as connection:
            connection.execute(SQL("CREATE SCHEMA {}").format(Identifier(name)))
        return connect


@contextmanager
def cluster() -> Iterator[Cluster]:
    """Starts a server, and stops it; skips the test where there is none."""
    if not (PROGRAMS / "initdb").exists():
        pytest.skip(f"there is no PostgreSQL 15 in {PROGRAMS}")
    folder = Path(tempfile.mkdtemp(prefix="caseload-postgres-"))
    try:
        if USER:
            shutil.chown(folder, USER)
        data = folder / "data"
        _run("initdb", "--no-sync", "-U", "postgres", "-A", "trust", "-E", "UTF8", "-D", data)
        settings = f"{SETTINGS} -k {folder}"
        _run("pg_ctl", "-D", data, "-l", folder / "log", "-w", "-o", settings, "start")
        try:
            yield Cluster(folder)
        finally:
            _run("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(program: str, *arguments: str | Path) -> None:
    command = [str(PROGRAMS / program), *map(str, arguments)]
    # A file, because the server inherits it and would keep a pipe open.
    with tempfile.TemporaryFile() as said:
        done = subprocess.run(command, user=USER, stdout=said, stderr=said, cwd="/")
        if done.returncode != 0:
            said.seek(0)
            why = said.read().decode(errors="replace").strip()
            pytest.skip(f"PostgreSQL 15 does not run here: {why[-200:]}")
