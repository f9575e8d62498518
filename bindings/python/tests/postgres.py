"""A PostgreSQL cluster of the tests' own, reached over a Unix socket only."""

from __future__ import annotations

import os
import select
import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any, Literal

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from psycopg.sql import SQL, Identifier

PROGRAMS = Path("/usr/lib/postgresql/15/bin")
# The server refuses to run as root.
USER = "postgres" if os.geteuid() == 0 else None
SETTINGS = "-c listen_addresses='' -c fsync=off -c shared_buffers=32MB -c max_connections=60"
_SOCKET = ".s.PGSQL.5432"
_NUMBERS = count(1)


class Schema:
    """A schema of its own in a running server: called, it connects."""

    def __init__(self, folder: Path, name: str) -> None:
        self._name = name
        options = f"-c search_path={name}"
        self.conninfo = make_conninfo(host=str(folder), dbname="postgres", user="postgres", options=options)

    def __call__(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self.conninfo)

    def through(self, wire: Wire) -> Schema:
        """The same schema, reached through a wire that can be cut."""
        return Schema(wire.folder, self._name)


class Cluster:
    """A running server."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def schema(self) -> Schema:
        """An empty schema."""
        schema = Schema(self.folder, f"s{next(_NUMBERS)}")
        with schema() as connection:
            connection.execute(SQL("CREATE SCHEMA {}").format(Identifier(schema._name)))
        return schema


class Wire:
    """A socket that carries on what is said between a client and the server, until it is cut in a commit.

    Attributes:
        folder: Where clients find the socket.
        cut: Whether the next `COMMIT` is lost on its way to the server, or the answer to it on its way back.
        stays_cut: Whether nobody gets through any more after that, until it is said to be mended.
    """

    def __init__(self, cluster: Cluster, folder: Path) -> None:
        self.folder = folder
        self.cut: Literal["no", "question lost", "answer lost"] = "no"
        self.stays_cut = False
        self._is_down = False
        self._server = str(cluster.folder / _SOCKET)
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.bind(str(folder / _SOCKET))
        self._socket.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def mend(self) -> None:
        """Lets everybody through again."""
        self._is_down = False

    def close(self) -> None:
        """Takes no more connections."""
        self._socket.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._socket.accept()
                if self._is_down:
                    client.close()
                    continue
                server = socket.socket(socket.AF_UNIX)
                server.connect(self._server)
                threading.Thread(target=self._carry, args=(client, server), daemon=True).start()

    def _carry(self, client: socket.socket, server: socket.socket) -> None:
        with client, server, suppress(OSError):
            while True:
                for ready in select.select([client, server], [], [])[0]:
                    said = ready.recv(65_536)
                    if not said:
                        return
                    if ready is client and b"COMMIT\0" in said and self.cut != "no":
                        if self.cut == "answer lost":
                            server.sendall(said)
                            # Once it has answered it has committed.
                            server.recv(65_536)
                        self.cut, self._is_down = "no", self.stays_cut
                        return
                    (server if ready is client else client).sendall(said)


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
