"""A private PostgreSQL for the tests: made in a temporary folder, gone afterwards.

It leaves writing to the disk to the system, as nobody cuts its power: what tests kill are processes of ours.

Nothing of a PostgreSQL that may run on this machine is used or touched, only its programs.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

MISSING = "PostgreSQL's programs are not here (initdb, postgres): on Debian they are in the package postgresql"
USER = "postgres"
STARTS_WITHIN = 60
"""Seconds."""


def programs() -> Path | None:
    """The newest folder with PostgreSQL's server programs."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    found = shutil.which("initdb")
    folders = [*debian, *([Path(found).resolve().parent] if found else [])]
    return next((folder for folder in folders if (folder / "initdb").exists() and (folder / "postgres").exists()), None)


@contextmanager
def cluster(bin_folder: Path) -> Iterator[str]:
    """Start one on a free port of this machine; gives the address of its first database."""
    home = Path(tempfile.mkdtemp(prefix="lms-postgres-"))
    port = _free_port()
    owner = _owner()
    if owner:
        shutil.chown(home, USER, USER)
    try:
        made = ("-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N", "-U", USER, home / "d")
        _run(owner, bin_folder / "initdb", *made)
        server = f"-h 127.0.0.1 -p {port} -k {home} -c max_connections=200 -c fsync=off -c full_page_writes=off"
        control = (bin_folder / "pg_ctl", "-D", home / "d", "-w", "-t", STARTS_WITHIN)
        _run(owner, *control, "-o", server, "-l", home / "log", "start")
        try:
            yield f"postgresql+psycopg://{USER}@127.0.0.1:{port}/{USER}"
        finally:
            _run(owner, *control, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def database(cluster_url: str, name: str) -> Iterator[str]:
    """An empty database of its own inside a cluster; dropped afterwards whoever is still connected."""
    import psycopg

    with psycopg.connect(cluster_url.replace("+psycopg", ""), autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
        try:
            yield cluster_url.rpartition("/")[0] + f"/{name}"
        finally:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _owner() -> dict[str, Any]:
    """PostgreSQL refuses to run as root, so root runs it as the user its package made."""
    return {"user": USER, "group": USER, "extra_groups": []} if os.geteuid() == 0 else {}


def _run(owner: dict[str, Any], *command: object) -> None:
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, cwd="/", check=False, stdin=subprocess.DEVNULL,
        **owner,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed:\n{done.stdout}{done.stderr}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
